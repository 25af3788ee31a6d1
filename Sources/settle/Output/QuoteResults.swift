import GRPCProto
import RPC
import SettlementClient
import SettlementProto
import SwiftProtobuf

extension Settlement_V1_WithdrawalQuote: Printable {
  var json: JSON {
    .object([
      "quote": .text(quote), "valid_until": hasValidUntil ? validUntil.json : .null, "speed": .text(speed.shortName),
      "amount": amount.json, "fee": fee.json, "net": net.json, "points": .integer(points),
      "settlement_date": .text(settlementDate), "expected_arrival": hasExpectedArrival ? expectedArrival.json : .null,
      "limits": limits.json, "review_likely": .bool(reviewLikely), "risk": risk.json,
      "rules_version": .integer(Int64(rulesVersion)), "obstacle": hasObstacle ? Obstacle(obstacle).json : .null,
      "offers": .array(offers.map(\.json)), "maintenance_begin": .text(maintenanceBegin),
      "maintenance_end": .text(maintenanceEnd), "calendar_missing": .bool(calendarMissing),
    ])
  }

  var lines: [String] {
    var rows = [("amount", "\(amount.text) (fee \(fee.decimal), net \(net.decimal))")]
    if points > 0 { rows.append(("points", "\(points)")) }
    let day = shown(settlementDate)
    rows.append(("speed", "\(speed.shortName), sent on \(day) (local date), expected \(expectedArrival.text)"))
    rows.append(("review", hasObstacle ? "not judged: see the obstacle" : judgement))
    rows += limits.rows
    rows += offers.map { ("offer", $0.text) }
    if !maintenanceBegin.isEmpty {
      rows.append(("maintenance", "\(shown(maintenanceBegin)) to \(shown(maintenanceEnd)), local time"))
    }
    if calendarMissing { rows.append(("calendar", "knows only the weekends of this year, no holidays")) }
    rows.append(("rules", "version \(rulesVersion)"))
    if hasObstacle {
      let obstacle = Obstacle(obstacle)
      rows.append(("obstacle", "\(shown(obstacle.reason)): \(shown(obstacle.message))"))
      if let chinese = obstacle.chinese { rows.append(("", shown(chinese))) }
    }
    if !quote.isEmpty { rows.append(("quote", "\(shown(quote)) (until \(validUntil.text))")) }
    return table(rows)
  }
}

extension Settlement_V1_WithdrawalQuote {
  /// What would become of it, as the agent has acted until now.
  private var judgement: String {
    if risk.verdict == .reject { return "it would be rejected: \(risk.text)" }
    return reviewLikely ? "likely: \(risk.text)" : "not likely"
  }
}

extension Settlement_V1_SpeedOffer {
  fileprivate var json: JSON {
    .object([
      "speed": .text(speed.shortName), "offered": .bool(offered), "fee": fee.json, "points": .integer(points),
      "expected_arrival": hasExpectedArrival ? expectedArrival.json : .null, "reason": .text(reason),
    ])
  }

  fileprivate var text: String {
    guard offered else { return "\(speed.shortName): not offered (\(shown(reason)))" }
    let price = points > 0 ? "\(fee.text), or \(points) points" : fee.text
    return "\(speed.shortName): \(price), expected \(expectedArrival.text)"
  }
}

/// Why a submission would be refused as things are, in the words of the refusal.
struct Obstacle {
  let reason: String
  let message: String
  let chinese: String?
  let figures: [String: String]

  init(_ status: Google_Rpc_Status) {
    let details = status.details.map { StatusDetail(typeURL: $0.typeURL, value: Array($0.value)) }
    let code = RPCStatus.Code(rawValue: UInt8(clamping: status.code)) ?? .unknown
    let error = SettlementError(
      kind: .refused, method: "QuoteWithdrawal", status: RPCStatus(code, status.message, details: details),
      attempts: 1)
    reason = error.reason ?? code.wireName
    message = status.message
    chinese = error.localizedMessage
    figures = error.figures
  }

  var json: JSON {
    .object([
      JSON.Member("reason", .text(reason)), JSON.Member("message", .text(message)),
      JSON.Member("message_zh", chinese.map { .text($0) } ?? .null),
      JSON.Member("metadata", .object(figures.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .text($0.value)) })),
    ])
  }
}
