import Digests
import LedgerCore
import Testing

@Suite struct SubmissionTests {
  static let day: Int64 = 86_400_000_000

  static func house() throws -> Ledger {
    let ledger = Ledger()
    for agent in ["a", "b"] {
      try ledger.createAgent(agent)
      try ledger.deposit(fen(1_000_000), to: agent, reference: "v-\(agent)")
    }
    return ledger
  }

  static func judge(_ verdict: RiskVerdict, until: Timestamp = Timestamp(microseconds: 0)) -> RiskResult {
    RiskResult(
      verdict: verdict, score: 70,
      reasons: [RiskReason(code: .newDevice, points: 20), RiskReason(code: .largeAmount, points: 50)],
      listAddressUntil: until)
  }

  /// One submission that meets every guard: each is lifted in turn, and the next one speaks.
  @Test func guardsComeInTheirOrder() throws {
    let ledger = try Self.house()
    let other = try #require(try ledger.bind("2", to: "b").payee).id
    let erased = try #require(try ledger.bind("3", to: "a").payee).id
    try ledger.erase(erased)
    let fresh = try #require(try ledger.bind("4", to: "a", verified: false).payee).id
    try ledger.update("a", frozen: true, violations: 2)
    ledger.policy.admission = Admission(needsVerifiedAgent: true, needsPayeeAccount: true)
    ledger.policy.termsRefusal = .speedUnavailable(.express)
    ledger.policy.payoutMaximumMinorUnits = 100
    ledger.policy.dayAmount = 100
    ledger.policy.monthAmount = 100
    ledger.policy.dayCount = 0
    ledger.policy.points = 5
    ledger.policy.assessment = { _ in Self.judge(.reject) }
    let over = Timestamp(microseconds: ledger.now.microseconds - 1)
    var command = SubmitWithdrawal(
      key: ledger.key("n", "p", "n"), partner: label("p"), agent: label("nobody"), amount: fen(-2_000_000, usd),
      payee: label("bank"), acceleration: .points,
      quoted: QuotedTerms(feeMinorUnits: 2_000_001, points: 5, validUntil: over))

    func outcome() -> DecideTests.Outcome {
      DecideTests.outcome(ledger.state.decide(.submitWithdrawal(command), policy: ledger.policy, now: ledger.now))
    }
    #expect(outcome() == .rejected(.currencyNotSupported(usd)))
    command.amount.currency = .points
    #expect(outcome() == .rejected(.currencyNotSupported(.points)))
    command.amount.currency = .cny
    #expect(outcome() == .rejected(.amountNotPositive))
    command.amount.minorUnits = 2_000_000
    #expect(outcome() == .rejected(.agentNotFound))
    command.agent = label("a")
    #expect(outcome() == .refused(.agentFrozen))
    try ledger.update("a", frozen: false)
    #expect(outcome() == .refused(.openViolations(count: 2)))
    try ledger.update("a", violations: 0)
    #expect(outcome() == .refused(.agentNotVerified(missing: .all)))
    try ledger.verify("a", [.idNumber])
    #expect(outcome() == .refused(.agentNotVerified(missing: [.name, .card])))
    try ledger.verify("a")
    #expect(outcome() == .rejected(.payeeNotFound))
    command.payee = label("\(PayeeID(epoch: 1, shard: 0, ordinal: 99))")
    #expect(outcome() == .rejected(.payeeNotFound))
    command.payee = label("\(other)")
    #expect(outcome() == .refused(.payeeOfOtherAgent))
    command.payee = label("\(erased)")
    #expect(outcome() == .refused(.payeeErased))
    command.payee = label("\(fresh)")
    #expect(outcome() == .refused(.payeeNotVerified))
    try ledger.check(fresh, passed: true)
    #expect(outcome() == .refused(.quoteExpired(at: over)))
    command.quoted?.validUntil = ledger.now
    #expect(outcome() == .refused(.speedUnavailable(.express)))
    ledger.policy.termsRefusal = .pointsNotTaken(.nextDay)
    #expect(outcome() == .refused(.pointsNotTaken(.nextDay)))
    ledger.policy.termsRefusal = .unknownTier
    #expect(outcome() == .refused(.unknownTier))
    ledger.policy.termsRefusal = .amountBelowFee(fee: 9)
    #expect(outcome() == .refused(.amountBelowFee(fee: 9, requested: 2_000_000)))
    ledger.policy.termsRefusal = nil
    #expect(outcome() == .refused(.amountBelowFee(fee: 2_000_001, requested: 2_000_000)))
    command.quoted?.feeMinorUnits = 1
    #expect(outcome() == .refused(.amountOutOfBounds(minimum: 1, maximum: 100, requested: 2_000_000)))
    ledger.policy.payoutMaximumMinorUnits = 9_000_000
    #expect(outcome() == .refused(.limitExceeded(.dayAmount, bound: 100, used: 0, requested: 2_000_000)))
    ledger.policy.dayAmount = 9_000_000
    #expect(outcome() == .refused(.limitExceeded(.monthAmount, bound: 100, used: 0, requested: 2_000_000)))
    ledger.policy.monthAmount = 9_000_000
    #expect(outcome() == .refused(.limitExceeded(.dayCount, bound: 0, used: 0, requested: 1)))
    ledger.policy.dayCount = 9
    #expect(outcome() == .refused(.insufficientFunds(available: 1_000_000, requested: 2_000_000)))
    command.amount.minorUnits = 1_000_000
    #expect(outcome() == .refused(.insufficientPoints(available: 0, requested: 5)))
    try ledger.deposit(fen(5, .points), to: "a", reference: "points")
    #expect(outcome() == .record)
    let withdrawal = try #require(try ledger.perform(.submitWithdrawal(command)).withdrawal)
    #expect(withdrawal.state == .rejected && withdrawal.feeMinorUnits == 1)
    // Known now.
    #expect(outcome() == .replayed)
    command.key.content = fingerprint("other")
    #expect(outcome() == .rejected(.requestIDReused))
    try ledger.requireWhole()
  }

  @Test func theVerdictDecidesTheState() throws {
    let ledger = try Self.house()
    ledger.policy.assessment = { facts in
      switch facts.amount.minorUnits {
      case ..<1_000: .approved
      case ..<10_000: Self.judge(.review)
      default: Self.judge(.reject)
      }
    }
    ledger.policy.checkers = 200
    let approved = try #require(try ledger.submit(fen(999), of: "a", request: "r1").withdrawal)
    #expect(approved.state == .approved && approved.screening.checkers == 0 && approved.review == nil)
    let reviewed = try #require(try ledger.submit(fen(1_000), of: "a", request: "r2").withdrawal)
    #expect(reviewed.state == .pendingReview && reviewed.screening.checkers == ReviewTerms.checkersMaximum)
    #expect(reviewed.screening.reviewDue.microseconds == ledger.now.microseconds + 3_600_000_000)
    #expect(reviewed.screening.risk == Self.judge(.review) && reviewed.review?.facts.required == 4)
    let rejected = try #require(try ledger.submit(fen(10_000), of: "a", request: "r3").withdrawal)
    #expect(rejected.state == .rejected && rejected.screening.risk == Self.judge(.reject))
    #expect((0..<rejected.timeline.count).map { rejected.timeline[$0].state } == [.submitted, .rejected])
    // What is rejected holds nothing and uses no limits.
    #expect(ledger.balance("a")?.debitsPending == 1_999 && ledger.limits("a")?.dayCountUsed == 2)
    #expect(try ledger.cancel(rejected.id, request: "c3").refusal == .notCancelable(state: .rejected))
    try ledger.requireWhole()
    // A cancel ends the review too.
    let cancelled = try #require(try ledger.cancel(reviewed.id, request: "c2").withdrawal)
    #expect(cancelled.state == .cancelled && ledger.balance("a")?.debitsPending == 999)
    try ledger.requireWhole()
  }

  @Test func limitsAreReservedAndGivenBackInTheirBucket() throws {
    let ledger = try Self.house()
    ledger.policy.dayAmount = 100
    ledger.policy.monthAmount = 250
    ledger.policy.dayCount = 3
    // The first day of a month, by the open policy's months of 32 days.
    ledger.now = Timestamp(microseconds: 650 * 32 * Self.day)
    func used() -> [Int64] {
      guard let standing = ledger.limits("a") else { return [] }
      return [standing.dayUsed, standing.dayCountUsed, standing.monthUsed]
    }
    let first = try #require(try ledger.submit(fen(60), of: "a", request: "r1").withdrawal).id
    #expect(
      try ledger.submit(fen(41), of: "a", request: "r2").refusal
        == .limitExceeded(.dayAmount, bound: 100, used: 60, requested: 41))
    let second = try #require(try ledger.submit(fen(40), of: "a", request: "r3").withdrawal).id
    #expect(used() == [100, 2, 100])
    try ledger.cancel(second, request: "c3")
    #expect(used() == [60, 1, 60])
    // The next day: the day is new, the month is not.
    ledger.now = Timestamp(microseconds: ledger.now.microseconds + Self.day)
    #expect(used() == [0, 0, 60])
    let third = try #require(try ledger.submit(fen(100), of: "a", request: "r4").withdrawal).id
    // What is given back of yesterday is of the month only.
    try ledger.cancel(first, request: "c1")
    #expect(used() == [100, 1, 100])
    try ledger.requireWhole()
    // The next month.
    ledger.now = Timestamp(microseconds: 651 * 32 * Self.day)
    for i in 0..<3 { #expect(try ledger.submit(fen(1), of: "a", request: "m\(i)").withdrawal != nil) }
    #expect(
      try ledger.submit(fen(1), of: "a", request: "m3").refusal
        == .limitExceeded(.dayCount, bound: 3, used: 3, requested: 1))
    try ledger.cancel(third, request: "c4")
    #expect(used() == [3, 3, 3])
    // An agent of its own measure.
    try ledger.update("a", limits: LimitOverride(dayAmount: 1_000, dayCount: 5))
    #expect(try ledger.submit(fen(200), of: "a", request: "m4").withdrawal != nil)
    #expect(
      try ledger.submit(fen(200), of: "a", request: "m5").refusal
        == .limitExceeded(.monthAmount, bound: 250, used: 203, requested: 200))
    #expect(ledger.limits("a")?.limits.dayCount == 5 && ledger.limits("b")?.limits.dayCount == 3)
    try ledger.requireWhole()
  }

  @Test func pointsBuySpeed() throws {
    let ledger = try Self.house()
    ledger.policy.fee = 30
    ledger.policy.points = 8
    try ledger.deposit(fen(10, .points), to: "a", reference: "points")
    let paid = try #require(
      try ledger.submit(fen(100), of: "a", request: "r1", acceleration: .points).withdrawal)
    #expect(paid.feeMinorUnits == 0 && paid.screening.terms.points == 8)
    #expect(ledger.balance("a", .points)?.available == 2 && ledger.balance("a")?.debitsPending == 100)
    #expect(
      try ledger.submit(fen(100), of: "a", request: "r2", acceleration: .points).refusal
        == .insufficientPoints(available: 2, requested: 8))
    let fee = try #require(try ledger.submit(fen(100), of: "a", request: "r3").withdrawal)
    #expect(fee.feeMinorUnits == 30 && fee.screening.terms.points == 0)
    // A quote is kept, whatever the rules ask for now.
    let quoted = QuotedTerms(feeMinorUnits: 1, points: 2, validUntil: ledger.now)
    let promised = try #require(try ledger.submit(fen(100), of: "a", request: "r4", quoted: quoted).withdrawal)
    #expect(promised.feeMinorUnits == 1 && ledger.balance("a", .points)?.available == 0)
    try ledger.requireWhole()
    try ledger.cancel(paid.id, request: "c1")
    try ledger.cancel(promised.id, request: "c4")
    #expect(ledger.balance("a", .points)?.available == 10 && ledger.balance("a", .points)?.debitsPending == 0)
    guard
      case .entries(let entries, _) = ledger.ask(
        .entries(partner: label("p"), agent: label("a"), before: nil, limit: 50)
      ).0
    else {
      Issue.record("no entries")
      return
    }
    #expect(
      entries.prefix(4).map(\.amount) == [fen(2, .points), fen(100), fen(8, .points), fen(100)])
    #expect(entries.first?.kind == .withdrawalReleased(promised.id))
    try ledger.requireWhole()
  }

  @Test func riskIsToldWhatThereIs() throws {
    let ledger = try Self.house()
    let payee = try #require(try ledger.bind("6222", to: "a").payee).id
    try ledger.bind("6222", to: "b")
    let origin = Origin(device: label("phone"), address: label("10.1.1.1"))
    try ledger.submit(fen(5), of: "a", request: "r1", payee: "\(payee)", origin: origin)
    try ledger.update("a", grade: .excellent)
    ledger.policy.assessment = { facts in
      let isRight =
        facts.payee.isKnownToAgent && facts.device?.isKnownToAgent == true && facts.address?.isKnownToAgent == true
        && facts.available == 999_995 && facts.creditGrade == .excellent && facts.amount == fen(6)
        && facts.profile.submissions == 1
      return isRight ? .approved : Self.judge(.reject)
    }
    let again = try ledger.submit(fen(6), of: "a", request: "r2", payee: "\(payee)", origin: origin)
    #expect(again.withdrawal?.state == .approved)
    // Another account with the same number is the same payee; nothing is told of where it came from.
    let same = PayeeID(epoch: 1, shard: 0, ordinal: 2)
    ledger.policy.assessment = { facts in
      let isRight =
        facts.payee.agents == 1 && !facts.payee.isKnownToAgent && facts.device == nil && facts.address == nil
      return isRight ? .approved : Self.judge(.reject)
    }
    #expect(try ledger.submit(fen(6), of: "b", request: "r3", payee: "\(same)").withdrawal?.state == .approved)
    // An agent's account is the agent's only: for another it is a reference like any.
    ledger.policy.assessment = { facts in facts.payee.agents == 0 ? .approved : Self.judge(.reject) }
    #expect(try ledger.submit(fen(6), of: "b", request: "r4", payee: "\(payee)").withdrawal?.state == .approved)
    try ledger.requireWhole()
  }

  @Test func anAddressListsItself() throws {
    let ledger = try Self.house()
    let until = Timestamp(microseconds: ledger.now.microseconds + Self.day)
    let origin = Origin(device: .none, address: label("10.1.1.1"))
    ledger.policy.assessment = { facts in
      facts.addressListing == .black ? Self.judge(.reject) : Self.judge(.review, until: until)
    }
    #expect(try ledger.submit(fen(5), of: "a", request: "r1", origin: origin).withdrawal?.state == .pendingReview)
    #expect(try ledger.submit(fen(5), of: "b", request: "r2", origin: origin).withdrawal?.state == .rejected)
    try ledger.requireWhole()
    ledger.now = until
    #expect(try ledger.submit(fen(5), of: "b", request: "r3", origin: origin).withdrawal?.state == .pendingReview)
    try ledger.requireWhole()
  }

  @Test func erasedAccountsAreNeverPaid() throws {
    let ledger = try Self.house()
    let payee = try #require(try ledger.bind("6222", to: "a", verified: false).payee).id
    // Where accounts are not asked for, an unchecked one will do.
    #expect(try ledger.submit(fen(5), of: "a", request: "r1", payee: "\(payee)").withdrawal != nil)
    try ledger.erase(payee)
    #expect(try ledger.submit(fen(5), of: "a", request: "r2", payee: "\(payee)").refusal == .payeeErased)
  }
}
