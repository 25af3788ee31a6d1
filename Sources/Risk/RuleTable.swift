internal import LedgerCore

extension RiskEngine {
  /// All rules, one line each. Calls by name and not a table of closures: the compiler sees through them.
  func applyRules(_ facts: RiskFacts, _ tally: inout RiskTally) {
    newAgent(facts, &tally)
    newPayee(facts, &tally)
    newDevice(facts, &tally)
    drainsBalance(facts, &tally)
    payeeShared(facts, &tally)
    deviceShared(facts, &tally)
    addressShared(facts, &tally)
    velocity(facts, &tally)
    amountUnusual(facts, &tally)
    largeAmount(facts, &tally)
    nightSurge(facts, &tally)
    fastInOut(facts, &tally)
    scatteredIn(facts, &tally)
    splitBelowThreshold(facts, &tally)
    dormantThenActive(facts, &tally)
    repeatedFailures(facts, &tally)
    abnormalHistory(facts, &tally)
    blacklisted(facts, &tally)
    whitelisted(facts, &tally)
  }
}

extension RiskFacts {
  /// Of the agent; 0 where the clock says otherwise.
  var agentAgeSeconds: Int64 {
    let age = time.microseconds.subtractingReportingOverflow(agentCreateTime.microseconds)
    return age.overflow ? 0 : max(0, age.partialValue / 1_000_000)
  }
}

/// `percent` of a number that is not negative, saturating.
func percentage(_ percent: Int64, of number: Int64) -> Int64 {
  let (product, overflow) = number.multipliedReportingOverflow(by: max(0, percent))
  return overflow ? .max : product / 100
}

extension Int16 {
  func addingSaturating(_ other: Int16) -> Int16 { Int16(clamping: Int32(self) + Int32(other)) }
}
