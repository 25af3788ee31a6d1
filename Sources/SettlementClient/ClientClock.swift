package import HTTPStreams

/// Time and chance, as parameters of the client.
package protocol ClientClock: Sendable {
  var now: MonotonicInstant { get }
  /// Throws when the task is cancelled.
  func sleep(nanoseconds: Int64) async throws
  /// 64 random bits.
  func random() -> UInt64
}

package struct SystemClientClock: ClientClock {
  private let origin = ContinuousClock.now

  package init() {}

  package var now: MonotonicInstant {
    let passed = origin.duration(to: .now).components
    return MonotonicInstant(nanoseconds: passed.seconds &* 1_000_000_000 &+ passed.attoseconds / 1_000_000_000)
  }

  package func sleep(nanoseconds: Int64) async throws {
    try await Task.sleep(nanoseconds: UInt64(max(nanoseconds, 0)))
  }

  package func random() -> UInt64 { .random(in: .min ... .max) }
}
