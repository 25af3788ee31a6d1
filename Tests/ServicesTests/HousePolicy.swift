import LedgerCore

/// Rules for tests: a fee of 10 for what is fast, and people who look at whatever is 10,000 and more.
struct HousePolicy: Policy {
  static let fee: Int64 = 10
  static let reviewedFrom: Int64 = 10_000
  static let rejectedFrom: Int64 = 50_000
  static let reviewMicroseconds: Int64 = 3_600_000_000

  var open = OpenPolicy()
  var checkers: UInt8 = 2

  var version: UInt32 { 7 }
  var recordedRefusalsPerHour: UInt32 { open.recordedRefusalsPerHour }
  var admission: Admission { .open }
  var defaultTier: Label { .none }

  func acceptsDeposit(in currency: Currency) -> Bool { open.acceptsDeposit(in: currency) }
  func acceptsPayout(in currency: Currency) -> Bool { open.acceptsPayout(in: currency) }
  func day(at time: Timestamp) -> LimitDay { open.day(at: time) }
  func limits(tier: Label) -> Limits? { open.limits(tier: tier) }

  func terms(of application: Application) -> Result<Terms, TermsRefusal> {
    open.terms(of: application).map { terms in
      var terms = terms
      if terms.speed != .nextDay { terms.feeMinorUnits = Self.fee }
      return terms
    }
  }

  func assess(_ facts: borrowing RiskFacts) -> RiskResult {
    switch facts.amount.minorUnits {
    case ..<Self.reviewedFrom: .approved
    case ..<Self.rejectedFrom:
      RiskResult(verdict: .review, score: 40, reasons: [RiskReason(code: .largeAmount, points: 40)])
    default: RiskResult(verdict: .reject, score: 90, reasons: [RiskReason(code: .largeAmount, points: 90)])
    }
  }

  func review(of amount: Money, at time: Timestamp) -> ReviewTerms {
    ReviewTerms(checkers: checkers, due: Timestamp(microseconds: time.microseconds + Self.reviewMicroseconds))
  }
}
