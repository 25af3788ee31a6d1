internal import Notifications
internal import RPC

extension RPCStatus {
  static let webhooksOff = RPCStatus(
    .failedPrecondition, "this server sends no webhooks", details: [reason("WEBHOOKS_OFF")])

  /// What is another partner's looks exactly like what does not exist.
  init(_ failure: WebhookFailure) {
    switch failure {
    case .endpointNotFound:
      self.init(
        .notFound, "there is no such webhook endpoint: list them, or create it",
        details: [Self.reason("WEBHOOK_ENDPOINT_NOT_FOUND")])
    case .deliveryNotFound:
      self.init(
        .notFound,
        "the endpoint has no such delivery: it is removed a week after it arrived, a month after it was given up",
        details: [Self.reason("WEBHOOK_DELIVERY_NOT_FOUND")])
    case .requestIDReused:
      self.init(
        .alreadyExists, "this request_id was used for another request: take a new one for a new request",
        details: [Self.reason("REQUEST_ID_REUSED")])
    case .tooManyEndpoints(let limit):
      self.init(
        .failedPrecondition, "the partner has \(limit) webhook endpoints, the most that it may have: delete one first",
        details: [Self.reason("TOO_MANY_WEBHOOK_ENDPOINTS", ["limit": "\(limit)"])])
    case .endpointDisabled:
      self.init(
        .failedPrecondition, "the endpoint is switched off: switch it on, and what waits is sent",
        details: [Self.reason("WEBHOOK_ENDPOINT_DISABLED")])
    case .url(let refusal): self.init(refusal)
    case .trouble:
      // The text is about the inside: it is in the log.
      self.init(
        .unavailable, "the webhooks' database cannot be used now; repeat the request with the same request_id",
        details: [Self.reason("WEBHOOKS_UNAVAILABLE"), .retryInfo(afterNanoseconds: 1_000_000_000)])
    }
  }

  private init(_ refusal: WebhookGuard.Refusal) {
    var violations = FieldViolations()
    switch refusal {
    case .url(.portNotAllowed): violations.add("url", "PORT_NOT_ALLOWED", "\(refusal)")
    case .url: violations.add("url", "URL_MALFORMED", "\(refusal)")
    case .unknownHost: violations.add("url", "HOST_UNKNOWN", "names a host that was not found: \(refusal)")
    // The address itself is not told: names inside of our network are nobody's business.
    case .address: violations.add("url", "HOST_NOT_PUBLIC", "names a host that is not in the public internet")
    }
    self.init(violations)
  }
}
