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
      "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    let standing = final ? " (final)" : cancelable ? " (can be cancelled)" : ""
    return table([
      ("withdrawal", shown(id)),
      ("state", state.shortName + standing),
      ("agent", "\(shown(partner))/\(shown(agent))"),
      ("amount", "\(amount.text) (fee \(fee.decimal), net \(net.decimal))"),
      ("payee", shown(payee)),
      ("request id", shown(requestID)),
      ("timeline", timeline.map { "\($0.state.shortName) \($0.time.text)" }.joined(separator: ", ")),
      ("etag", shown(etag)),
      ("receipt", receipt.text),
    ])
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

extension Settlement_V1_Agent: Printable {
  var json: JSON {
    .object([
      "partner": .text(partner), "agent": .text(agent), "create_time": .text(createTime.text),
      "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("agent", "\(shown(partner))/\(shown(agent))"), ("created", createTime.text), ("receipt", receipt.text),
    ])
  }
}

extension Settlement_V1_Balance: Printable {
  private func money(_ minorUnits: Int64) -> Settlement_V1_Money {
    var money = Settlement_V1_Money()
    money.currencyCode = currencyCode
    money.minorUnits = minorUnits
    return money
  }

  var json: JSON {
    .object([
      "partner": .text(partner), "agent": .text(agent), "currency_code": .text(currencyCode),
      "available": money(available).json, "debits_pending": money(debitsPending).json,
      "debits_posted": money(debitsPosted).json, "credits_pending": money(creditsPending).json,
      "credits_posted": money(creditsPosted).json, "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("agent", "\(shown(partner))/\(shown(agent))"),
      ("available", money(available).text),
      ("held", money(debitsPending).text),
      ("paid out", money(debitsPosted).text),
      ("credited", money(creditsPosted).text),
      ("receipt", receipt.text),
    ])
  }
}

extension Settlement_V1_DepositReceipt: Printable {
  var json: JSON {
    .object([
      "partner": .text(partner), "agent": .text(agent), "amount": amount.json,
      "external_reference": .text(externalReference), "time": .text(time.text), "balance": balance.json,
      "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("deposit", amount.text),
      ("agent", "\(shown(partner))/\(shown(agent))"),
      ("reference", shown(externalReference)),
      ("time", time.text),
      ("receipt", receipt.text),
    ]) + ["balance now:"] + balance.lines.map { "  " + $0 }
  }
}

extension Settlement_V1_ListEntriesResponse: Printable {
  var json: JSON {
    .object([
      "entries": .array(
        entries.map { entry in
          .object([
            "sequence": .integer(Int64(clamping: entry.sequence)), "time": .text(entry.time.text),
            "kind": .text(entry.kind.shortName), "amount": entry.amount.json,
            "withdrawal_id": .text(entry.withdrawalID), "external_reference": .text(entry.externalReference),
          ])
        }),
      "next_page_token": .text(nextPageToken),
    ])
  }

  var lines: [String] {
    if entries.isEmpty { return ["no entries"] }
    return entries.map { entry in
      let subject = entry.withdrawalID.isEmpty ? entry.externalReference : entry.withdrawalID
      return "\(entry.time.text)  \(entry.kind.shortName)  \(entry.amount.text)  \(shown(subject))"
    } + nextPage(nextPageToken)
  }
}

private func nextPage(_ token: String) -> [String] {
  token.isEmpty ? [] : ["more: --page-token \(shown(token))"]
}
