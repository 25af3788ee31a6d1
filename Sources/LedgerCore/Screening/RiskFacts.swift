/// Everything that a risk rule may look at, as it stood before the submission. A rule reads nothing else.
package struct RiskFacts: Sendable {
  package var time: Timestamp
  package var amount: Money
  package var tier: Label
  package var creditGrade: CreditGrade
  /// Of the agent's account in the amount's currency, before.
  package var available: Int64
  /// Of the agent.
  package var agentCreateTime: Timestamp
  package var profile: AgentProfile
  package var payee: LinkFacts
  /// nil where the submission does not tell it.
  package var device: LinkFacts?
  package var address: LinkFacts?
  package var agentListing: Listing
  package var payeeListing: Listing
  package var deviceListing: Listing
  package var addressListing: Listing

  package init(
    time: Timestamp, amount: Money, tier: Label, creditGrade: CreditGrade, available: Int64,
    agentCreateTime: Timestamp, profile: AgentProfile, payee: LinkFacts, device: LinkFacts?, address: LinkFacts?,
    agentListing: Listing, payeeListing: Listing, deviceListing: Listing, addressListing: Listing
  ) {
    self.time = time
    self.amount = amount
    self.tier = tier
    self.creditGrade = creditGrade
    self.available = available
    self.agentCreateTime = agentCreateTime
    self.profile = profile
    self.payee = payee
    self.device = device
    self.address = address
    self.agentListing = agentListing
    self.payeeListing = payeeListing
    self.deviceListing = deviceListing
    self.addressListing = addressListing
  }
}

/// What ties agents together: a payee's number, a device, an address.
package struct LinkFacts: Hashable, Sendable, BitwiseCopyable {
  /// Different agents seen with it so far, this one included if it was; saturates at `LinkTable.agentsMaximum`.
  package var agents: UInt8
  /// This agent was seen with it before.
  package var isKnownToAgent: Bool
  /// When this agent was first seen with it, hours since 1970; 0 where it is not known.
  package var knownSinceHour: UInt32
  /// When each of the agents was first and last seen with it, hours since 1970; 0 in places without an agent.
  package var firstHours: SIMD8<UInt32>
  package var lastHours: SIMD8<UInt32>

  package init(
    agents: UInt8, isKnownToAgent: Bool, knownSinceHour: UInt32 = 0, firstHours: SIMD8<UInt32> = SIMD8(repeating: 0),
    lastHours: SIMD8<UInt32> = SIMD8(repeating: 0)
  ) {
    self.agents = agents
    self.isKnownToAgent = isKnownToAgent
    self.knownSinceHour = knownSinceHour
    self.firstHours = firstHours
    self.lastHours = lastHours
  }

  /// Agents seen with it in the last hours, this one included if it was. What many shared over months says little; what
  /// many share within a day says much.
  package func agents(withinHours span: UInt32, of now: Timestamp) -> Int64 {
    Self.count(lastHours, from: Self.first(withinHours: span, of: now))
  }

  /// Agents seen with it for the first time in the last hours.
  package func newAgents(withinHours span: UInt32, of now: Timestamp) -> Int64 {
    Self.count(firstHours, from: Self.first(withinHours: span, of: now))
  }

  private static func first(withinHours span: UInt32, of now: Timestamp) -> UInt32 {
    let now = hour(now)
    return now > span ? now - span : 1
  }

  private static func count(_ hours: SIMD8<UInt32>, from first: UInt32) -> Int64 {
    var count: Int64 = 0
    for place in 0..<LinkTable.agentsMaximum where hours[place] >= first { count += 1 }
    return count
  }

  /// At least 1: 0 stands for "never". Clamped to 24 bits, as links keep it.
  package static func hour(_ time: Timestamp) -> UInt32 {
    UInt32(min(max(time.microseconds / 3_600_000_000, 1), 0xFF_FFFF))
  }
}

/// Raw values are those of the wire enum and of the journal, never renumbered.
package enum ListColour: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case black = 1
  case white = 2
}

/// What is listed. Raw values are those of the wire enum and of the journal, never renumbered.
package enum ListSubject: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// `partner/agent`: in a list's entry the partner is a field of its own.
  case agent = 1
  /// A payee's number as keyed hash (hexadecimal), or the platform's own reference where payees have no accounts.
  case payee = 2
  case device = 3
  case address = 4
}

/// How something stands on the lists at a given time; black and white at once is black.
package enum Listing: UInt8, Hashable, Sendable, BitwiseCopyable {
  case none = 0
  case black = 1
  case white = 2
}
