import Digests
import LedgerCore
import Testing

/// Random commands against the ledger and a plain reference of it: the same answers, the same money, and a state that a
/// replay and a snapshot both bring back.
@Suite struct ModelTests {
  static let partners = [label("p"), label("q"), label("伙伴")]
  static let agents = ["a", "b", "c", "d"].map(label)

  struct Generator {
    var random: SeededRandom
    var lastSequence: UInt64 = 0
    var payouts: UInt64 = 0

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// Few ids, so that many come again; the content is the command's own, so that some of those are the same.
    private mutating func key(_ partner: Label, _ content: String) -> RequestKey {
      let namespace = chance(15) ? Namespace.staff : .partner(chance(95) ? partner : pick(ModelTests.partners))
      return RequestKey(
        namespace: namespace, id: label("r\(Int.random(in: 0..<4_000, using: &random))"),
        content: fingerprint(content))
    }

    private mutating func amount(_ usual: ClosedRange<Int64>) -> Money {
      let units: Int64 =
        chance(95) ? Int64.random(in: usual, using: &random) : pick([0, -1, .min, .max, .max - 1, 1, 10_001])
      return fen(units, chance(98) ? .cny : usd)
    }

    mutating func next() -> Command {
      let partner = pick(ModelTests.partners)
      let agent = pick(ModelTests.agents)
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<4:
        return .createAgent(
          CreateAgent(key: key(partner, "create \(partner) \(agent)"), partner: partner, agent: agent))
      case 4..<16:
        let amount = amount(1...20_000)
        let reference = label("v\(Int.random(in: 0..<2_000, using: &random))")
        return .deposit(
          Deposit(
            key: key(partner, "deposit \(agent) \(amount) \(reference)"), partner: partner, agent: agent,
            amount: amount, externalReference: reference))
      case 16..<70:
        let amount = amount(1...3_000)
        return .submitWithdrawal(
          SubmitWithdrawal(
            key: key(partner, "submit \(agent) \(amount)"), partner: partner, agent: agent, amount: amount,
            payee: label("payee")))
      default:
        let ordinal = UInt64.random(in: 0...payouts + 1, using: &random)
        let id = WithdrawalID(epoch: chance(98) ? 1 : 2, shard: chance(98) ? 0 : 1, ordinal: ordinal)
        let expected = chance(80) ? nil : Optional(UInt64.random(in: 0...lastSequence, using: &random))
        let scope = chance(10) ? Scope.all : .partner(partner)
        return .cancelWithdrawal(
          CancelWithdrawal(
            key: key(partner, "cancel \(id) \(String(describing: expected)) \(scope)"), scope: scope, id: id,
            expectedSequence: expected))
      }
    }
  }

  @Test(arguments: [1, 20_261_121, 0xC0FFEE] as [UInt64])
  func agreesWithThePlainOne(seed: UInt64) throws {
    print("model test, seed \(seed)")
    let ledger = Ledger()
    ledger.policy.payoutMaximumMinorUnits = 10_000
    var reference = Reference()
    var generator = Generator(random: SeededRandom(seed: seed))
    var tally: [String: Int] = [:]

    for step in 0..<6_000 {
      generator.lastSequence = reference.sequence
      generator.payouts = UInt64(reference.payouts.count)
      ledger.now = Timestamp(
        microseconds: ledger.now.microseconds + Int64.random(in: -1_000_000...3_000_000, using: &generator.random))
      let command = generator.next()
      let answer = try ledger.perform(command)
      let expected = reference.perform(command, ledger.policy)
      try #require(Self.outcome(answer) == expected, "seed \(seed) step \(step) \(command)")
      try #require(ledger.state.lastSequence == reference.sequence, "seed \(seed) step \(step)")
      tally[Self.kind(expected), default: 0] += 1
      if step % 1_000 == 999 { try compare(ledger, reference, "seed \(seed) step \(step)") }
    }
    // The walk met everything there is to meet.
    #expect(tally.count >= 12, "seed \(seed) \(tally)")

    let hash = ledger.state.stateHash()
    var replayed = LedgerState(epoch: 1, shard: 0, hashSeed: HashSeed(first: seed, second: ~seed))
    for (bytes, sequence, time) in ledger.journal {
      try replayed.evolve(decode(bytes), sequence: sequence, time: time)
    }
    #expect(replayed.stateHash() == hash, "seed \(seed)")
    let loaded = try load(snapshot(ledger.state).bytes, expecting: hash)
    #expect(loaded.stateHash() == hash, "seed \(seed)")
  }

  private func compare(_ ledger: Ledger, _ reference: Reference, _ place: String) throws {
    try ledger.state.audit()
    for (name, money) in reference.agents {
      let balance = ledger.balance(name.agent.description, partner: name.partner.description)
      try #require(balance?.available == money.available, "\(place)")
      try #require(balance?.debitsPending == money.held, "\(place)")
      try #require(balance?.creditsPosted == money.deposited, "\(place)")
    }
    for (index, payout) in reference.payouts.enumerated() {
      let id = WithdrawalID(epoch: 1, shard: 0, ordinal: UInt64(index) + 1)
      let found = ledger.ask(.withdrawal(id, .partner(payout.partner))).0.withdrawal
      try #require(found?.agent == payout.agent && found?.amount == fen(payout.amount), "\(place)")
      try #require(found?.state == (payout.isCancelled ? .cancelled : .approved), "\(place)")
      try #require(found?.lastSequence == payout.lastSequence, "\(place)")
    }
  }

  private static func outcome(_ answer: Answer) -> Reference.Outcome? {
    switch answer {
    case .withdrawal(let withdrawal): .result(.payout(withdrawal.id.ordinal))
    case .agent(let agent): .result(.agent(agent.partner, agent.agent))
    case .deposit(let receipt): .result(.deposit(receipt.amount.minorUnits))
    case .refused(let refusal): .result(.refused(refusal))
    case .rejected(let rejection): .rejected(rejection)
    case .balance, .withdrawals, .entries, .quote, .limits, .payee, .payees, .proposal, .proposals, .listEntry,
      .listEntries, .profile, .rules, .payouts, .payout, .channel, .channels, .payoutFigures, .sent, .appeal,
      .appeals, .done:
      nil
    }
  }

  private static func kind(_ outcome: Reference.Outcome) -> String {
    switch outcome {
    case .result(.refused(let refusal)): "refused " + word(refusal)
    case .result(let result): word(result)
    case .rejected(let rejection): "rejected " + word(rejection)
    }
  }

  /// The case's name, without its values.
  private static func word(_ value: some Any) -> String {
    String("\(value)".prefix { $0 != "(" })
  }
}
