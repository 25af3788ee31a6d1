import SettlementProto

/// The parts of a withdrawal that tell why it was decided as it was.
extension Settlement_V1_RiskDecision {
  var json: JSON {
    .object([
      "verdict": .text(verdict.shortName), "score": .integer(Int64(score)),
      "reasons": .array(
        reasons.map { .object(["code": .text($0.code), "points": .integer(Int64($0.points))]) }),
    ])
  }

  /// "REVIEW, score 55 (PAYEE_SHARED 30, NEW_AGENT 25)"
  var text: String {
    let reasons = reasons.map { "\(shown($0.code)) \($0.points)" }.joined(separator: ", ")
    return "\(verdict.shortName), score \(score)" + (reasons.isEmpty ? "" : " (\(reasons))")
  }
}

extension Settlement_V1_Approval {
  var json: JSON { .object(["person": .text(person), "role": .text(role), "time": time.json]) }

  var text: String {
    let name = person.isEmpty ? "somebody" : shown(person)
    return "\(name) (\(shown(role))) \(time.text)"
  }
}

extension Settlement_V1_ReviewStanding {
  var json: JSON {
    .object([
      "approvals_required": .integer(Int64(approvalsRequired)), "approvals": .array(approvals.map(\.json)),
      "due_time": hasDueTime ? dueTime.json : .null, "claimed_by": .text(claimedBy),
      "claim_end_time": hasClaimEndTime ? claimEndTime.json : .null, "escalated": .bool(escalated),
      "information_note": .text(informationNote), "on_hold": .bool(onHold), "hold_reason": .text(holdReason),
      "rejection_reason": .text(rejectionReason), "digest": .text(hexadecimal(digest)),
      "outcome": .text(outcome.shortName),
    ])
  }

  var rows: [(String, String)] {
    var rows: [(String, String)] = []
    if approvalsRequired > 0 {
      rows.append(
        ("approvals", "\(approvals.count) of \(approvalsRequired)\(escalated ? ", compliance among them" : "")"))
      rows += approvals.map { ("approved by", $0.text) }
    }
    if hasDueTime { rows.append(("due", dueTime.text)) }
    if !claimedBy.isEmpty { rows.append(("claimed by", "\(shown(claimedBy)) until \(claimEndTime.text)")) }
    if !informationNote.isEmpty { rows.append(("asked", shown(informationNote))) }
    if onHold { rows.append(("on hold", shown(holdReason))) }
    if !rejectionReason.isEmpty { rows.append(("rejected for", shown(rejectionReason))) }
    if outcome != .unspecified { rows.append(("found out", outcome.shortName)) }
    if !digest.isEmpty { rows.append(("digest", hexadecimal(digest))) }
    return rows
  }
}

extension Settlement_V1_ListReviewQueueResponse: Printable {
  var json: JSON {
    .object(["withdrawals": .array(withdrawals.map(\.json)), "next_page_token": .text(nextPageToken)])
  }

  var lines: [String] {
    if withdrawals.isEmpty { return ["nothing to review"] }
    return withdrawals.map { withdrawal in
      let review = withdrawal.review
      let claim = review.claimedBy.isEmpty ? "" : "  at it: \(shown(review.claimedBy))"
      let mark = (review.escalated ? "  escalated" : "") + (review.onHold ? "  on hold" : "")
      return
        "\(shown(withdrawal.id))  \(withdrawal.amount.text)  \(shown(withdrawal.partner))/\(shown(withdrawal.agent))"
        + "  due \(review.hasDueTime ? review.dueTime.text : "never")  \(review.approvals.count)/\(review.approvalsRequired)"
        + "  \(withdrawal.risk.text)\(claim)\(mark)"
    } + nextPage(nextPageToken)
  }
}
