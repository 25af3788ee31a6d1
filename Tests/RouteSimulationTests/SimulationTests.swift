import LedgerCore
import Routing
import Testing

@testable import RouteSimulation

@Suite("Routing against the best in hindsight")
struct SimulationTests {
  static func simulation(_ seed: UInt64, payouts: Int = 10_000) -> Simulation {
    let traffic = TrafficSettings(seed: seed, payouts: payouts, perSecond: 10).generate()
    let disturbances = Disturbance.typical(
      seed: seed, among: ModelChannel.typical, span: Simulation.span(of: traffic))
    return Simulation(seed: seed, traffic: traffic, disturbances: disturbances)
  }

  static let alipay = ModelChannel.typical[0].manifest.id
  static let bank = ModelChannel.typical[3].manifest.id

  /// Virtual time: a slow machine computes the same.
  @Test("the goals, over five seeds", arguments: [1, 2, 3, 4, 8] as [UInt64])
  func goals(_ seed: UInt64) {
    let report = Self.simulation(seed).run([.routing, .hindsight])
    print("seed \(seed): \(report.lossAboveBest(of: .routing)) of 10,000 above the best; switching \(report.switching)")
    #expect(report.lossAboveBest(of: .routing) <= SimulationReport.lossGoal)
    #expect(report.switching.count == 2)
    for switching in report.switching { #expect(switching.meetsGoal) }
    #expect(report.meetsGoals)
  }

  @Test("every payout ends once, under every policy", arguments: RoutePolicy.allCases)
  func everyPayoutEnds(_ policy: RoutePolicy) throws {
    let figures = try #require(Self.simulation(5, payouts: 2_000).run([policy]).figures(of: policy))
    #expect(figures.paid + figures.payeeFailures + figures.givenUp == 2_000)
    #expect(figures.arrivalP50Milliseconds > 0)
    #expect(figures.arrivalP95Milliseconds >= figures.arrivalP50Milliseconds)
    #expect(figures.lossHundredths >= figures.feeMinorUnits * 100)
  }

  @Test("the same seed gives the same report, another one another")
  func deterministic() {
    let report = Self.simulation(7, payouts: 1_000).run()
    #expect(report == Self.simulation(7, payouts: 1_000).run())
    #expect(report != Self.simulation(8, payouts: 1_000).run())
  }

  /// The measure itself must be able to fail: choices that do not look at what comes back miss it.
  @Test(arguments: [RoutePolicy.cheapest, .fastest, .roundRobin])
  func fixedChoicesAreWorseThanRouting(_ policy: RoutePolicy) {
    var simulation = Self.simulation(1, payouts: 4_000)
    simulation.disturbances = [Disturbance(channel: Self.alipay, kind: .outage, milliseconds: 100_000..<300_000)]
    let report = simulation.run([.routing, policy, .hindsight])
    #expect(report.lossAboveBest(of: policy) > SimulationReport.lossGoal)
    #expect(report.lossAboveBest(of: .routing) < report.lossAboveBest(of: policy))
  }

  @Test("switching is counted from the first attempt there to the last bad hundred")
  func switching() {
    let channels = ModelChannel.typical
    let outage = Disturbance(channel: Self.bank, kind: .outage, milliseconds: 1_000..<101_000)
    /// One attempt in 100 ms; the bank's are those named.
    func measure(_ atBank: [Int]) -> Switching {
      let sent = (0..<1_000).map { (time: Int64(1_000 + 100 * $0), place: atBank.contains($0) ? 3 : 0) }
      return Simulation.switching(sent, outage, channels, start: 0)
    }
    #expect(measure([]).attempts == 0)
    #expect(measure([0, 1, 2, 3]).attempts == 0)
    // The hundred from the first on holds five; that from the second on four.
    #expect(measure([0, 1, 2, 3, 4]).attempts == 1)
    #expect(measure(Array(0..<50)).attempts == 46)
    #expect(measure(Array(0..<50)).milliseconds == 4_600)
    // Left, and come back to.
    let back = measure([0, 1, 2, 3, 4] + Array(500..<505))
    #expect(back.attempts == 501)
    #expect(back.attemptsThere == 10)
    #expect(!back.meetsGoal)
    // Nobody went there before, so nobody could know.
    #expect(measure(Array(500..<505)).attempts == 1)
    #expect(measure(Array(500..<505)).milliseconds == 100)
  }

  @Test("small payouts go to the cheap channel, large ones to the bank")
  func amounts() {
    let small = (0..<300).map {
      SimulatedPayout(milliseconds: $0 * 100, amount: 20_000, rail: .bankCard, speed: .sameDay)
    }
    let large = small.map { payout in
      var payout = payout
      payout.amount = 1_900_000
      return payout
    }
    func fees(_ traffic: [SimulatedPayout]) -> Int64 {
      let report = Simulation(seed: 1, traffic: traffic, disturbances: []).run([.routing])
      return report.figures(of: .routing).map { $0.feeMinorUnits / Int64(max(1, $0.paid)) } ?? 0
    }
    // 0.1 % of 200 yuan, and the bank's two yuan instead of nineteen.
    #expect((20...25).contains(fees(small)))
    #expect((200...215).contains(fees(large)))
  }
}
