import LedgerCore
import Risk
import Testing

@Suite struct RiskEngineTests {
  @Test func theBlackListBeatsTheWhiteList() {
    let facts = RuleTests.usual {
      $0.deviceListing = .black
      $0.agentListing = .white
      $0.payeeListing = .white
    }
    #expect(RuleTests.engine.assess(facts).verdict == .reject)
  }

  @Test func theWhiteListLowersTheScore() {
    let strange = RuleTests.usual(60_000) {
      $0.payee = RuleTests.unknown
      $0.available = 60_000
    }
    let known = RuleTests.usual(60_000) {
      $0.payee = RuleTests.unknown
      $0.available = 60_000
      $0.payeeListing = .white
    }
    #expect(RuleTests.engine.assess(strange).verdict == .review)
    let result = RuleTests.engine.assess(known)
    #expect(result.verdict == .approve)
    #expect(result.reasons.last == RiskReason(code: .payeeWhitelisted, points: -40))
  }

  @Test func thresholdsAreTheTiers() {
    var settings = RiskSettings()
    settings.tierThresholds = [
      TierThresholds(tier: RuleTests.label("gold"), thresholds: RiskThresholds(review: 200, reject: 400))
    ]
    let engine = RiskEngine(settings: settings, utcOffsetSeconds: 0)
    func verdict(tier: String) -> RiskVerdict {
      engine.assess(
        RuleTests.usual {
          $0.tier = RuleTests.label(tier)
          $0.payee = RuleTests.unknown
          $0.device = RuleTests.unknown
        }
      ).verdict
    }
    #expect(verdict(tier: "silver") == .review)
    #expect(verdict(tier: "gold") == .approve)
  }

  @Test(arguments: [(7, true), (6, false)]) func anAddressOfManyNewAgentsIsListed(_ others: Int, _ isListed: Bool) {
    let facts = RuleTests.usual {
      $0.agentCreateTime = RuleTests.before(RuleTests.day)
      $0.address = RuleTests.others(others)
    }
    let until = RuleTests.engine.assess(facts).listAddressUntil
    #expect(until == (isListed ? RuleTests.before(-7 * RuleTests.day) : Timestamp(microseconds: 0)))
  }

  /// The heaviest six, whatever there is more; the score is of all.
  @Test func theHeaviestReasonsAreTold() {
    let facts = RuleTests.usual(60_000_000) {
      $0.agentCreateTime = RuleTests.before(RuleTests.day)
      $0.payee = RuleTests.others(4)
      $0.device = RuleTests.others(4)
      $0.address = RuleTests.others(7)
      $0.available = 60_000_000
      $0.deviceListing = .black
      $0.payeeListing = .black
    }
    let result = RuleTests.engine.assess(facts)
    #expect(result.reasons.map(\.code).prefix(2) == [.payeeBlacklisted, .deviceBlacklisted])
    #expect(result.reasonCount == 6)
    #expect(result.reasons.map(\.points) == result.reasons.map(\.points).sorted(by: >))
    #expect(Int(result.score) > result.reasons.reduce(0) { $0 + Int($1.points) })
  }

  /// Facts and settings may be anything: no rule stops the process.
  @Test func extremesAreJudged() {
    for amount in [1, Int64.max] {
      for time in [Int64.min, 0, Int64.max] {
        for offset in [Int64.min, 0, Int64.max] {
          var settings = RiskSettings()
          settings.links.addressListSeconds = .max
          settings.amounts.spreads = .max
          settings.novelty.drainPercent = .max
          settings.lists.blackPoints = .max
          let engine = RiskEngine(settings: settings, utcOffsetSeconds: offset)
          let facts = RuleTests.usual(amount) {
            $0.time = Timestamp(microseconds: time)
            $0.agentCreateTime = Timestamp(microseconds: .max)
            $0.available = .max
            $0.deviceListing = .black
            $0.payeeListing = .black
            $0.address = RuleTests.others(8)
          }
          #expect(engine.assess(facts).score == .max)
        }
      }
    }
  }
}
