import SettlementProto

extension Settlement_V1_ListEntry: Printable {
  /// A line that `settle lists import` reads back.
  var json: JSON {
    .object([
      "subject": .text(subject.shortName), "colour": .text(colour.shortName), "partner": .text(partner),
      "name": .text(name), "expire_time": hasExpireTime ? expireTime.json : .null, "reason": .text(reason),
      "automatic": .bool(automatic), "time": time.json, "receipt": receipt.json,
    ])
  }

  var lines: [String] {
    table([
      ("entry", "\(colour.shortName) \(subject.shortName) \(who)"),
      ("ends", hasExpireTime ? expireTime.text : "never"),
      ("reason", shown(reason)),
      ("entered by", automatic ? "the risk rules \(time.text)" : "a person \(time.text)"),
      ("receipt", receipt.text),
    ])
  }

  private var who: String { partner.isEmpty ? shown(name) : "\(shown(partner))/\(shown(name))" }

  /// On one line, for lists.
  var line: String {
    let end = hasExpireTime ? "until \(expireTime.text)" : "for good"
    return
      "\(colour.shortName)  \(subject.shortName)  \(who)  \(end)  \(shown(reason))\(automatic ? "  (automatic)" : "")"
  }
}

extension Settlement_V1_ListListEntriesResponse: Printable {
  var json: JSON {
    .object(["entries": .array(entries.map(\.json)), "next_page_token": .text(nextPageToken)])
  }

  var lines: [String] {
    if entries.isEmpty { return ["no entries"] }
    return entries.map(\.line) + nextPage(nextPageToken)
  }
}

extension Settlement_V1_RiskProfile: Printable {
  /// Amounts in minor units: of all currencies that the agent has.
  var json: JSON {
    .object([
      "partner": .text(partner), "agent": .text(agent), "submissions": .integer(Int64(clamping: submissions)),
      "median_amount": .integer(medianAmount), "amount_spread": .integer(amountSpread),
      "submissions_last_day": .integer(Int64(submissionsLastDay)),
      "failures_last_day": .integer(Int64(failuresLastDay)), "abnormal_outcomes": .integer(Int64(abnormalOutcomes)),
      "last_submission": hasLastSubmission ? lastSubmission.json : .null,
    ])
  }

  var lines: [String] {
    table([
      ("agent", "\(shown(partner))/\(shown(agent))"),
      ("submissions", "\(submissions), \(submissionsLastDay) in the last day"),
      ("usual amount", "\(medianAmount) minor units, give or take \(amountSpread)"),
      ("failures", "\(failuresLastDay) in the last day"),
      ("abnormal", "\(abnormalOutcomes) outcomes"),
      ("last", hasLastSubmission ? lastSubmission.text : "never"),
    ])
  }
}
