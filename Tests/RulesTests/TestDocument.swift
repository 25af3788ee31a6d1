internal import LedgerCore
internal import Rules

/// Documents built without a file, so that these tests need no parser.
enum TestDocument {
  static func plain(_ text: String) -> RawNode { RawNode(.scalar(text, isQuoted: false)) }
  static func quoted(_ text: String) -> RawNode { RawNode(.scalar(text, isQuoted: true)) }
  static func list(_ items: [RawNode]) -> RawNode { RawNode(.sequence(items)) }
  static func map(_ pairs: KeyValuePairs<String, RawNode>) -> RawNode {
    RawNode(.mapping(pairs.map { RawEntry(key: $0.key, value: $0.value) }))
  }

  static func fee(_ perMillion: String, _ minimum: String, _ maximum: String, _ grade: String) -> RawNode {
    map([
      "per_million": plain(perMillion), "minimum": plain(minimum), "maximum": plain(maximum),
      "free_from_grade": plain(grade),
    ])
  }

  static var valid: RawRules {
    RawRules(
      root: map([
        "version": plain("7"), "name": plain("test"), "currencies": list([plain("CNY"), plain("USD")]),
        "utc_offset": quoted("+08:00"), "day_boundary": quoted("00:00"),
        "admission": map(["needs_verified_agent": plain("true"), "needs_payee_account": plain("false")]),
        "tiers": list([
          map([
            "name": plain("bronze"), "payout_minimum": plain("50"), "payout_maximum": plain("5000"),
            "day_amount": plain("20000.00"), "month_amount": plain("unlimited"), "day_count": plain("10"),
          ]),
          map(["name": plain("silver"), "inherits": plain("bronze"), "payout_maximum": plain("20000")]),
          map(["name": plain("gold"), "inherits": plain("silver"), "day_amount": plain("30000.5")]),
        ]),
        "default_tier": plain("bronze"),
        "speeds": map([
          "EXPRESS": map([
            "fee": fee("3000", "1.00", "50.00", "GOOD"), "points": plain("200"), "minimum_tier": plain("silver"),
            "payout_maximum": plain("50000"), "cut_off": quoted("24:00"), "days": plain("every"),
            "arrives_within_minutes": plain("1"),
          ]),
          "SAME_DAY": map([
            "fee": fee("2000", "0", "100000", "never"), "points": plain("none"), "minimum_tier": plain("none"),
            "payout_maximum": plain("unlimited"), "cut_off": quoted("20:00"), "days": plain("every"),
            "arrives_within_minutes": plain("10"),
          ]),
          "NEXT_DAY": map([
            "fee": fee("0", "0", "0", "never"), "points": plain("none"), "minimum_tier": plain("none"),
            "payout_maximum": plain("unlimited"), "cut_off": quoted("18:00"), "days": plain("working"),
            "arrives_by": quoted("12:00"),
          ]),
        ]),
        "default_speed": plain("NEXT_DAY"),
        "maintenance_window": map(["begin": quoted("00:00"), "end": quoted("03:00")]),
        "calendar": map([
          "2026": map([
            "source": plain("notice"),
            "holidays": list(
              [
                "2026-01-01..2026-01-03", "2026-02-15..2026-02-23", "2026-04-04..2026-04-06", "2026-05-01..2026-05-05",
                "2026-06-19..2026-06-21", "2026-09-25..2026-09-27", "2026-10-01..2026-10-07",
              ].map(plain)),
            "working_days": list(
              ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"].map(plain)),
          ])
        ]),
        "review": map([
          "bands": list([
            map([
              "above": plain("0"), "up_to": plain("50000"), "checkers": plain("1"), "sla_hours": plain("24"),
            ]),
            map([
              "above": plain("50000"), "up_to": plain("unlimited"), "checkers": plain("2"), "sla_hours": plain("48"),
            ]),
          ])
        ]),
        "quote_valid_minutes": plain("15"), "recorded_refusals_per_hour": plain("1000"),
        "risk": map([:]),
      ]))
  }

  /// The valid one with the node at a path like `tiers.0.name` replaced; nil takes its entry away.
  static func changed(_ path: String, to node: RawNode?) -> RawRules {
    var raw = valid
    let parts = path.split(separator: ".").map(String.init)
    raw.root = replaced(raw.root, parts[...], node)
    return raw
  }

  static func replaced(_ node: RawNode, _ path: ArraySlice<String>, _ new: RawNode?) -> RawNode {
    guard let key = path.first else { return new ?? node }
    var result = node
    switch node.content {
    case .scalar: break
    case .sequence(var items):
      guard let index = Int(key), index < items.count else { break }
      items[index] = replaced(items[index], path.dropFirst(), new)
      result.content = .sequence(items)
    case .mapping(var entries):
      if let index = entries.firstIndex(where: { $0.key == key }) {
        if path.count == 1, new == nil {
          entries.remove(at: index)
        } else {
          entries[index].value = replaced(entries[index].value, path.dropFirst(), new)
        }
      } else if let new {
        entries.append(RawEntry(key: key, value: new))
      }
      result.content = .mapping(entries)
    }
    return result
  }

  static func document() throws -> RulesDocument { try RulesDocument(validating: valid) }

  /// A local time `2026-02-17 09:30` or `2026-02-17 09:30:59` at UTC+8.
  static func time(_ text: String) -> Timestamp {
    let fields = text.split { "- :".contains($0) }.compactMap { Int32($0) }
    guard fields.count >= 5, let date = CivilDate(year: fields[0], month: fields[1], day: fields[2]) else {
      return Timestamp(microseconds: 0)
    }
    let minute = Int64(date.daysSince1970) * 1440 + Int64(fields[3]) * 60 + Int64(fields[4]) - 480
    let seconds = minute * 60 + Int64(fields.count > 5 ? fields[5] : 0)
    return Timestamp(microseconds: seconds * 1_000_000)
  }
}
