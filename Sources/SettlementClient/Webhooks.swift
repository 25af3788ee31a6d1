package import SettlementProto

/// WebhookService: where a partner's servers are told of changes.
extension SettlementClient {
  package func createWebhookEndpoint(
    _ request: Settlement_V1_CreateWebhookEndpointRequest
  ) async throws(SettlementError) -> Settlement_V1_WebhookEndpointSecret {
    try await call(.createWebhookEndpoint, request)
  }

  package func listWebhookEndpoints(
    _ request: Settlement_V1_ListWebhookEndpointsRequest
  ) async throws(SettlementError) -> Settlement_V1_ListWebhookEndpointsResponse {
    try await call(.listWebhookEndpoints, request)
  }

  package func deleteWebhookEndpoint(
    _ request: Settlement_V1_DeleteWebhookEndpointRequest
  ) async throws(SettlementError) -> Settlement_V1_DeleteWebhookEndpointResponse {
    try await call(.deleteWebhookEndpoint, request)
  }

  package func rotateWebhookSecret(
    _ request: Settlement_V1_RotateWebhookSecretRequest
  ) async throws(SettlementError) -> Settlement_V1_WebhookEndpointSecret {
    try await call(.rotateWebhookSecret, request)
  }

  package func setWebhookEndpointState(
    _ request: Settlement_V1_SetWebhookEndpointStateRequest
  ) async throws(SettlementError) -> Settlement_V1_WebhookEndpoint {
    try await call(.setWebhookEndpointState, request)
  }

  package func listWebhookDeliveries(
    _ request: Settlement_V1_ListWebhookDeliveriesRequest
  ) async throws(SettlementError) -> Settlement_V1_ListWebhookDeliveriesResponse {
    try await call(.listWebhookDeliveries, request)
  }

  package func redeliverWebhook(
    _ request: Settlement_V1_RedeliverWebhookRequest
  ) async throws(SettlementError) -> Settlement_V1_WebhookDelivery {
    try await call(.redeliverWebhook, request)
  }

  package func listWebhookChanges(
    _ request: Settlement_V1_ListWebhookChangesRequest
  ) async throws(SettlementError) -> Settlement_V1_ListWebhookChangesResponse {
    try await call(.listWebhookChanges, request)
  }
}
