import Digests
import LedgerCore
import Testing

@Suite struct AgentTests {
  /// `a` over `b` over `c`; `x` alone; `z` belongs to another partner.
  static func house() throws -> Ledger {
    let ledger = Ledger()
    ledger.policy.tiers = [
      label("gold"): Limits(payoutMinimum: 1, payoutMaximum: 10, dayAmount: 10, monthAmount: 10, dayCount: 10)
    ]
    for agent in ["a", "b", "c", "x"] { try ledger.createAgent(agent) }
    try ledger.createAgent("z", partner: "q")
    try ledger.update("b", parent: label("a"))
    try ledger.update("c", parent: label("b"))
    return ledger
  }

  @Test func whatIsNotSetStaysAsItIs() throws {
    let ledger = try Self.house()
    let first = try #require(try ledger.update("x", tier: label("gold"), frozen: true).agent)
    #expect(first.standing.tier == label("gold") && first.standing.isFrozen)
    #expect(first.lastSequence == ledger.state.lastSequence)
    let limits = LimitOverride(payoutMaximum: 7)
    let second = try #require(try ledger.update("x", grade: .good, violations: 3, limits: limits).agent)
    #expect(second.standing.tier == label("gold") && second.standing.isFrozen)
    #expect(second.standing.creditGrade == .good && second.standing.openViolations == 3)
    #expect(second.standing.limits == limits && second.standing.parent.isNone)
    // Back to what the rules give to all, and to the top.
    let third = try #require(try ledger.update("x", tier: Label.none, frozen: false, parent: label("c")).agent)
    #expect(third.standing.tier.isNone && !third.standing.isFrozen && third.standing.parent == label("c"))
    #expect(try ledger.update("x", parent: Label.none).agent?.standing.parent.isNone == true)
    try ledger.requireWhole()
  }

  // agent, partner, tier, parent -> rejection
  static let updates: [(String, String, Label?, Label?, Rejection?)] = [
    ("x", "p", nil, nil, .nothingToChange),
    ("nobody", "p", nil, label("a"), .agentNotFound),
    ("z", "p", nil, label("a"), .agentNotFound),
    ("x", "p", label("tin"), nil, .tierNotFound(label("tin"))),
    ("x", "p", label("gold"), nil, nil),
    ("x", "p", nil, label("nobody"), .parentNotFound),
    ("x", "p", nil, label("z"), .parentNotFound),
    ("x", "p", nil, label("x"), .parentLoop),
    ("a", "p", nil, label("a"), .parentLoop),
    ("a", "p", nil, label("b"), .parentLoop),
    ("a", "p", nil, label("c"), .parentLoop),
    ("b", "p", nil, label("c"), .parentLoop),
    ("b", "p", nil, label("x"), nil),
    ("c", "p", nil, label("a"), nil),
    ("a", "p", nil, label("x"), nil),
  ]

  @Test(arguments: updates)
  func update(_ row: (String, String, Label?, Label?, Rejection?)) throws {
    let (agent, partner, tier, parent, expected) = row
    let ledger = try Self.house()
    let before = ledger.state.stateHash()
    let answer = try ledger.update(agent, partner: partner, tier: tier, parent: parent)
    #expect(answer.rejection == expected)
    #expect((ledger.state.stateHash() == before) == (expected != nil))
    try ledger.requireWhole()
  }

  @Test func chainsAreNoLongerThanTheirMaximum() throws {
    let ledger = Ledger()
    try ledger.createAgent("l1")
    func create(_ agent: String, below parent: String) throws -> Answer {
      try ledger.perform(
        .createAgent(
          CreateAgent(
            key: ledger.key("create-\(agent)", "p", agent), partner: label("p"), agent: label(agent),
            parent: label(parent))))
    }
    for level in 2...AgentLimits.levelsMaximum {
      let agent = try #require(try create("l\(level)", below: "l\(level - 1)").agent)
      #expect(agent.standing.parent == label("l\(level - 1)"))
    }
    #expect(try create("l9", below: "l8").rejection == .parentLoop)
    #expect(try create("lost", below: "nobody").rejection == .parentNotFound)
    // Not from above either.
    try ledger.createAgent("top")
    #expect(try ledger.update("l1", parent: label("top")).rejection == .parentLoop)
    #expect(try ledger.update("l2", parent: label("top")).agent != nil)
    #expect(try ledger.update("top", parent: label("l1")).rejection == .parentLoop)
    // The levels that were ever below an agent count.
    try ledger.createAgent("over")
    #expect(try ledger.update("l1", parent: label("over")).rejection == .parentLoop)
    try ledger.requireWhole()
  }

  @Test func aCheckIsKept() throws {
    let ledger = try Self.house()
    let first = try #require(try ledger.verify("x", [.name, .card]).agent)
    #expect(first.standing.verified == [.name, .card] && first.standing.maskedName == label("王*明"))
    let second = try #require(try ledger.verify("x").agent)
    #expect(second.standing.verified == .all && second.lastSequence == ledger.state.lastSequence)
    #expect(try ledger.verify("nobody").rejection == .agentNotFound)
    try ledger.requireWhole()
  }

  /// Answered as it stands now, whatever came after.
  @Test func theSameRequestIsAnsweredAgain() throws {
    let ledger = try Self.house()
    try ledger.update("x", frozen: true, request: "u")
    try ledger.update("x", grade: .poor)
    let count = ledger.state.lastSequence
    let again = try #require(try ledger.update("x", frozen: true, request: "u").agent)
    #expect(again.standing.isFrozen && again.standing.creditGrade == .poor && ledger.state.lastSequence == count)
    #expect(try ledger.update("b", frozen: true, request: "u").rejection == .requestIDReused)
  }
}
