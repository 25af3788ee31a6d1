import LedgerCore
import Testing

/// The ladder of guards: what a command meets first decides, and nothing but a record changes anything.
@Suite struct DecideTests {
  /// Agent `rich` of `p` has 1,000.00, `poor` nothing, `alien` belongs to `q`; withdrawal 1 of 10.00 is cancelled,
  /// withdrawal 2 of 20.00 stands.
  static func house() throws -> Ledger {
    let ledger = Ledger()
    ledger.policy.payoutMinimumMinorUnits = 10
    ledger.policy.payoutMaximumMinorUnits = 90_000
    try ledger.createAgent("rich")
    try ledger.createAgent("poor")
    try ledger.createAgent("alien", partner: "q")
    try ledger.deposit(fen(100_000), to: "rich", reference: "v1")
    try ledger.submit(fen(1_000), of: "rich", request: "w1")
    try ledger.cancel(first, request: "c1")
    try ledger.submit(fen(2_000), of: "rich", request: "w2")
    return ledger
  }
  static let first = WithdrawalID(epoch: 1, shard: 0, ordinal: 1)
  static let second = WithdrawalID(epoch: 1, shard: 0, ordinal: 2)

  enum Outcome: Equatable, Sendable {
    case record
    case refused(Refusal)
    case replayed
    case rejected(Rejection)
  }

  static func outcome(_ decision: Decision) -> Outcome {
    switch decision {
    case .record(.requestRefused(let fact)): .refused(fact.refusal)
    case .record: .record
    case .answered: .replayed
    case .rejected(let rejection): .rejected(rejection)
    }
  }

  // request id, agent, amount, currency, payee -> outcome
  static let submits: [(String, String, Int64, Currency, String, Outcome)] = [
    ("n", "rich", 2_000, .cny, "payee", .record),
    ("n", "rich", 10, .cny, "payee", .record),
    ("n", "rich", 90_000, .cny, "payee", .record),
    ("n", "rich", 0, .cny, "payee", .rejected(.amountNotPositive)),
    ("n", "rich", -1, .cny, "payee", .rejected(.amountNotPositive)),
    ("n", "rich", .min, .cny, "payee", .rejected(.amountNotPositive)),
    ("n", "rich", 2_000, usd, "payee", .rejected(.currencyNotSupported(usd))),
    ("n", "rich", 0, usd, "payee", .rejected(.currencyNotSupported(usd))),
    ("n", "nobody", 2_000, .cny, "payee", .rejected(.agentNotFound)),
    ("n", "alien", 2_000, .cny, "payee", .rejected(.agentNotFound)),
    ("n", "nobody", 0, .cny, "payee", .rejected(.amountNotPositive)),
    ("n", "rich", 9, .cny, "payee", .refused(.amountOutOfBounds(minimum: 10, maximum: 90_000, requested: 9))),
    (
      "n", "rich", .max, .cny, "payee",
      .refused(.amountOutOfBounds(minimum: 10, maximum: 90_000, requested: .max))
    ),
    ("n", "poor", 10, .cny, "payee", .refused(.insufficientFunds(available: 0, requested: 10))),
    ("w2", "rich", 2_000, .cny, "payee", .replayed),
    ("w2", "rich", 2_001, .cny, "payee", .rejected(.requestIDReused)),
    ("w2", "rich", 2_000, .cny, "other", .rejected(.requestIDReused)),
    ("w2", "poor", 2_000, .cny, "payee", .rejected(.requestIDReused)),
    // A known request is answered before anything else is looked at.
    ("w2", "nobody", 0, usd, "payee", .rejected(.requestIDReused)),
    // Ids are one namespace over all methods.
    ("c1", "rich", 2_000, .cny, "payee", .rejected(.requestIDReused)),
  ]

  @Test(arguments: submits)
  func submit(_ row: (String, String, Int64, Currency, String, Outcome)) throws {
    let (request, agent, amount, currency, payee, expected) = row
    let ledger = try Self.house()
    let before = ledger.state.stateHash()
    let content = "submit \(agent) \(fen(amount, currency)) \(payee)"
    let key = RequestKey(namespace: .partner(label("p")), id: label(request), content: fingerprint(content))
    let command = SubmitWithdrawal(
      key: key, partner: label("p"), agent: label(agent), amount: fen(amount, currency), payee: label(payee))
    let decision = ledger.state.decide(.submitWithdrawal(command), policy: ledger.policy, now: ledger.now)
    #expect(Self.outcome(decision) == expected)
    #expect(ledger.state.stateHash() == before)
  }

  // request id, id, scope, etag -> outcome. The last record of withdrawal 2 is 7.
  static let cancels: [(String, WithdrawalID, Scope, UInt64?, Outcome)] = [
    ("n", second, .partner(label("p")), nil, .record),
    ("n", second, .all, nil, .record),
    ("n", second, .partner(label("p")), 7, .record),
    ("n", second, .partner(label("p")), 6, .rejected(.etagMismatch(current: 7))),
    ("n", first, .partner(label("p")), nil, .refused(.notCancelable(state: .cancelled))),
    ("n", first, .partner(label("p")), 5, .rejected(.etagMismatch(current: 6))),
    ("n", first, .partner(label("p")), 6, .refused(.notCancelable(state: .cancelled))),
    ("c1", first, .partner(label("p")), nil, .replayed),
    ("c1", second, .partner(label("p")), nil, .rejected(.requestIDReused)),
    // What is another's looks like what does not exist, etag or not.
    ("n", second, .partner(label("q")), nil, .rejected(.withdrawalNotFound)),
    ("n", second, .partner(label("q")), 1, .rejected(.withdrawalNotFound)),
    ("n", second, .partner(label("unheard")), nil, .rejected(.withdrawalNotFound)),
    ("n", WithdrawalID(epoch: 1, shard: 0, ordinal: 3), .all, nil, .rejected(.withdrawalNotFound)),
    ("n", WithdrawalID(epoch: 1, shard: 0, ordinal: 0), .all, nil, .rejected(.withdrawalNotFound)),
    ("n", WithdrawalID(rawValue: .max), .all, nil, .rejected(.withdrawalNotFound)),
    ("n", WithdrawalID(epoch: 2, shard: 0, ordinal: 2), .all, nil, .rejected(.withdrawalNotFound)),
    ("n", WithdrawalID(epoch: 1, shard: 1, ordinal: 2), .all, nil, .rejected(.withdrawalNotFound)),
  ]

  @Test(arguments: cancels)
  func cancel(_ row: (String, WithdrawalID, Scope, UInt64?, Outcome)) throws {
    let (request, id, scope, expectedSequence, expected) = row
    let ledger = try Self.house()
    let before = ledger.state.stateHash()
    let content = "cancel \(id) \(String(describing: expectedSequence))"
    let key = RequestKey(namespace: .partner(label("p")), id: label(request), content: fingerprint(content))
    let command = CancelWithdrawal(key: key, scope: scope, id: id, expectedSequence: expectedSequence)
    let decision = ledger.state.decide(.cancelWithdrawal(command), policy: ledger.policy, now: ledger.now)
    #expect(Self.outcome(decision) == expected)
    #expect(ledger.state.stateHash() == before)
  }

  // partner, agent, amount, currency, reference -> outcome
  static let deposits: [(String, String, Int64, Currency, String, Outcome)] = [
    ("p", "rich", 1, .cny, "v2", .record),
    ("p", "rich", .max - 100_000, .cny, "v2", .record),
    ("p", "rich", .max - 99_999, .cny, "v2", .rejected(.balanceOverflow)),
    // Another account, but the house's sum overflows.
    ("p", "poor", .max, .cny, "v2", .rejected(.balanceOverflow)),
    ("p", "rich", 0, .cny, "v2", .rejected(.amountNotPositive)),
    ("p", "rich", -5, .cny, "v2", .rejected(.amountNotPositive)),
    ("p", "rich", 1, usd, "v2", .rejected(.currencyNotSupported(usd))),
    ("p", "nobody", 1, .cny, "v2", .rejected(.agentNotFound)),
    ("nobody", "rich", 1, .cny, "v2", .rejected(.agentNotFound)),
    ("p", "rich", 1, .cny, "v1", .refused(.externalReferenceUsed)),
    ("p", "poor", 1, .cny, "v1", .refused(.externalReferenceUsed)),
    // References are the partner's.
    ("q", "alien", 1, .cny, "v1", .record),
  ]

  @Test(arguments: deposits)
  func deposit(_ row: (String, String, Int64, Currency, String, Outcome)) throws {
    let (partner, agent, amount, currency, reference, expected) = row
    let ledger = try Self.house()
    let key = RequestKey(namespace: .staff, id: label("n"), content: fingerprint("n"))
    let command = Deposit(
      key: key, partner: label(partner), agent: label(agent), amount: fen(amount, currency),
      externalReference: label(reference))
    let decision = ledger.state.decide(.deposit(command), policy: ledger.policy, now: ledger.now)
    #expect(Self.outcome(decision) == expected)
  }

  @Test func agentsAreCreatedOnce() throws {
    let ledger = try Self.house()
    #expect(try ledger.createAgent("rich", request: "again").rejection == .agentExists)
    // The same name with another partner is another agent.
    guard case .agent(let agent) = try ledger.createAgent("rich", partner: "q") else {
      Issue.record("no agent")
      return
    }
    #expect(agent.partner == label("q") && agent.lastSequence == ledger.state.lastSequence)
    // The same request answers with the agent.
    guard case .agent(let known) = try ledger.createAgent("rich", partner: "q") else {
      Issue.record("no agent")
      return
    }
    #expect(known == agent)
  }

  @Test func aWithdrawalTellsItsStory() throws {
    let ledger = Ledger()
    try ledger.createAgent("a")
    try ledger.deposit(fen(500), to: "a", reference: "v")
    let submitted = try #require(try ledger.submit(fen(200), of: "a", request: "r", payee: "bank").withdrawal)
    #expect(submitted.id == Self.first && submitted.state == .approved && submitted.requestID == label("r"))
    #expect(submitted.partner == label("p") && submitted.agent == label("a") && submitted.payee == label("bank"))
    #expect(submitted.amount == fen(200) && submitted.feeMinorUnits == 0 && submitted.netMinorUnits == 200)
    #expect(submitted.lastSequence == 3 && submitted.createTime == ledger.now && submitted.updateTime == ledger.now)
    #expect((0..<submitted.timeline.count).map { submitted.timeline[$0].state } == [.submitted, .approved])

    let later = Timestamp(microseconds: ledger.now.microseconds + 5)
    ledger.now = later
    let cancelled = try #require(try ledger.cancel(submitted.id, request: "c").withdrawal)
    #expect(cancelled.state == .cancelled && cancelled.lastSequence == 4 && cancelled.updateTime == later)
    #expect(cancelled.createTime == submitted.createTime)
    #expect(
      (0..<cancelled.timeline.count).map { cancelled.timeline[$0] }
        == [
          TimelineEntry(state: .submitted, time: submitted.createTime),
          TimelineEntry(state: .approved, time: submitted.createTime), TimelineEntry(state: .cancelled, time: later),
        ])
    // The submit again: the withdrawal as it stands now.
    #expect(try ledger.submit(fen(200), of: "a", request: "r", payee: "bank").withdrawal == cancelled)
  }

  /// F34: a clock that runs backwards does not move record time.
  @Test func timeNeverRunsBackwards() throws {
    let ledger = Ledger()
    try ledger.createAgent("a")
    let then = ledger.now
    ledger.now = Timestamp(microseconds: -5)
    try ledger.deposit(fen(1), to: "a", reference: "v")
    #expect(ledger.state.lastTime == then)
  }

  /// P05: the largest amounts there are.
  @Test func sumsNeverOverflow() throws {
    let ledger = Ledger()
    ledger.policy.payoutMaximumMinorUnits = .max
    try ledger.createAgent("a")
    try ledger.createAgent("b")
    try ledger.deposit(fen(.max), to: "a", reference: "v1")
    #expect(try ledger.deposit(fen(1), to: "a", reference: "v2").rejection == .balanceOverflow)
    #expect(try ledger.deposit(fen(1), to: "b", reference: "v3").rejection == .balanceOverflow)
    #expect(try ledger.submit(fen(.max), of: "a", request: "r1").withdrawal?.state == .approved)
    #expect(
      try ledger.submit(fen(.max), of: "a", request: "r2").refusal
        == .insufficientFunds(available: 0, requested: .max))
    try ledger.state.audit()
  }

  /// P06: 1,000 submits of which the money covers 337.
  @Test func exactlyTheMoneyThereIs() throws {
    let ledger = Ledger()
    try ledger.createAgent("a")
    try ledger.deposit(fen(33_799), to: "a", reference: "v")
    var accepted = 0
    for i in 0..<1_000 {
      let answer = try ledger.submit(fen(100), of: "a", request: "r\(i)")
      if answer.withdrawal != nil {
        accepted += 1
      } else {
        #expect(answer.refusal == .insufficientFunds(available: 99, requested: 100))
      }
    }
    #expect(accepted == 337)
    let balance = try #require(ledger.balance("a"))
    #expect(balance.available == 99 && balance.debitsPending == 33_700 && balance.creditsPosted == 33_799)
    try ledger.state.audit()
  }

  /// P07: what is held is given back once.
  @Test func cancelledTwiceIsReleasedOnce() throws {
    let ledger = Ledger()
    try ledger.createAgent("a")
    try ledger.deposit(fen(100), to: "a", reference: "v")
    let id = try #require(try ledger.submit(fen(100), of: "a", request: "r").withdrawal).id
    let cancelled = try ledger.cancel(id, request: "c1").withdrawal
    #expect(try ledger.cancel(id, request: "c2").refusal == .notCancelable(state: .cancelled))
    #expect(try ledger.cancel(id, request: "c1").withdrawal == cancelled)
    #expect(try ledger.cancel(id, request: "c2").refusal == .notCancelable(state: .cancelled))
    #expect(ledger.balance("a")?.available == 100)
    #expect(ledger.balance("a")?.debitsPending == 0)
    try ledger.state.audit()
  }

  /// A refusal stays one after the reason has gone; a new try takes a new id.
  @Test func aRefusalIsForEver() throws {
    let ledger = Ledger()
    try ledger.createAgent("a")
    let refusal = Refusal.insufficientFunds(available: 0, requested: 5)
    #expect(try ledger.submit(fen(5), of: "a", request: "r").refusal == refusal)
    try ledger.deposit(fen(5), to: "a", reference: "v")
    #expect(try ledger.submit(fen(5), of: "a", request: "r").refusal == refusal)
    #expect(try ledger.submit(fen(5), of: "a", request: "r2").withdrawal != nil)
  }

  @Test func recordedRefusalsAreCappedByTheHour() throws {
    let ledger = Ledger()
    ledger.policy.recordedRefusalsPerHour = 3
    let hour: Int64 = 3_600_000_000
    ledger.now = Timestamp(microseconds: 500_000 * hour + 1)
    try ledger.createAgent("a")
    try ledger.createAgent("b", partner: "q")
    for i in 0..<3 { #expect(try ledger.submit(fen(5), of: "a", request: "r\(i)").refusal != nil) }
    let before = ledger.state.lastSequence
    #expect(
      try ledger.submit(fen(5), of: "a", request: "r3").rejection
        == .tooManyRefusals(retryAfterMicroseconds: hour - 1))
    #expect(ledger.state.lastSequence == before)
    // What was recorded is still answered; another partner has a cap of its own; accepted work goes on.
    #expect(try ledger.submit(fen(5), of: "a", request: "r0").refusal != nil)
    #expect(try ledger.submit(fen(5), of: "b", partner: "q", request: "r3").refusal != nil)
    try ledger.deposit(fen(5), to: "a", reference: "v")
    #expect(try ledger.submit(fen(5), of: "a", request: "r4").withdrawal != nil)
    // The next hour.
    ledger.now = Timestamp(microseconds: 500_001 * hour)
    #expect(try ledger.submit(fen(6), of: "a", request: "r5").refusal != nil)
  }
}
