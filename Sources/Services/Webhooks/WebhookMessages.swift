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
