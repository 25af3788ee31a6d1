internal import LedgerCore

// What the agent did before, or did not do for long.
extension RiskEngine {
  func dormantThenActive(_ facts: RiskFacts, _ tally: inout RiskTally) {
    guard let silence = facts.profile.secondsSinceSubmission(facts.time) else { return }
    if silence >= settings.conduct.dormantSeconds {
      tally.add(.dormantThenActive, settings.conduct.dormantPoints)
    }
  }

  func repeatedFailures(_ facts: RiskFacts, _ tally: inout RiskTally) {
    if facts.profile.failures(within: 86_400, of: facts.time) >= settings.conduct.failures {
      tally.add(.repeatedFailures, settings.conduct.failuresPoints)
    }
  }

  func abnormalHistory(_ facts: RiskFacts, _ tally: inout RiskTally) {
    guard let age = facts.profile.secondsSinceAbnormal(facts.time) else { return }
    if age < settings.conduct.abnormalSeconds {
      tally.add(.abnormalHistory, settings.conduct.abnormalPoints)
    }
  }
}
