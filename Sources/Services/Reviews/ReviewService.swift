internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

/// settlement.v1.ReviewService: what people do with withdrawals that risk singled out, and what compliance holds.
///
/// Who may decide on what, the ledger says: here a person's request is only read and put into words.
struct ReviewService: Sendable {
  let ledger: Ledger
  let access: Access

  func claim(
    _ request: Settlement_V1_ClaimReviewRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.claimReview, .claimReview, request.requestID, request.id, context) { _ in .review(.claim) }
  }

  func release(
    _ request: Settlement_V1_ClaimReviewRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.releaseReview, .releaseReview, request.requestID, request.id, context) { _ in .review(.release) }
  }

  func approve(
    _ request: Settlement_V1_ApproveWithdrawalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.approveWithdrawal, .approveWithdrawal, request.requestID, request.id, context) { violations in
      .review(.approve(digest: violations.digest("digest", request.digest)))
    }
  }

  func reject(
    _ request: Settlement_V1_RejectWithdrawalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.rejectWithdrawal, .rejectWithdrawal, request.requestID, request.id, context) { violations in
      .review(.reject(reason: violations.label("reason", request.reason)))
    }
  }

  func requestInformation(
    _ request: Settlement_V1_RequestInformationRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.requestInformation, .requestInformation, request.requestID, request.id, context) { violations in
      .review(.requestInformation(note: violations.label("note", request.note)))
    }
  }

  func escalate(
    _ request: Settlement_V1_EscalateReviewRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.escalateReview, .escalateReview, request.requestID, request.id, context) { violations in
      .review(.escalate(reason: violations.label("reason", request.reason)))
    }
  }

  func placeHold(
    _ request: Settlement_V1_PlaceHoldRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.placeHold, .placeHold, request.requestID, request.id, context) { violations in
      .hold(true, reason: violations.label("reason", request.reason))
    }
  }

  func liftHold(
    _ request: Settlement_V1_LiftHoldRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    try await act(.liftHold, .liftHold, request.requestID, request.id, context) { violations in
      .hold(false, reason: violations.label("reason", request.reason))
    }
  }

  private enum Act {
    case review(ReviewAction)
    case hold(Bool, reason: Label)

    /// Reason or note; `Label.none` where there is none.
    var word: Label {
      switch self {
      case .review(.claim), .review(.release), .review(.approve): .none
      case .review(.reject(let reason)), .review(.escalate(let reason)): reason
      case .review(.requestInformation(let note)): note
      case .hold(_, let reason): reason
      }
    }

    var digest: Digest256? {
      if case .review(.approve(let digest)) = self { digest } else { nil }
    }

    func command(_ key: RequestKey, _ id: WithdrawalID) -> Command {
      switch self {
      case .review(let action): .review(ReviewWithdrawal(key: key, id: id, action: action))
      case .hold(let isHeld, let reason): .hold(HoldWithdrawal(key: key, id: id, isHeld: isHeld, reason: reason))
      }
    }
  }

  /// What all have in common: somebody of staff does something to one withdrawal.
  private func act(
    _ method: Method, _ content: ContentFingerprint.Method, _ requestID: String, _ id: String,
    _ context: ServerContext, _ read: (inout FieldViolations) -> Act
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    let principal = try access.principal(of: context.peer, calling: method)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", requestID)
    let id = violations.withdrawalID("id", id)
    let act = read(&violations)
    try violations.throwIfAny()
    let key = principal.key(
      requestID,
      ContentFingerprint.review(content, by: principal.name, id: id, word: act.word, digest: act.digest))
    let reply = try await ledger.ask(.command(act.command(key, id)))
    guard case .withdrawal(let withdrawal) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Withdrawal(withdrawal, reply.receipt, for: principal.audience)
  }
}
