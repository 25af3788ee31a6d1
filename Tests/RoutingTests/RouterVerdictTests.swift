import LedgerCore
import Routing
import Testing

@Suite("Verdicts of routing")
struct RouterVerdictTests {
  typealias World = RoutingWorld

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let view: ChannelView
    let question: RouteQuestion
    let verdict: RouteCandidate.Verdict

    init(
      _ description: String, _ verdict: RouteCandidate.Verdict, _ change: (inout ChannelView) -> Void = { _ in },
      asked: (inout RouteQuestion) -> Void = { _ in }
    ) {
      testDescription = description
      view = World.view("one", change)
      question = World.question(asked)
      self.verdict = verdict
    }
  }

  /// One channel alone, each bound from both sides. The payout is of 10,000 minor units and costs 100.
  static let cases: [Case] = [
    Case("nothing speaks against it", .chosen),
    Case("another rail", .wrongRail, { $0.manifest.rails = [.alipay, .weChat] }),
    Case("a reference, of which the channel knows nothing", .wrongRail, asked: { $0.rail = nil }),
    Case("a reference that it pays", .chosen, { $0.manifest.paysReferences = true }, asked: { $0.rail = nil }),
    Case(
      "it pays references, but not to this rail", .wrongRail,
      {
        $0.manifest.paysReferences = true
        $0.manifest.rails = []
      }),
    Case("another currency", .wrongCurrency, asked: { $0.amount.currency = Currency(code: 0x55_5344) }),
    Case("a speed that it has not", .wrongSpeed, { $0.manifest.speeds = [.nextDay] }),
    Case("below its minimum", .amountOutOfRange, { $0.manifest.minimum = 10_001 }),
    Case("at its minimum", .chosen, { $0.manifest.minimum = 10_000 }),
    Case("above its maximum", .amountOutOfRange, { $0.manifest.maximum = 9_999 }),
    Case("at its maximum", .chosen, { $0.manifest.maximum = 10_000 }),
    Case("nothing to pay", .amountOutOfRange, { $0.manifest.minimum = 0 }, asked: { $0.amount.minorUnits = 0 }),
    Case(
      "a negative amount", .amountOutOfRange, { $0.manifest.minimum = .min }, asked: { $0.amount.minorUnits = -1 }),
    Case(
      "a fee beyond 64 bits", .amountOutOfRange, { $0.manifest.fee = ChannelFee(perMillion: .max, fixed: .max) }),
    Case("a minute before it opens", .outOfHours, { $0.manifest.opensAtMinute = 721 }),
    Case("when it opens", .chosen, { $0.manifest.opensAtMinute = 720 }),
    Case("when it closes", .outOfHours, { $0.manifest.closesAtMinute = 720 }),
    Case("a minute before it closes", .chosen, { $0.manifest.closesAtMinute = 721 }),
    Case(
      "by day, open from 22:00 to 06:00", .outOfHours,
      {
        $0.manifest.opensAtMinute = 1_320
        $0.manifest.closesAtMinute = 360
      }),
    Case(
      "after midnight, open from 22:00 to 06:00", .chosen,
      {
        $0.manifest.opensAtMinute = 1_320
        $0.manifest.closesAtMinute = 360
      }, asked: { $0.minuteOfDay = 10 }),
    Case("draining", .notEnabled, { $0.state = .draining }),
    Case("disabled", .notEnabled, { $0.state = .disabled }),
    Case(
      "one more than the day allows", .dailyLimit,
      {
        $0.manifest.dailyMaximum = 50_000
        $0.sentToday = 40_001
      }),
    Case(
      "just what the day allows", .chosen,
      {
        $0.manifest.dailyMaximum = 50_000
        $0.sentToday = 40_000
      }),
    Case("a sum of the day beyond 64 bits", .dailyLimit, { $0.sentToday = .max }),
    Case("money for the amount, not for the fee", .floatLow, { $0.floatAvailable = 10_099 }),
    Case("money for both", .chosen, { $0.floatAvailable = 10_100 }),
    Case("an open breaker", .breakerOpen, { $0.health.breaker = .open(since: 0, probeAt: 1) }),
    Case(
      "half-open, and the probe is under way", .breakerOpen, { $0.health.breaker = .halfOpen(since: 0, probesLeft: 0) }),
    Case("half-open, with a probe left", .chosen, { $0.health.breaker = .halfOpen(since: 0, probesLeft: 1) }),
    Case(
      "half-open, a large payout that nobody else takes", .chosen,
      {
        $0.health.breaker = .halfOpen(since: 0, probesLeft: 1)
      }, asked: { $0.amount.minorUnits = Router.probeMaximumMinorUnits + 1 }),
    Case(
      "it failed, but there is no other", .chosen, asked: { $0.attempts = World.attempts([("one", .tryElsewhere)]) }),
  ]

  @Test(arguments: cases)
  func alone(_ it: Case) {
    let decision = Router.route(it.question, among: [it.view])
    #expect(decision.candidates.map(\.verdict) == [it.verdict])
    #expect((decision.chosen == it.view.manifest) == (it.verdict == .chosen))
    #expect(decision.fee == (it.verdict == .chosen ? it.view.manifest.fee.of(it.question.amount.minorUnits) : 0))
    #expect((decision.candidates[0].score > 0) == (it.verdict == .chosen))
  }

  /// Another one takes large payouts, so nobody would ever try this one with them.
  @Test(arguments: [false, true])
  func aLargePayoutProbesOnlyWhereNoSmallOnesCome(_ isProbedByAll: Bool) {
    let back = World.view("back") {
      $0.health.breaker = .halfOpen(since: 0, probesLeft: 1)
      $0.health.isProbedByAll = isProbedByAll
    }
    let question = World.question { $0.amount.minorUnits = Router.probeMaximumMinorUnits + 1 }
    let decision = Router.route(question, among: [back, World.view("steady")])
    #expect(decision.chosen?.id == World.label(isProbedByAll ? "back" : "steady"))
  }

  /// What is told first is what would have to change first: every verdict of a channel that has all defects at once.
  @Test func precedence() {
    var view = World.view {
      $0.manifest.rails = []
      $0.manifest.currencies = []
      $0.manifest.speeds = []
      $0.manifest.maximum = 1
      $0.manifest.closesAtMinute = 0
      $0.state = .disabled
      $0.manifest.dailyMaximum = 0
      $0.floatAvailable = 0
      $0.health.breaker = .open(since: 0, probeAt: 1)
    }
    let mend: [(RouteCandidate.Verdict, (inout ChannelView) -> Void)] = [
      (.wrongRail, { $0.manifest.rails = [.bankCard] }), (.wrongCurrency, { $0.manifest.currencies = [.cny] }),
      (.wrongSpeed, { $0.manifest.speeds = [.sameDay] }), (.amountOutOfRange, { $0.manifest.maximum = .max }),
      (.outOfHours, { $0.manifest.closesAtMinute = 1_440 }), (.notEnabled, { $0.state = .enabled }),
      (.dailyLimit, { $0.manifest.dailyMaximum = .max }), (.floatLow, { $0.floatAvailable = .max }),
      (.breakerOpen, { $0.health.breaker = .closed }), (.chosen, { _ in }),
    ]
    for (verdict, change) in mend {
      #expect(Router.route(World.question(), among: [view]).candidates[0].verdict == verdict)
      change(&view)
    }
  }

  /// States of the last attempt at a channel, and whether another one is preferred after it.
  @Test(arguments: AttemptState.allCases)
  func triedBefore(_ state: AttemptState) {
    let views = [World.view("one"), World.view("two") { $0.manifest.fee.fixed = 900 }]
    let question = World.question { $0.attempts = World.attempts([("one", state)]) }
    let goesElsewhere: Bool
    switch state {
    case .tryElsewhere, .sent, .accepted, .awaitingPayee, .unknown, .mismatch: goesElsewhere = true
    case .tryAgain, .paid, .payeeFailure, .refused, .cancelled, .lapsed: goesElsewhere = false
    }
    let decision = Router.route(question, among: views)
    #expect(decision.candidates.map(\.verdict) == (goesElsewhere ? [.triedBefore, .chosen] : [.chosen, .eligible]))
  }

  @Test("the last attempt at a channel counts, not an earlier one")
  func lastAttempt() {
    let views = [World.view("one"), World.view("two") { $0.manifest.fee.fixed = 900 }]
    func verdicts(_ states: [(String, AttemptState)]) -> [RouteCandidate.Verdict] {
      Router.route(World.question { $0.attempts = World.attempts(states) }, among: views).candidates.map(\.verdict)
    }
    #expect(verdicts([("one", .tryElsewhere), ("one", .tryAgain)]) == [.chosen, .eligible])
    #expect(verdicts([("one", .tryAgain), ("one", .tryElsewhere)]) == [.triedBefore, .chosen])
    // Everybody has failed: everybody may try again.
    #expect(verdicts([("one", .tryElsewhere), ("two", .tryElsewhere)]) == [.chosen, .eligible])
    // The other one could not take it anyway.
    let closed = [views[0], World.view("two") { $0.state = .disabled }]
    let question = World.question { $0.attempts = World.attempts([("one", .tryElsewhere)]) }
    #expect(Router.route(question, among: closed).candidates.map(\.verdict) == [.chosen, .notEnabled])
  }

  @Test("no channels, no decision")
  func nobody() {
    #expect(
      Router.route(World.question(), among: []) == RouteDecision(chosen: nil, fee: 0, candidates: []))
  }
}
