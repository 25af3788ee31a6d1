internal import LedgerCore

// Agents that share a payee, a device or an address.
extension RiskEngine {
  func payeeShared(_ facts: RiskFacts, _ tally: inout RiskTally) {
    let agents = Self.agents(facts.payee, withinHours: settings.links.windowHours, of: facts.time)
    if agents >= settings.links.payeeAgents {
      tally.add(.payeeShared, settings.links.payeeSharedPoints)
    } else if agents > 1 && !facts.payee.isKnownToAgent {
      tally.add(.payeeShared, settings.links.othersPayeePoints)
    }
  }

  func deviceShared(_ facts: RiskFacts, _ tally: inout RiskTally) {
    guard let device = facts.device else { return }
    let agents = Self.agents(device, withinHours: settings.links.windowHours, of: facts.time)
    if agents >= settings.links.deviceAgents {
      tally.add(.deviceShared, settings.links.deviceSharedPoints)
    } else if agents > 1 && !device.isKnownToAgent {
      tally.add(.deviceShared, settings.links.othersDevicePoints)
    }
  }

  func addressShared(_ facts: RiskFacts, _ tally: inout RiskTally) {
    guard let address = facts.address, facts.agentAgeSeconds < settings.links.addressAgentAgeSeconds,
      facts.addressListing != .white  // a carrier's, or a fair's
    else { return }
    let others = address.newAgents(withinHours: settings.links.addressWindowHours, of: facts.time)
    let agents = others + (address.isKnownToAgent ? 0 : 1)
    if agents >= settings.links.addressAgents { tally.add(.addressShared, settings.links.addressSharedPoints) }
    if agents >= settings.links.addressListAgents {
      let span = settings.links.addressListSeconds.multipliedReportingOverflow(by: 1_000_000)
      let until = facts.time.microseconds.addingReportingOverflow(span.overflow ? .max : span.partialValue)
      tally.listAddress(until: Timestamp(microseconds: until.overflow ? .max : until.partialValue))
    }
  }

  /// Seen with it lately, this one included whether it was or not.
  private static func agents(_ link: LinkFacts, withinHours span: UInt32, of now: Timestamp) -> Int64 {
    link.agents(withinHours: span, of: now) + (link.isKnownToAgent ? 0 : 1)
  }
}
