internal import Digests
internal import Ledger
internal import LedgerCore
internal import NIOSSL
internal import Vault

/// What the engine's tasks share.
struct EngineParts: Sendable {
  let ledger: Ledger
  let store: WebhookStore
  let guarding: WebhookGuard
  let secrets: SealedSecrets
  let authorities: [NIOSSLCertificate]
  let time: any WebhookTime
  /// For jitter.
  let random: @Sendable () -> UInt64
  let observe: @Sendable (WebhookEvent) -> Void
  let intakeWake: WakeUp

  /// The changes of some partners, as they are told. Suspends until there is a record after `sequence`.
  func messages(
    after sequence: UInt64, of partners: Set<Label>
  ) async throws(WebhookFailure) -> (messages: [WebhookMessage], through: UInt64) {
    let page = try await page(after: sequence)
    return (try await messages(of: page.events.filter { partners.contains($0.partner) }), page.next)
  }

  func page(after sequence: UInt64) async throws(WebhookFailure) -> FeedPage {
    do throws(FeedError) {
      return try await ledger.feed.events(after: sequence, limit: WebhookLimits.feedPage)
    } catch {
      throw .trouble("the feed of changes cannot be read: \(error)")
    }
  }

  func messages(of events: [FeedEvent]) async throws(WebhookFailure) -> [WebhookMessage] {
    guard !events.isEmpty else { return [] }
    let replies = await ledger.performAll(
      events.map { .query(.withdrawal($0.withdrawal, .partner($0.partner))) })
    var messages: [WebhookMessage] = []
    for (event, reply) in zip(events, replies) {
      guard case .answered(.withdrawal(let withdrawal)) = reply.outcome else {
        throw .trouble("the ledger did not answer for a withdrawal: \(reply.outcome)")
      }
      messages.append(WebhookMessage(event, withdrawal, of: ledger.identity))
    }
    guard messages.count == events.count else { throw .trouble("the ledger did not answer for all withdrawals") }
    return messages
  }

  /// A moment, unless the program stops.
  func rest(after failure: WebhookFailure) async {
    guard !Task.isCancelled else { return }
    observe(.trouble("\(failure)"))
    do throws(CancellationError) { try await time.sleep(microseconds: WebhookLimits.troubleMicroseconds) } catch {}
  }
}

/// Secrets as they are kept: encrypted, each bound to its endpoint.
struct SealedSecrets: Sendable {
  let key: WebhookKey
  let random: any RandomSource
  let ledger: LedgerIdentity

  func new(of endpoint: String) throws(WebhookFailure) -> (secret: WebhookSecret, sealed: [UInt8]) {
    let secret: WebhookSecret
    do throws(RandomFailure) { secret = try WebhookSecret(random: random) } catch { throw .trouble("\(error)") }
    do throws(VaultError) {
      return (secret, try key.seal(secret.bytes, binding: binding(endpoint), random: random))
    } catch {
      throw .trouble("a webhook's secret cannot be encrypted: \(error)")
    }
  }

  func open(_ sealed: [UInt8], of endpoint: String) throws(WebhookFailure) -> WebhookSecret {
    do throws(VaultError) {
      return WebhookSecret(bytes: try key.open(sealed, binding: binding(endpoint)))
    } catch {
      throw .trouble("the secret of webhook endpoint \(endpoint) cannot be read: \(error)")
    }
  }

  private func binding(_ endpoint: String) -> [UInt8] { ledger.id.withUnsafeBytes { Array($0) } + Array(endpoint.utf8) }
}
