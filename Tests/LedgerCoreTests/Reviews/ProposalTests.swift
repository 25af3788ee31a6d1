import Digests
import LedgerCore
import Testing

/// One proposes, another confirms.
@Suite struct ProposalTests {
  static func adjustment(_ amount: Int64, agent: String = "a", _ currency: Currency = .cny) -> ProposalSubject {
    .adjustment(partner: label("p"), agent: label(agent), amount: fen(amount, currency), reason: label("goodwill"))
  }

  @Test(arguments: [700, -700] as [Int64])
  func anAdjustmentIsPostedWhenItIsConfirmed(amount: Int64) throws {
    let ledger = try Ledger.reviewing()
    let before = try #require(ledger.balance("a"))
    let proposal = try #require(try ledger.propose(Self.adjustment(amount), by: eve).proposal)
    #expect(proposal.state == .open && proposal.proposer == eve.name && proposal.confirmations.isEmpty)
    #expect(ledger.balance("a")?.available == before.available)
    ledger.later(minute)
    let confirmed = try #require(try ledger.confirm(proposal, by: cai).proposal)
    #expect(confirmed.state == .confirmed)
    #expect(confirmed.confirmations == [Approval(person: cai.name, role: .compliance, time: ledger.now)])
    let after = try #require(ledger.balance("a"))
    #expect(after.available == before.available + amount)
    #expect(after.creditsPosted == before.creditsPosted + max(amount, 0))
    #expect(after.debitsPosted == before.debitsPosted + max(-amount, 0))
    guard
      case .entries(let entries, _) = ledger.ask(
        .entries(partner: label("p"), agent: label("a"), before: nil, limit: 1)
      ).0
    else {
      Issue.record("no entries")
      return
    }
    #expect(entries.first?.kind == .adjustment(proposal.id) && entries.first?.amount == fen(amount))
    try ledger.state.audit()
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
    // It stays posted: no time ends it.
    ledger.later(1_000 * hour)
    #expect(ledger.ask(.proposal(proposal.id)).0.proposal?.state == .confirmed)
  }

  @Test func anAdjustmentMayOpenAnAccount() throws {
    let ledger = try Ledger.reviewing()
    let proposal = try #require(try ledger.propose(Self.adjustment(30, .points), by: eve).proposal)
    try ledger.confirm(proposal, by: cai)
    #expect(ledger.balance("a", .points)?.available == 30)
    // Down to the floor and not below.
    let back = try #require(try ledger.propose(Self.adjustment(-30, .points), by: eve).proposal)
    try ledger.confirm(back, by: cai)
    let more = try #require(try ledger.propose(Self.adjustment(-1, .points), by: eve).proposal)
    #expect(try ledger.confirm(more, by: cai).refusal == .insufficientFunds(available: 0, requested: 1))
    try ledger.state.audit()
  }

  @Test func aRevealIsForTwoPeopleAndForMinutes() throws {
    let ledger = try Ledger.reviewing()
    let payee = try ledger.createPayee()
    let proposal = try #require(try ledger.propose(.revealPayee(payee.id), by: eve).proposal)
    #expect(proposal.subject == .revealPayee(payee.id))
    ledger.later(hour)
    let confirmed = try #require(try ledger.confirm(proposal, by: cai).proposal)
    #expect(
      confirmed.validUntil == Timestamp(microseconds: ledger.now.microseconds + ReviewLimits.revealMicroseconds))
    // Both may look, more than once, and each look leaves a record that the answer rests on.
    for (request, person) in [("r1", eve), ("r2", cai), ("r3", eve)] {
      let count = ledger.state.lastSequence
      let shown = try #require(try ledger.reveal(proposal.id, by: person, request: request).proposal)
      #expect(ledger.state.lastSequence == count + 1 && shown.lastSequence == count + 1)
      #expect(shown.state == .confirmed)
    }
    ledger.later(ReviewLimits.revealMicroseconds + 1)
    #expect(ledger.ask(.proposal(proposal.id)).0.proposal?.state == .expired)
    // Later records move the time; the same request is answered then too, and the answer says that it is over.
    try ledger.submitReviewed()
    #expect(try ledger.reveal(proposal.id, by: eve, request: "r1").proposal?.state == .expired)
  }

  @Test func theDigestBindsWhatIsProposed() throws {
    let ledger = try Ledger.reviewing()
    var digests: Set<Digest256> = []
    for (subject, person) in [
      (Self.adjustment(5), eve), (Self.adjustment(5), eve), (Self.adjustment(6), eve), (Self.adjustment(5), cai),
      (Self.adjustment(5, agent: "b"), eve), (Self.adjustment(5, .points), eve),
    ] {
      digests.insert(try #require(try ledger.propose(subject, by: person).proposal).digest)
    }
    #expect(digests.count == 6)
  }

  /// Adjustments among deposits, payouts and cancels: the money is what plain sums say, and never below the floor.
  @Test(arguments: [3, 0xAD105] as [UInt64])
  func adjustmentsAmongOtherMovements(seed: UInt64) throws {
    print("adjustments, seed \(seed)")
    let ledger = try Ledger.reviewing()
    var random = SeededRandom(seed: seed)
    var available: Int64 = 1_000_000
    var held: [(id: WithdrawalID, amount: Int64)] = []
    var refused = 0
    for step in 0..<1_500 {
      let place = "seed \(seed) step \(step)"
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        let amount = Int64.random(in: 1...5_000, using: &random)
        try ledger.deposit(fen(amount), to: "a", reference: "d\(step)")
        available += amount
      case 1..<4:
        let amount = Int64.random(in: 1..<reviewedAmount, using: &random)
        let answer = try ledger.submit(fen(amount), of: "a", request: "s\(step)")
        guard let withdrawal = answer.withdrawal else {
          try #require(answer.refusal == .insufficientFunds(available: available, requested: amount), "\(place)")
          continue
        }
        held.append((withdrawal.id, amount))
        available -= amount
      case 4:
        guard let last = held.popLast() else { continue }
        try ledger.cancel(last.id, request: "c\(step)")
        available += last.amount
      default:
        // Often as much as there is, or one more.
        let amount =
          Bool.random(using: &random)
          ? Int64.random(in: -40_000...40_000, using: &random) : -available - Int64.random(in: -1...1, using: &random)
        guard let proposal = try ledger.propose(Self.adjustment(amount), by: eve).proposal else {
          try #require(amount == 0, "\(place)")
          continue
        }
        let answer = try ledger.confirm(proposal, by: cai)
        if -amount > available {
          try #require(answer.refusal == .insufficientFunds(available: available, requested: -amount), "\(place)")
          refused += 1
        } else {
          try #require(answer.proposal?.state == .confirmed, "\(place)")
          available += amount
        }
      }
      try #require(ledger.balance("a")?.available == available, "\(place)")
    }
    #expect(refused > 50)
    try ledger.state.audit()
    let hash = ledger.state.stateHash()
    #expect(try ledger.replayedHash() == hash)
    #expect(try load(snapshot(ledger.state).bytes, expecting: hash).stateHash() == hash)
  }

  @Test func listedNewestFirst() throws {
    let ledger = try Ledger.reviewing()
    var ids: [ProposalID] = []
    for i in 1...7 {
      let proposal = try #require(try ledger.propose(Self.adjustment(Int64(i)), by: eve).proposal)
      ids.append(proposal.id)
      if i % 2 == 0 { try ledger.confirm(proposal, by: cai) }
    }
    var seen: [ProposalID] = []
    var before: UInt64?
    repeat {
      guard
        case .proposals(let page, let next) = ledger.ask(
          .proposals(openOnly: false, before: before, limit: 3)
        ).0
      else { break }
      seen += page.map(\.id)
      before = next
    } while before != nil
    #expect(seen == ids.reversed())
    guard case .proposals(let open, nil) = ledger.ask(.proposals(openOnly: true, before: nil, limit: 10)).0 else {
      Issue.record("more than there are")
      return
    }
    #expect(open.map(\.id) == [ids[6], ids[4], ids[2], ids[0]])
    ledger.later(ReviewLimits.proposalMicroseconds + 1)
    guard case .proposals(let none, nil) = ledger.ask(.proposals(openOnly: true, before: nil, limit: 10)).0 else {
      Issue.record("more than there are")
      return
    }
    #expect(none.isEmpty)
  }
}
