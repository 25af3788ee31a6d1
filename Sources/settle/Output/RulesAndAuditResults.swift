import SettlementProto

extension Settlement_V1_RulesStatus: Printable {
  var json: JSON {
    .object([
      "version": .integer(Int64(version)), "name": .text(name), "digest": .text(hexadecimal(digest)),
      "active_since": hasActiveSince ? activeSince.json : .null, "document": .text(document), "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("rules", "\(shown(name)), version \(version)"),
      ("digest", hexadecimal(digest)),
      ("in force since", hasActiveSince ? activeSince.text : "the beginning"),
      ("receipt", receipt.text),
    ])
  }
}

extension Settlement_V1_AuditEvent: Printable {
  var json: JSON {
    .object([
      "sequence": .integer(Int64(clamping: sequence)), "time": time.json, "kind": .text(kind),
      "partner": .text(partner), "actor": .text(actor), "certificate": .text(certificate),
      "request_id": .text(requestID), "withdrawal_id": .text(withdrawalID), "agent": .text(agent),
      "payee_id": .text(payeeID), "proposal_id": .text(proposalID), "details": .text(details),
      "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    let about = [withdrawalID, payeeID, proposalID].filter { !$0.isEmpty }
    let whose = [partner, agent].filter { !$0.isEmpty }.joined(separator: "/")
    let parts = ["\(sequence)", time.text, kind, actor, whose] + about + [details]
    return [parts.filter { !$0.isEmpty }.map(shown).joined(separator: "  ")]
  }
}

extension Settlement_V1_VerifyChainResponse: Printable {
  var json: JSON {
    .object([
      "from_sequence": .integer(Int64(clamping: fromSequence)), "to_sequence": .integer(Int64(clamping: toSequence)),
      "frames": .integer(Int64(clamping: frames)), "records": .integer(Int64(clamping: records)),
      "seal": .text(hexadecimal(seal)),
    ])
  }

  var lines: [String] {
    table([
      ("chain", "whole from record \(fromSequence) to \(toSequence)"),
      ("checked", "\(records) records in \(frames) frames"),
      ("seal", hexadecimal(seal)),
    ])
  }
}
