internal import LedgerCore
import Testing

@testable internal import Rules

@Suite("What keeps a document from being rules")
struct ValidationTests {
  static func defects(_ raw: RawRules) -> [RulesDefect] {
    do throws(RulesDefects) {
      _ = try RulesDocument(validating: raw)
      return []
    } catch {
      return error.defects
    }
  }

  /// A change of the valid document, the path of the only defect, and words of its reason.
  struct Row: CustomTestStringConvertible, Sendable {
    var change: String
    var node: RawNode?
    var path: String
    var reason: String
    var testDescription: String { "\(change): \(reason)" }

    init(_ change: String, _ text: String, at path: String? = nil, _ reason: String) {
      self.change = change
      self.path = path ?? change
      self.reason = reason
      node = TestDocument.plain(text)
    }

    init(_ change: String, _ node: RawNode?, at path: String? = nil, _ reason: String) {
      self.change = change
      self.path = path ?? change
      self.reason = reason
      self.node = node
    }
  }

  static let list = TestDocument.list
  static let plain = TestDocument.plain

  @Test(arguments: [
    Row("version", "0", "from 1 to 4294967295, not \"0\""),
    Row("version", "4294967296", "from 1 to 4294967295"),
    Row("version", "1.0", "whole number"),
    Row("version", "007", "whole number"),
    Row("version", TestDocument.quoted("7"), "\"7\" in quotes"),
    Row("version", nil, "is missing"),
    Row("version", list([]), "not a list"),
    Row("name", "", "1 to 64 bytes"),
    Row("name", String(repeating: "x", count: 65), "1 to 64 bytes"),
    Row("name", TestDocument.map([:]), "must be a text"),
    Row("surprise", "1", "is no key of the rules"),
    Row("currencies", list([]), "at least one"),
    Row("currencies", list([plain("cny")]), "is no currency"),
    Row("currencies", list([plain("CNYX")]), "is no currency"),
    Row("currencies", list([plain("CNY"), plain("CNY")]), "more than once"),
    Row("currencies", list([plain("CNY"), plain("JPY")]), "has no hundredths"),
    Row("currencies", list([plain("CNY"), plain("PTS")]), "are points"),
    Row("currencies", "CNY", "must be a list"),
    Row("utc_offset", "8", "must be an offset"),
    Row("utc_offset", "+15:00", "must be an offset"),
    Row("day_boundary", "24:00", "must be a time of the day"),
    Row("day_boundary", "7:30", "must be a time of the day"),
    Row("admission.needs_verified_agent", "yes", "must be true or false, not \"yes\""),
    Row("admission.needs_payee_account", TestDocument.quoted("true"), "must be true or false"),
    Row("default_tier", "iron", "there is no tier \"iron\""),
    Row("default_speed", "FAST", "must be one of EXPRESS, SAME_DAY, NEXT_DAY"),
    Row("default_speed", "EXPRESS", "has conditions"),
    Row("speeds.NEXT_DAY", nil, at: "default_speed", "not among the speeds"),
    Row("speeds.EXPRESS.fee.per_million", "-1", "not \"-1\""),
    Row("speeds.EXPRESS.fee.per_million", "100001", "from 0 to 100000"),
    Row("speeds.EXPRESS.fee.minimum", "-0.01", "must be an amount from 0.00"),
    Row("speeds.EXPRESS.fee.minimum", "50.01", "50.01 is above the maximum of 50.00"),
    Row("speeds.EXPRESS.fee.minimum", "1.001", "at most two decimals"),
    Row("speeds.EXPRESS.fee.minimum", "1e3", "must be an amount"),
    Row("speeds.EXPRESS.fee.free_from_grade", "good", "must be one of POOR, NORMAL, GOOD, EXCELLENT, never"),
    Row("speeds.EXPRESS.points", "0", "from 1 to 1000000000"),
    Row("speeds.EXPRESS.minimum_tier", "iron", "there is no tier \"iron\""),
    Row("speeds.EXPRESS.cut_off", "25:00", "must be a time of the day"),
    Row("speeds.EXPRESS.cut_off", "half past", "must be a time of the day"),
    Row("speeds.EXPRESS.days", "weekends", "must be one of every, working"),
    Row("speeds.EXPRESS.arrives_within_minutes", "0", "from 1 to 1440"),
    Row("speeds.EXPRESS.arrives_by", "12:00", "is no key"),
    Row("speeds.NEXT_DAY.arrives_by", "02:59", "lies in the maintenance window"),
    Row("maintenance_window.end", "00:00", "has a length"),
    Row("maintenance_window.end", "24:00", "has a length"),
    Row("maintenance_window", "never", "must be a mapping"),
    Row("calendar.2026.holidays.0", "2026-02-30", at: "calendar.2026.holidays", "must be a date"),
    Row("calendar.2026.holidays.0", "2026-01-03..2026-01-01", at: "calendar.2026.holidays", "must be a date"),
    Row("calendar.2026.holidays.0", "2025-12-31..2026-01-02", at: "calendar.2026.holidays", "under its own year"),
    Row("calendar.2026.holidays.0", "2026-02-20", at: "calendar.2026.holidays", "overlaps"),
    Row("calendar.2026.holidays.0", "2026-07-01..2026-08-10", at: "calendar.2026.holidays", "days off in a row"),
    Row("calendar.2026.working_days.1", "2026-02-15", at: "calendar.2026.working_days", "is a holiday too"),
    Row("calendar.2026.working_days.1", "2026-02-11", at: "calendar.2026.working_days", "no Saturday or Sunday"),
    Row("calendar.26", TestDocument.map([:]), "must be a year"),
    Row("calendar.2026.source", nil, "is missing"),
    Row("review.bands", list([]), "at least one band"),
    Row("review.bands.0.checkers", "0", at: "review.bands[0].checkers", "from 1 to 4"),
    Row("review.bands.0.checkers", "5", at: "review.bands[0].checkers", "from 1 to 4"),
    Row("review.bands.0.sla_hours", "0", at: "review.bands[0].sla_hours", "from 1 to 2160"),
    Row("review.bands.0.above", "1", at: "review.bands[0].above", "bands leave no gap"),
    Row("review.bands.1.above", "50000.01", at: "review.bands[1].above", "bands leave no gap"),
    Row("review.bands.1.above", "49999.99", at: "review.bands[1].above", "bands do not overlap"),
    Row("review.bands.1.up_to", "60000", at: "review.bands", "no band above 60000.00"),
    Row("review.bands.0.up_to", "unlimited", at: "review.bands[1].above", "nothing can follow it"),
    Row("quote_valid_minutes", "1441", "from 1 to 1440"),
    Row("recorded_refusals_per_hour", "0", "from 1 to 1000000"),
    Row("tiers", list([]), "at least one tier"),
    Row("tiers.1.name", "bronze", at: "tiers.bronze.name", "there is a tier of this name already"),
    Row("tiers.0.payout_minimum", "0", at: "tiers.bronze.payout_minimum", "from 0.01"),
    Row("tiers.0.day_count", "0", at: "tiers.bronze.day_count", "from 1 to 1000000, or unlimited"),
    Row("tiers.0.day_count", nil, at: "tiers.bronze.day_count", "is missing"),
    Row("tiers.2.payout_minimum", "30000", at: "tiers.gold.payout_minimum", "above payout_maximum, which is 20000.00"),
    Row("tiers.2.payout_maximum", "40000", at: "tiers.gold.payout_maximum", "above day_amount, which is 30000.50"),
    Row("tiers.2.month_amount", "30000", at: "tiers.gold.day_amount", "above month_amount"),
    Row("tiers.2.inherits", "iron", at: "tiers.gold.inherits", "there is no tier \"iron\""),
    Row("tiers.2.inherits", "gold", at: "tiers.gold.inherits", "\"gold\" inherits from \"gold\" again"),
  ])
  func oneDefect(_ row: Row) {
    let defects = Self.defects(TestDocument.changed(row.change, to: row.node))
    let found = defects.contains { $0.path == row.path && $0.reason.contains(row.reason) }
    #expect(found, "\(defects.map { "\($0.path): \($0.reason)" })")
  }

  @Test func aCircleOfTiersIsToldAtEachTierInIt() {
    var raw = TestDocument.changed("tiers.0.inherits", to: TestDocument.plain("silver"))
    let defects = Self.defects(raw)
    #expect(defects.map(\.path) == ["tiers.bronze.inherits", "tiers.silver.inherits"])
    let reason =
      "\"bronze\" inherits from \"silver\" inherits from \"bronze\" again: a tier must not inherit from itself"
    #expect(defects.first?.reason == reason)
    raw = TestDocument.valid
    #expect(Self.defects(raw).isEmpty)
  }

  @Test func allDefectsAreToldAtOnce() {
    var raw = TestDocument.changed("version", to: TestDocument.plain("0"))
    for (key, text) in [("utc_offset", "x"), ("default_speed", "y"), ("quote_valid_minutes", "z")] {
      guard case .mapping(var entries) = raw.root.content else { return }
      for index in entries.indices where entries[index].key == key { entries[index].value = TestDocument.plain(text) }
      raw.root.content = .mapping(entries)
    }
    #expect(Self.defects(raw).map(\.path) == ["version", "utc_offset", "default_speed", "quote_valid_minutes"])
  }

  @Test func aKeyThatStandsTwiceIsADefect() {
    var raw = TestDocument.valid
    guard case .mapping(let entries) = raw.root.content else { return }
    raw.root.content = .mapping(entries + [RawEntry(key: "version", value: TestDocument.plain("8"), line: 9)])
    #expect(Self.defects(raw) == [RulesDefect(line: 9, path: "version", reason: "stands more than once: keep one")])
  }

  @Test func messagesHoldNoControlCharactersAndStayShort() {
    let text = "\u{1B}[31m\u{9B}\n" + String(repeating: "x", count: 100)
    let defects = Self.defects(TestDocument.changed("version", to: TestDocument.plain(text)))
    let reason = defects.first?.reason ?? ""
    #expect(reason.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    #expect(reason.count < 150)
  }

  @Test func limitsAreInherited() throws {
    let document = try TestDocument.document()
    #expect(
      document.limits(tier: try Label("bronze"))
        == Limits(
          payoutMinimum: 5_000, payoutMaximum: 500_000, dayAmount: 2_000_000, monthAmount: .max, dayCount: 10))
    #expect(
      document.limits(tier: try Label("gold"))
        == Limits(
          payoutMinimum: 5_000, payoutMaximum: 2_000_000, dayAmount: 3_000_050, monthAmount: .max, dayCount: 10))
    #expect(document.limits(tier: try Label("iron")) == nil)
    #expect(document.limits(tier: .none) == nil)
  }

  @Test func reviewsTakeMorePeopleForMore() throws {
    let document = try TestDocument.document()
    let time = Timestamp(microseconds: 0)
    for (amount, checkers, hours) in [(1, 1, 24), (5_000_000, 1, 24), (5_000_001, 2, 48), (Int64.max, 2, 48)] {
      let terms = document.review(of: Money(minorUnits: Int64(amount), currency: .cny), at: time)
      #expect(terms.checkers == UInt8(checkers))
      #expect(terms.due.microseconds == Int64(hours) * 3_600_000_000)
    }
  }

  @Test func digestsCoverContentAndNothingElse() throws {
    let valid = try TestDocument.document().digest
    var reordered = TestDocument.valid
    guard case .mapping(let entries) = reordered.root.content else { return }
    reordered.root.content = .mapping(entries.reversed())
    #expect(try RulesDocument(validating: reordered).digest == valid)
    let quoted = TestDocument.changed("name", to: TestDocument.quoted("test"))
    #expect(try RulesDocument(validating: quoted).digest == valid)
    let changes: [(String, RawNode)] = [
      ("version", Self.plain("8")), ("name", Self.plain("tesu")), ("tiers.0.day_count", Self.plain("11")),
      ("currencies", Self.list([Self.plain("USD"), Self.plain("CNY")])),
      ("speeds.EXPRESS.fee.maximum", Self.plain("50.01")),
    ]
    var seen = [valid]
    for (path, node) in changes {
      let digest = try RulesDocument(validating: TestDocument.changed(path, to: node)).digest
      #expect(!seen.contains(digest), "\(path)")
      seen.append(digest)
    }
  }
}
