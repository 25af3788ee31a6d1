package import SettlementProto

/// RiskService: lists, profiles, and what was learnt afterwards.
extension SettlementClient {
  package func putListEntry(
    _ request: Settlement_V1_PutListEntryRequest
  ) async throws(SettlementError) -> Settlement_V1_ListEntry {
    try await call(.putListEntry, request)
  }

  package func removeListEntry(
    _ request: Settlement_V1_RemoveListEntryRequest
  ) async throws(SettlementError) -> Settlement_V1_ListEntry {
    try await call(.removeListEntry, request)
  }

  package func listListEntries(
    _ request: Settlement_V1_ListListEntriesRequest
  ) async throws(SettlementError) -> Settlement_V1_ListListEntriesResponse {
    try await call(.listListEntries, request)
  }

  package func importListEntries(
    _ request: Settlement_V1_ImportListEntriesRequest
  ) async throws(SettlementError) -> Settlement_V1_ImportListEntriesResponse {
    try await call(.importListEntries, request)
  }

  package func reportOutcome(
    _ request: Settlement_V1_ReportOutcomeRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.reportOutcome, request)
  }

  package func getRiskProfile(
    _ request: Settlement_V1_GetRiskProfileRequest
  ) async throws(SettlementError) -> Settlement_V1_RiskProfile {
    try await call(.getRiskProfile, request)
  }

  /// All entries that are in force.
  package nonisolated func exportListEntries(
    _ request: Settlement_V1_ExportListEntriesRequest
  ) -> Export<Settlement_V1_ExportListEntriesRequest, Settlement_V1_ListEntry> {
    Export(client: self, method: .exportListEntries, request: request)
  }

  /// Every withdrawal that risk did not approve at once, or that was reported later, oldest first.
  package nonisolated func exportRiskLog(
    _ request: Settlement_V1_ExportRiskLogRequest
  ) -> Export<Settlement_V1_ExportRiskLogRequest, Settlement_V1_Withdrawal> {
    Export(client: self, method: .exportRiskLog, request: request)
  }
}
