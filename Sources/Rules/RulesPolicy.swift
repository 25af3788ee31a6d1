package import LedgerCore
internal import Risk

/// The document as the ledger asks it. This runs on the ledger's one thread for every submission: no allocation.
extension RulesDocument: Policy {
  /// Points are deposited like money; only currencies are paid out.
  package func acceptsDeposit(in currency: Currency) -> Bool {
    currencies.contains(currency) || currency == .points
  }

  package func acceptsPayout(in currency: Currency) -> Bool { currencies.contains(currency) }

  package func day(at time: Timestamp) -> LimitDay { clock.limitDay(at: time) }

  package func terms(of application: Application) -> Result<Terms, TermsRefusal> {
    guard let rank = tiers.rank(application.tier) else { return .failure(.unknownTier) }
    let speed = application.speed ?? defaultSpeed
    guard let rule = rule(speed), rule.isOffered(rank: rank, amount: application.amount.minorUnits) else {
      return .failure(.speedUnavailable(speed))
    }
    var fee = rule.fee.fee(of: application.amount.minorUnits, grade: application.creditGrade)
    var points: Int64 = 0
    switch application.acceleration {
    case .fee:
      // Something must be left to pay out.
      if fee > 0, fee >= application.amount.minorUnits { return .failure(.amountBelowFee(fee: fee)) }
    case .points:
      guard rule.points > 0 else { return .failure(.pointsNotTaken(speed)) }
      // Whoever pays no fee pays no points for being spared it.
      if !rule.fee.isFree(for: application.creditGrade) { points = rule.points }
      fee = 0
    }
    let (day, arrival) = schedule(rule, at: application.time)
    return .success(
      Terms(speed: speed, feeMinorUnits: fee, points: points, settlementDay: day, expectedArrival: arrival))
  }

  package func limits(tier: Label) -> Limits? {
    guard let rank = tiers.rank(tier) else { return nil }
    return tiers.tiers[rank].limits
  }

  package func assess(_ facts: borrowing RiskFacts) -> RiskResult { riskEngine?.assess(facts) ?? .approved }

  package func review(of amount: Money, at time: Timestamp) -> ReviewTerms {
    let band = reviewBands.band(of: amount.minorUnits)
    let (due, overflow) = time.microseconds.addingReportingOverflow(Int64(band.slaHours) * 3_600_000_000)
    return ReviewTerms(checkers: band.checkers, due: Timestamp(microseconds: overflow ? .max : due))
  }
}
