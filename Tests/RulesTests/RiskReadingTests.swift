internal import LedgerCore
internal import Risk
import Testing

@testable internal import Rules

@Suite("The risk section")
struct RiskReadingTests {
  static func settings(_ risk: RawNode) throws -> RiskSettings? {
    try RulesDocument(validating: TestDocument.changed("risk", to: risk)).riskEngine?.settings
  }

  @Test func whatIsLeftOutIsTheProgramsOwn() throws {
    #expect(try Self.settings(TestDocument.map([:])) == RiskSettings())
    #expect(try Self.settings(TestDocument.plain("none")) == nil)
  }

  /// Allowed for the figure, and not the program's own.
  private func value(of key: String) -> String {
    switch key {
    case "spreads": "7"
    case "failures": "3"
    default: "5"
    }
  }

  /// Every figure reaches a field, and no two reach the same: a table of names invites slips of the pen.
  @Test func everyFigureHasAFieldOfItsOwn() throws {
    var seen: [RiskSettings] = [RiskSettings()]
    for group in RiskGroup.all {
      for figure in group.figures {
        let value =
          figure.key == "split_thresholds"
          ? TestDocument.list([TestDocument.plain("3.33")]) : TestDocument.plain(value(of: figure.key))
        let risk = RawNode(
          .mapping([
            RawEntry(key: group.name, value: RawNode(.mapping([RawEntry(key: figure.key, value: value)])))
          ]))
        let settings = try #require(try Self.settings(risk))
        #expect(!seen.contains(settings), "\(group.name).\(figure.key) changes nothing, or another's field")
        seen.append(settings)
      }
    }
  }

  /// A figure that is added to the rules and forgotten in the table could not be written in a document.
  @Test func everyFieldHasAFigure() {
    func fields(_ value: Any) -> Int {
      let children = Mirror(reflecting: value).children.filter { $0.label != nil }
      return children.isEmpty ? 1 : children.reduce(0) { $0 + fields($1.value) }
    }
    let thresholdsAndTiers = 3
    #expect(fields(RiskSettings()) == RiskGroup.all.reduce(thresholdsAndTiers) { $0 + $1.figures.count })
  }

  @Test func unitsAreConverted() throws {
    let settings = try #require(
      try Self.settings(
        TestDocument.map([
          "novelty": TestDocument.map([
            "new_agent_days": TestDocument.plain("10"), "drain_minimum": TestDocument.plain("12.34"),
          ]),
          "flow": TestDocument.map(["fast_minutes": TestDocument.plain("30")]),
          "tier_thresholds": TestDocument.map([
            "gold": TestDocument.map(["review": TestDocument.plain("90"), "reject": TestDocument.plain("180")])
          ]),
        ])))
    #expect(settings.novelty.newAgentSeconds == 864_000)
    #expect(settings.novelty.drainMinimum == 1_234)
    #expect(settings.flow.fastSeconds == 1_800)
    #expect(
      settings.tierThresholds
        == [TierThresholds(tier: try Label("gold"), thresholds: RiskThresholds(review: 90, reject: 180))])
  }

  @Test(arguments: [
    ("thresholds.review", "160", "risk.thresholds.reject", "is not above review"),
    ("thresholds.reject", "40000", "risk.thresholds.reject", "from 1 to 32767"),
    ("tier_thresholds.iron", "x", "risk.tier_thresholds.iron", "there is no tier"),
    ("tier_thresholds.gold", "x", "risk.tier_thresholds.gold", "must be a mapping"),
    ("lists.black_points", "-1", "risk.lists.black_points", "from 0 to 1000"),
    ("lists.grey_points", "1", "risk.lists.grey_points", "is no key"),
    ("links.payee_agents", "9", "risk.links.payee_agents", "from 2 to 8"),
    ("amounts.night_first_hour", "24", "risk.amounts.night_first_hour", "from 0 to 23"),
    ("velocity", "fast", "risk.velocity", "must be a mapping"),
    ("luck", "7", "risk.luck", "is no key"),
  ])
  func defects(_ row: (change: String, text: String, path: String, reason: String)) {
    let thresholds = TestDocument.map(["review": TestDocument.plain("70"), "reject": TestDocument.plain("160")])
    var raw = TestDocument.changed("risk.thresholds", to: thresholds)
    raw.root = TestDocument.replaced(raw.root, ["risk", "tier_thresholds"], TestDocument.map([:]))
    for group in RiskGroup.all {
      raw.root = TestDocument.replaced(raw.root, ["risk", group.name], TestDocument.map([:]))
    }
    let path = ["risk"] + row.change.split(separator: ".").map(String.init)
    raw.root = TestDocument.replaced(raw.root, path[...], TestDocument.plain(row.text))
    let defects = ValidationTests.defects(raw)
    #expect(defects.contains { $0.path == row.path && $0.reason.contains(row.reason) }, "\(defects)")
  }
}
