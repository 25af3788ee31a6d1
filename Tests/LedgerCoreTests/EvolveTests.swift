import Digests
import LedgerCore
import Testing

/// Records that do not follow from the state: each is named, and changes nothing.
@Suite struct EvolveTests {
  static func house() throws -> Ledger {
    let ledger = Ledger()
    try ledger.createAgent("a")
    try ledger.createAgent("z", partner: "q")
    try ledger.deposit(fen(1_000), to: "a", reference: "v")
    try ledger.submit(fen(600), of: "a", request: "r")
    try ledger.cancel(first, request: "c")
    try ledger.submit(fen(600), of: "a", request: "r2")
    return ledger
  }
  static let first = WithdrawalID(epoch: 1, shard: 0, ordinal: 1)
  static let second = WithdrawalID(epoch: 1, shard: 0, ordinal: 2)
  static let third = WithdrawalID(epoch: 1, shard: 0, ordinal: 3)

  static func key(_ id: String = "new", _ namespace: Namespace = .partner(label("p"))) -> RequestKey {
    RequestKey(namespace: namespace, id: label(id), content: fingerprint(id))
  }

  static func submitted(
    _ request: String = "new", id: WithdrawalID = third, partner: String = "p", agent: String = "a",
    amount: Money = fen(400), fee: Int64 = 0, points: Int64 = 0, state: WithdrawalState = .approved,
    day: LimitDay = OpenPolicy().day(at: Ledger().now)
  ) -> Record {
    var judged = screening(fee: fee)
    judged.terms.points = points
    judged.limitDay = day
    return .withdrawalSubmitted(
      WithdrawalSubmitted(
        key: key(request), id: id, partner: label(partner), agent: label(agent), payee: label("y"), amount: amount,
        state: state, screening: judged))
  }

  static func deposited(_ amount: Money = fen(1), reference: String = "new", agent: String = "a") -> Record {
    .deposited(
      Deposited(
        key: key("new", .staff), partner: label("p"), agent: label(agent), amount: amount,
        externalReference: label(reference)))
  }

  static let nonsense: [(Record, CorruptRecord)] = [
    (.agentCreated(AgentCreated(key: key(), partner: label("p"), agent: label("a"))), .agentKnown),
    (.agentCreated(AgentCreated(key: key("r"), partner: label("p"), agent: label("new"))), .requestKnown),
    (deposited(agent: "b"), .agentUnknown),
    (deposited(reference: "v"), .externalReferenceKnown),
    (deposited(fen(0)), .amount(0, fee: 0)),
    (deposited(fen(-1)), .amount(-1, fee: 0)),
    (deposited(fen(.max)), .balanceOutOfRange),
    (deposited(fen(1, Currency(code: 0x01_4E59))), .currency(0x01_4E59)),
    (submitted("r"), .requestKnown),
    (submitted(id: second), .withdrawalID(expected: third, found: second)),
    (submitted(id: WithdrawalID(rawValue: .max)), .withdrawalID(expected: third, found: WithdrawalID(rawValue: .max))),
    (
      submitted(id: WithdrawalID(epoch: 0, shard: 0, ordinal: 3)),
      .withdrawalID(expected: third, found: WithdrawalID(epoch: 0, shard: 0, ordinal: 3))
    ),
    (submitted(partner: "q"), .agentUnknown),
    (submitted(partner: "unheard"), .agentUnknown),
    (submitted(agent: "b"), .agentUnknown),
    (submitted(amount: fen(401)), .balanceBelowFloor),
    (submitted(amount: fen(.max)), .balanceBelowFloor),
    (submitted(amount: fen(1, usd)), .balanceBelowFloor),
    (submitted(amount: fen(0)), .amount(0, fee: 0)),
    (submitted(amount: fen(.min)), .amount(.min, fee: 0)),
    (submitted(fee: -1), .amount(400, fee: -1)),
    (submitted(fee: 401), .amount(400, fee: 401)),
    (submitted(fee: .min), .amount(400, fee: .min)),
    (submitted(state: .paid), .transition(from: .submitted, to: .paid)),
    (submitted(state: .cancelled), .transition(from: .submitted, to: .cancelled)),
    (submitted(amount: fen(1, .points)), .currency(Currency.points.code)),
    (submitted(points: -1), .amount(-1, fee: -1)),
    (submitted(points: 1), .balanceBelowFloor),
    // Of a day, or of a month, that is over.
    (submitted(day: LimitDay(day: 20_716, month: 647)), .limitDay(LimitDay(day: 20_716, month: 647))),
    (submitted(day: LimitDay(day: 20_717, month: 646)), .limitDay(LimitDay(day: 20_717, month: 646))),
    (.withdrawalCancelled(WithdrawalCancelled(key: key(), id: third, partner: label("p"))), .withdrawalUnknown(third)),
    (.withdrawalCancelled(WithdrawalCancelled(key: key(), id: second, partner: label("q"))), .partnerMismatch(second)),
    (
      .withdrawalCancelled(WithdrawalCancelled(key: key(), id: second, partner: label("unheard"))),
      .partnerMismatch(second)
    ),
    (
      .withdrawalCancelled(WithdrawalCancelled(key: key(), id: first, partner: label("p"))),
      .transition(from: .cancelled, to: .cancelled)
    ),
    (
      .requestRefused(
        RequestRefused(
          key: key(), partner: label("unheard"), method: .submitWithdrawal, refusal: .externalReferenceUsed)),
      .partnerUnknown
    ),
  ]

  // `a` has payee 1 (erased) and payee 2; `z` of `q` has payee 3.
  static let payee = PayeeID(epoch: 1, shard: 0, ordinal: 4)
  static func payeeCreated(_ id: PayeeID = payee, agent: String = "a", request: String = "new") -> Record {
    .payeeCreated(
      PayeeCreated(
        key: key(request), partner: label("p"), id: id, agent: label(agent), rail: .alipay,
        numberHash: fingerprint("1"), nameHash: fingerprint("n"), maskedNumber: label("*"), maskedName: label("*"),
        bank: .none, isVerified: true, sealed: .none))
  }
  static func agentUpdated(_ agent: String, parent: String?, request: String = "new") -> Record {
    .agentUpdated(
      AgentUpdated(
        key: key(request), partner: label("p"), agent: label(agent), tier: .none, parent: parent.map(label) ?? .none,
        isFrozen: false, creditGrade: .normal, openViolations: 0, limits: LimitOverride(), reason: label("r")))
  }
  static func id(_ ordinal: UInt64) -> PayeeID { PayeeID(epoch: 1, shard: 0, ordinal: ordinal) }

  static let nonsenseOfAccounts: [(Record, CorruptRecord)] = [
    (
      .agentCreated(AgentCreated(key: key(), partner: label("p"), agent: label("new"), parent: label("nobody"))),
      .agentUnknown
    ),
    (
      .agentCreated(AgentCreated(key: key(), partner: label("p"), agent: label("new"), parent: label("z"))),
      .agentUnknown
    ),
    (agentUpdated("nobody", parent: nil), .agentUnknown),
    (agentUpdated("z", parent: nil), .agentUnknown),
    (agentUpdated("a", parent: "nobody"), .agentUnknown),
    (agentUpdated("a", parent: "a"), .parentLoop),
    (agentUpdated("a", parent: "under"), .parentLoop),
    (agentUpdated("a", parent: nil, request: "r"), .requestKnown),
    (
      .agentVerified(
        AgentVerified(
          key: key(), partner: label("p"), agent: label("z"), elements: .all, nameHash: fingerprint("n"),
          idHash: fingerprint("i"), maskedName: label("*"), sealed: .none)),
      .agentUnknown
    ),
    (payeeCreated(id(3)), .payeeID(expected: payee, found: id(3))),
    (payeeCreated(id(5)), .payeeID(expected: payee, found: id(5))),
    (payeeCreated(PayeeID(rawValue: .max)), .payeeID(expected: payee, found: PayeeID(rawValue: .max))),
    (
      payeeCreated(PayeeID(epoch: 2, shard: 0, ordinal: 4)),
      .payeeID(expected: payee, found: PayeeID(epoch: 2, shard: 0, ordinal: 4))
    ),
    (payeeCreated(agent: "z"), .agentUnknown),
    (payeeCreated(request: "r"), .requestKnown),
    (.payeeErased(PayeeErased(key: key(), partner: label("p"), id: id(1), reason: label("r"))), .payeeUnknown(id(1))),
    (.payeeErased(PayeeErased(key: key(), partner: label("p"), id: id(3), reason: label("r"))), .payeeUnknown(id(3))),
    (.payeeErased(PayeeErased(key: key(), partner: label("p"), id: id(4), reason: label("r"))), .payeeUnknown(id(4))),
    (
      .payeeVerified(PayeeVerified(key: key(), partner: label("unheard"), id: id(2), isVerified: true)),
      .payeeUnknown(id(2))
    ),
    (
      .payeeVerified(PayeeVerified(key: key(), partner: label("p"), id: id(1), isVerified: true)),
      .payeeUnknown(id(1))
    ),
    // What is rejected had money before it was judged.
    (submitted(amount: fen(1, usd), state: .rejected), .balanceBelowFloor),
    (
      .requestRefused(
        RequestRefused(
          key: key(), partner: label("p"), agent: label("z"), method: .submitWithdrawal, refusal: .agentFrozen)),
      .agentUnknown
    ),
  ]

  @Test(arguments: nonsenseOfAccounts)
  func ofAccountsIsNamedToo(_ row: (Record, CorruptRecord)) throws {
    let ledger = try Self.house()
    try ledger.createAgent("under")
    try ledger.update("under", parent: label("a"))
    for (number, agent, partner) in [("1", "a", "p"), ("2", "a", "p"), ("3", "z", "q")] {
      try ledger.bind(number, to: agent, partner: partner)
    }
    try ledger.erase(Self.id(1))
    let before = ledger.state.stateHash()
    let sequence = ledger.state.lastSequence + 1
    #expect(throws: row.1) { try ledger.state.evolve(row.0, sequence: sequence, time: ledger.now) }
    #expect(ledger.state.stateHash() == before)
  }

  @Test(arguments: nonsense)
  func isNamedAndChangesNothing(_ row: (Record, CorruptRecord)) throws {
    let ledger = try Self.house()
    let before = ledger.state.stateHash()
    let sequence = ledger.state.lastSequence + 1
    #expect(throws: row.1) { try ledger.state.evolve(row.0, sequence: sequence, time: ledger.now) }
    #expect(ledger.state.stateHash() == before)
    #expect(ledger.state.lastSequence + 1 == sequence)
  }

  @Test func sequencesHaveNoGaps() throws {
    let ledger = try Self.house()
    let next = ledger.state.lastSequence + 1
    for sequence in [0, next - 1, next + 1, .max] {
      #expect(throws: CorruptRecord.sequence(expected: next, found: sequence)) {
        try ledger.state.evolve(Self.deposited(), sequence: sequence, time: ledger.now)
      }
    }
  }

  @Test func timeRunsForward() throws {
    let ledger = try Self.house()
    let earlier = Timestamp(microseconds: ledger.now.microseconds - 1)
    #expect(throws: CorruptRecord.timeRunsBackwards(last: ledger.now, found: earlier)) {
      try ledger.state.evolve(Self.deposited(), sequence: ledger.state.lastSequence + 1, time: earlier)
    }
  }

  /// The rules of today take no fee; a record that has one moves it to its own account and back.
  @Test func feesAreHeldAndReleased() throws {
    let ledger = try Self.house()
    let applied = try ledger.state.evolve(
      Self.submitted(fee: 30), sequence: ledger.state.lastSequence + 1, time: ledger.now)
    let withdrawal = try #require(ledger.state.answer(to: applied).0.withdrawal)
    #expect(withdrawal.feeMinorUnits == 30 && withdrawal.netMinorUnits == 370)
    #expect(ledger.balance("a")?.available == 0)
    try ledger.state.audit()
    let (bytes, hash) = snapshot(ledger.state)
    #expect(try load(bytes, expecting: hash).stateHash() == hash)
    #expect(try ledger.cancel(withdrawal.id, request: "give back").withdrawal?.state == .cancelled)
    #expect(ledger.balance("a")?.available == 400)
    try ledger.state.audit()
  }

  /// A whole amount may be fee: the leg of zero is left out.
  @Test func feeMayTakeAll() throws {
    let ledger = try Self.house()
    try ledger.state.evolve(Self.submitted(fee: 400), sequence: ledger.state.lastSequence + 1, time: ledger.now)
    try ledger.state.audit()
  }
}
