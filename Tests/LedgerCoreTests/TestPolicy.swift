import LedgerCore

/// The open policy with what a test wants different.
struct TestPolicy: Policy {
  var version: UInt32 = 1
  var payoutMinimumMinorUnits: Int64 = 1
  var payoutMaximumMinorUnits: Int64 = 1_000_000_000_000_000
  var currencies: [Currency] = [.cny]
  var recordedRefusalsPerHour: UInt32 = 100_000
  var admission = Admission.open
  var defaultTier: Label { .none }
  /// Day, month and count limits of every tier.
  var dayAmount: Int64 = .max
  var monthAmount: Int64 = .max
  var dayCount: Int64 = .max
  /// Besides the default one.
  var tiers: [Label: Limits] = [:]
  /// Taken of every payout, in its currency.
  var fee: Int64 = 0
  /// Taken of every payout that offers points.
  var points: Int64 = 0
  /// From the submission on.
  var arrivalMicroseconds: Int64 = 0
  var daysToSettle: Int32 = 0
  var termsRefusal: TermsRefusal?
  /// By the amount, as rules of a test are.
  var assessment: @Sendable (borrowing RiskFacts) -> RiskResult = { _ in .approved }
  var checkers: UInt8 = 1
  var reviewMicroseconds: Int64 = 3_600_000_000

  private var open: OpenPolicy {
    OpenPolicy(
      version: version, payoutMinimumMinorUnits: payoutMinimumMinorUnits,
      payoutMaximumMinorUnits: payoutMaximumMinorUnits, currencies: currencies,
      recordedRefusalsPerHour: recordedRefusalsPerHour, admission: admission)
  }

  func acceptsDeposit(in currency: Currency) -> Bool { open.acceptsDeposit(in: currency) }
  func acceptsPayout(in currency: Currency) -> Bool { open.acceptsPayout(in: currency) }
  func day(at time: Timestamp) -> LimitDay { open.day(at: time) }

  func terms(of application: Application) -> Result<Terms, TermsRefusal> {
    if let termsRefusal { return .failure(termsRefusal) }
    return open.terms(of: application).map { terms in
      var terms = terms
      terms.feeMinorUnits = application.acceleration == .points ? 0 : fee
      terms.points = application.acceleration == .points ? points : 0
      terms.expectedArrival = Timestamp(microseconds: application.time.microseconds + arrivalMicroseconds)
      terms.settlementDay += daysToSettle
      return terms
    }
  }

  func limits(tier: Label) -> Limits? {
    if tier != defaultTier { return tiers[tier] }
    return Limits(
      payoutMinimum: payoutMinimumMinorUnits, payoutMaximum: payoutMaximumMinorUnits, dayAmount: dayAmount,
      monthAmount: monthAmount, dayCount: dayCount)
  }

  func assess(_ facts: borrowing RiskFacts) -> RiskResult { assessment(facts) }

  func review(of amount: Money, at time: Timestamp) -> ReviewTerms {
    ReviewTerms(checkers: checkers, due: Timestamp(microseconds: time.microseconds + reviewMicroseconds))
  }
}
