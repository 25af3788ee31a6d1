package import SettlementProto

/// ReviewService: decide what risk singled out.
extension SettlementClient {
  package func listReviewQueue(
    _ request: Settlement_V1_ListReviewQueueRequest
  ) async throws(SettlementError) -> Settlement_V1_ListReviewQueueResponse {
    try await call(.listReviewQueue, request)
  }

  package func claimReview(
    _ request: Settlement_V1_ClaimReviewRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.claimReview, request)
  }

  package func releaseReview(
    _ request: Settlement_V1_ClaimReviewRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.releaseReview, request)
  }

  package func approveWithdrawal(
    _ request: Settlement_V1_ApproveWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.approve, request)
  }

  package func rejectWithdrawal(
    _ request: Settlement_V1_RejectWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.reject, request)
  }

  package func requestInformation(
    _ request: Settlement_V1_RequestInformationRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.requestInformation, request)
  }

  package func escalateReview(
    _ request: Settlement_V1_EscalateReviewRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.escalate, request)
  }

  package func placeHold(
    _ request: Settlement_V1_PlaceHoldRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.placeHold, request)
  }

  package func liftHold(
    _ request: Settlement_V1_LiftHoldRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.liftHold, request)
  }
}
