import Digests
import LedgerCore
import Testing

/// Reviews, proposals, lists and rules in snapshots, and records of them that make no sense.
@Suite struct ReviewSnapshotTests {
  /// Something of everything that people do.
  static func house() throws -> Ledger {
    let ledger = try Ledger.reviewing(checkers: 2)
    try ledger.activate(1, "one")
    try ledger.activate(2, "two", request: "reload")
    try ledger.changeList(.put(until: nil, reason: label("known")), .payee, "bad")
    try ledger.changeList(.put(until: Timestamp(microseconds: 1), reason: label("old")), .agent, "b", colour: .white)
    try ledger.changeList(.remove(reason: label("gone")), .agent, "b", colour: .white)
    let origin = Origin(device: label("phone"), address: label("10.0.0.7"))
    var ids: [WithdrawalID] = []
    for i in 0..<12 {
      ledger.later(minute)
      ids.append(try ledger.submitReviewed(Int64(2_000 + i), origin: origin))
    }
    try ledger.review(ids[0], .claim, by: ann)
    try ledger.approve(ids[0], by: ann)
    try ledger.approve(ids[0], by: bob)
    try ledger.review(ids[1], .reject(reason: label("STOLEN")), by: bob)
    try ledger.review(ids[2], .claim, by: ann)
    try ledger.review(ids[2], .release, by: ann)
    try ledger.approve(ids[3], by: ann)
    try ledger.review(ids[4], .escalate(reason: label("odd")), by: ann)
    try ledger.approve(ids[4], by: cai)
    for id in [ids[5], ids[6], ids[7]] { try ledger.review(id, .requestInformation(note: label("?")), by: ann) }
    ledger.later(minute)
    try ledger.amend(ids[5], to: "other")
    try ledger.amend(ids[6], to: "bad")
    try ledger.hold(ids[8], true, by: cai)
    try ledger.hold(ids[9], true, by: cai)
    ledger.later(minute)
    try ledger.hold(ids[9], false, by: dan)
    try ledger.cancel(ids[10], request: "cancel")
    ledger.later(hour)
    try ledger.perform(.expireReview)
    let small = try #require(try ledger.submit(fen(5), of: "b", request: "small").withdrawal).id
    try ledger.hold(small, true, by: cai)
    try ledger.report(ids[0], .stolenCard, listed: [.device, .address])
    try ledger.report(small, .cleared)
    try ledger.approve(ids[0], by: cai)

    let payee = try ledger.createPayee()
    let reveal = try #require(try ledger.propose(.revealPayee(payee.id), by: eve).proposal)
    try ledger.confirm(reveal, by: cai)
    try ledger.reveal(reveal.id, by: eve)
    try ledger.reveal(reveal.id, by: cai)
    try ledger.propose(.revealPayee(payee.id), by: dan)
    for (amount, currency) in [(700, Currency.cny), (-300, .cny), (50, .points)] as [(Int64, Currency)] {
      let subject = ProposalSubject.adjustment(
        partner: label("p"), agent: label("b"), amount: fen(amount, currency), reason: label("goodwill"))
      let proposal = try #require(try ledger.propose(subject, by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      try ledger.propose(subject, by: cai)
    }
    return ledger
  }

  @Test func comesBackAsItWas() throws {
    let ledger = try Self.house()
    let (bytes, hash) = snapshot(ledger.state)
    #expect(try ledger.replayedHash() == hash)
    for chunk in [1, 300, .max] {
      let loaded = Ledger()
      loaded.state = try load(bytes, expecting: hash, chunk: chunk)
      loaded.policy = ledger.policy
      loaded.now = ledger.now
      #expect(snapshot(loaded.state).bytes == bytes)
      #expect(loaded.queue() == ledger.queue() && !loaded.queue().isEmpty)
      for ordinal in 1...ledger.state.withdrawalCount {
        let id = WithdrawalID(epoch: 1, shard: 0, ordinal: ordinal)
        #expect(loaded.withdrawal(id) == ledger.withdrawal(id), "\(ordinal)")
      }
      #expect(loaded.ask(.rules).0.rules == ledger.ask(.rules).0.rules)
      guard case .proposals(let found, nil) = loaded.ask(.proposals(openOnly: false, before: nil, limit: 99)).0,
        case .proposals(let expected, nil) = ledger.ask(.proposals(openOnly: false, before: nil, limit: 99)).0
      else {
        Issue.record("no proposals")
        return
      }
      #expect(found == expected && found.count == 8)
    }
  }

  @Test func goesOnAsWithoutIt() throws {
    let ledger = try Self.house()
    let loaded = Ledger()
    loaded.state = try load(snapshot(ledger.state).bytes)
    loaded.policy = ledger.policy
    loaded.now = ledger.now
    let open = ledger.queue()
    for each in [ledger, loaded] {
      // Known requests are known, also those of people.
      #expect(try each.activate(2, "two", request: "reload").rules?.version == 2)
      for id in open {
        try each.approve(id, by: ann)
        try each.approve(id, by: cai)
        try each.hold(id, false, by: dan)
      }
      each.later(100 * hour)
      while case .done = try each.perform(.expireReview) {}
      try each.changeList(.remove(reason: label("mistake")), .payee, "bad")
      try each.state.audit()
    }
    #expect(ledger.state.stateHash() == loaded.state.stateHash())
  }

  /// A withdrawal in review whose review is not there would wait for ever: nobody could decide it, no clock end it.
  @Test func aReviewIsNotLost() throws {
    let ledger = try Ledger.reviewing()
    try ledger.submitReviewed()
    let (bytes, _) = snapshot(ledger.state)
    let start = try #require(place(of: [20, 1] + [UInt8](repeating: 0, count: 7), in: bytes))
    let end = try #require(place(of: [21] + [UInt8](repeating: 0, count: 8), in: bytes))
    #expect(start < end)
    var wrong = bytes
    wrong.replaceSubrange(start..<end, with: [20] + [UInt8](repeating: 0, count: 8))
    #expect { try load(wrong) } throws: { error in
      (error as? SnapshotDefect)?.reason == .contradiction("reviews missing")
    }
  }

  private func place(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    (0...bytes.count - pattern.count).last { Array(bytes[$0..<$0 + pattern.count]) == pattern }
  }

  @Test func everyCutIsRefused() throws {
    let (bytes, _) = snapshot(try Self.house().state)
    for count in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: SnapshotDefect.self) { try load(Array(bytes[0..<count])) }
    }
  }

  /// Without the hash to help: whatever still loads has sound books and encodes to what was read.
  @Test func flippedBytesNeverTrap() throws {
    let (bytes, hash) = snapshot(try Self.house().state)
    let seed: UInt64 = 0xB17F11
    print("review snapshot flips, seed \(seed), \(bytes.count) bytes")
    var random = SeededRandom(seed: seed)
    var loadedCount = 0
    let rounds = 800
    for step in 0..<rounds {
      var wrong = bytes
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let place = Int.random(in: 0..<wrong.count, using: &random)
        wrong[place] ^= Bool.random(using: &random) ? 1 << UInt8.random(in: 0..<8, using: &random) : 0xFF
      }
      if wrong == bytes { continue }
      #expect(throws: (any Error).self) { try load(wrong, expecting: hash) }
      do {
        let state = try load(wrong)
        loadedCount += 1
        try state.audit()
        #expect(snapshot(state).bytes == wrong, "seed \(seed) step \(step)")
        let reading = Ledger()
        reading.state = try load(wrong)
        reading.now = Timestamp(microseconds: .max)
        _ = reading.ask(.reviews(.all()))
        _ = reading.ask(.proposals(openOnly: false, before: nil, limit: 99))
        _ = reading.ask(.riskLog(after: nil, limit: 99))
        while case .done = try reading.perform(.expireReview) {}
      } catch is SnapshotDefect {}
    }
    // Names and contents may be anything; numbers that matter may not.
    #expect(loadedCount < rounds * 3 / 4, "seed \(seed) \(loadedCount)")
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let record: @Sendable (Ledger, WithdrawalID) throws -> Record

    init(_ name: String, _ record: @escaping @Sendable (Ledger, WithdrawalID) throws -> Record) {
      testDescription = name
      self.record = record
    }
  }

  private static func act(
    _ ledger: Ledger, _ id: WithdrawalID, _ kind: RecordedAction.Kind, by person: Person?, _ state: WithdrawalState?
  ) -> Record {
    .reviewActed(
      ReviewActed(
        key: ledger.staffKey("wrong", person, "wrong"), partner: label("p"), id: id,
        action: RecordedAction(kind: kind, note: label("note")), state: state))
  }

  static let wrong: [Wrong] = [
    Wrong("approval that does not approve") { act($0, $1, .approve, by: bob, nil) },
    Wrong("rejection that does not reject") { act($0, $1, .reject, by: bob, nil) },
    Wrong("rejection that approves") { act($0, $1, .reject, by: bob, .approved) },
    Wrong("claim that approves") { act($0, $1, .claim, by: bob, .approved) },
    Wrong("approval by nobody") { act($0, $1, .approve, by: nil, .approved) },
    Wrong("approval by the maker") { act($0, $1, .approve, by: maker, .approved) },
    Wrong("approval twice") { act($0, $1, .approve, by: ann, .approved) },
    Wrong("release without a claim") { act($0, $1, .release, by: bob, nil) },
    Wrong("act on what is over") { ledger, id in
      try ledger.cancel(id, request: "c")
      return act(ledger, id, .claim, by: bob, nil)
    },
    Wrong("act on what is held") { ledger, id in
      try ledger.hold(id, true, by: cai)
      return act(ledger, id, .claim, by: bob, nil)
    },
    Wrong("act on nothing") { ledger, _ in
      act(ledger, WithdrawalID(epoch: 1, shard: 0, ordinal: 9), .claim, by: bob, nil)
    },
    Wrong("hold of what is held") { ledger, id in
      try ledger.hold(id, true, by: cai)
      return .holdChanged(
        HoldChanged(
          key: ledger.staffKey("wrong", cai, "wrong"), partner: label("p"), id: id, isHeld: true, reason: label("r")))
    },
    Wrong("expiry before its time") { _, id in .reviewExpired(ReviewExpired(partner: label("p"), id: id)) },
    Wrong("expiry of what is held") { ledger, id in
      try ledger.hold(id, true, by: cai)
      ledger.later(100 * hour)
      return .reviewExpired(ReviewExpired(partner: label("p"), id: id))
    },
    Wrong("amend that nobody asked for") { ledger, id in
      .withdrawalAmended(
        WithdrawalAmended(
          key: ledger.key("wrong", "p", "wrong"), partner: label("p"), id: id, payee: label("x"),
          screening: screening(), state: .pendingReview))
    },
    Wrong("amend with another fee") { ledger, id in
      try ledger.review(id, .requestInformation(note: label("?")), by: ann)
      var found = try #require(ledger.withdrawal(id)).screening
      found.terms.feeMinorUnits += 1
      return .withdrawalAmended(
        WithdrawalAmended(
          key: ledger.key("wrong", "p", "wrong"), partner: label("p"), id: id, payee: label("x"), screening: found,
          state: .pendingReview))
    },
    Wrong("amend that approves") { ledger, id in
      try ledger.review(id, .requestInformation(note: label("?")), by: ann)
      let found = try #require(ledger.withdrawal(id)).screening
      return .withdrawalAmended(
        WithdrawalAmended(
          key: ledger.key("wrong", "p", "wrong"), partner: label("p"), id: id, payee: label("x"), screening: found,
          state: .approved))
    },
    Wrong("outcome of what is undecided") { ledger, id in
      .outcomeReported(
        OutcomeReported(
          key: ledger.staffKey("wrong", cai, "wrong"), partner: label("p"), id: id, outcome: .fraud, listed: [],
          note: label("n")))
    },
    Wrong("proposal out of order") { ledger, _ in
      .proposed(
        Proposed(
          key: ledger.staffKey("wrong", eve, "wrong"), partner: label("p"),
          id: ProposalID(epoch: 1, shard: 0, ordinal: 2), subject: ReviewRefusalTests.adjustment(1)))
    },
    Wrong("proposal by nobody") { ledger, _ in
      .proposed(
        Proposed(
          key: ledger.staffKey("wrong", nil, "wrong"), partner: label("p"),
          id: ProposalID(epoch: 1, shard: 0, ordinal: 1), subject: ReviewRefusalTests.adjustment(1)))
    },
    Wrong("proposal about another partner's agent") { ledger, _ in
      try ledger.createAgent("a", partner: "q", request: "create-q")
      return .proposed(
        Proposed(
          key: ledger.staffKey("wrong", eve, "wrong"), partner: label("q"),
          id: ProposalID(epoch: 1, shard: 0, ordinal: 1), subject: ReviewRefusalTests.adjustment(1)))
    },
    Wrong("confirmation by the proposer") { ledger, _ in
      let proposal = try #require(try ledger.propose(ReviewRefusalTests.adjustment(1), by: eve).proposal)
      return .proposalConfirmed(
        ProposalConfirmed(
          key: ledger.staffKey("wrong", eve, "wrong"), partner: label("p"), id: proposal.id, digest: proposal.digest))
    },
    Wrong("confirmation below the floor") { ledger, _ in
      let proposal = try #require(try ledger.propose(ReviewRefusalTests.adjustment(-1_000_000), by: eve).proposal)
      return .proposalConfirmed(
        ProposalConfirmed(
          key: ledger.staffKey("wrong", cai, "wrong"), partner: label("p"), id: proposal.id, digest: proposal.digest))
    },
    Wrong("reveal of an adjustment") { ledger, _ in
      let proposal = try #require(try ledger.propose(ReviewRefusalTests.adjustment(1), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      return .payeeRevealed(
        PayeeRevealed(key: ledger.staffKey("wrong", eve, "wrong"), partner: label("p"), id: proposal.id))
    },
    Wrong("removal of what is not listed") { ledger, _ in
      .listChanged(
        ListChanged(
          key: ledger.staffKey("wrong", cai, "wrong"), partner: .none, subject: .device, colour: .black,
          name: label("phone"), change: .remove(reason: label("r"))))
    },
    Wrong("device with a partner") { ledger, _ in
      .listChanged(
        ListChanged(
          key: ledger.staffKey("wrong", cai, "wrong"), partner: label("p"), subject: .device, colour: .black,
          name: label("phone"), change: .put(until: nil, reason: label("r"))))
    },
    Wrong("agent without a partner") { ledger, _ in
      .listChanged(
        ListChanged(
          key: ledger.staffKey("wrong", cai, "wrong"), partner: .none, subject: .agent, colour: .black,
          name: label("a"), change: .put(until: nil, reason: label("r"))))
    },
    Wrong("older rules") { ledger, _ in
      try ledger.activate(5, "five")
      return .rulesActivated(RulesActivated(key: nil, version: 5, digest: Digest256()))
    },
  ]

  @Test(arguments: wrong)
  func aRecordThatMakesNoSenseChangesNothing(_ wrong: Wrong) throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    try ledger.approve(id, by: ann)
    let record = try wrong.record(ledger, id)
    let hash = ledger.state.stateHash()
    #expect(throws: CorruptRecord.self) {
      try ledger.state.evolve(
        record, sequence: ledger.state.lastSequence + 1, time: ledger.state.recordTime(ledger.now))
    }
    #expect(ledger.state.stateHash() == hash)
    try ledger.state.audit()
  }
}
