import LedgerCore
import Risk
import RiskEvaluation
import Testing

@Suite struct EvaluationTests {
  static let engine = RiskEngine(settings: RiskSettings(), utcOffsetSeconds: 8 * 3_600)

  /// On seeds that the settings were not tuned on. Small, so that debug builds take seconds.
  @Test func theGoalsAreMetOnUnseenTraffic() {
    var report = RiskReport()
    for seed in TrafficPlan.testSeeds {
      report.add(evaluate(generateTraffic(TrafficPlan(seed: seed, agents: 200, weeks: 6)), Self.engine))
    }
    print("seeds \(TrafficPlan.testSeeds)\n" + report.lines.joined(separator: "\n"))
    #expect(report.caughtPer10000 >= RiskReport.caughtGoal)
    #expect(report.untouchedPer10000 >= RiskReport.untouchedGoal)
  }

  /// The goals mean something: an engine that approves or reviews everything misses one of them.
  @Test(arguments: [(Int16.max, false, true), (Int16.min, true, false)])
  func anEngineThatDoesNotJudgeMissesAGoal(_ threshold: Int16, _ catches: Bool, _ spares: Bool) {
    var settings = RiskSettings()
    settings.thresholds = RiskThresholds(review: threshold, reject: .max)
    settings.lists.blackPoints = 0
    let engine = RiskEngine(settings: settings, utcOffsetSeconds: 0)
    let report = evaluate(generateTraffic(TrafficPlan(seed: 5, agents: 40, weeks: 4)), engine)
    #expect((report.caughtPer10000 >= RiskReport.caughtGoal) == catches)
    #expect((report.untouchedPer10000 >= RiskReport.untouchedGoal) == spares)
  }

  @Test func trafficIsOfItsSeed() {
    let traffic = generateTraffic(TrafficPlan(seed: 5, agents: 40, weeks: 4))
    #expect(traffic == generateTraffic(TrafficPlan(seed: 5, agents: 40, weeks: 4)))
    #expect(traffic != generateTraffic(TrafficPlan(seed: 6, agents: 40, weeks: 4)))
    #expect(Set(TrafficPlan.trainingSeeds).isDisjoint(with: TrafficPlan.testSeeds))
  }

  @Test func trafficHasEverythingAtRealisticRates() {
    let traffic = generateTraffic(TrafficPlan(seed: 5, agents: 300, weeks: 8))
    var habits: Set<HonestHabit> = []
    var kinds: Set<AbuseKind> = []
    var counts = (abuse: 0, all: 0)
    for event in traffic {
      guard let truth = event.truth else { continue }
      counts.all += 1
      switch truth {
      case .honest(let habit): habits.insert(habit)
      case .abuse(let kind):
        kinds.insert(kind)
        counts.abuse += 1
      }
    }
    #expect(habits.count == HonestHabit.allCases.count)
    #expect(kinds.count == AbuseKind.allCases.count)
    #expect(counts.abuse * 100 <= counts.all * 2)
    #expect(zip(traffic, traffic.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  /// A second run learns from nothing of the first.
  @Test func evaluatingTwiceGivesTheSame() {
    let traffic = generateTraffic(TrafficPlan(seed: 8, agents: 40, weeks: 4))
    #expect(evaluate(traffic, Self.engine) == evaluate(traffic, Self.engine))
  }
}
