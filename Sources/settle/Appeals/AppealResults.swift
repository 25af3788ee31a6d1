import SettlementProto

extension Settlement_V1_Appeal: Printable {
  var json: JSON {
    .object([
      "id": .text(id), "partner": .text(partner), "agent": .text(agent), "withdrawal_id": .text(withdrawalID),
      "kind": .text(kind.shortName), "state": .text(state.shortName), "disputed": disputed.json,
      "awarded": hasAwarded ? awarded.json : .null, "text": .text(text),
      "evidence": .array(evidence.map(\.json)), "assignee": .text(assignee), "create_time": createTime.json,
      "first_answer_due": firstAnswerDue.json, "due_time": dueTime.json,
      "first_answer_time": hasFirstAnswerTime ? firstAnswerTime.json : .null,
      "resolve_time": hasResolveTime ? resolveTime.json : .null, "escalated": .bool(escalated),
      "answer": .text(answer), "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    var rows = [
      ("appeal", shown(id)),
      ("state", state.shortName + (escalated ? ", its time is over" : "")),
      ("about", "\(shown(withdrawalID)) of \(shown(partner))/\(shown(agent)): \(kind.shortName)"),
      ("says", shown(text)),
    ]
    if disputed.minorUnits > 0 { rows.append(("disputed", disputed.text)) }
    rows += evidence.map { ("evidence", $0.text) }
    if !assignee.isEmpty { rows.append(("at it", shown(assignee))) }
    rows.append(("first answer", hasFirstAnswerTime ? firstAnswerTime.text : "due \(firstAnswerDue.text)"))
    rows.append(("resolved", hasResolveTime ? resolveTime.text : "due \(dueTime.text)"))
    if hasAwarded { rows.append(("awarded", awarded.text)) }
    if !answer.isEmpty { rows.append(("answer", shown(answer))) }
    return table(rows + [("receipt", receipt.text)])
  }
}

extension Settlement_V1_Evidence {
  fileprivate var json: JSON {
    .object([
      "person": .text(person), "time": time.json, "note": .text(note), "sha256": .text(hexadecimal(sha256)),
    ])
  }

  fileprivate var text: String {
    let who = person.isEmpty ? "the partner" : shown(person)
    return "\(time.text) \(who): \(shown(note))" + (sha256.isEmpty ? "" : ", SHA-256 \(hexadecimal(sha256))")
  }
}

extension Settlement_V1_ListAppealsResponse: Printable {
  var json: JSON { .object(["appeals": .array(appeals.map(\.json)), "next_page_token": .text(nextPageToken)]) }

  var lines: [String] {
    if appeals.isEmpty { return ["no appeals"] }
    return appeals.map {
      "\($0.createTime.text)  \(shown($0.id))  \($0.state.shortName)\($0.escalated ? "!" : "")  "
        + "\(shown($0.partner))/\(shown($0.agent)): \($0.kind.shortName) \($0.disputed.text)"
    }
      + nextPage(nextPageToken)
  }
}
