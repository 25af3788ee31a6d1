import SettlementProto

extension Settlement_V1_PayeeAccount: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "partner": .text(partner), "agent": .text(agent), "rail": .text(rail.shortName),
      "state": .text(state.shortName), "masked_number": .text(maskedNumber), "masked_name": .text(maskedName),
      "bank": .text(bank), "create_time": createTime.json, "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("payee", shown(id)),
      ("state", state.shortName),
      ("agent", "\(shown(partner))/\(shown(agent))"),
      ("account", account),
      ("created", createTime.text),
      ("receipt", receipt.text),
    ])
  }

  private var account: String {
    let bank = bank.isEmpty ? "" : " of \(shown(bank))"
    return "\(rail.shortName)\(bank) \(shown(maskedNumber)) of \(shown(maskedName))"
  }

  /// On one line, for lists.
  fileprivate var line: String {
    "\(shown(id))  \(state.shortName)  \(shown(partner))/\(shown(agent))  \(account)"
  }
}

extension Settlement_V1_ListPayeeAccountsResponse: Printable {
  var json: JSON {
    .object(["accounts": .array(accounts.map(\.json)), "next_page_token": .text(nextPageToken)])
  }

  var lines: [String] {
    if accounts.isEmpty { return ["no payee accounts"] }
    return accounts.map(\.line) + nextPage(nextPageToken)
  }
}

/// The one result that shows private data.
extension Settlement_V1_RevealedPayeeAccount: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "number": .text(number), "holder_name": .text(holderName), "valid_until": validUntil.json,
      "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("payee", shown(id)),
      ("number", shown(number)),
      ("holder", shown(holderName)),
      ("valid until", validUntil.text),
      ("receipt", "\(receipt.text): this look is recorded"),
    ])
  }
}

extension Settlement_V1_Proposal: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "state": .text(state.shortName), "subject": subjectJSON, "proposer": .text(proposer),
      "confirmations": .array(confirmations.map(\.json)), "create_time": createTime.json,
      "valid_until": hasValidUntil ? validUntil.json : .null, "digest": .text(hexadecimal(digest)),
      "receipt": receipt.json,
    ])
  }

  private var subjectJSON: JSON {
    switch subject {
    case .reveal(let reveal): .object(["kind": .text("REVEAL"), "payee_id": .text(reveal.payeeID)])
    case .adjustment(let adjustment):
      .object([
        "kind": .text("ADJUSTMENT"), "partner": .text(adjustment.partner), "agent": .text(adjustment.agent),
        "amount": adjustment.amount.json, "reason": .text(adjustment.reason),
      ])
    case .doubt(let doubt):
      .object([
        "kind": .text("DOUBT"), "withdrawal_id": .text(doubt.withdrawalID), "verdict": .text(doubt.verdict.shortName),
        "paid": doubt.hasPaid ? doubt.paid.json : .null, "evidence": .text(hexadecimal(doubt.evidence)),
      ])
    case nil: .null
    }
  }

  var lines: [String] {
    var rows = [
      ("proposal", shown(id)),
      ("state", state.shortName),
      ("to", text),
      ("proposed by", "\(shown(proposer)) \(createTime.text)"),
    ]
    rows += confirmations.map { ("confirmed by", $0.text) }
    if hasValidUntil { rows.append(("valid until", validUntil.text)) }
    return table(rows + [("digest", hexadecimal(digest)), ("receipt", receipt.text)])
  }

  /// What it asks for, in words.
  var text: String {
    switch subject {
    case .reveal(let reveal): return "see number and name of \(shown(reveal.payeeID))"
    case .adjustment(let adjustment):
      let whose = "\(shown(adjustment.partner))/\(shown(adjustment.agent))"
      let amount = adjustment.amount
      let verb = amount.minorUnits < 0 ? "debit" : "credit"
      let size = Settlement_V1_Money(currency: amount.currencyCode, Int64(clamping: amount.minorUnits.magnitude))
      return "\(verb) \(whose) with \(size.text): \(shown(adjustment.reason))"
    case .doubt(let doubt):
      let paid = doubt.hasPaid ? ", \(doubt.paid.text) left" : ""
      return "settle \(shown(doubt.withdrawalID)) as \(doubt.verdict.shortName)\(paid); evidence has SHA-256 "
        + hexadecimal(doubt.evidence)
    case nil: return "something that this program does not know"
    }
  }
}

extension Settlement_V1_ListProposalsResponse: Printable {
  var json: JSON {
    .object(["proposals": .array(proposals.map(\.json)), "next_page_token": .text(nextPageToken)])
  }

  var lines: [String] {
    if proposals.isEmpty { return ["no proposals"] }
    return proposals.map {
      "\($0.createTime.text)  \(shown($0.id))  \($0.state.shortName)  \(shown($0.proposer)): \($0.text)"
    }
      + nextPage(nextPageToken)
  }
}
