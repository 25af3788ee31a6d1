package import SettlementProto

/// WithdrawalService: apply for payouts, ask for their states, change them.
extension SettlementClient {
  package func submitWithdrawal(
    _ request: Settlement_V1_SubmitWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.submit, request)
  }

  package func quoteWithdrawal(
    _ request: Settlement_V1_QuoteWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_WithdrawalQuote {
    try await call(.quote, request)
  }

  package func getWithdrawal(
    _ request: Settlement_V1_GetWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.get, request)
  }

  package func cancelWithdrawal(
    _ request: Settlement_V1_CancelWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.cancel, request)
  }

  package func amendWithdrawal(
    _ request: Settlement_V1_AmendWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.amend, request)
  }

  package func retryWithdrawal(
    _ request: Settlement_V1_RetryWithdrawalRequest
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    try await call(.retry, request)
  }

  package func listWithdrawals(
    _ request: Settlement_V1_ListWithdrawalsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListWithdrawalsResponse {
    try await call(.list, request)
  }

  package func batchSubmitWithdrawals(
    _ request: Settlement_V1_BatchSubmitWithdrawalsRequest
  ) async throws(SettlementError) -> Settlement_V1_BatchSubmitWithdrawalsResponse {
    try await call(.batchSubmit, request)
  }

  /// Events from the request's cursor on; a lost connection is made again and nothing is missed or told twice.
  package nonisolated func watchWithdrawals(_ request: Settlement_V1_WatchWithdrawalsRequest) -> WithdrawalEvents {
    WithdrawalEvents(client: self, request: request)
  }
}
