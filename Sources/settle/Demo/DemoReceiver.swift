import Notifications
import SettlementClient
import SwiftProtobuf
import Synchronization

/// A partner's receiver of webhooks, inside of the demonstration: HTTPS on a free port, and nothing is believed that is not
/// signed.
struct DemoReceiver: Sendable {
  /// One that was verified.
  struct Delivery: Sendable {
    let id: String
    let type: String
    let withdrawal: String
    let request: HTTPSRequest
  }

  private final class Inbox: Sendable {
    let verifier = Mutex<WebhookVerifier?>(nil)
    let deliveries: AsyncStream<Delivery>
    let telling: AsyncStream<Delivery>.Continuation

    init() {
      // More than the scene makes; a receiver that is not read answers that it has too much to do.
      (deliveries, telling) = AsyncStream.makeStream(of: Delivery.self, bufferingPolicy: .bufferingOldest(64))
    }

    func take(_ request: HTTPSRequest) -> HTTPSReply {
      guard let verifier = verifier.withLock({ $0 }) else { return HTTPSReply(503, "no secret yet") }
      let id: String
      do throws(WebhookVerifier.Defect) {
        id = try verifier.verify(headers: request.headers, body: request.body, nowSeconds: Int64(Instant.now().seconds))
      } catch {
        return HTTPSReply(400, "\(error)")
      }
      let event: Google_Protobuf_Struct
      do { event = try Google_Protobuf_Struct(jsonUTF8Bytes: request.body) } catch {
        return HTTPSReply(400, "the body is no JSON object: \(error)")
      }
      let delivery = Delivery(
        id: id, type: event.fields["type"]?.stringValue ?? "",
        withdrawal: event.fields["data"]?.structValue.fields["id"]?.stringValue ?? "", request: request)
      guard case .enqueued = telling.yield(delivery) else { return HTTPSReply(503, "too many at once") }
      return HTTPSReply(200, "taken")
    }
  }

  private let inbox: Inbox
  private let listener: HTTPSListener

  static func start(_ place: DemoPlace) async throws(Failure) -> DemoReceiver {
    let inbox = Inbox()
    do throws(HTTPSListenerDefect) {
      return DemoReceiver(
        inbox: inbox,
        listener: try await HTTPSListener.start(
          host: "127.0.0.1", port: 0, certificateFile: place.certificate(DevelopmentPKI.serverName),
          keyFile: place.key(DevelopmentPKI.serverName)
        ) { inbox.take($0) })
    } catch {
      throw Failure(.systemError, "the receiver of webhooks did not start: \(error)")
    }
  }

  var url: String { "https://127.0.0.1:\(listener.port)/webhooks" }

  func trust(_ secret: String) throws(WebhookVerifier.Defect) {
    let verifier = try WebhookVerifier(secrets: [secret])
    inbox.verifier.withLock { $0 = verifier }
  }

  /// What it answers to the same request with one bit of its body changed.
  func answer(toForged delivery: Delivery) -> Int {
    var forged = delivery.request
    if let last = forged.body.indices.last { forged.body[last] ^= 1 }
    return inbox.take(forged).status
  }

  /// The next ones that it has verified; fewer when they do not come in time.
  func next(_ count: Int, withinSeconds seconds: Int64) async -> [Delivery] {
    let deadline = Task { [inbox] in
      try await Task.sleep(for: .seconds(seconds))
      inbox.telling.finish()
    }
    defer { deadline.cancel() }
    var found: [Delivery] = []
    for await delivery in inbox.deliveries {
      found.append(delivery)
      if found.count == count { break }
    }
    return found
  }

  func stop() async { await listener.stop() }
}
