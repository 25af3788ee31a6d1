internal import Synchronization

/// What needs attention now: raised once, kept until it is cleared, told to whoever listens when it changes.
package final class AlarmBoard: Sendable {
  package struct Alarm: Sendable, Hashable {
    package let code: AlarmCode
    /// A channel, a withdrawal, an agent.
    package let subject: String
    package let message: String
    /// Microseconds since 1970.
    package let sinceMicroseconds: Int64
  }

  /// More subjects of one kind than anybody reads: the oldest stay.
  package static let perCodeMaximum = 1_000

  private struct State {
    var alarms: [AlarmCode: [String: Alarm]] = [:]
  }

  private let state = Mutex(State())
  private let changed: @Sendable (Alarm, _ isRaised: Bool) -> Void

  /// - Parameter changed: called once for each alarm that is raised or cleared, outside the board's lock.
  package init(changed: @escaping @Sendable (Alarm, _ isRaised: Bool) -> Void = { _, _ in }) {
    self.changed = changed
  }

  package func raise(_ code: AlarmCode, _ subject: String, _ message: String, nowMicroseconds: Int64) {
    let alarm = Alarm(code: code, subject: subject, message: message, sinceMicroseconds: nowMicroseconds)
    let isNew = state.withLock { state in
      guard state.alarms[code]?[subject] == nil, state.alarms[code]?.count ?? 0 < Self.perCodeMaximum else {
        return false
      }
      state.alarms[code, default: [:]][subject] = alarm
      return true
    }
    if isNew { changed(alarm, true) }
  }

  package func clear(_ code: AlarmCode, _ subject: String) {
    guard let alarm = state.withLock({ $0.alarms[code]?.removeValue(forKey: subject) }) else { return }
    changed(alarm, false)
  }

  /// Oldest first.
  package var all: [Alarm] {
    state.withLock { state in
      state.alarms.values.flatMap(\.values).sorted {
        ($0.sinceMicroseconds, $0.code.rawValue, $0.subject) < ($1.sinceMicroseconds, $1.code.rawValue, $1.subject)
      }
    }
  }

  package func count(_ code: AlarmCode) -> Int { state.withLock { $0.alarms[code]?.count ?? 0 } }
}
