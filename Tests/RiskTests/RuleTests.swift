import LedgerCore
import Risk
import Testing

@Suite struct RuleTests {
  static let now = Timestamp(microseconds: 1_790_000_000_000_000)  // 2026-09-21 22:13:20 in Shanghai
  static let engine = RiskEngine(settings: RiskSettings(), utcOffsetSeconds: 8 * 3_600)
  static let day: Int64 = 86_400

  static func before(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: now.microseconds - seconds * 1_000_000)
  }

  static func label(_ text: String) -> Label { (try? Label(text)) ?? .none }

  /// Something that an agent has had for long.
  static let old = LinkFacts(agents: 1, isKnownToAgent: true, knownSinceHour: 1, firstHours: one(1), lastHours: one(1))
  static let unknown = LinkFacts(agents: 0, isKnownToAgent: false)

  static func one(_ hour: UInt32) -> SIMD8<UInt32> {
    var hours = SIMD8<UInt32>(repeating: 0)
    hours[0] = hour
    return hours
  }

  /// Others, all seen for the first time half an hour ago.
  static func others(_ count: Int) -> LinkFacts {
    var hours = SIMD8<UInt32>(repeating: 0)
    for place in 0..<count { hours[place] = LinkFacts.hour(before(1_800)) }
    return LinkFacts(agents: UInt8(count), isKnownToAgent: false, firstHours: hours, lastHours: hours)
  }

  /// Ten payouts of 100 to 109 yuan, one a day at noon, up to yesterday.
  static var calm: AgentProfile {
    var profile = AgentProfile()
    for day in (1...10).reversed() as ReversedCollection<ClosedRange<Int64>> {
      profile.deposited(12_000, at: before(day * Self.day + 45_000))
      profile.submitted(10_000 + day * 100, verdict: .approve, at: before(day * Self.day + 36_000))
    }
    return profile
  }

  /// An agent of a year, its own payee, device and address, a usual amount.
  static func usual(_ amount: Int64 = 10_500, _ change: (inout RiskFacts) -> Void = { _ in }) -> RiskFacts {
    var facts = RiskFacts(
      time: now, amount: Money(minorUnits: amount, currency: .cny), tier: .none, creditGrade: .normal,
      available: 1_000_000, agentCreateTime: before(365 * day), profile: calm, payee: old, device: old, address: old,
      agentListing: .none, payeeListing: .none, deviceListing: .none, addressListing: .none)
    change(&facts)
    return facts
  }

  static func codes(_ facts: RiskFacts) -> Set<RiskCode> { Set(engine.assess(facts).reasons.map(\.code)) }

  @Test func theUsualIsApprovedWithoutAReason() {
    #expect(Self.engine.assess(Self.usual()) == .approved)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let code: RiskCode
    let testDescription: String
    let facts: RiskFacts
    let isExpected: Bool

    init(
      _ code: RiskCode, _ what: String, _ isExpected: Bool, _ amount: Int64 = 10_500,
      _ change: (inout RiskFacts) -> Void
    ) {
      self.code = code
      testDescription = "\(code): \(what)"
      facts = usual(amount, change)
      self.isExpected = isExpected
    }
  }

  /// Each rule just over and just under its bound.
  static let cases: [Case] = [
    Case(.newAgent, "13 days old", true) { $0.agentCreateTime = before(13 * day) },
    Case(.newAgent, "14 days old", false) { $0.agentCreateTime = before(14 * day) },
    Case(.newAgent, "made in the future", true) { $0.agentCreateTime = before(-day) },
    Case(.firstPayoutToPayee, "unknown payee", true) { $0.payee = unknown },
    Case(.firstPayoutToPayee, "known for an hour", true) { $0.payee.knownSinceHour = LinkFacts.hour(before(3_600)) },
    Case(.firstPayoutToPayee, "known for three days", false) {
      $0.payee.knownSinceHour = LinkFacts.hour(before(3 * day))
    },
    Case(.newDevice, "unknown device", true) { $0.device = unknown },
    Case(.newDevice, "no device told", false) { $0.device = nil },
    Case(.drainsBalance, "all of it to a new payee", true, 60_000) {
      $0.payee = unknown
      $0.available = 60_000
    },
    Case(.drainsBalance, "all of it to the old payee", false, 60_000) { $0.available = 60_000 },
    Case(.payeeShared, "three others", true) { $0.payee = others(3) },
    Case(.payeeShared, "one other", true) { $0.payee = others(1) },
    Case(.payeeShared, "nobody else", false) { $0.payee = unknown },
    Case(.deviceShared, "three others", true) { $0.device = others(3) },
    Case(.deviceShared, "its own", false) { _ in },
    Case(.addressShared, "a new agent and five others within hours", true) {
      $0.address = others(5)
      $0.agentCreateTime = before(day)
    },
    Case(.addressShared, "an old agent", false) { $0.address = others(5) },
    Case(.addressShared, "a listed carrier", false) {
      $0.address = others(5)
      $0.agentCreateTime = before(day)
      $0.addressListing = .white
    },
    Case(.velocity10Minutes, "the third in ten minutes", true) { $0.profile = burst(2, every: 60) },
    Case(.velocity10Minutes, "the second in ten minutes", false) { $0.profile = burst(1, every: 60) },
    Case(.velocityHour, "the sixth in an hour", true) { $0.profile = burst(5, every: 600) },
    Case(.velocityDay, "the eighth in a day", true) { $0.profile = burst(7, every: 3_000) },
    Case(.velocityDay, "the fourth in a day", false) { $0.profile = burst(3, every: 3_000) },
    Case(.amountUnusual, "twenty times the usual", true, 200_000) { _ in },
    Case(.amountUnusual, "nine times, but little", false, 90_000) { _ in },
    Case(.largeAmount, "50,000.01 yuan", true, 5_000_001) { _ in },
    Case(.largeAmount, "50,000 yuan", false, 5_000_000) { _ in },
    Case(.nightSurge, "2,000 yuan at three in the morning", true, 200_000) { $0.time = before(-17_200) },
    Case(.nightSurge, "2,000 yuan in the evening", false, 200_000) { _ in },
    Case(.fastInOut, "in five minutes ago", true, 60_000) { $0.profile.deposited(60_000, at: before(300)) },
    Case(.fastInOut, "in an hour ago", false, 60_000) { $0.profile.deposited(60_000, at: before(3_600)) },
    Case(.scatteredIn, "twenty in, one out", true, 90_000) { facts in
      for minute in (1...20).reversed() { facts.profile.deposited(5_000, at: before(Int64(minute) * 300)) }
    },
    Case(.scatteredIn, "ten in, one out", false, 90_000) { facts in
      for minute in (1...10).reversed() { facts.profile.deposited(5_000, at: before(Int64(minute) * 300)) }
    },
    Case(.splitBelowThreshold, "the third below 5,000 yuan", true, 499_000) { facts in
      facts.profile.submitted(498_000, verdict: .approve, at: before(7_200))
      facts.profile.submitted(497_000, verdict: .approve, at: before(3_600))
    },
    Case(.splitBelowThreshold, "5,000 yuan", false, 500_000) { _ in },
    Case(.dormantThenActive, "after 22 days", true) { $0.time = before(-22 * day) },
    Case(.repeatedFailures, "two", true) { facts in for _ in 0..<2 { facts.profile.failed(at: before(60)) } },
    Case(.repeatedFailures, "one", false) { $0.profile.failed(at: before(60)) },
    Case(.abnormalHistory, "a reported fraud", true) { $0.profile.reported(.fraud, at: before(day)) },
    Case(.abnormalHistory, "cleared", false) { facts in
      facts.profile.reported(.fraud, at: before(day))
      facts.profile.reported(.cleared, at: before(60))
    },
    Case(.agentBlacklisted, "agent", true) { $0.agentListing = .black },
    Case(.payeeBlacklisted, "payee", true) { $0.payeeListing = .black },
    Case(.deviceBlacklisted, "device", true) { $0.deviceListing = .black },
    Case(.addressBlacklisted, "address", true) { $0.addressListing = .black },
    Case(.agentWhitelisted, "agent", true) { $0.agentListing = .white },
    Case(.payeeWhitelisted, "payee", true) { $0.payeeListing = .white },
  ]

  static func burst(_ count: Int, every seconds: Int64) -> AgentProfile {
    var profile = calm
    for place in (1...count).reversed() {
      profile.submitted(10_000, verdict: .approve, at: before(Int64(place) * seconds))
    }
    return profile
  }

  @Test(arguments: cases) func rule(_ example: Case) {
    #expect(Self.codes(example.facts).contains(example.code) == example.isExpected)
  }

  @Test func everyCodeIsTested() {
    #expect(Set(Self.cases.filter(\.isExpected).map(\.code)) == Set(RiskCode.allCases))
  }
}
