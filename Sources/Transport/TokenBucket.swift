import HTTPStreams

/// Allows `burst` at once and `perSecond` in the long run.
struct TokenBucket {
  private let burst: Int
  private let perSecond: Int
  private var tokens: Int
  private var refilledAt: MonotonicInstant

  private static let nanosecondsPerSecond: Int64 = 1_000_000_000

  init(burst: Int, perSecond: Int, now: MonotonicInstant) {
    self.burst = burst
    self.perSecond = perSecond
    tokens = burst
    refilledAt = now
  }

  /// False when there is nothing left.
  mutating func take(now: MonotonicInstant) -> Bool {
    _ = refill(now: now)
    tokens -= 1
    return tokens >= 0
  }

  /// How many tokens the time since the last refill was worth.
  mutating func refill(now: MonotonicInstant) -> Int {
    let elapsed = max(0, now.nanoseconds - refilledAt.nanoseconds)
    // More than this fills any bucket, and the product below cannot overflow.
    let seconds = Double(min(elapsed, 3600 * Self.nanosecondsPerSecond)) / Double(Self.nanosecondsPerSecond)
    let earned = Int(seconds * Double(perSecond))
    guard earned > 0 else { return 0 }
    refilledAt = now
    tokens = min(burst, max(tokens, 0) + earned)
    return earned
  }
}
