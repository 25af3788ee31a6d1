package import SettlementProto

/// AccountService: agents, what they are owed, what they may do.
extension SettlementClient {
  package func createAgent(
    _ request: Settlement_V1_CreateAgentRequest
  ) async throws(SettlementError) -> Settlement_V1_Agent {
    try await call(.createAgent, request)
  }

  package func getAgent(
    _ request: Settlement_V1_GetAgentRequest
  ) async throws(SettlementError) -> Settlement_V1_Agent {
    try await call(.getAgent, request)
  }

  package func updateAgent(
    _ request: Settlement_V1_UpdateAgentRequest
  ) async throws(SettlementError) -> Settlement_V1_Agent {
    try await call(.updateAgent, request)
  }

  package func verifyAgent(
    _ request: Settlement_V1_VerifyAgentRequest
  ) async throws(SettlementError) -> Settlement_V1_VerifyAgentResponse {
    try await call(.verifyAgent, request)
  }

  package func getLimits(
    _ request: Settlement_V1_GetLimitsRequest
  ) async throws(SettlementError) -> Settlement_V1_LimitStanding {
    try await call(.getLimits, request)
  }

  package func getBalance(
    _ request: Settlement_V1_GetBalanceRequest
  ) async throws(SettlementError) -> Settlement_V1_Balance {
    try await call(.getBalance, request)
  }

  package func listEntries(
    _ request: Settlement_V1_ListEntriesRequest
  ) async throws(SettlementError) -> Settlement_V1_ListEntriesResponse {
    try await call(.listEntries, request)
  }

  package func deposit(
    _ request: Settlement_V1_DepositRequest
  ) async throws(SettlementError) -> Settlement_V1_DepositReceipt {
    try await call(.deposit, request)
  }
}
