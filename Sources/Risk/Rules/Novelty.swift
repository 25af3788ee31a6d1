internal import LedgerCore

// Something is seen for the first time. Each alone happens to every honest agent; together they are a taken-over account.
extension RiskEngine {
  func newAgent(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let age = facts.agentAgeSeconds
    if age < settings.novelty.veryNewAgentSeconds {
      tally.add(.newAgent, settings.novelty.veryNewAgentPoints)
    } else if age < settings.novelty.newAgentSeconds {
      tally.add(.newAgent, settings.novelty.newAgentPoints)
    }
  }

  func newPayee(_ facts: RiskFacts, _ tally: inout RiskTally) {
    if facts.profile.submissions == 0 {
      tally.add(.firstPayoutToPayee, settings.novelty.firstPayoutOfAllPoints)
    } else if isNew(facts.payee, facts) {
      let points =
        facts.payee.isKnownToAgent ? settings.novelty.payeeNewPoints : settings.novelty.firstPayoutToPayeePoints
      let isElsewhere = if let address = facts.address { isNew(address, facts) } else { false }
      tally.add(.firstPayoutToPayee, points.addingSaturating(isElsewhere ? settings.novelty.elsewherePoints : 0))
    }
  }

  func newDevice(_ facts: RiskFacts, _ tally: inout RiskTally) {
    guard facts.profile.submissions > 0, let device = facts.device else { return }
    if isNew(device, facts) { tally.add(.newDevice, settings.novelty.newDevicePoints) }
  }

  func drainsBalance(_ facts: RiskFacts, _ tally: inout RiskTally) {
    guard facts.profile.submissions > 0, isNew(facts.payee, facts) else { return }
    let amount = facts.amount.minorUnits
    if amount >= settings.novelty.drainMinimum
      && amount >= percentage(settings.novelty.drainPercent, of: facts.available)
    {
      tally.add(.drainsBalance, settings.novelty.drainPoints)
    }
  }

  /// Not known, or for a little while only. All that a new agent has is new.
  private func isNew(_ link: LinkFacts, _ facts: RiskFacts) -> Bool {
    guard link.isKnownToAgent else { return true }
    guard facts.agentAgeSeconds >= settings.novelty.newAgentSeconds else { return false }
    let now = LinkFacts.hour(facts.time)
    return now - min(link.knownSinceHour, now) < settings.novelty.payeeNewHours
  }
}
