import Digests
import LedgerCore
import Testing

/// Random agents, limits, points, verdicts and days against plain sums, and a state that a replay and a snapshot both bring
/// back.
@Suite struct ScreeningModelTests {
  static let day: Int64 = 86_400_000_000
  static let agents = ["a", "b", "c"]

  struct Payout {
    var agent: String
    var amount: Int64
    var points: Int64
    var day: LimitDay
    var state: WithdrawalState
  }

  /// What the ledger should say, said with sums over everything that ever happened.
  struct Plain {
    var deposited: [String: Int64] = [:]
    var points: [String: Int64] = [:]
    var frozen: Set<String> = []
    var ownDayAmount: [String: Int64] = [:]
    var payouts: [Payout] = []

    static func holds(_ payout: Payout) -> Bool { payout.state == .approved || payout.state == .pendingReview }

    func held(_ agent: String, _ part: (Payout) -> Int64) -> Int64 {
      payouts.reduce(0) { $1.agent == agent && Self.holds($1) ? $0 + part($1) : $0 }
    }

    func used(_ agent: String, _ isCounted: (LimitDay) -> Bool, _ part: (Payout) -> Int64) -> Int64 {
      payouts.reduce(0) { $1.agent == agent && Self.holds($1) && isCounted($1.day) ? $0 + part($1) : $0 }
    }

    /// The first refusal, or the state that is entered.
    func submit(
      _ agent: String, _ amount: Int64, points wanted: Int64, on day: LimitDay, _ policy: TestPolicy
    ) -> (Refusal?, WithdrawalState) {
      if frozen.contains(agent) { return (.agentFrozen, .submitted) }
      let bound = ownDayAmount[agent] ?? policy.dayAmount
      let dayUsed = used(agent, { $0.day == day.day }, { $0.amount })
      if dayUsed + amount > bound {
        return (.limitExceeded(.dayAmount, bound: bound, used: dayUsed, requested: amount), .submitted)
      }
      let monthUsed = used(agent, { $0.month == day.month }, { $0.amount })
      if monthUsed + amount > policy.monthAmount {
        return (
          .limitExceeded(.monthAmount, bound: policy.monthAmount, used: monthUsed, requested: amount), .submitted
        )
      }
      let count = used(agent, { $0.day == day.day }, { _ in 1 })
      if count + 1 > policy.dayCount {
        return (.limitExceeded(.dayCount, bound: policy.dayCount, used: count, requested: 1), .submitted)
      }
      let available = (deposited[agent] ?? 0) - held(agent) { $0.amount }
      if amount > available { return (.insufficientFunds(available: available, requested: amount), .submitted) }
      let left = (points[agent] ?? 0) - held(agent) { $0.points }
      if wanted > left { return (.insufficientPoints(available: left, requested: wanted), .submitted) }
      return (nil, amount % 10 == 9 ? .rejected : amount % 10 == 8 ? .pendingReview : .approved)
    }
  }

  static func house() throws -> Ledger {
    let ledger = Ledger()
    ledger.policy.dayAmount = 4_000
    ledger.policy.monthAmount = 20_000
    ledger.policy.dayCount = 3
    ledger.policy.fee = 1
    ledger.policy.points = 2
    ledger.policy.assessment = { facts in
      switch facts.amount.minorUnits % 10 {
      case 9:
        SubmissionTests.judge(.reject, until: Timestamp(microseconds: facts.time.microseconds + day))
      case 8: SubmissionTests.judge(.review)
      default: .approved
      }
    }
    for agent in agents { try ledger.createAgent(agent) }
    return ledger
  }

  @Test(arguments: [2, 20_261_121, 0xBEEF] as [UInt64])
  func agreesWithThePlainOne(seed: UInt64) throws {
    print("screening model test, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let ledger = try Self.house()
    var plain = Plain()
    var tally: [String: Int] = [:]

    for step in 0..<3_000 {
      let place = "seed \(seed) step \(step)"
      let agent = Self.agents[Int.random(in: 0..<3, using: &random)]
      ledger.now = Timestamp(
        microseconds: ledger.now.microseconds + Int64.random(in: 0...Self.day / 6, using: &random))
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<12:
        let isPoints = Bool.random(using: &random)
        let amount = Int64.random(in: 1...(isPoints ? 4 : 12_000), using: &random)
        try ledger.deposit(fen(amount, isPoints ? .points : .cny), to: agent, reference: "v\(step)")
        if isPoints { plain.points[agent, default: 0] += amount } else { plain.deposited[agent, default: 0] += amount }
      case 12..<18:
        let isFrozen = Int.random(in: 0..<3, using: &random) == 0
        let own = Bool.random(using: &random) ? Int64.random(in: 1...8_000, using: &random) : 0
        try ledger.update(agent, frozen: isFrozen, limits: LimitOverride(dayAmount: own))
        if isFrozen { plain.frozen.insert(agent) } else { plain.frozen.remove(agent) }
        plain.ownDayAmount[agent] = own == 0 ? nil : own
      case 18..<75:
        let amount = Int64.random(in: 2...1_500, using: &random)
        let takesPoints = Bool.random(using: &random)
        let day = ledger.policy.day(at: ledger.now)
        let origin = Origin(device: label("d\(step % 7)"), address: label("10.0.0.\(step % 5)"))
        let acceleration = takesPoints ? Acceleration.points : .fee
        let quote = ledger.quote(fen(amount), of: agent, acceleration: acceleration, origin: origin).quote
        let answer = try ledger.submit(
          fen(amount), of: agent, request: "w\(step)", acceleration: acceleration, origin: origin)
        let (refusal, state) = plain.submit(agent, amount, points: takesPoints ? 2 : 0, on: day, ledger.policy)
        try #require(answer.refusal == refusal, "\(place)")
        try #require(quote?.obstacle == refusal, "\(place)")
        tally[Self.word(refusal, state), default: 0] += 1
        guard refusal == nil else { continue }
        try #require(answer.withdrawal?.state == state, "\(place)")
        try #require(answer.withdrawal?.screening.risk.verdict == quote?.risk.verdict, "\(place)")
        plain.payouts.append(
          Payout(agent: agent, amount: amount, points: takesPoints ? 2 : 0, day: day, state: state))
      default:
        guard !plain.payouts.isEmpty else { continue }
        let index = Int.random(in: max(0, plain.payouts.count - 40)..<plain.payouts.count, using: &random)
        let id = WithdrawalID(epoch: 1, shard: 0, ordinal: UInt64(index) + 1)
        let answer = try ledger.cancel(id, request: "c\(step)")
        let known = plain.payouts[index].state
        if Plain.holds(plain.payouts[index]) {
          try #require(answer.withdrawal?.state == .cancelled, "\(place)")
          plain.payouts[index].state = .cancelled
        } else {
          try #require(answer.refusal == .notCancelable(state: known), "\(place)")
        }
      }
      if step % 500 == 499 { try compare(ledger, plain, place) }
    }
    // The walk met everything there is to meet.
    #expect(tally.count == 9, "seed \(seed) \(tally)")
    try ledger.requireWhole("seed \(seed)")
  }

  private static func word(_ refusal: Refusal?, _ state: WithdrawalState) -> String {
    switch refusal {
    case .limitExceeded(let kind, _, _, _): "\(kind)"
    case .some(let refusal): String("\(refusal)".prefix { $0 != "(" })
    case nil: "\(state)"
    }
  }

  private func compare(_ ledger: Ledger, _ plain: Plain, _ place: String) throws {
    try ledger.requireWhole(place)
    let loaded = Ledger()
    loaded.state = try load(snapshot(ledger.state).bytes)
    loaded.policy = ledger.policy
    loaded.now = ledger.now
    let day = ledger.policy.day(at: ledger.now)
    for agent in Self.agents {
      let money = (plain.deposited[agent] ?? 0) - plain.held(agent) { $0.amount }
      try #require((ledger.balance(agent)?.available ?? 0) == money, "\(place)")
      let points = (plain.points[agent] ?? 0) - plain.held(agent) { $0.points }
      try #require((ledger.balance(agent, .points)?.available ?? 0) == points, "\(place)")
      let standing = ledger.limits(agent)
      // No part of a snapshot's bytes: counted anew when it is read.
      try #require(loaded.limits(agent) == standing, "\(place)")
      try #require(standing?.dayUsed == plain.used(agent, { $0.day == day.day }, { $0.amount }), "\(place)")
      try #require(standing?.dayCountUsed == plain.used(agent, { $0.day == day.day }, { _ in 1 }), "\(place)")
      try #require(standing?.monthUsed == plain.used(agent, { $0.month == day.month }, { $0.amount }), "\(place)")
    }
  }
}
