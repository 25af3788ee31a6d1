internal import AsyncHTTPClient
internal import LedgerCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// What a receiver said to one request.
enum ReceiverAnswer: Hashable, Sendable {
  case status(Int, retryAfterSeconds: Int64?)
  /// No answer; the text is for the endpoint's owner.
  case failed(String)
}

/// A signed request, made for one attempt.
struct SignedWebhook: Sendable {
  let id: String
  let timestampSeconds: Int64
  /// Separated by spaces, where an old secret signs too.
  let signatures: String
  let body: [UInt8]
}

/// The connections to one endpoint's receiver. Each goes to an address that the guard has judged, under the name of the
/// host: it is what the certificate must be for.
final class WebhookSender: Sendable {
  private let guarding: WebhookGuard
  private let authorities: [NIOSSLCertificate]
  private let time: any WebhookTime
  private let state = Mutex(State())

  private struct State {
    var known: Known?
    var client: PinnedClient?
  }

  /// Where a receiver is.
  private struct Known {
    let url: WebhookURL
    let addresses: [InternetAddress]
    /// When name servers said so, and the guard judged it.
    let judged: Timestamp
    /// When they are asked again.
    var asked: Timestamp

    func isFresh(_ now: Timestamp) -> Bool {
      now.microseconds - asked.microseconds < WebhookLimits.addressKeptMicroseconds
    }

    func isGoodUnanswered(_ now: Timestamp) -> Bool {
      now.microseconds - judged.microseconds < WebhookLimits.addressKeptUnansweredMicroseconds
    }
  }

  /// - Parameter authorities: that sign receivers' certificates besides the system's.
  init(guarding: WebhookGuard, authorities: [NIOSSLCertificate], time: any WebhookTime) {
    self.guarding = guarding
    self.authorities = authorities
    self.time = time
  }

  /// Always returns within the time of an attempt, or when the task is cancelled.
  ///
  /// - Parameters:
  ///   - partner: whose receiver it is.
  ///   - turn: hosts with several addresses get their requests in turn.
  func send(
    _ webhook: SignedWebhook, to url: WebhookURL, of partner: Label, turn: Int
  ) async -> ReceiverAnswer {
    let head = Head()
    return await withTaskGroup(of: ReceiverAnswer.self) { group in
      group.addTask { [self] in
        await exchange(webhook, url, partner, turn, head)
      }
      group.addTask { [time] in
        do throws(CancellationError) {
          try await time.sleep(microseconds: WebhookLimits.attemptMicroseconds)
        } catch {
          return .failed("the attempt was cut off")
        }
        return .failed("no answer within \(WebhookLimits.attemptMicroseconds / WebhookLimits.second) s")
      }
      let first = await group.next() ?? .failed("no answer")
      group.cancelAll()
      // The status counts, also where the rest of the answer drips.
      return head.answer.withLock { $0 } ?? first
    }
  }

  /// The status, as soon as it is there.
  private final class Head: Sendable {
    let answer = Mutex<ReceiverAnswer?>(nil)
  }

  private func exchange(
    _ webhook: SignedWebhook, _ url: WebhookURL, _ partner: Label, _ turn: Int, _ head: Head
  ) async -> ReceiverAnswer {
    do throws(WebhookGuard.Refusal) {
      let client = try await client(for: url, partner, turn)
      return await exchange(webhook, url, client, head)
    } catch {
      return .failed("\(error)")
    }
  }

  private func exchange(
    _ webhook: SignedWebhook, _ url: WebhookURL, _ client: PinnedClient, _ head: Head
  ) async -> ReceiverAnswer {
    var request = HTTPClientRequest(url: url.text)
    request.method = .POST
    request.headers = [
      "content-type": "application/json", "user-agent": "settle-webhooks/1", "webhook-id": webhook.id,
      "webhook-timestamp": "\(webhook.timestampSeconds)", "webhook-signature": webhook.signatures,
    ]
    request.body = .bytes(ByteBuffer(bytes: webhook.body))
    do {
      let response = try await client.http.execute(request, timeout: PinnedClient.longestExchange)
      let status = Int(response.status.code)
      let answer = ReceiverAnswer.status(status, retryAfterSeconds: Self.retryAfter(response.headers))
      head.answer.withLock { $0 = answer }
      // What is short is read, so that the connection can be used again.
      var count = 0
      for try await part in response.body {
        count += part.readableBytes
        if count > WebhookLimits.replyBytesMaximum { break }
      }
      return answer
    } catch {
      return .failed(Self.text(error))
    }
  }

  /// Seconds only: dates are for caches.
  private static func retryAfter(_ headers: HTTPHeaders) -> Int64? {
    guard let text = headers.first(name: "retry-after"), let seconds = Int64(text), seconds >= 0 else { return nil }
    return min(seconds, WebhookLimits.retryAfterSecondsMaximum)
  }

  /// One line of what a library says.
  private static func text(_ error: any Error) -> String {
    let text = "\(error)".unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)
    return String(String.UnicodeScalarView(text))
  }

  private func client(
    for url: WebhookURL, _ partner: Label, _ turn: Int
  ) async throws(WebhookGuard.Refusal) -> PinnedClient {
    let addresses = try await addresses(of: url, partner)
    let address = addresses[turn % addresses.count]
    return state.withLock { state in
      if let client = state.client, client.host == url.host, client.address == address { return client }
      // The one before lives until its last request has ended.
      let client = PinnedClient(host: url.host, address: address, authorities: authorities)
      state.client = client
      return client
    }
  }

  /// At least one. A host that has moved into a private network is refused at once; one that nobody can say anything of is
  /// where it was.
  private func addresses(
    of url: WebhookURL, _ partner: Label
  ) async throws(WebhookGuard.Refusal) -> [InternetAddress] {
    let now = time.now()
    let known = state.withLock { $0.known?.url == url ? $0.known : nil }
    if let known, known.isFresh(now) { return known.addresses }
    do throws(WebhookGuard.Refusal) {
      let found = try await guarding.addresses(of: url, for: partner)
      state.withLock { $0.known = Known(url: url, addresses: found, judged: now, asked: now) }
      return found
    } catch {
      guard case .unknownHost = error, var known, known.isGoodUnanswered(now) else { throw error }
      known.asked = now
      state.withLock { [known] in $0.known = known }
      return known.addresses
    }
  }
}

/// A client whose connections for a host go to one address, whatever name servers say.
private final class PinnedClient: Sendable {
  /// Only a backstop: an attempt is cut off before.
  static let longestExchange = TimeAmount.microseconds(4 * WebhookLimits.attemptMicroseconds)

  let host: String
  let address: InternetAddress
  let http: HTTPClient

  init(host: String, address: InternetAddress, authorities: [NIOSSLCertificate]) {
    self.host = host
    self.address = address
    var tls = TLSConfiguration.makeClientConfiguration()
    // Amounts and agents are in the clear for whoever breaks an older one.
    tls.minimumTLSVersion = .tlsv12
    if !authorities.isEmpty { tls.additionalTrustRoots = [.certificates(authorities)] }
    var configuration = HTTPClient.Configuration()
    configuration.tlsConfiguration = tls
    configuration.redirectConfiguration = .disallow
    configuration.decompression = .disabled
    configuration.httpVersion = .http1Only
    configuration.timeout = .init(connect: .microseconds(WebhookLimits.attemptMicroseconds))
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = WebhookLimits.attemptsAtOnceMaximum
    configuration.connectionPool.retryConnectionEstablishment = false
    if InternetAddress(host) == nil { configuration.dnsOverride = [host: "\(address)"] }
    http = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
  }

  /// When nobody uses it any more: idle connections are closed.
  deinit {
    http.shutdown { [http] _ in withExtendedLifetime(http) {} }
  }
}
