import SettlementProto
import SwiftProtobuf

extension Settlement_V1_DeliveryState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .waiting: "WAITING"
    case .delivered: "DELIVERED"
    case .dead: "DEAD"
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}

extension Settlement_V1_WebhookEndpoint: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "partner": .text(partner), "url": .text(url), "enabled": .bool(enabled),
      "disabled_reason": .text(disabledReason), "create_time": createTime.json,
      "delivered_through": .integer(Int64(clamping: deliveredThrough)), "waiting": .integer(Int64(waiting)),
      "dead_letters": .integer(Int64(deadLetters)),
    ])
  }

  var lines: [String] {
    table([
      ("endpoint", id), ("partner", shown(partner)), ("url", shown(url)),
      ("state", enabled ? "ENABLED" : "DISABLED (\(shown(disabledReason)))"),
      ("delivered", "every change through \(deliveredThrough)"),
      ("waiting", "\(waiting), and \(deadLetters) given up"),
      ("created", createTime.text),
    ])
  }

  /// On one line, for lists.
  fileprivate var line: String {
    let state = enabled ? "ENABLED" : shown(disabledReason)
    return "\(id)  \(state)  \(waiting) waiting  \(deadLetters) dead  \(shown(url))"
  }
}

extension Settlement_V1_WebhookEndpointSecret: Printable {
  var json: JSON { .object(["endpoint": endpoint.json, "secret": .text(secret)]) }

  var lines: [String] {
    endpoint.lines + table([("secret", secret.isEmpty ? "was shown when it was made" : secret)])
  }
}

extension Settlement_V1_ListWebhookEndpointsResponse: Printable {
  var json: JSON { .object(["endpoints": .array(endpoints.map(\.json))]) }

  var lines: [String] { endpoints.isEmpty ? ["no endpoints"] : endpoints.map(\.line) }
}

extension Settlement_V1_DeleteWebhookEndpointResponse: Printable {
  var json: JSON { .object([:]) }

  var lines: [String] { ["removed"] }
}

extension Settlement_V1_WebhookDelivery: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "endpoint_id": .text(endpointID), "withdrawal_id": .text(withdrawalID),
      "sequence": .integer(Int64(clamping: sequence)), "state": .text(state.shortName), "tries": .integer(Int64(tries)),
      "last_try": hasLastTry ? lastTry.json : .null, "next_try": hasNextTry ? nextTry.json : .null,
      "last_status": .integer(Int64(lastStatus)), "last_error": .text(lastError),
    ])
  }

  var lines: [String] {
    table([
      ("delivery", shown(id)), ("withdrawal", shown(withdrawalID)), ("state", state.shortName),
      ("tries", "\(tries)\(hasLastTry ? ", the last \(lastTry.text)" : "")"),
      ("next try", hasNextTry ? nextTry.text : "none"),
      ("last answer", lastStatus == 0 ? shown(lastError) : "\(lastStatus)"),
    ])
  }

  /// On one line, for lists.
  fileprivate var line: String {
    let next = hasNextTry ? "  next \(nextTry.text)" : ""
    let error = lastError.isEmpty ? "" : "  \(shown(lastError))"
    return "\(shown(id))  \(state.shortName)  \(shown(withdrawalID))  tries \(tries)\(next)\(error)"
  }
}

extension Settlement_V1_ListWebhookDeliveriesResponse: Printable {
  var json: JSON {
    .object(["deliveries": .array(deliveries.map(\.json)), "next_page_token": .text(nextPageToken)])
  }

  var lines: [String] {
    if deliveries.isEmpty { return ["no deliveries"] }
    return deliveries.map(\.line) + nextPage(nextPageToken)
  }
}

extension Settlement_V1_WebhookChange: Printable {
  var json: JSON {
    .object([
      "time": time.json, "kind": .text(kind), "partner": .text(partner), "endpoint_id": .text(endpointID),
      "actor": .text(actor), "certificate": .text(certificate), "request_id": .text(requestID),
      "details": .text(details),
    ])
  }

  var lines: [String] {
    let certificate = certificate.isEmpty ? "" : "  certificate \(shown(certificate))"
    let request = requestID.isEmpty ? "" : "  request \(shown(requestID))"
    let details = details.isEmpty ? "" : "  \(shown(details))"
    return ["\(time.text)  \(kind)  \(shown(endpointID))  by \(shown(actor))\(certificate)\(request)\(details)"]
  }
}

extension Settlement_V1_ListWebhookChangesResponse: Printable {
  var json: JSON { .object(["changes": .array(changes.map(\.json)), "next_page_token": .text(nextPageToken)]) }

  var lines: [String] {
    changes.isEmpty ? ["no changes"] : changes.flatMap(\.lines) + nextPage(nextPageToken)
  }
}
