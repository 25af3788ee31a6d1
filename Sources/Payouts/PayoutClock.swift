internal import Glibc
package import LedgerCore

/// The only source of time of payouts: wall time for what people and channels are told, monotonic time for waits.
package protocol PayoutClock: Sendable {
  func now() -> Timestamp
  /// Of an arbitrary origin, never going back.
  func monotonicMilliseconds() -> Int64
  /// Returns at that monotonic time, or at once when the task is cancelled.
  func sleep(untilMilliseconds: Int64) async
}

/// The machine's clocks.
package struct SystemPayoutClock: PayoutClock {
  package init() {}

  package func now() -> Timestamp {
    let time = Self.read(CLOCK_REALTIME)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  package func monotonicMilliseconds() -> Int64 {
    let time = Self.read(CLOCK_MONOTONIC)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  package func sleep(untilMilliseconds: Int64) async {
    let wait = untilMilliseconds - monotonicMilliseconds()
    guard wait > 0 else { return }
    // Only a cancelled task throws, and it goes on at once.
    try? await Task.sleep(nanoseconds: UInt64(wait) * 1_000_000)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
