package import SettlementProto

/// ChannelService: the ways on which money goes out. For staff.
extension SettlementClient {
  package func listChannels(
    _ request: Settlement_V1_ListChannelsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListChannelsResponse {
    try await call(.listChannels, request)
  }

  package func setChannelState(
    _ request: Settlement_V1_SetChannelStateRequest
  ) async throws(SettlementError) -> Settlement_V1_Channel {
    try await call(.setChannelState, request)
  }

  package func fundChannel(
    _ request: Settlement_V1_FundChannelRequest
  ) async throws(SettlementError) -> Settlement_V1_Channel {
    try await call(.fundChannel, request)
  }

  package func getChannelHealth(
    _ request: Settlement_V1_GetChannelHealthRequest
  ) async throws(SettlementError) -> Settlement_V1_ChannelHealth {
    try await call(.getChannelHealth, request)
  }

  package func explainRouting(
    _ request: Settlement_V1_ExplainRoutingRequest
  ) async throws(SettlementError) -> Settlement_V1_RoutingExplanation {
    try await call(.explainRouting, request)
  }

  package func listAttempts(
    _ request: Settlement_V1_ListAttemptsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListAttemptsResponse {
    try await call(.listAttempts, request)
  }

  package func resolveInDoubt(
    _ request: Settlement_V1_ResolveInDoubtRequest
  ) async throws(SettlementError) -> Settlement_V1_Proposal {
    try await call(.resolveInDoubt, request)
  }

  package func listAlarms(
    _ request: Settlement_V1_ListAlarmsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListAlarmsResponse {
    try await call(.listAlarms, request)
  }
}
