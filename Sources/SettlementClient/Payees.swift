package import SettlementProto

/// AccountService: where agents are paid, and what two people must agree on.
extension SettlementClient {
  package func createPayeeAccount(
    _ request: Settlement_V1_CreatePayeeAccountRequest
  ) async throws(SettlementError) -> Settlement_V1_PayeeAccount {
    try await call(.createPayee, request)
  }

  package func getPayeeAccount(
    _ request: Settlement_V1_GetPayeeAccountRequest
  ) async throws(SettlementError) -> Settlement_V1_PayeeAccount {
    try await call(.getPayee, request)
  }

  package func listPayeeAccounts(
    _ request: Settlement_V1_ListPayeeAccountsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListPayeeAccountsResponse {
    try await call(.listPayees, request)
  }

  package func findPayeeAccounts(
    _ request: Settlement_V1_FindPayeeAccountsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListPayeeAccountsResponse {
    try await call(.findPayees, request)
  }

  package func verifyPayeeAccount(
    _ request: Settlement_V1_VerifyPayeeAccountRequest
  ) async throws(SettlementError) -> Settlement_V1_PayeeAccount {
    try await call(.verifyPayee, request)
  }

  package func erasePayeeAccount(
    _ request: Settlement_V1_ErasePayeeAccountRequest
  ) async throws(SettlementError) -> Settlement_V1_PayeeAccount {
    try await call(.erasePayee, request)
  }

  package func revealPayeeAccount(
    _ request: Settlement_V1_RevealPayeeAccountRequest
  ) async throws(SettlementError) -> Settlement_V1_RevealedPayeeAccount {
    try await call(.revealPayee, request)
  }

  package func createProposal(
    _ request: Settlement_V1_CreateProposalRequest
  ) async throws(SettlementError) -> Settlement_V1_Proposal {
    try await call(.createProposal, request)
  }

  package func confirmProposal(
    _ request: Settlement_V1_ConfirmProposalRequest
  ) async throws(SettlementError) -> Settlement_V1_Proposal {
    try await call(.confirmProposal, request)
  }

  package func getProposal(
    _ request: Settlement_V1_GetProposalRequest
  ) async throws(SettlementError) -> Settlement_V1_Proposal {
    try await call(.getProposal, request)
  }

  package func listProposals(
    _ request: Settlement_V1_ListProposalsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListProposalsResponse {
    try await call(.listProposals, request)
  }
}
