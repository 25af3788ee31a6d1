internal import LedgerCore

// The black list decides; the white list only lowers the score, and never what the black list says.
extension RiskEngine {
  func blacklisted(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let points = settings.lists.blackPoints
    if facts.agentListing == .black { tally.addBlacklisted(.agentBlacklisted, points) }
    if facts.payeeListing == .black { tally.addBlacklisted(.payeeBlacklisted, points) }
    if facts.deviceListing == .black { tally.addBlacklisted(.deviceBlacklisted, points) }
    if facts.addressListing == .black { tally.addBlacklisted(.addressBlacklisted, points) }
  }

  func whitelisted(_ facts: RiskFacts, _ tally: inout RiskTally) {
    if facts.agentListing == .white { tally.add(.agentWhitelisted, 0 &- settings.lists.whiteAgentPoints) }
    if facts.payeeListing == .white { tally.add(.payeeWhitelisted, 0 &- settings.lists.whitePayeePoints) }
  }
}
