internal import Digests
internal import Ledger
package import LedgerCore

/// Endpoints as partners and staff manage them: what the service calls.
package struct WebhookEndpoints: Sendable {
  let engine: WebhookEngine
  let parts: EngineParts

  /// An endpoint with its secret, which is shown here and never again; nil where the request was repeated too late.
  package struct WithSecret: Sendable {
    package let endpoint: WebhookEndpoint
    package let secret: WebhookSecret?
  }

  package func create(
    partner: Label, url text: String, key: RequestKey
  ) async throws(WebhookFailure) -> WithSecret {
    // First of all: a request that is repeated gets its answer, also while the host cannot be found.
    if let made = try await parts.store.made(by: key, now: parts.time.now()) { return try shown(made) }
    let url: WebhookURL
    do throws(WebhookGuard.Refusal) {
      url = try parts.guarding.url(text)
      _ = try await parts.guarding.addresses(of: url, for: partner)
    } catch {
      throw .url(error)
    }
    let id = try newID()
    let made = try await parts.store.create(
      WebhookStore.NewEndpoint(
        id: id, partner: partner, url: url.text, secret: try parts.secrets.new(of: id).sealed),
      key: key, end: parts.ledger.feed.lastSequence, now: parts.time.now())
    if !made.isRepeated { await engine.addLane(made.number) }
    return try shown(made)
  }

  package func rotate(
    _ id: String, _ scope: Scope, key: RequestKey
  ) async throws(WebhookFailure) -> WithSecret {
    try shown(
      try await parts.store.rotate(
        id, scope, secret: try parts.secrets.new(of: id).sealed, key: key, now: parts.time.now()))
  }

  package func list(of partner: Label) async throws(WebhookFailure) -> [WebhookEndpoint] {
    try await parts.store.endpoints(of: partner)
  }

  package func delete(_ id: String, _ scope: Scope, key: RequestKey) async throws(WebhookFailure) {
    guard let number = try await parts.store.delete(id, scope, key: key, now: parts.time.now()) else { return }
    await engine.removeLane(number)
    parts.observe(.removed(endpoint: id))
  }

  package func setEnabled(
    _ id: String, _ scope: Scope, _ isEnabled: Bool, key: RequestKey
  ) async throws(WebhookFailure) -> WebhookEndpoint {
    let changed = try await parts.store.setEnabled(id, scope, isEnabled, key: key, now: parts.time.now())
    if changed.endpoint.state == .enabled {
      parts.observe(.switchedOn(endpoint: id))
      await engine.startAfresh(changed.number)
    }
    await engine.wake([changed.number])
    parts.intakeWake.ring()
    return changed.endpoint
  }

  package func deliveries(
    of id: String, _ scope: Scope, state: WebhookDeliveryState?, before: UInt64?, limit: Int
  ) async throws(WebhookFailure) -> [WebhookDelivery] {
    try await parts.store.deliveries(of: id, scope, state: state, before: before, limit: limit)
  }

  package func redeliver(
    _ messageID: String, to id: String, _ scope: Scope, key: RequestKey
  ) async throws(WebhookFailure) -> WebhookDelivery {
    let queued = try await parts.store.redeliver(messageID, to: id, scope, key: key, now: parts.time.now())
    await engine.startAfresh(queued.number)
    return queued.delivery
  }

  /// Who changed which endpoint, newest first; nil matches all.
  package func changes(
    of partner: Label?, endpoint: String?, before: UInt64?, limit: Int
  ) async throws(WebhookFailure) -> [WebhookChange] {
    try await parts.store.changes(of: partner, endpoint: endpoint, before: before, limit: limit)
  }

  private func shown(_ made: WebhookStore.Made) throws(WebhookFailure) -> WithSecret {
    WithSecret(
      endpoint: made.endpoint,
      secret: try made.secret.map { sealed throws(WebhookFailure) in
        try parts.secrets.open(sealed, of: made.endpoint.id)
      })
  }

  /// "we_" and 130 random bits.
  private func newID() throws(WebhookFailure) -> String {
    let symbols = Array("0123456789abcdefghjkmnpqrstvwxyz")
    do throws(RandomFailure) {
      return try "we_" + String(parts.secrets.random.bytes(26).map { symbols[Int($0 % 32)] })
    } catch {
      throw .trouble("\(error)")
    }
  }
}
