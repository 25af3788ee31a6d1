internal import HTTPStreams
internal import Ledger
internal import LedgerCore
internal import Notifications
internal import RPC
internal import SettlementProto

/// settlement.v1.WebhookService: where a partner's servers are told of changes.
///
/// Endpoints are no records of the ledger: their request ids have a namespace of their own, kept for ever with them.
struct WebhookService: Sendable {
  let ledger: Ledger
  let access: Access
  /// nil: this server tells nobody.
  let webhooks: WebhookEndpoints?

  func create(
    _ request: Settlement_V1_CreateWebhookEndpointRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_WebhookEndpointSecret {
    let principal = try access.principal(of: context.peer, calling: .createWebhookEndpoint)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let partner = violations.partner(request.partner, of: principal)
    if request.url.isEmpty { violations.add("url", "FIELD_MISSING", "must be set: https:// and a public host") }
    try violations.throwIfAny()
    var content = ContentFields(.createWebhookEndpoint)
    content.add(2, partner)
    content.add(3, request.url)
    let key = principal.key(requestID, content.fingerprint)
    return try await answer { (webhooks) async throws(WebhookFailure) in
      Settlement_V1_WebhookEndpointSecret(
        try await webhooks.create(partner: partner, url: request.url, key: key))
    }
  }

  func list(
    _ request: Settlement_V1_ListWebhookEndpointsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListWebhookEndpointsResponse {
    let principal = try access.principal(of: context.peer, calling: .listWebhookEndpoints)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    try violations.throwIfAny()
    return try await answer { (webhooks) async throws(WebhookFailure) in
      var response = Settlement_V1_ListWebhookEndpointsResponse()
      response.endpoints = try await webhooks.list(of: partner).map { Settlement_V1_WebhookEndpoint($0) }
      return response
    }
  }

  func delete(
    _ request: Settlement_V1_DeleteWebhookEndpointRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_DeleteWebhookEndpointResponse {
    let principal = try access.principal(of: context.peer, calling: .deleteWebhookEndpoint)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    violations.require("id", request.id)
    try violations.throwIfAny()
    var content = ContentFields(.deleteWebhookEndpoint)
    content.add(2, request.id)
    let key = principal.key(requestID, content.fingerprint)
    return try await answer { (webhooks) async throws(WebhookFailure) in
      try await webhooks.delete(request.id, principal.scope, key: key)
      return Settlement_V1_DeleteWebhookEndpointResponse()
    }
  }

  func rotate(
    _ request: Settlement_V1_RotateWebhookSecretRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_WebhookEndpointSecret {
    let principal = try access.principal(of: context.peer, calling: .rotateWebhookSecret)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    violations.require("id", request.id)
    try violations.throwIfAny()
    var content = ContentFields(.rotateWebhookSecret)
    content.add(2, request.id)
    let key = principal.key(requestID, content.fingerprint)
    return try await answer { (webhooks) async throws(WebhookFailure) in
      Settlement_V1_WebhookEndpointSecret(try await webhooks.rotate(request.id, principal.scope, key: key))
    }
  }

  func setState(
    _ request: Settlement_V1_SetWebhookEndpointStateRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_WebhookEndpoint {
    let principal = try access.principal(of: context.peer, calling: .setWebhookEndpointState)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    violations.require("id", request.id)
    try violations.throwIfAny()
    var content = ContentFields(.setWebhookEndpointState)
    content.add(2, request.id)
    content.add(3, request.enabled ? 1 : 0)
    let key = principal.key(requestID, content.fingerprint)
    return try await answer { (webhooks) async throws(WebhookFailure) in
      Settlement_V1_WebhookEndpoint(
        try await webhooks.setEnabled(request.id, principal.scope, request.enabled, key: key))
    }
  }

  func deliveries(
    _ request: Settlement_V1_ListWebhookDeliveriesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListWebhookDeliveriesResponse {
    let principal = try access.principal(of: context.peer, calling: .listWebhookDeliveries)
    var violations = FieldViolations()
    violations.require("endpoint_id", request.endpointID)
    let state = violations.deliveryState("state", request.state)
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding()
    for byte in request.endpointID.utf8.prefix(64) { binding.add(byte) }
    binding.add(UInt8(clamping: state?.rawValue ?? 0))
    let token = violations.pageToken(request.pageToken, .webhookDeliveriesPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let found = try await answer { (webhooks) async throws(WebhookFailure) in
      try await webhooks.deliveries(
        of: request.endpointID, principal.scope, state: state, before: token?.position, limit: limit)
    }
    var response = Settlement_V1_ListWebhookDeliveriesResponse()
    response.deliveries = found.map { Settlement_V1_WebhookDelivery($0) }
    if found.count == limit, let last = found.last {
      response.nextPageToken = OpaqueToken(position: last.ordinal)
        .text(.webhookDeliveriesPage, binding, of: ledger.identity)
    }
    return response
  }

  func redeliver(
    _ request: Settlement_V1_RedeliverWebhookRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_WebhookDelivery {
    let principal = try access.principal(of: context.peer, calling: .redeliverWebhook)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    violations.require("endpoint_id", request.endpointID)
    violations.require("id", request.id)
    try violations.throwIfAny()
    var content = ContentFields(.redeliverWebhook)
    content.add(2, request.endpointID)
    content.add(3, request.id)
    let key = principal.key(requestID, content.fingerprint)
    return try await answer { (webhooks) async throws(WebhookFailure) in
      Settlement_V1_WebhookDelivery(
        try await webhooks.redeliver(request.id, to: request.endpointID, principal.scope, key: key))
    }
  }

  func changes(
    _ request: Settlement_V1_ListWebhookChangesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListWebhookChangesResponse {
    let principal = try access.principal(of: context.peer, calling: .listWebhookChanges)
    var violations = FieldViolations()
    // Staff may ask for all partners'.
    let partner =
      principal.audience == .staff && request.partner.isEmpty
      ? nil : violations.partner(request.partner, of: principal)
    let endpoint = request.endpointID.isEmpty ? nil : request.endpointID
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding(partner ?? .none)
    for byte in request.endpointID.utf8.prefix(64) { binding.add(byte) }
    let token = violations.pageToken(request.pageToken, .webhookChangesPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let found = try await answer { (webhooks) async throws(WebhookFailure) in
      try await webhooks.changes(of: partner, endpoint: endpoint, before: token?.position, limit: limit)
    }
    var response = Settlement_V1_ListWebhookChangesResponse()
    response.changes = found.map { Settlement_V1_WebhookChange($0, for: principal.audience) }
    if found.count == limit, let last = found.last {
      response.nextPageToken = OpaqueToken(position: last.ordinal)
        .text(.webhookChangesPage, binding, of: ledger.identity)
    }
    return response
  }

  private func answer<Value>(
    _ work: (WebhookEndpoints) async throws(WebhookFailure) -> Value
  ) async throws(RPCStatus) -> Value {
    guard let webhooks else { throw .webhooksOff }
    do throws(WebhookFailure) { return try await work(webhooks) } catch { throw RPCStatus(error) }
  }
}

extension FieldViolations {
  /// Ids are looked up, whatever their form: what is no id is not found.
  fileprivate mutating func require(_ field: String, _ text: String) {
    if text.isEmpty { add(field, "FIELD_MISSING", "must be set") }
  }

  /// nil: any state.
  fileprivate mutating func deliveryState(
    _ field: String, _ wire: Settlement_V1_DeliveryState
  ) -> WebhookDeliveryState? {
    guard wire != .unspecified else { return nil }
    if let state = WebhookDeliveryState(rawValue: Int64(wire.rawValue)) { return state }
    add(field, "STATE_UNKNOWN", "is \(wire.rawValue); must be 1 (waiting), 2 (delivered) or 3 (dead)")
    return nil
  }
}
