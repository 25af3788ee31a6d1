internal import Digests
package import LedgerCore

/// An endpoint as it stands. No secret is part of it.
package struct WebhookEndpoint: Hashable, Sendable {
  /// "we_" and 26 letters and digits.
  package var id: String
  package var partner: Label
  package var url: String
  package var state: WebhookEndpointState
  package var createTime: Timestamp
  /// Every change through this one was delivered, or given up.
  package var deliveredThrough: UInt64
  package var waiting: Int
  package var deadLetters: Int
}

package struct WebhookDelivery: Hashable, Sendable {
  /// Position in the queue: later ones are higher.
  package var ordinal: UInt64
  package var messageID: String
  package var endpointID: String
  package var withdrawalID: String
  package var sequence: UInt64
  package var state: WebhookDeliveryState
  package var tries: Int
  /// nil before the first one.
  package var lastTry: Timestamp?
  /// nil where none is to come.
  package var nextTry: Timestamp?
  /// 0 without an answer.
  package var lastStatus: Int
  package var lastError: String
}

/// What was done to an endpoint, and by whom.
package struct WebhookChange: Hashable, Sendable {
  /// Position in the log: later ones are higher.
  package var ordinal: UInt64
  package var time: Timestamp
  package var kind: WebhookChangeKind
  package var partner: Label
  package var endpointID: String
  /// "partner/<id>", "staff/<role>/<name>", or "house".
  package var actor: String
  /// First eight bytes of the certificate's SHA-256; 0 where it is not known.
  package var certificate: UInt64
  /// Empty where nobody asked for it.
  package var requestID: String
  /// The URL, or the webhook-id of what was sent again.
  package var details: String
}

/// How much there is to do, for metrics.
package struct WebhookFigures: Hashable, Sendable {
  package var endpoints: [WebhookEndpointState: Int] = [:]
  /// Endpoints that are on and further behind than their queue reaches.
  package var behind = 0
  /// Deliveries that wait, by the state of their endpoint.
  package var waiting: [WebhookEndpointState: Int] = [:]
  package var deadLetters = 0
  /// When the change was queued that has waited longest for an endpoint that is on.
  package var oldest: Timestamp?
}

/// A delivery that is due, with what is sent.
struct DueDelivery: Hashable, Sendable {
  let ordinal: Int64
  let messageID: String
  let body: [UInt8]
  let tries: Int
  /// In a row, since it was queued or sent again by hand.
  let failures: Int
  /// How often it was sent again by hand.
  let generation: Int64
}

/// What a lane needs to know of its endpoint.
struct LaneFacts: Sendable {
  let id: String
  let partner: Label
  let url: String
  let state: WebhookEndpointState
  let lag: UInt64?
  let waiting: Int
  /// As they are kept: encrypted. The old one while it still signs.
  let secret: [UInt8]
  let oldSecret: [UInt8]?
}

/// How a try ended.
struct DeliveryOutcome: Sendable {
  let endpoint: Int64
  let ordinal: Int64
  /// As the try found it.
  let generation: Int64
  let time: Timestamp
  let status: Int
  let error: String
  var verdict: Verdict

  /// As it counts where the delivery was sent again by hand during the try.
  var overtaken: DeliveryOutcome {
    var outcome = self
    switch verdict {
    case .delivered, .again, .dead: outcome.verdict = .again(time)
    // The endpoint is off all the same.
    case .gone: outcome.verdict = .gone(next: time)
    }
    return outcome
  }

  enum Verdict: Hashable, Sendable {
    case delivered
    case again(Timestamp)
    case dead
    /// 410: the endpoint is switched off, the delivery waits for it.
    case gone(next: Timestamp)
  }
}

/// Why the store did not do it.
package enum WebhookFailure: Error, Hashable, Sendable {
  case endpointNotFound
  case deliveryNotFound
  case requestIDReused
  case tooManyEndpoints(limit: Int)
  case endpointDisabled
  case url(WebhookGuard.Refusal)
  /// The database, the key or the source of randomness fails; the text is for the log.
  case trouble(String)
}

extension WebhookFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .endpointNotFound: "there is no such webhook endpoint"
    case .deliveryNotFound: "there is no such delivery"
    case .requestIDReused: "the request id was used for another request"
    case .tooManyEndpoints(let limit): "the partner has \(limit) endpoints, the most that it may have"
    case .endpointDisabled: "the endpoint is switched off"
    case .url(let refusal): "\(refusal)"
    case .trouble(let text): text
    }
  }
}
