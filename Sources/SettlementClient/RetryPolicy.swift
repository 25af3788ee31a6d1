internal import GRPCProto
package import RPC
internal import SwiftProtobuf

/// When a call is tried again, and after what pause. Safe because every mutation carries a request_id: the server
/// answers a repetition with the first answer.
///
/// | an attempt ended with | again? |
/// |---|---|
/// | no connection | up to `connectAttempts` times in a row |
/// | not processed, lost, UNAVAILABLE | until the call's deadline |
/// | RESOURCE_EXHAUSTED with RetryInfo | until the call's deadline, not before the server's delay |
/// | certificates refused, any other answer, cancelled | no |
package struct RetryPolicy: Hashable, Sendable {
  /// First pause; each further one is twice as long. Short: the usual cause is a server that restarts.
  package var firstPauseNanoseconds: Int64 = 50_000_000
  /// Longest pause without the server asking for more.
  package var longestPauseNanoseconds: Int64 = 2_000_000_000
  /// Attempts to connect in a row before the server counts as unreachable.
  package var connectAttempts = 4

  package init() {}

  package enum Decision: Hashable, Sendable {
    case retry(afterNanoseconds: Int64)
    case giveUp
  }

  /// `attempt` counts from 1, `connectFailures` those in a row up to now. `random` spreads clients that failed together:
  /// the pause is between half of the backoff and the whole.
  package func decide(
    after failure: AttemptFailure, attempt: Int, connectFailures: Int, random: UInt64
  ) -> Decision {
    switch failure {
    case .unreachable:
      return connectFailures < connectAttempts ? .retry(afterNanoseconds: pause(attempt, random)) : .giveUp
    case .notProcessed, .lost: return .retry(afterNanoseconds: pause(attempt, random))
    case .handshakeRefused, .cancelled: return .giveUp
    case .answered(let status):
      let asked = status.retryDelayNanoseconds
      switch status.code {
      case .unavailable: return .retry(afterNanoseconds: max(asked ?? 0, pause(attempt, random)))
      case .resourceExhausted:
        guard let asked else { return .giveUp }
        return .retry(afterNanoseconds: max(asked, pause(attempt, random)))
      case .ok, .cancelled, .unknown, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
        .permissionDenied, .failedPrecondition, .aborted, .outOfRange, .unimplemented, .internal, .dataLoss,
        .unauthenticated:
        return .giveUp
      }
    }
  }

  private func pause(_ attempt: Int, _ random: UInt64) -> Int64 {
    // More doublings than this pass any sensible longest pause.
    let doublings = min(max(attempt - 1, 0), 20)
    let (grown, overflow) = firstPauseNanoseconds.multipliedReportingOverflow(by: 1 << Int64(doublings))
    let whole = max(overflow ? longestPauseNanoseconds : min(grown, longestPauseNanoseconds), 2)
    let half = whole / 2
    return half + Int64(random % UInt64(whole - half))
  }
}

extension RPCStatus {
  /// The server's RetryInfo, if it gave one; never negative, saturated.
  package var retryDelayNanoseconds: Int64? {
    guard let info: Google_Rpc_RetryInfo = detail() else { return nil }
    let (seconds, overflow) = info.retryDelay.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = seconds.addingReportingOverflow(Int64(info.retryDelay.nanos))
    if overflow || carried { return info.retryDelay.seconds < 0 ? 0 : .max }
    return max(sum, 0)
  }
}
