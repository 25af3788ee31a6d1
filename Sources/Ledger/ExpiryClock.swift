internal import LedgerCore

/// Whether the wall clock may be believed where it ends somebody's time. It is compared with the monotonic clock: a jump
/// of more than an hour stops expiry until a person says that the new time is right.
package struct ExpiryClock: Sendable {
  /// Far more than any correction of a well-kept clock.
  package static let jumpMaximumMicroseconds: Int64 = 3_600 * 1_000_000

  package enum Standing: Sendable, Hashable {
    case trusted
    /// Jumped by this much, forward or (negative) back.
    case jumped(microseconds: Int64)
  }

  private var wall: Timestamp
  private var monotonicNanoseconds: Int64
  package private(set) var standing = Standing.trusted

  package init(_ clock: any LedgerClock) {
    wall = clock.now()
    monotonicNanoseconds = clock.monotonicNanoseconds()
  }

  /// Looks at the clocks again. A jump stays until it is confirmed.
  package mutating func look(at clock: any LedgerClock) -> Standing {
    let now = (wall: clock.now(), monotonic: clock.monotonicNanoseconds())
    let passed = (now.monotonic - monotonicNanoseconds) / 1_000
    let jump = now.wall.microseconds - wall.microseconds - passed
    if case .trusted = standing, jump.magnitude > Self.jumpMaximumMicroseconds.magnitude {
      standing = .jumped(microseconds: jump)
    }
    wall = now.wall
    monotonicNanoseconds = now.monotonic
    return standing
  }

  package mutating func confirm() { standing = .trusted }
}

extension Ledger {
  /// Reviews ended in one go: more wait for the next second.
  package static let expiriesPerCall = 10_000

  /// Ends the reviews that are due. Returns how many.
  package nonisolated func expireReviews() async -> Int {
    var ended = 0
    while ended < Self.expiriesPerCall {
      guard case .answered(.done) = await perform(.command(.expireReview)).outcome else { break }
      ended += 1
    }
    return ended
  }

  /// Fails the withdrawals that nobody mended in time. Returns how many.
  package nonisolated func lapseActions() async -> Int {
    var ended = 0
    while ended < Self.expiriesPerCall {
      guard case .answered(.done) = await perform(.command(.lapseAction)).outcome else { break }
      ended += 1
    }
    return ended
  }
}
