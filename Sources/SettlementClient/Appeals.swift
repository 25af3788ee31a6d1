package import SettlementProto

/// AppealService: a payout that was late, wrong or never came.
extension SettlementClient {
  package func createAppeal(
    _ request: Settlement_V1_CreateAppealRequest
  ) async throws(SettlementError) -> Settlement_V1_Appeal {
    try await call(.createAppeal, request)
  }

  package func getAppeal(
    _ request: Settlement_V1_GetAppealRequest
  ) async throws(SettlementError) -> Settlement_V1_Appeal {
    try await call(.getAppeal, request)
  }

  package func addEvidence(
    _ request: Settlement_V1_AddEvidenceRequest
  ) async throws(SettlementError) -> Settlement_V1_Appeal {
    try await call(.addEvidence, request)
  }

  package func assignAppeal(
    _ request: Settlement_V1_AssignAppealRequest
  ) async throws(SettlementError) -> Settlement_V1_Appeal {
    try await call(.assignAppeal, request)
  }

  package func resolveAppeal(
    _ request: Settlement_V1_ResolveAppealRequest
  ) async throws(SettlementError) -> Settlement_V1_Appeal {
    try await call(.resolveAppeal, request)
  }

  package func listAppeals(
    _ request: Settlement_V1_ListAppealsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListAppealsResponse {
    try await call(.listAppeals, request)
  }
}
