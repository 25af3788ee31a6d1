/// Rules that screen nothing: no fee, no limits but two bounds, no risk, any payee. For tests of the ledger itself and as
/// the smallest example of a policy.
package struct OpenPolicy: Policy {
  package var version: UInt32
  /// Bounds of a single withdrawal, minor units, both inclusive. The defaults refuse only what cannot be meant: less than
  /// one unit, and more than 10^15 (ten million million yuan), far above any payout and far below 64 bits.
  package var payoutMinimumMinorUnits: Int64
  package var payoutMaximumMinorUnits: Int64
  /// Money may only come in and go out in these.
  package var currencies: [Currency]
  /// At this cap of 100,000 a caller that is refused all day long costs 14 MB an hour, and no honest one comes near.
  package var recordedRefusalsPerHour: UInt32
  package var admission: Admission

  package init(
    version: UInt32 = 1, payoutMinimumMinorUnits: Int64 = 1, payoutMaximumMinorUnits: Int64 = 1_000_000_000_000_000,
    currencies: [Currency] = [.cny], recordedRefusalsPerHour: UInt32 = 100_000, admission: Admission = .open
  ) {
    self.version = version
    self.payoutMinimumMinorUnits = payoutMinimumMinorUnits
    self.payoutMaximumMinorUnits = payoutMaximumMinorUnits
    self.currencies = currencies
    self.recordedRefusalsPerHour = recordedRefusalsPerHour
    self.admission = admission
  }

  package var defaultTier: Label { .none }

  package func acceptsDeposit(in currency: Currency) -> Bool { currencies.contains(currency) || currency == .points }
  package func acceptsPayout(in currency: Currency) -> Bool { currencies.contains(currency) }

  /// Days of 24 hours, months of 32 days.
  package func day(at time: Timestamp) -> LimitDay {
    let day = Int32(clamping: time.microseconds / 86_400_000_000)
    return LimitDay(day: day, month: day / 32)
  }

  package func terms(of application: Application) -> Result<Terms, TermsRefusal> {
    .success(
      Terms(
        speed: application.speed ?? .nextDay, feeMinorUnits: 0, points: 0, settlementDay: day(at: application.time).day,
        expectedArrival: application.time))
  }

  package func limits(tier: Label) -> Limits? {
    Limits(
      payoutMinimum: payoutMinimumMinorUnits, payoutMaximum: payoutMaximumMinorUnits, dayAmount: .max,
      monthAmount: .max, dayCount: .max)
  }

  package func assess(_ facts: borrowing RiskFacts) -> RiskResult { .approved }

  package func review(of amount: Money, at time: Timestamp) -> ReviewTerms { ReviewTerms(checkers: 1, due: time) }
}
