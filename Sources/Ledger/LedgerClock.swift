internal import Glibc
package import LedgerCore

/// The ledger's only sources of time. Records carry wall time; waits and deadlines use the monotonic one.
package protocol LedgerClock: Sendable {
  func now() -> Timestamp
  /// Nanoseconds of an arbitrary origin, never going back.
  func monotonicNanoseconds() -> Int64
}

/// The machine's clocks.
package struct SystemClock: LedgerClock {
  package init() {}

  package func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  package func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
