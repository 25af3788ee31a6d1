import Digests
import LedgerCore
import Testing

@Suite struct PayeeTests {
  static func house() throws -> Ledger {
    let ledger = Ledger()
    for (agent, partner) in [("a", "p"), ("b", "p"), ("z", "q")] { try ledger.createAgent(agent, partner: partner) }
    return ledger
  }

  @Test func isCreatedCheckedAndErased() throws {
    let ledger = try Self.house()
    let created = try #require(try ledger.bind("6222021234", to: "a", verified: false, request: "r").payee)
    #expect(created.id == PayeeID(epoch: 1, shard: 0, ordinal: 1) && created.state == .unverified)
    #expect(created.agent == label("a") && created.rail == .bankCard && created.bank == label("ICBC"))
    #expect(created.requestID == label("r") && created.sealed == SealedData(Array("sealed 6222021234".utf8)))
    #expect(created.numberHash == fingerprint("6222021234") && created.maskedNumber == label("****1234"))
    #expect(try ledger.check(created.id, passed: true).payee?.state == .verified)
    #expect(try ledger.check(created.id, passed: false).payee?.state == .unverified)
    let erased = try #require(try ledger.erase(created.id, request: "e").payee)
    #expect(erased.state == .erased && erased.lastSequence == ledger.state.lastSequence)
    #expect(try ledger.erase(created.id).refusal == .payeeErased)
    #expect(try ledger.check(created.id, passed: true).refusal == .payeeErased)
    // The requests again, as it stands now.
    #expect(try ledger.bind("6222021234", to: "a", verified: false, request: "r").payee == erased)
    #expect(try ledger.erase(created.id, request: "e").payee == erased)
    try ledger.requireWhole()
  }

  @Test func isAnothersWhatDoesNotExist() throws {
    let ledger = try Self.house()
    let id = try #require(try ledger.bind("1", to: "a").payee).id
    let nothing = [
      id, PayeeID(epoch: 1, shard: 0, ordinal: 2), PayeeID(epoch: 2, shard: 0, ordinal: 1),
      PayeeID(epoch: 1, shard: 1, ordinal: 1), PayeeID(rawValue: .max), PayeeID(rawValue: 0),
    ]
    for id in nothing {
      #expect(try ledger.check(id, partner: "q", passed: true).rejection == .payeeNotFound)
      #expect(try ledger.erase(id, partner: "q").rejection == .payeeNotFound)
      #expect(ledger.ask(.payee(id, .partner(label("q")))).0.rejection == .payeeNotFound)
    }
    #expect(ledger.ask(.payee(id, .all)).0.payee?.id == id)
    #expect(try ledger.bind("1", to: "nobody").rejection == .agentNotFound)
    #expect(try ledger.bind("1", to: "z").rejection == .agentNotFound)
  }

  @Test func holderIsTheVerifiedAgent() throws {
    let ledger = try Self.house()
    ledger.policy.admission.needsVerifiedAgent = true
    #expect(try ledger.bind("1", to: "a").refusal == .agentNotVerified(missing: .all))
    try ledger.verify("a", [.name, .idNumber])
    #expect(try ledger.bind("1", to: "a").refusal == .agentNotVerified(missing: .card))
    try ledger.verify("a")
    #expect(try ledger.bind("1", to: "a", holder: "李四").refusal == .holderDiffers)
    #expect(try ledger.bind("1", to: "a").payee?.state == .verified)
    ledger.policy.admission.needsVerifiedAgent = false
    #expect(try ledger.bind("1", to: "b", holder: "李四").payee != nil)
    try ledger.requireWhole()
  }

  @Test func areNotMoreThanTheirMaximum() throws {
    let ledger = try Self.house()
    for i in 0..<AgentLimits.payeesMaximum { #expect(try ledger.bind("\(i)", to: "a").payee != nil) }
    #expect(try ledger.bind("more", to: "a").rejection == .tooManyPayees(limit: AgentLimits.payeesMaximum))
    try ledger.erase(PayeeID(epoch: 1, shard: 0, ordinal: 50))
    #expect(try ledger.bind("more", to: "a").payee != nil)
    #expect(try ledger.bind("more", to: "a").rejection != nil)
    try ledger.requireWhole()
  }

  @Test func areListedNewestFirst() throws {
    let ledger = try Self.house()
    for i in 1...5 { try ledger.bind(i % 2 == 0 ? "same" : "\(i)", to: i == 3 ? "b" : "a") }
    try ledger.bind("same", to: "z", partner: "q")
    func ids(_ query: Query) -> ([UInt64], UInt64?, UInt64) {
      let (answer, sequence) = ledger.ask(query)
      guard case .payees(let payees, let next) = answer else { return ([], nil, .max) }
      return (payees.map { $0.id.ordinal }, next, sequence)
    }
    func ofA(_ before: UInt64?, _ limit: Int) -> ([UInt64], UInt64?, UInt64) {
      ids(.payees(partner: label("p"), agent: label("a"), before: before, limit: limit))
    }
    #expect(ofA(nil, 50) == ([5, 4, 2, 1], nil, 8))
    #expect(ofA(nil, 2) == ([5, 4], 4, 8))
    #expect(ofA(4, 2) == ([2, 1], nil, 5))
    #expect(ofA(3, 2).0.isEmpty && ofA(99, 2).0.isEmpty && ofA(0, 2).0.isEmpty)
    let same = fingerprint("same")
    #expect(ids(.payeesWithNumber(same, before: nil, limit: 2)) == ([6, 4], 4, 9))
    #expect(ids(.payeesWithNumber(same, before: 4, limit: 2)) == ([2], nil, 5))
    #expect(ids(.payeesWithNumber(fingerprint("other"), before: nil, limit: 2)) == ([], nil, 0))
    #expect(
      ledger.ask(.payees(partner: label("p"), agent: label("z"), before: nil, limit: 1)).0.rejection == .agentNotFound)
  }
}
