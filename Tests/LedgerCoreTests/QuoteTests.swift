import LedgerCore
import Testing

@Suite struct QuoteTests {
  @Test func tellsWhatASubmissionWouldMeet() throws {
    let ledger = try SubmissionTests.house()
    ledger.policy.fee = 3
    ledger.policy.version = 9
    ledger.policy.dayAmount = 500
    ledger.policy.assessment = { _ in SubmissionTests.judge(.review) }
    try ledger.submit(fen(100), of: "a", request: "r1")
    let before = ledger.state.stateHash()
    let quote = try #require(ledger.quote(fen(200), of: "a").quote)
    #expect(quote.terms.feeMinorUnits == 3 && quote.rulesVersion == 9 && quote.obstacle == nil)
    #expect(quote.risk.verdict == .review && quote.limits.dayUsed == 100 && quote.limits.limits.dayAmount == 500)
    #expect(quote.time == ledger.now && ledger.state.stateHash() == before)
    let question = QuoteQuestion(
      partner: label("p"), agent: label("a"), amount: fen(1), payee: .none, speed: nil, acceleration: .fee, origin: nil)
    #expect(ledger.ask(.quote(question)).1 == ledger.state.lastSequence)
  }

  @Test func namesTheFirstObstacle() throws {
    let ledger = try SubmissionTests.house()
    ledger.policy.dayAmount = 10
    ledger.policy.termsRefusal = .unknownTier
    ledger.policy.admission.needsVerifiedAgent = true
    try ledger.update("a", frozen: true)
    let amount = fen(2_000_000)
    func obstacle() -> Refusal? { ledger.quote(amount, of: "a").quote?.obstacle }
    #expect(obstacle() == .agentFrozen)
    try ledger.update("a", frozen: false)
    #expect(obstacle() == .agentNotVerified(missing: .all))
    try ledger.verify("a")
    #expect(obstacle() == .unknownTier)
    ledger.policy.termsRefusal = nil
    #expect(obstacle() == .limitExceeded(.dayAmount, bound: 10, used: 0, requested: 2_000_000))
    ledger.policy.dayAmount = .max
    #expect(obstacle() == .insufficientFunds(available: 1_000_000, requested: 2_000_000))
    try ledger.deposit(fen(1_000_000), to: "a", reference: "more")
    #expect(obstacle() == nil)
    ledger.policy.points = 1
    #expect(
      ledger.quote(amount, of: "a", acceleration: .points).quote?.obstacle
        == .insufficientPoints(available: 0, requested: 1))
  }

  @Test func failsOnlyForWhatIsNotThere() throws {
    let ledger = try SubmissionTests.house()
    #expect(ledger.quote(fen(1), of: "nobody").rejection == .agentNotFound)
    #expect(ledger.quote(fen(0), of: "a").rejection == .amountNotPositive)
    #expect(ledger.quote(fen(1, usd), of: "a").rejection == .currencyNotSupported(usd))
    #expect(ledger.quote(fen(1), of: "a", payee: label("bank")).quote != nil)
    ledger.policy.admission.needsPayeeAccount = true
    #expect(ledger.quote(fen(1), of: "a", payee: label("bank")).rejection == .payeeNotFound)
    #expect(ledger.quote(fen(1), of: "a").quote?.obstacle == nil)
    let payee = try #require(try ledger.bind("1", to: "a", verified: false).payee)
    #expect(ledger.quote(fen(1), of: "a", payee: label("\(payee.id)")).quote?.obstacle == .payeeNotVerified)
    #expect(ledger.limits("nobody") == nil)
    #expect(
      ledger.ask(.profile(partner: label("p"), agent: label("nobody"))).0.rejection == .agentNotFound)
  }
}
