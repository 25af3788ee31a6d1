import LedgerCore
import Testing

@Suite struct QueryTests {
  static func house() throws -> Ledger {
    let ledger = Ledger()
    for (partner, agent) in [("p", "a"), ("p", "b"), ("q", "a")] {
      try ledger.createAgent(agent, partner: partner, request: "create-\(agent)")
      try ledger.deposit(fen(1_000), to: agent, partner: partner, reference: "v-\(partner)-\(agent)")
    }
    return ledger
  }

  static func page(
    _ ledger: Ledger, agent: String? = nil, partner: String = "p", state: WithdrawalState? = nil,
    before: UInt64? = nil, limit: Int = 50
  ) -> (ids: [UInt64], next: UInt64?, sequence: UInt64) {
    let filter = WithdrawalFilter(
      partner: label(partner), agent: agent.map(label), state: state, before: before, limit: limit)
    let (answer, sequence) = ledger.ask(.withdrawals(filter))
    guard case .withdrawals(let found, let next) = answer else { return ([], nil, .max) }
    return (found.map { $0.id.ordinal }, next, sequence)
  }

  @Test func listsAreNewestFirstAndPaged() throws {
    let ledger = try Self.house()
    for i in 1...10 { try ledger.submit(fen(1), of: i % 2 == 0 ? "a" : "b", request: "r\(i)") }
    try ledger.submit(fen(1), of: "a", partner: "q", request: "r")
    #expect(Self.page(ledger).ids == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(Self.page(ledger, agent: "a").ids == [10, 8, 6, 4, 2])
    #expect(Self.page(ledger, partner: "q").ids == [11])
    #expect(Self.page(ledger, partner: "unheard").ids.isEmpty)

    let first = Self.page(ledger, agent: "b", limit: 2)
    #expect(first.ids == [9, 7] && first.next == 7)
    let second = Self.page(ledger, agent: "b", before: first.next, limit: 3)
    #expect(second.ids == [5, 3, 1] && second.next == nil)
    // Tokens of another list show nothing.
    #expect(Self.page(ledger, agent: "a", before: 7).ids.isEmpty)
    #expect(Self.page(ledger, partner: "q", before: 7).ids.isEmpty)
    #expect(Self.page(ledger, before: 999).ids.isEmpty)
    #expect(Self.page(ledger, before: 0).ids.isEmpty)
    // Limits are coerced.
    #expect(Self.page(ledger, limit: 0).ids == [10])
    #expect(Self.page(ledger, limit: .min).ids == [10])
    #expect(Self.page(ledger, limit: .max).ids.count == 10)
  }

  /// What a filter leaves out was looked at too: the answer waits until that is durable.
  @Test func listsRestOnWhatTheyLookedAt() throws {
    let ledger = try Self.house()
    for i in 1...4 { try ledger.submit(fen(1), of: "a", request: "r\(i)") }
    try ledger.cancel(WithdrawalID(epoch: 1, shard: 0, ordinal: 2), request: "c")
    let approved = Self.page(ledger, state: .approved)
    #expect(approved.ids == [4, 3, 1] && approved.sequence == ledger.state.lastSequence)
    #expect(Self.page(ledger, state: .cancelled).ids == [2])
    #expect(Self.page(ledger, agent: "b").sequence == 3)
  }

  /// A filter that matches nothing gives the thread back after a bounded walk, and the walk ends.
  @Test func scansAreBounded() throws {
    let ledger = try Self.house()
    let count = AnswerLimits.rowsScannedMaximum * 2 + 10
    try ledger.deposit(fen(1_000_000), to: "a", reference: "much")
    for i in 0..<count { try ledger.submit(fen(1), of: "a", request: "r\(i)") }
    var before: UInt64?
    var pages = 0
    repeat {
      let page = Self.page(ledger, state: .paid, before: before)
      #expect(page.ids.isEmpty)
      before = page.next
      pages += 1
    } while before != nil && pages < 10
    #expect(pages == 3)
    #expect(Self.page(ledger, limit: 5_000).ids.count == AnswerLimits.itemsMaximum)
  }

  @Test func entriesTellEveryMovement() throws {
    let ledger = try Self.house()
    let id = try #require(try ledger.submit(fen(30), of: "a", request: "r").withdrawal).id
    try ledger.submit(fen(5), of: "b", request: "r-b")
    try ledger.cancel(id, request: "c")
    func entries(_ before: UInt64?, _ limit: Int) -> ([Entry], UInt64?) {
      guard
        case .entries(let entries, let next) = ledger.ask(
          .entries(partner: label("p"), agent: label("a"), before: before, limit: limit)
        ).0
      else { return ([], nil) }
      return (entries, next)
    }
    let (all, end) = entries(nil, 50)
    #expect(end == nil)
    #expect(
      all == [
        Entry(sequence: 9, time: ledger.now, amount: fen(30), kind: .withdrawalReleased(id)),
        Entry(sequence: 7, time: ledger.now, amount: fen(30), kind: .withdrawalHeld(id)),
        Entry(
          sequence: 2, time: ledger.now, amount: fen(1_000), kind: .deposit(externalReference: label("v-p-a"))),
      ])
    var collected: [Entry] = []
    var next: UInt64?
    repeat {
      let page = entries(next, 1)
      collected += page.0
      next = page.1
    } while next != nil
    #expect(collected == all)
    // The entry of another agent is no place to go on from.
    #expect(entries(5, 50).0.isEmpty)
    #expect(entries(.max, 50).0.isEmpty)
  }

  @Test func requestsAreFoundInTheirNamespaceAndScope() throws {
    let ledger = try Self.house()
    let withdrawal = try #require(try ledger.submit(fen(30), of: "a", request: "r").withdrawal)
    try ledger.submit(fen(3_000), of: "a", request: "refused")
    try ledger.cancel(withdrawal.id, request: "c")
    let p = Namespace.partner(label("p"))
    let own = Scope.partner(label("p"))
    func ask(_ namespace: Namespace, _ id: String, _ scope: Scope) -> Answer {
      ledger.ask(.request(namespace, label(id), scope)).0
    }
    #expect(ask(p, "r", own).withdrawal?.state == .cancelled)
    #expect(ask(p, "r", .all).withdrawal?.id == withdrawal.id)
    #expect(ask(p, "refused", own).refusal == .insufficientFunds(available: 970, requested: 3_000))
    for (namespace, id, scope) in [
      (p, "r", Scope.partner(label("q"))), (p, "refused", .partner(label("q"))), (p, "c", own), (p, "create-a", own),
      (p, "unheard", own), (.partner(label("q")), "r", .all), (.partner(label("unheard")), "r", .all),
      (.staff, "r", .all), (.staff, "deposit-v-p-a", .all),
    ] {
      #expect(ask(namespace, id, scope).rejection == .requestNotFound, "\(namespace) \(id) \(scope)")
    }
  }

  @Test func balancesOfNothingAreZero() throws {
    let ledger = try Self.house()
    let balance = ledger.balance("a", usd)
    #expect(balance?.available == 0 && balance?.lastSequence == 0)
    #expect(ledger.balance("nobody") == nil)
    #expect(
      ledger.ask(.agent(partner: label("p"), agent: label("nobody"))).0.rejection == .agentNotFound)
    // The answer rests on the agent's record even when nothing was booked.
    #expect(ledger.ask(.balance(partner: label("p"), agent: label("b"), usd)).1 == 3)
  }
}
