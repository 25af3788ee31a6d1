import LedgerCore
import Routing
import Testing

@Suite("What routing never does, over random channels and questions")
struct RouterPropertyTests {
  typealias World = RoutingWorld
  static let rounds = 1_000

  static func view(_ id: Int, _ random: inout SeededGenerator) -> ChannelView {
    World.view("channel-\(id)") { view in
      view.manifest.rails = Set(Rail.allCases.filter { _ in Int.random(in: 0..<4, using: &random) > 0 })
      view.manifest.paysReferences = Bool.random(using: &random)
      view.manifest.speeds = Set(Speed.allCases.filter { _ in Int.random(in: 0..<5, using: &random) > 0 })
      view.manifest.minimum = Int64.random(in: 1...2_000, using: &random)
      view.manifest.maximum = Int64.random(in: 50_000...5_000_000, using: &random)
      view.manifest.fee = ChannelFee(
        perMillion: Int64.random(in: 0...3_000, using: &random), fixed: Int64.random(in: 0...300, using: &random))
      view.manifest.opensAtMinute = Int.random(in: 0...200, using: &random)
      view.manifest.closesAtMinute = Int.random(in: 1_200...1_440, using: &random)
      view.manifest.dailyMaximum = Int64.random(in: 1_000_000...10_000_000, using: &random)
      view.sentToday = Int64.random(in: 0...2_000_000, using: &random)
      view.floatAvailable = Int64.random(in: 0...10_000_000, using: &random)
      view.state = ChannelState.allCases[[0, 0, 0, 0, 1, 2].randomElement(using: &random) ?? 0]
      view.health.successPermille = UInt16.random(in: 800...1_000, using: &random)
      view.health.arrivalP95Milliseconds = UInt32.random(in: 500...900_000, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: view.health.breaker = .open(since: 0, probeAt: 9)
      case 1: view.health.breaker = .halfOpen(since: 0, probesLeft: Int.random(in: 0...3, using: &random))
      default: view.health.breaker = .closed
      }
    }
  }

  static func question(_ views: [ChannelView], _ random: inout SeededGenerator) -> RouteQuestion {
    World.question { question in
      let unit = [20, 100, 2_000].randomElement(using: &random) ?? 1 as Int64
      question.amount.minorUnits = Int64.random(in: 1...1_000, using: &random) * unit
      question.rail = ([nil] + Rail.allCases.map { $0 }).randomElement(using: &random) ?? nil
      question.speed = Speed.allCases.randomElement(using: &random) ?? .sameDay
      question.minuteOfDay = Int.random(in: 0..<1_440, using: &random)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let channel = views.randomElement(using: &random)?.manifest.id ?? .none
        let state = [AttemptState.tryElsewhere, .tryAgain, .payeeFailure].randomElement(using: &random) ?? .tryAgain
        question.attempts.append(AttemptBrief(channel: channel, state: state))
      }
    }
  }

  /// Whether a channel may take the payout, written once more and otherwise than in the router.
  static func isAble(_ view: ChannelView, _ question: RouteQuestion) -> Bool {
    let manifest = view.manifest
    let amount = question.amount.minorUnits
    let fits = question.rail == nil ? manifest.paysReferences : manifest.rails.contains { $0 == question.rail }
    let fee = manifest.fee.of(amount) ?? .max / 2
    let isInHours = manifest.opensAtMinute <= question.minuteOfDay && question.minuteOfDay < manifest.closesAtMinute
    let isWhole: Bool
    switch view.health.breaker {
    case .closed: isWhole = true
    case .open: isWhole = false
    case .halfOpen(_, let probesLeft): isWhole = probesLeft > 0
    }
    return fits && isInHours && isWhole && view.state == .enabled && manifest.speeds.contains(question.speed)
      && manifest.currencies.contains(question.amount.currency) && amount >= manifest.minimum
      && amount <= manifest.maximum && amount <= manifest.dailyMaximum - view.sentToday
      && amount <= view.floatAvailable - fee
  }

  @Test(
    "an unable channel is never chosen; an able one always is, if there is one", arguments: 1...4 as ClosedRange<UInt64>
  )
  func eligibility(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var chosenCount = 0
    for round in 0..<Self.rounds {
      let views = (0..<Int.random(in: 1...6, using: &random)).map { Self.view($0, &random) }
      let question = Self.question(views, &random)
      let decision = Router.route(question, among: views)
      let able = views.indices.filter { Self.isAble(views[$0], question) }

      #expect(decision.candidates.map(\.channel) == views.map(\.manifest.id))
      let chosen = decision.candidates.indices.filter { decision.candidates[$0].verdict == .chosen }
      #expect(chosen.count == (able.isEmpty ? 0 : 1), "seed \(seed), round \(round)")
      for place in views.indices {
        let verdict = decision.candidates[place].verdict
        let mayBe: [RouteCandidate.Verdict] = [.chosen, .eligible, .triedBefore, .breakerOpen]
        if able.contains(place) { #expect(mayBe.contains(verdict), "seed \(seed), round \(round)") }
        if !able.contains(place) {
          #expect(verdict != .chosen && verdict != .eligible, "seed \(seed), round \(round)")
          #expect(decision.candidates[place].score == 0)
        }
      }
      guard let place = chosen.first else { continue }
      chosenCount += 1
      #expect(decision.chosen == views[place].manifest)
      #expect(decision.fee == views[place].manifest.fee.of(question.amount.minorUnits))
      // No eligible one is better, but for a probe.
      if !views[place].health.breaker.isHalfOpen {
        let best = decision.candidates.filter { $0.verdict == .eligible || $0.verdict == .chosen }.map(\.score).max()
        #expect(decision.candidates[place].score == best, "seed \(seed), round \(round)")
      }
    }
    #expect(chosenCount > Self.rounds / 4)
  }

  enum Worsening: CaseIterable, Sendable {
    case fee, time, success

    func apply(to view: inout ChannelView, _ random: inout SeededGenerator) {
      switch self {
      case .fee: view.manifest.fee.fixed += Int64.random(in: 1...2_000, using: &random)
      case .time: view.health.arrivalP95Milliseconds += UInt32.random(in: 1...500_000, using: &random)
      case .success: view.health.successPermille -= UInt16.random(in: 1...800, using: &random)
      }
    }
  }

  @Test("a channel that gets dearer, slower or worse is never chosen for it", arguments: Worsening.allCases)
  func monotone(_ worsening: Worsening) {
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var lost = 0
      for round in 0..<Self.rounds {
        var views = (0..<Int.random(in: 2...5, using: &random)).map { Self.view($0, &random) }
        let question = Self.question(views, &random)
        let before = Router.route(question, among: views)
        let place = Int.random(in: 0..<views.count, using: &random)
        worsening.apply(to: &views[place], &random)
        let after = Router.route(question, among: views)
        if before.candidates[place].verdict == .chosen, after.candidates[place].verdict != .chosen { lost += 1 }
        if before.candidates[place].verdict != .chosen {
          #expect(after.candidates[place].verdict != .chosen, "\(worsening), seed \(seed), round \(round)")
        }
        #expect(after.candidates[place].score <= before.candidates[place].score)
      }
      // The property is about something: it does lose by it.
      #expect(lost > 0, "\(worsening), seed \(seed)")
    }
  }

  @Test("the same question gets the same answer")
  func deterministic() {
    func run() -> [RouteDecision] {
      var random = SeededGenerator(seed: 9)
      return (0..<200).map { _ in
        let views = (0..<4).map { Self.view($0, &random) }
        return Router.route(Self.question(views, &random), among: views)
      }
    }
    #expect(run() == run())
  }
}
