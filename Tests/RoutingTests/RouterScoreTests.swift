import LedgerCore
import Routing
import Testing

@Suite("Scores of routing")
struct RouterScoreTests {
  typealias World = RoutingWorld

  /// 0.1 % and seconds against two yuan and half a minute.
  static let wallet = World.view("wallet") {
    $0.manifest.fee = ChannelFee(perMillion: 1_000, minimum: 10)
    $0.health.arrivalP95Milliseconds = 4_000
  }
  static let bank = World.view("bank") {
    $0.manifest.fee = ChannelFee(fixed: 200)
    $0.health.arrivalP95Milliseconds = 30_000
  }

  static func chosen(_ amount: Int64, _ speed: Speed, _ views: [ChannelView] = [wallet, bank]) -> String {
    let question = World.question {
      $0.amount.minorUnits = amount
      $0.speed = speed
    }
    return Router.route(question, among: views).chosen.map { "\($0.id)" } ?? ""
  }

  @Test(
    "small amounts to the cheap channel, large ones to the bank, and dearer the more the time costs",
    arguments: [
      (Int64(5_000), Speed.nextDay, "wallet"), (199_000, .nextDay, "wallet"), (201_000, .nextDay, "bank"),
      (199_000, .sameDay, "wallet"), (202_000, .sameDay, "wallet"), (203_000, .sameDay, "bank"),
      (203_000, .express, "wallet"), (251_000, .express, "wallet"), (253_000, .express, "bank"),
      (5_000_000, .express, "bank"),
    ])
  func amounts(_ amount: Int64, _ speed: Speed, _ channel: String) {
    #expect(Self.chosen(amount, speed) == channel)
  }

  @Test("a score is the sum of its parts")
  func parts() {
    // 100 of fee, 60 s at 2 a second, none late, 10 of 1,000 fail at 300: 100 + 120 + 3.
    let view = World.view { $0.health.arrivalP95Milliseconds = 60_000 }
    let question = World.question { $0.speed = .express }
    #expect(Router.route(question, among: [view]).candidates[0].score == Router.scoreMaximum - 22_300)
    // A millisecond later the promise is broken: 500 more, and a fifth of a hundredth for the time.
    let late = World.view { $0.health.arrivalP95Milliseconds = 60_001 }
    #expect(Router.route(question, among: [late]).candidates[0].score == Router.scoreMaximum - 72_300)
  }

  @Test("a channel that fails more often loses to a dearer one")
  func success() {
    let worse = World.view("worse") {
      $0.manifest.fee.fixed = 90
      $0.health.successPermille = 900
    }
    #expect(Self.chosen(10_000, .sameDay, [worse, World.view("better")]) == "better")
    #expect(Self.chosen(10_000, .nextDay, [worse, World.view("better") { $0.manifest.fee.fixed = 100 }]) == "worse")
  }

  @Test("equal scores: the order of the configuration")
  func ties() {
    #expect(Self.chosen(10_000, .sameDay, [World.view("b"), World.view("a")]) == "b")
  }

  @Test("the worst figures neither trap nor leave the scale")
  func extremes() {
    let worst = World.view {
      $0.manifest.fee = ChannelFee(fixed: .max - 1)
      $0.manifest.dailyMaximum = .max
      $0.floatAvailable = .max
      $0.health.arrivalP95Milliseconds = .max
      $0.health.successPermille = 0
    }
    let question = World.question {
      $0.amount.minorUnits = 1
      $0.speed = .express
    }
    let decision = Router.route(question, among: [worst])
    #expect(decision.candidates[0].score == 1)
    #expect(decision.candidates[0].verdict == .chosen)
  }

  // MARK: Probes

  static let broken = World.view("broken") {
    $0.manifest.fee.fixed = 900
    $0.health.breaker = .halfOpen(since: 0, probesLeft: 3)
  }

  @Test("a small payout tries out a channel that may be back, a large one does not")
  func probes() {
    let views = [World.view("well"), Self.broken]
    #expect(Self.chosen(Router.probeMaximumMinorUnits, .sameDay, views) == "broken")
    let question = World.question { $0.amount.minorUnits = Router.probeMaximumMinorUnits + 1 }
    let decision = Router.route(question, among: views)
    #expect(decision.candidates.map(\.verdict) == [.chosen, .breakerOpen])
    #expect(decision.candidates[1].score == 0)
  }

  @Test("of two that may be back the better one is tried out")
  func betterProbe() {
    let cheaper = World.view("cheaper") {
      $0.manifest.fee.fixed = 800
      $0.health.breaker = .halfOpen(since: 0, probesLeft: 1)
    }
    #expect(Self.chosen(10_000, .sameDay, [Self.broken, cheaper, World.view("well")]) == "cheaper")
  }

  @Test("whoever failed there once is no probe while others are there")
  func noSecondProbe() {
    let question = World.question { $0.attempts = World.attempts([("broken", .tryElsewhere)]) }
    let decision = Router.route(question, among: [World.view("well"), Self.broken])
    #expect(decision.candidates.map(\.verdict) == [.chosen, .triedBefore])
  }
}
