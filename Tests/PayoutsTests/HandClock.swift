import Ledger
import LedgerCore
import Synchronization

@testable import Payouts

/// A clock that stands still until it is moved: waits end when their time has come, in order, and none takes any.
final class HandClock: PayoutClock, LedgerClock {
  private struct State {
    var microseconds: Int64
    var sleepers: [Int: (time: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
    var cancelled: Set<Int> = []
    var next = 0
  }
  private let state: Mutex<State>
  private let origin: Int64

  init(microseconds: Int64 = 1_790_000_000_000_000) {
    origin = microseconds
    state = Mutex(State(microseconds: microseconds))
  }

  func now() -> Timestamp { Timestamp(microseconds: state.withLock { $0.microseconds }) }
  func monotonicNanoseconds() -> Int64 { state.withLock { $0.microseconds - origin } &* 1_000 }
  func monotonicMilliseconds() -> Int64 { state.withLock { $0.microseconds - origin } / 1_000 }

  func sleep(untilMilliseconds time: Int64) async {
    let ticket = state.withLock { state in
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard (state.microseconds - origin) / 1_000 < time, !Task.isCancelled, state.cancelled.remove(ticket) == nil
          else { return true }
          state.sleepers[ticket] = (time, continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        if let sleeper = state.sleepers.removeValue(forKey: ticket) { return Optional(sleeper.continuation) }
        state.cancelled.insert(ticket)
        return nil
      }
      sleeper?.resume()
    }
  }

  func advance(milliseconds: Int64) {
    let woken = state.withLock { state in
      state.microseconds += milliseconds * 1_000
      let now = (state.microseconds - origin) / 1_000
      let due = state.sleepers.filter { $0.value.time <= now }
      for ticket in due.keys { state.sleepers[ticket] = nil }
      return due.values.sorted { $0.time < $1.time }.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }
}
