import HTTPStreams

/// Counts pings that come faster than allowed (grpc's keepalive.md and gRFC A8).
struct PingPolicy {
  private var lastAt: MonotonicInstant?
  private var strikes = 0

  /// False when the peer has used up its strikes.
  mutating func received(at now: MonotonicInstant, hasStreams: Bool, _ limits: ConnectionLimits) -> Bool {
    let interval =
      hasStreams ? limits.pingIntervalWithStreamsNanoseconds : limits.pingIntervalWithoutStreamsNanoseconds
    if let lastAt, now < lastAt + interval { strikes += 1 }
    lastAt = now
    return strikes <= limits.pingStrikesMax
  }

  /// Data that we send forgives: a peer may ping to measure the path while it downloads.
  mutating func sentData() {
    lastAt = nil
    strikes = 0
  }
}
