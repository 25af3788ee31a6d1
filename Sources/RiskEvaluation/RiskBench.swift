internal import LedgerCore
internal import Risk

/// Keeps of agents, payees, devices and addresses what the ledger keeps, and asks the engine as the ledger does, so
/// that what is measured is what would be decided.
struct RiskBench: ~Copyable {
  private struct Agent {
    var ordinal: UInt64
    var created: Timestamp
    var available: Int64 = 0
    var profile = AgentProfile()
  }

  /// All agents of a file are one partner's.
  private static let currency = Currency.cny
  // Fixed seeds: they place keys in tables and decide nothing.
  private var links = LinkTable(hashSeed: HashSeed(first: 1, second: 2))
  private var lists = ListBook(hashSeed: HashSeed(first: 3, second: 4))
  private var agents: [Label: Agent] = [:]
  private var sequence: UInt64 = 0
  private let engine: RiskEngine

  init(_ engine: RiskEngine) { self.engine = engine }

  /// The result of a submission; nil for every other event.
  @discardableResult
  mutating func take(_ event: TrafficEvent) -> RiskResult? {
    switch event.kind {
    case .agent: register(event.agent, at: event.time)
    case .deposit: deposit(event)
    case .failure: fail(event)
    case .outcome:
      if let outcome = event.outcome { report(event, outcome) }
    case .submit: return submit(event)
    case .measure: break
    }
    return nil
  }

  private mutating func register(_ name: Label, at time: Timestamp) {
    if agents[name] == nil { agents[name] = Agent(ordinal: UInt64(agents.count) + 1, created: time) }
  }

  private mutating func deposit(_ event: TrafficEvent) {
    register(event.agent, at: event.time)
    agents[event.agent]?.available.addSaturating(event.amount)
    agents[event.agent]?.profile.deposited(event.amount, at: event.time)
  }

  private mutating func fail(_ event: TrafficEvent) {
    register(event.agent, at: event.time)
    agents[event.agent]?.profile.failed(at: event.time)
  }

  /// What was reported enters the black list for good.
  private mutating func report(_ event: TrafficEvent, _ outcome: ReviewOutcome) {
    register(event.agent, at: event.time)
    agents[event.agent]?.profile.reported(outcome, at: event.time)
    guard outcome != .cleared else { return }
    list(.payee, event.payee, until: nil, isAutomatic: false, at: event.time)
    list(.device, event.device, until: nil, isAutomatic: false, at: event.time)
    list(.address, event.address, until: nil, isAutomatic: false, at: event.time)
  }

  mutating func facts(_ event: TrafficEvent) -> RiskFacts {
    register(event.agent, at: event.time)
    let agent = agents[event.agent] ?? Agent(ordinal: 0, created: event.time)
    let hasDevice = !event.device.isNone
    let hasAddress = !event.address.isNone
    return RiskFacts(
      time: event.time, amount: Money(minorUnits: event.amount, currency: Self.currency), tier: .none,
      creditGrade: .normal, available: max(agent.available, event.amount), agentCreateTime: agent.created,
      profile: agent.profile, payee: links.facts(.payee, event.payee, agent: agent.ordinal),
      device: hasDevice ? links.facts(.device, event.device, agent: agent.ordinal) : nil,
      address: hasAddress ? links.facts(.address, event.address, agent: agent.ordinal) : nil,
      agentListing: lists.listing(.agent, event.agent, at: event.time),
      payeeListing: lists.listing(.payee, event.payee, at: event.time),
      deviceListing: hasDevice ? lists.listing(.device, event.device, at: event.time) : .none,
      addressListing: hasAddress ? lists.listing(.address, event.address, at: event.time) : .none)
  }

  /// Judges, and learns from it. A person who reviews is taken to see the truth: abuse is rejected and counts as a
  /// failure, honest payouts go through.
  private mutating func submit(_ event: TrafficEvent) -> RiskResult {
    let facts = facts(event)
    let result = engine.assess(facts)
    guard let agent = agents[event.agent] else { return result }  // never: `facts` registered it
    let isAbuse = if case .abuse = event.truth { true } else { false }
    let isPaid =
      switch result.verdict {
      case .approve: true
      case .review: !isAbuse
      case .reject: false
      }
    agents[event.agent]?.profile.submitted(event.amount, verdict: result.verdict, at: event.time)
    if isPaid {
      agents[event.agent]?.available = max(0, facts.available - event.amount)
    } else if result.verdict == .review {
      agents[event.agent]?.profile.failed(at: event.time)
    }
    links.see(.payee, event.payee, agent: agent.ordinal, at: event.time)
    if !event.device.isNone { links.see(.device, event.device, agent: agent.ordinal, at: event.time) }
    if !event.address.isNone { links.see(.address, event.address, agent: agent.ordinal, at: event.time) }
    if result.listAddressUntil > event.time && facts.addressListing != .black {
      list(.address, event.address, until: result.listAddressUntil, isAutomatic: true, at: event.time)
    }
    return result
  }

  private mutating func list(
    _ subject: ListSubject, _ name: Label, until: Timestamp?, isAutomatic: Bool, at time: Timestamp
  ) {
    guard !name.isNone else { return }
    sequence += 1
    lists.put(
      ListEntry(
        subject: subject, colour: .black, partner: .none, name: name, until: until, reason: .none,
        isAutomatic: isAutomatic, time: time, sequence: sequence))
  }
}

extension Int64 {
  fileprivate mutating func addSaturating(_ other: Int64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? .max : sum
  }
}
