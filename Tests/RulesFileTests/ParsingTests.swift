internal import LedgerCore
internal import Risk
import Testing

@testable internal import Rules
@testable internal import RulesFile

@Suite("Rules documents as YAML")
struct ParsingTests {
  @Test(arguments: ShippedRules.allCases)
  func shippedDocumentsAreValid(_ shipped: ShippedRules) {
    switch RulesFile.parse(shipped.text) {
    case .success(let document): #expect(document.name == shipped.rawValue)
    case .failure(let defects): Issue.record("\(defects.lines(file: shipped.rawValue).joined(separator: "\n"))")
    }
  }

  private static func lines(_ settings: RiskSettings) -> [String] {
    var text = ""
    dump(settings, to: &text)
    return text.split(separator: "\n").map(String.init)
  }

  static func standard() throws -> RulesDocument { try RulesFile.parse(ShippedRules.standard.text).get() }
  static func open() throws -> RulesDocument { try RulesFile.parse(ShippedRules.open.text).get() }

  @Test func theStandardDocumentShowsTheRiskFiguresOfTheProgram() throws {
    let shown = try #require(try Self.standard().riskEngine?.settings)
    guard shown != RiskSettings() else { return }
    let (shownLines, ownLines) = (Self.lines(shown), Self.lines(RiskSettings()))
    let differences = zip(shownLines, ownLines).filter { $0 != $1 }.map { "document \($0), program \($1)" }
    Issue.record("Documents/standard.yaml is to follow RiskSettings: \(differences.joined(separator: "; "))")
  }

  @Test func theStandardDocumentHasTheFieldsFigures() throws {
    let document = try Self.standard()
    #expect(document.admission == Admission(needsVerifiedAgent: true, needsPayeeAccount: true))
    let bottom = try #require(document.limits(tier: document.defaultTier))
    #expect(bottom.payoutMinimum == 5_000 && bottom.payoutMaximum == 500_000 && bottom.dayAmount == 2_000_000)
    let top = try #require(document.tiers.tiers.last)
    #expect(top.limits.payoutMaximum > 5_000_000)
    #expect(document.calendar.knownYears == [2025, 2026])
    for (amount, checkers) in [(5_000_000, 1), (5_000_001, 2)] {
      let amount = Money(minorUnits: Int64(amount), currency: .cny)
      #expect(document.review(of: amount, at: Timestamp(microseconds: 0)).checkers == UInt8(checkers))
    }
  }

  @Test func theOpenDocumentScreensNothing() throws {
    let document = try Self.open()
    #expect(document.admission == .open)
    #expect(document.riskEngine == nil)
    #expect(document.maintenanceWindow == nil)
    let limits = try #require(document.limits(tier: document.defaultTier))
    #expect(limits.payoutMinimum == 1 && limits.payoutMaximum == Amounts.maximum && limits.dayAmount == .max)
    let application = Application(
      amount: Money(minorUnits: Amounts.maximum, currency: .cny), speed: nil, acceleration: .fee,
      tier: document.defaultTier, creditGrade: .poor, time: Timestamp(microseconds: 0))
    for offer in document.explainSpeeds(application) { #expect(try offer.terms.get().feeMinorUnits == 0) }
  }

  /// Quotes, order and comments may be written differently; the content is the same.
  @Test func digestsDoNotSeeComments() throws {
    let text = ShippedRules.standard.text
    let bare = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(separator: "\n")
    let digest = try Self.standard().digest
    #expect(try RulesFile.parse(bare).get().digest == digest)
    #expect(try RulesFile.parse(text.replacing("version: 2\n", with: "version: 3\n")).get().digest != digest)
    #expect(try Self.open().digest != digest)
  }
}
