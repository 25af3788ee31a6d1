import SettlementClient
import SettlementProto

extension Settlement_V1_Agent: Printable {
  var json: JSON {
    .object([
      "partner": .text(partner), "agent": .text(agent), "create_time": .text(createTime.text),
      "receipt": receipt.json, "parent": .text(parent), "tier": .text(tier), "frozen": .bool(frozen),
      "credit_grade": .text(creditGrade.shortName), "open_violations": .integer(Int64(openViolations)),
      "limits": limits.json, "name_verified": .bool(nameVerified), "id_number_verified": .bool(idNumberVerified),
      "card_verified": .bool(cardVerified), "masked_name": .text(maskedName),
    ])
  }

  var lines: [String] {
    let elements = [("name", nameVerified), ("ID number", idNumberVerified), ("card", cardVerified)]
    let verified = elements.filter(\.1).map(\.0).joined(separator: ", ")
    var rows = [
      ("agent", "\(shown(partner))/\(shown(agent))"), ("created", createTime.text),
      ("standing", frozen ? "frozen" : "may withdraw"),
      ("tier", tier.isEmpty ? "the rules' own" : shown(tier)),
      ("credit", creditGrade.shortName),
      ("verified", verified.isEmpty ? "nothing" : "\(verified) of \(shown(maskedName))"),
    ]
    if !parent.isEmpty { rows.append(("parent", shown(parent))) }
    if openViolations > 0 { rows.append(("violations", "\(openViolations) open")) }
    if limits != .init() { rows.append(("own limits", limits.text)) }
    return table(rows + [("receipt", receipt.text)])
  }
}

extension Settlement_V1_LimitOverride {
  /// Minor units; 0 leaves the tier's.
  var json: JSON {
    .object([
      "payout_maximum": .integer(payoutMaximum), "day_amount": .integer(dayAmount),
      "month_amount": .integer(monthAmount), "day_count": .integer(dayCount),
    ])
  }

  fileprivate var text: String {
    let amounts = [("payout", payoutMaximum), ("day", dayAmount), ("month", monthAmount)].filter { $0.1 > 0 }
    let count = dayCount > 0 ? ["\(dayCount) a day"] : []
    return (amounts.map { "\($0.0) \(DecimalAmount.text(minorUnits: $0.1, decimals: 2))" } + count)
      .joined(separator: ", ")
  }
}

extension Settlement_V1_VerifyAgentResponse: Printable {
  var json: JSON {
    .object([
      "agent": agent.json,
      "defects": .array(
        defects.map { defect in
          .object([
            "element": .text(defect.element), "reason": .text(defect.reason), "message": .text(defect.message),
            "message_zh": .text(defect.messageZh),
          ])
        }),
    ])
  }

  var lines: [String] {
    agent.lines
      + defects.flatMap { defect in
        ["not verified: \(shown(defect.element)) (\(shown(defect.reason))): \(shown(defect.message))"]
          + (defect.messageZh.isEmpty ? [] : ["  \(shown(defect.messageZh))"])
      }
  }
}

extension Settlement_V1_LimitStanding: Printable {
  private func money(_ minorUnits: Int64) -> Settlement_V1_Money {
    Settlement_V1_Money(currency: currencyCode, minorUnits)
  }

  var json: JSON {
    .object([
      "currency_code": .text(currencyCode), "payout_minimum": money(payoutMinimum).json,
      "payout_maximum": money(payoutMaximum).json, "day_amount": money(dayAmount).json,
      "day_amount_left": money(dayAmountLeft).json, "month_amount": money(monthAmount).json,
      "month_amount_left": money(monthAmountLeft).json, "day_count": .integer(dayCount),
      "day_count_left": .integer(dayCountLeft),
    ])
  }

  var lines: [String] { table(rows) }

  var rows: [(String, String)] {
    [
      ("one payout", "\(money(payoutMinimum).decimal) to \(money(payoutMaximum).text)"),
      ("today", "\(money(dayAmountLeft).decimal) left of \(money(dayAmount).text)"),
      ("this month", "\(money(monthAmountLeft).decimal) left of \(money(monthAmount).text)"),
      ("payouts today", "\(dayCountLeft) left of \(dayCount)"),
    ]
  }
}

extension Settlement_V1_Balance: Printable {
  private func money(_ minorUnits: Int64) -> Settlement_V1_Money {
    Settlement_V1_Money(currency: currencyCode, minorUnits)
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
            "proposal_id": .text(entry.proposalID),
          ])
        }),
      "next_page_token": .text(nextPageToken),
    ])
  }

  var lines: [String] {
    if entries.isEmpty { return ["no entries"] }
    return entries.map { entry in
      let subject = [entry.withdrawalID, entry.proposalID, entry.externalReference].first { !$0.isEmpty } ?? ""
      return "\(entry.time.text)  \(entry.kind.shortName)  \(entry.amount.text)  \(shown(subject))"
    } + nextPage(nextPageToken)
  }
}
