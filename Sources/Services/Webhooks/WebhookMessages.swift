internal import Digests
internal import LedgerCore
internal import Notifications
internal import SettlementProto
internal import SwiftProtobuf

extension Settlement_V1_WebhookEndpoint {
  init(_ endpoint: WebhookEndpoint) {
    self.init()
    id = endpoint.id
    partner = endpoint.partner.description
    url = endpoint.url
    enabled = endpoint.state == .enabled
    disabledReason =
      switch endpoint.state {
      case .enabled: ""
      case .disabled: "OPERATOR"
      case .gone: "GONE"
      }
    createTime = Google_Protobuf_Timestamp(endpoint.createTime)
    deliveredThrough = endpoint.deliveredThrough
    waiting = UInt32(clamping: endpoint.waiting)
    deadLetters = UInt32(clamping: endpoint.deadLetters)
  }
}

extension Settlement_V1_WebhookEndpointSecret {
  init(_ made: WebhookEndpoints.WithSecret) {
    self.init()
    endpoint = Settlement_V1_WebhookEndpoint(made.endpoint)
    secret = made.secret?.text ?? ""
  }
}

extension Settlement_V1_WebhookDelivery {
  init(_ delivery: WebhookDelivery) {
    self.init()
    id = delivery.messageID
    endpointID = delivery.endpointID
    withdrawalID = delivery.withdrawalID
    sequence = delivery.sequence
    // The raw values are the same by contract; a test walks them all.
    state = Settlement_V1_DeliveryState(rawValue: Int(delivery.state.rawValue)) ?? .unspecified
    tries = UInt32(clamping: delivery.tries)
    if let time = delivery.lastTry { lastTry = Google_Protobuf_Timestamp(time) }
    if let time = delivery.nextTry { nextTry = Google_Protobuf_Timestamp(time) }
    lastStatus = UInt32(clamping: delivery.lastStatus)
    lastError = delivery.lastError
  }
}

extension Settlement_V1_WebhookChange {
  /// Which member of staff it was, partners do not see.
  init(_ change: WebhookChange, for audience: Audience) {
    self.init()
    time = Google_Protobuf_Timestamp(change.time)
    kind = change.kind.wireName
    partner = change.partner.description
    endpointID = change.endpointID
    details = change.details
    guard audience == .staff || !change.actor.hasPrefix("staff") else {
      actor = "staff"
      return
    }
    actor = change.actor
    requestID = change.requestID
    if change.certificate != 0 {
      certificate = withUnsafeBytes(of: change.certificate.bigEndian) { Hexadecimal.encode($0) }
    }
  }
}

extension WebhookChangeKind {
  /// For programs; never renamed.
  fileprivate var wireName: String {
    switch self {
    case .created: "CREATED"
    case .secretRotated: "SECRET_ROTATED"
    case .enabled: "ENABLED"
    case .disabled: "DISABLED"
    case .deleted: "DELETED"
    case .redelivered: "REDELIVERED"
    case .gone: "GONE"
    }
  }
}
