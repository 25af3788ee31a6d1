internal import Ledger
package import LedgerCore
internal import Synchronization

/// Who waits until what a channel called about cannot be lost any more.
struct Notices {
  private struct Waiting {
    let serial: UInt64
    let continuation: CheckedContinuation<Bool, Never>
  }

  private var waiting: [PayoutKey: [Waiting]] = [:]
  private(set) var count = 0
  /// Of the last one. A question that is asked now answers all up to it, and none that comes later.
  private(set) var serial: UInt64 = 0

  /// - Returns: its serial.
  mutating func add(_ key: PayoutKey, _ continuation: CheckedContinuation<Bool, Never>) -> UInt64 {
    serial += 1
    count += 1
    waiting[key, default: []].append(Waiting(serial: serial, continuation: continuation))
    return serial
  }

  /// Those of a key up to a serial, to be resumed outside of the lock.
  mutating func take(_ key: PayoutKey, through last: UInt64) -> [CheckedContinuation<Bool, Never>] {
    guard last > 0, let all = waiting[key] else { return [] }
    let later = all.filter { $0.serial > last }
    waiting[key] = later.isEmpty ? nil : later
    count -= all.count - later.count
    return all.filter { $0.serial <= last }.map(\.continuation)
  }

  mutating func takeOne(_ key: PayoutKey, _ serial: UInt64) -> CheckedContinuation<Bool, Never>? {
    guard let all = waiting[key], let one = all.first(where: { $0.serial == serial }) else { return nil }
    let others = all.filter { $0.serial != serial }
    waiting[key] = others.isEmpty ? nil : others
    count -= 1
    return one.continuation
  }

  mutating func takeAll() -> [CheckedContinuation<Bool, Never>] {
    defer { (waiting, count) = ([:], 0) }
    return waiting.values.joined().map(\.continuation)
  }
}

// Callbacks. Nobody but the channel ever tells of a payout that is closed here, and it stops once it was told that we have
// understood. So that is said only when its question was answered and recorded.
extension Dispatcher {
  package func takeNotice(of key: PayoutKey, from channel: Label) async -> Bool {
    var alarm: Task<Void, Never>?
    let isSafe = await withCheckedContinuation { continuation in
      let serial = state.withLock { state -> UInt64? in
        guard state.phase == .running, state.notices.count < limits.notifiedMaximum,
          state.notified.count < limits.notifiedMaximum
        else { return nil }
        state.notified.append((key, channel))
        return state.notices.add(key, continuation)
      }
      guard let serial else { return continuation.resume(returning: false) }
      notifiedSignal.set()
      let end = clock.monotonicMilliseconds() + limits.noticeMilliseconds
      alarm = Task { [self] in
        await clock.sleep(untilMilliseconds: end)
        state.withLock { $0.notices.takeOne(key, serial) }?.resume(returning: false)
      }
    }
    alarm?.cancel()
    return isSafe
  }

  /// Of a channel inside this process, which tells no second time and waits for nothing.
  ///
  /// - Returns: false where there was no room.
  @discardableResult
  package func notified(_ key: PayoutKey, by channel: Label) -> Bool {
    let isTaken = state.withLock { state in
      guard state.notified.count < limits.notifiedMaximum else { return false }
      state.notified.append((key, channel))
      return true
    }
    if isTaken { notifiedSignal.set() }
    return isTaken
  }

  /// - Parameter isSafe: whatever the channel told of the key cannot be lost any more.
  func answer(_ key: PayoutKey, through notice: UInt64, _ isSafe: Bool) {
    let waiting = state.withLock { $0.notices.take(key, through: notice) }
    for continuation in waiting { continuation.resume(returning: isSafe) }
  }

  func promiseNothingMore() {
    let waiting = state.withLock { $0.notices.takeAll() }
    for continuation in waiting { continuation.resume(returning: false) }
  }
}
