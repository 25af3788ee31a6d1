import SettlementProto

extension Settlement_V1_Withdrawal: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "partner": .text(partner), "agent": .text(agent), "state": .text(state.shortName),
      "final": .bool(final), "cancelable": .bool(cancelable), "amount": amount.json, "fee": fee.json,
      "net": net.json, "payee": .text(payee), "request_id": .text(requestID),
      "create_time": .text(createTime.text), "update_time": .text(updateTime.text), "etag": .text(etag),
      "timeline": .array(
        timeline.map { .object(["state": .text($0.state.shortName), "time": .text($0.time.text)]) }),
      "receipt": receipt.json, "speed": .text(speed.shortName), "points": .integer(points),
      "settlement_date": .text(settlementDate), "expected_arrival": hasExpectedArrival ? expectedArrival.json : .null,
      "rules_version": .integer(Int64(rulesVersion)), "risk": hasRisk ? risk.json : .null,
      "review": hasReview ? review.json : .null, "attempts": .array(attempts.map(\.json)),
      "failure": hasFailure ? failure.json : .null, "fee_refunded": hasFeeRefunded ? feeRefunded.json : .null,
      "deadline": hasDeadline ? deadline.json : .null, "retryable": .bool(retryable), "blocked": .bool(blocked),
    ])
  }

  var lines: [String] {
    let standing = final ? " (final)" : cancelable ? " (can be cancelled)" : ""
    var rows = [
      ("withdrawal", shown(id)),
      ("state", state.shortName + standing),
      ("agent", "\(shown(partner))/\(shown(agent))"),
      ("amount", "\(amount.text) (fee \(fee.decimal), net \(net.decimal))"),
      ("payee", shown(payee)),
    ]
    if points > 0 { rows.append(("points", "\(points)")) }
    if hasExpectedArrival {
      let day = shown(settlementDate)
      rows.append(("speed", "\(speed.shortName), sent on \(day) (local date), expected \(expectedArrival.text)"))
    }
    if hasRisk { rows.append(("risk", "\(risk.text), rules version \(rulesVersion)")) }
    if hasReview { rows += review.rows }
    rows += payoutRows
    rows += [
      ("request id", shown(requestID)),
      ("timeline", timeline.map { "\($0.state.shortName) \($0.time.text)" }.joined(separator: ", ")),
      ("etag", shown(etag)),
      ("receipt", receipt.text),
    ]
    return table(rows)
  }

  /// On one line, for lists.
  var line: String {
    "\(createTime.text)  \(shown(id))  \(state.shortName)  \(amount.text)  \(shown(partner))/\(shown(agent))"
  }
}

extension Settlement_V1_ListWithdrawalsResponse: Printable {
  var json: JSON {
    .object([
      "withdrawals": .array(withdrawals.map(\.json)), "next_page_token": .text(nextPageToken),
      "cursor": .text(cursor),
    ])
  }

  var lines: [String] {
    if withdrawals.isEmpty { return ["no withdrawals"] }
    return withdrawals.map(\.line) + nextPage(nextPageToken)
  }
}

extension Settlement_V1_WatchWithdrawalsResponse: Printable {
  var json: JSON {
    switch event {
    case .change(let change):
      .object([
        "cursor": .text(cursor), "state": .text(change.state.shortName), "time": .text(change.time.text),
        "withdrawal": change.withdrawal.json,
      ])
    case .heartbeat(let heartbeat):
      .object(["cursor": .text(cursor), "heartbeat": .text(heartbeat.time.text)])
    case nil: .object(["cursor": .text(cursor)])
    }
  }

  /// Heartbeats tell people nothing.
  var lines: [String] {
    guard case .change(let change) = event else { return [] }
    let withdrawal = change.withdrawal
    return [
      "\(change.time.text)  \(shown(withdrawal.id))  \(change.state.shortName)  \(withdrawal.amount.text)  "
        + "\(shown(withdrawal.partner))/\(shown(withdrawal.agent))"
    ]
  }
}
