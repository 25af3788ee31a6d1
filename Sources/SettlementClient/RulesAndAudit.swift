package import SettlementProto

/// RulesService and AuditService: by which rules, and who did what.
extension SettlementClient {
  package func getRules(
    _ request: Settlement_V1_GetRulesRequest
  ) async throws(SettlementError) -> Settlement_V1_RulesStatus {
    try await call(.getRules, request)
  }

  package func reloadRules(
    _ request: Settlement_V1_ReloadRulesRequest
  ) async throws(SettlementError) -> Settlement_V1_RulesStatus {
    try await call(.reloadRules, request)
  }

  package func listAuditEvents(
    _ request: Settlement_V1_ListAuditEventsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListAuditEventsResponse {
    try await call(.listAuditEvents, request)
  }

  package func verifyChain(
    _ request: Settlement_V1_VerifyChainRequest
  ) async throws(SettlementError) -> Settlement_V1_VerifyChainResponse {
    try await call(.verifyChain, request)
  }
}
