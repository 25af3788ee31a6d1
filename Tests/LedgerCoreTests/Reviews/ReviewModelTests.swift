import Digests
import LedgerCore
import Testing

/// Random interleavings of everybody's actions against a plain reference: the same answers, the same money, the same
/// reviews; and a state that a replay and a snapshot both bring back, with the same reviews due in the same order.
@Suite struct ReviewModelTests {
  private static let people = [ann, bob, cai, dan, eve, maker]

  private struct Generator {
    var random: SeededRandom

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    mutating func person() -> Person { ReviewModelTests.people[Int.random(in: 0..<6, using: &random)] }

    mutating func action(_ reference: ReviewReference, on index: Int) -> ReviewReference.Action {
      let payout = reference.payouts.isEmpty ? nil : reference.payouts[index]
      guard let payout else { return .submit(amount: 2_000) }
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<14:
        return .submit(amount: chance(70) ? Int64.random(in: 1_000...4_000, using: &random) : chance(80) ? 100 : 12_000)
      case 14..<22: return .claim(person())
      case 22..<26: return .release(person())
      case 26..<52: return .approve(person(), version: chance(85) ? payout.version : max(0, payout.version - 1))
      case 52..<56: return .reject(person())
      case 56..<66: return .ask(person())
      case 66..<70: return .escalate(person())
      case 70..<79: return .amend(payee: chance(85) ? "payee-\(Int.random(in: 0..<9, using: &random))" : "bad")
      case 79..<89: return .hold(chance(80) ? cai : person(), chance(50))
      case 89..<93: return .cancel(chance(70) ? nil : chance(50) ? cai : eve)
      default: return .expire
      }
    }
  }

  @Test(arguments: [1, 20_261_121, 0xC0FFEE, 77] as [UInt64])
  func agreesWithThePlainOne(seed: UInt64) throws {
    print("review model test, seed \(seed)")
    let ledger = try Ledger.reviewing(checkers: 2)
    try ledger.changeList(.put(until: nil, reason: label("known")), .payee, ReviewReference.rejectedPayee)
    var reference = ReviewReference(
      checkers: 2, reviewMicroseconds: ledger.policy.reviewMicroseconds, sequence: ledger.state.lastSequence,
      available: 1_000_000)
    var generator = Generator(random: SeededRandom(seed: seed))
    /// Of each payout, by version.
    var digests: [[Digest256]] = []
    var tally: [String: Int] = [:]

    for step in 0..<5_000 {
      ledger.later(Int64.random(in: 0...3 * minute, using: &generator.random))
      // Mostly the newest ones, which are still open.
      let count = reference.payouts.count
      let index = max(0, count - 1 - Int.random(in: 0..<(generator.chance(90) ? 12 : 60), using: &generator.random))
      let action = generator.action(reference, on: index)
      let answer = try perform(action, on: index, ledger, digests)
      let expected = reference.perform(action, on: index, at: ledger.now.microseconds)
      try #require(Self.outcome(answer) == expected, "seed \(seed) step \(step) \(action)")
      try #require(ledger.state.lastSequence == reference.sequence, "seed \(seed) step \(step) \(action)")
      if case .payout(let index) = expected {
        try compare(ledger, reference, index, "seed \(seed) step \(step) \(action)")
        if index == digests.count { digests.append([]) }
        if digests[index].count <= reference.payouts[index].version {
          digests[index].append(ledger.digest(Self.id(index)))
        }
      }
      tally[Self.kind(action, expected), default: 0] += 1
      if step % 500 == 499 { try compareAll(ledger, reference, "seed \(seed) step \(step)") }
    }
    // The walk met everything there is to meet.
    #expect(tally.count >= 38, "seed \(seed) \(tally.sorted { $0.key < $1.key })")
    try expectSameAfterward(ledger, seed)
  }

  private static func id(_ index: Int) -> WithdrawalID {
    WithdrawalID(epoch: 1, shard: 0, ordinal: UInt64(index) + 1)
  }

  private func perform(
    _ action: ReviewReference.Action, on index: Int, _ ledger: Ledger, _ digests: [[Digest256]]
  ) throws -> Answer {
    let id = Self.id(index)
    switch action {
    case .submit(let amount): return try ledger.submit(fen(amount), of: "a", request: "w\(ledger.state.requestCount)")
    case .claim(let person): return try ledger.review(id, .claim, by: person)
    case .release(let person): return try ledger.review(id, .release, by: person)
    case .approve(let person, let version):
      return try ledger.review(id, .approve(digest: digests[index][version]), by: person)
    case .reject(let person): return try ledger.review(id, .reject(reason: label("R")), by: person)
    case .ask(let person): return try ledger.review(id, .requestInformation(note: label("?")), by: person)
    case .escalate(let person): return try ledger.review(id, .escalate(reason: label("odd")), by: person)
    case .amend(let payee): return try ledger.amend(id, to: payee)
    case .hold(let person, let isHeld): return try ledger.hold(id, isHeld, by: person)
    case .cancel(nil): return try ledger.cancel(id, request: "c\(ledger.state.requestCount)")
    case .cancel(let person):
      return try ledger.perform(
        .cancelWithdrawal(
          CancelWithdrawal(
            key: ledger.staffKey(ledger.freshID, person, "cancel \(id)"), scope: .all, id: id, expectedSequence: nil)))
    case .expire: return try ledger.perform(.expireReview)
    }
  }

  private func compare(_ ledger: Ledger, _ reference: ReviewReference, _ index: Int, _ place: String) throws {
    let payout = reference.payouts[index]
    let found = try #require(ledger.withdrawal(Self.id(index)), "\(place)")
    try #require(found.state == payout.state && found.payee == label(payout.payee), "\(place)")
    try #require(found.lastSequence == payout.lastSequence, "\(place)")
    guard payout.amount >= reviewedAmount, payout.amount < rejectedAmount else { return }
    let facts = try #require(found.review?.facts, "\(place)")
    try #require(facts.approvals.map(\.person) == payout.approvals.map(\.name), "\(place)")
    try #require(facts.approvals.map(\.role) == payout.approvals.map(\.role), "\(place)")
    try #require(facts.isEscalated == payout.isEscalated, "\(place)")
    try #require(!facts.holdReason.isNone == payout.isHeld, "\(place)")
    guard payout.state == .pendingReview else { return }
    try #require(facts.due.microseconds == payout.due, "\(place)")
    try #require(facts.claimedBy == payout.claim?.person, "\(place)")
    try #require(!facts.informationNote.isNone == (payout.rest != nil), "\(place)")
  }

  private func compareAll(_ ledger: Ledger, _ reference: ReviewReference, _ place: String) throws {
    try ledger.state.audit()
    for index in reference.payouts.indices { try compare(ledger, reference, index, place) }
    try #require(ledger.balance("a")?.available == reference.available, "\(place)")
    let open = reference.payouts.indices.filter { reference.payouts[$0].state == .pendingReview }.map(Self.id)
    try #require(ledger.queue() == open, "\(place)")
  }

  /// Replayed and loaded states are the same now, and still after everything that is open has expired.
  private func expectSameAfterward(_ ledger: Ledger, _ seed: UInt64) throws {
    let hash = ledger.state.stateHash()
    #expect(try ledger.replayedHash() == hash, "seed \(seed)")
    let loaded = Ledger()
    loaded.state = try load(snapshot(ledger.state).bytes, expecting: hash)
    loaded.policy = ledger.policy
    #expect(loaded.queue() == ledger.queue(), "seed \(seed)")
    ledger.later(1_000 * hour)
    loaded.now = ledger.now
    var expired = 0
    while case .done = try ledger.perform(.expireReview) {
      guard case .done = try loaded.perform(.expireReview) else { break }
      expired += 1
      #expect(loaded.queue() == ledger.queue(), "seed \(seed) after \(expired)")
    }
    #expect(expired > 0)
    #expect(ledger.state.stateHash() == loaded.state.stateHash(), "seed \(seed)")
  }

  private static func outcome(_ answer: Answer) -> ReviewReference.Outcome? {
    switch answer {
    case .withdrawal(let withdrawal): .payout(Int(withdrawal.id.ordinal) - 1)
    case .refused(let refusal): .refused(refusal)
    case .rejected(let rejection): .rejected(rejection)
    case .done: .done
    case .agent, .balance, .deposit, .withdrawals, .entries, .quote, .limits, .payee, .payees, .proposal, .proposals,
      .listEntry, .listEntries, .profile, .rules, .payouts, .payout, .channel, .channels, .payoutFigures, .sent,
      .appeal, .appeals:
      nil
    }
  }

  private static func kind(_ action: ReviewReference.Action, _ outcome: ReviewReference.Outcome) -> String {
    func word(_ value: some Any) -> String { String("\(value)".prefix { $0 != "(" }) }
    switch outcome {
    case .payout: return word(action)
    case .refused(let refusal): return "\(word(action)) refused \(word(refusal))"
    case .rejected(let rejection): return "\(word(action)) rejected \(word(rejection))"
    case .done: return "\(word(action)) done"
    }
  }
}
