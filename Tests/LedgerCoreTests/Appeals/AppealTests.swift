import Digests
import LedgerCore
import Testing

/// What an agent complains of, and what people make of it.
@Suite struct AppealTests {
  @Test func disputedMoneyIsFrozenAndAwardedByTwoPeople() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .paid)
    let before = try #require(ledger.available("a"))
    let appeal = try #require(try ledger.appeal(id, .notArrived, disputed: 970).appeal)
    #expect(appeal.state == .open && appeal.disputed == fen(970))
    #expect(ledger.available("a") == before)
    try ledger.state.audit()

    #expect(try ledger.resolve(appeal.id, awarded: 970, by: eve).refusal == .appealNotAssigned)
    let assigned = try #require(try ledger.assign(appeal.id, to: eve, by: eve).appeal)
    #expect(assigned.state == .assigned && assigned.assignee == eve.name)
    #expect(try ledger.resolve(appeal.id, awarded: 970, by: eve).refusal == .makerMayNotDecide)
    #expect(
      try ledger.resolve(appeal.id, awarded: 971, by: cai).refusal == .disputedTooMuch(maximum: 970, requested: 971))
    let upheld = try #require(try ledger.resolve(appeal.id, awarded: 900, by: cai).appeal)
    #expect(upheld.state == .upheld && upheld.awardedMinorUnits == 900)
    #expect(ledger.available("a") == before + 900)
    try ledger.state.audit()

    let closed = try ledger.resolve(appeal.id, awarded: 1, by: cai)
    #expect(closed.refusal == .appealClosed(state: .upheld))
    // What was awarded counts: 1,000 were withdrawn, 900 of them given back.
    #expect(
      try ledger.appeal(id, .notArrived, disputed: 101).refusal == .disputedTooMuch(maximum: 100, requested: 101))
    #expect(try ledger.appeal(id, .notArrived, disputed: 100).appeal?.state == .open)
    try ledger.state.audit()
  }

  /// One person who names another as the one at it would award money alone.
  @Test func peopleTakeAppealsAndGiveThemToNobody() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .paid)
    let appeal = try #require(try ledger.appeal(id, .notArrived, disputed: 970).appeal)
    #expect(try ledger.assign(appeal.id, to: eve, by: cai).refusal == .assigneeNotCaller)
    #expect(try ledger.resolve(appeal.id, awarded: 970, by: cai).refusal == .appealNotAssigned)
    try ledger.assign(appeal.id, to: cai, by: cai)
    #expect(try ledger.assign(appeal.id, to: eve, by: cai).refusal == .assigneeNotCaller)
    #expect(try ledger.resolve(appeal.id, awarded: 970, by: cai).refusal == .makerMayNotDecide)
    // Another takes it over, and then the first one may decide.
    try ledger.assign(appeal.id, to: eve, by: eve)
    #expect(try ledger.resolve(appeal.id, awarded: 970, by: cai).appeal?.state == .upheld)
    try ledger.requireWhole()
  }

  @Test func rejectedGivesNothing() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .confirmed)
    let before = try #require(ledger.available("a"))
    let appeal = try #require(try ledger.appeal(id, .wrongAmount, disputed: 10).appeal)
    // One person is enough to say no.
    let rejected = try #require(try ledger.resolve(appeal.id, upheld: false, awarded: 0, by: eve).appeal)
    #expect(rejected.state == .rejected && rejected.awardedMinorUnits == 0)
    #expect(ledger.available("a") == before)
    try ledger.state.audit()
  }

  @Test(arguments: [WithdrawalState.approved, .processing, .inDoubt, .actionRequired, .failed])
  func nothingIsFrozenBeforeItIsPaid(_ state: WithdrawalState) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: state)
    #expect(try ledger.appeal(id, .notArrived, disputed: 0).refusal == .appealNotPossible(state: state))
    #expect(try ledger.appeal(id, .late, disputed: 1).refusal == .appealNotPossible(state: state))
    #expect(try ledger.appeal(id, .late, disputed: 0).appeal?.state == .open)
  }

  @Test func oneAtATimeAndOnlyOnesOwn() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .paid)
    let first = try #require(try ledger.appeal(id, .late, disputed: 0).appeal)
    #expect(try ledger.appeal(id, .fee, disputed: 0).refusal == .appealOpen)
    #expect(try ledger.appeal(id, .fee, disputed: 0, partner: "q").rejection == .withdrawalNotFound)
    #expect(ledger.ask(.appeal(first.id, .partner(label("q")))).0.rejection == .appealNotFound)
    #expect(ledger.ask(.appeal(first.id, .partner(label("p")))).0.appeal == first)
    // A partner brings evidence; it neither assigns nor resolves.
    #expect(try ledger.evidence(first.id, note: "bank letter").appeal?.evidence.count == 1)
    #expect(try ledger.assign(first.id, to: eve, by: nil).rejection == .appealNotFound)
  }

  @Test func clocksRunOver() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .paid)
    let appeal = try #require(try ledger.appeal(id, .late, disputed: 0).appeal)
    #expect(!appeal.isEscalated)
    let later = Timestamp(microseconds: appeal.firstAnswerDue.microseconds + 1)
    ledger.now = later
    #expect(ledger.ask(.appeal(appeal.id, .all)).0.appeal?.isEscalated == true)
    #expect(ledger.appeals(escalatedOnly: true).map(\.id) == [appeal.id])
    let assigned = try #require(try ledger.assign(appeal.id, to: eve, by: eve).appeal)
    #expect(assigned.isEscalated, "the first answer came too late, and that stays known")
  }

  @Test func listsShowOpenOnesFirst() throws {
    let ledger = try Ledger.paying()
    var ids: [AppealID] = []
    for number in 0..<5 {
      let id = try ledger.payout(in: .paid)
      ids.append(try #require(try ledger.appeal(id, .late, disputed: 0).appeal).id)
      if number % 2 == 0 { try ledger.resolve(ids[number], upheld: false, awarded: 0, by: cai) }
    }
    #expect(ledger.appeals().map(\.id) == [ids[1], ids[3], ids[4], ids[2], ids[0]])
    #expect(ledger.appeals(openOnly: true).map(\.id) == [ids[1], ids[3]])
    var paged: [AppealID] = []
    var after: UInt64?
    repeat {
      guard
        case .appeals(let page, let next) = ledger.ask(
          .appeals(AppealFilter(partner: nil, openOnly: false, escalatedOnly: false, after: after, limit: 2))
        ).0
      else { break }
      paged += page.map(\.id)
      after = next
    } while after != nil
    #expect(paged == ledger.appeals().map(\.id))
  }

  /// What is looked at for one page is bounded, whatever of it is shown.
  @Test(arguments: [false, true]) func aPageLooksAtSoManyRows(openOnly: Bool) throws {
    let ledger = try Ledger.paying()
    try ledger.fund("alpha", 100_000)
    let rows = AnswerLimits.rowsScannedMaximum + 50
    for number in 0...rows {
      if number % 8 == 0 { try ledger.payout(in: .paid) }
      let id = WithdrawalID(epoch: 1, shard: 0, ordinal: UInt64(number / 8 + 1))
      let appeal = try #require(try ledger.appeal(id, .late, disputed: 0).appeal)
      if number < rows { try ledger.resolve(appeal.id, upheld: false, awarded: 0, by: cai) }
    }
    // The only one that is open stands behind all the others.
    let (first, next) = ledger.page(openOnly: openOnly, limit: 5)
    #expect(first.isEmpty && next != nil)
    let (second, _) = ledger.page(openOnly: openOnly, after: next, limit: 5)
    #expect(second.first?.state == .open)
  }

  /// Appeals that come while somebody reads move nothing: each that was there is seen once.
  @Test func pagesStandStill() throws {
    let ledger = try Ledger.paying()
    var ids: [AppealID] = []
    func add(_ isOpen: Bool) throws {
      let id = try ledger.payout(in: .paid)
      ids.append(try #require(try ledger.appeal(id, .late, disputed: 0).appeal).id)
      if !isOpen { try ledger.resolve(ids[ids.count - 1], upheld: false, awarded: 0, by: cai) }
    }
    for number in 0..<12 { try add(number % 4 == 0) }
    let all = ledger.appeals().map(\.id)
    #expect(all == [0, 4, 8, 11, 10, 9, 7, 6, 5, 3, 2, 1].map { ids[$0] })
    for limit in 1...5 {
      var seen: [AppealID] = []
      var after: UInt64?
      repeat {
        let (page, next) = ledger.page(after: after, limit: limit)
        seen += page.map(\.id)
        after = next
        try add(false)
      } while after != nil
      #expect(seen.filter { all.contains($0) } == all, "\(limit)")
    }
    // Positions that were not handed out lead nowhere, and nothing traps.
    for position in [0, 1, 2, 3, 999, .max, .max - 1] as [UInt64] { _ = ledger.page(after: position, limit: 3) }
  }

  @Test func snapshotBringsThemBack() throws {
    let ledger = try Ledger.paying()
    for state in [WithdrawalState.paid, .confirmed, .paid] {
      let id = try ledger.payout(in: state)
      let appeal = try #require(try ledger.appeal(id, .wrongAmount, disputed: 50).appeal)
      try ledger.evidence(appeal.id, note: "what the bank says")
      if state == .confirmed {
        try ledger.assign(appeal.id, to: eve, by: eve)
        try ledger.resolve(appeal.id, awarded: 20, by: cai)
      }
    }
    try ledger.requireWhole()
    let (bytes, hash) = snapshot(ledger.state)
    let copy = Ledger()
    copy.state = try load(bytes, expecting: hash)
    copy.policy = ledger.policy
    copy.now = ledger.now
    #expect(copy.appeals() == ledger.appeals())
    // And it goes on from there.
    let open = try #require(copy.appeals(openOnly: true).first)
    #expect(try copy.resolve(open.id, upheld: false, awarded: 0, by: cai).appeal?.state == .rejected)
  }
}

extension Ledger {
  func available(_ agent: String) -> Int64? {
    guard case .balance(let balance) = ask(.balance(partner: label("p"), agent: label(agent), .cny)).0 else {
      return nil
    }
    return balance.available
  }

  @discardableResult
  func appeal(
    _ id: WithdrawalID, _ kind: AppealKind, disputed: Int64, partner: String = "p"
  ) throws -> Answer {
    try perform(
      .createAppeal(
        CreateAppeal(
          key: key("appeal-\(state.requestCount)", partner, "\(kind) \(disputed)"), scope: .partner(label(partner)),
          withdrawal: id, kind: kind, disputedMinorUnits: disputed, text: label("it is not there"))))
  }

  @discardableResult
  func evidence(_ id: AppealID, note: String) throws -> Answer {
    try perform(
      .actOnAppeal(
        ActOnAppeal(
          key: key("evidence-\(state.requestCount)", "p", note), scope: .partner(label("p")), appeal: id,
          action: .addEvidence(note: label(note), hash: label("\(digestOfEvidence)")))))
  }

  @discardableResult
  func assign(_ id: AppealID, to person: Person, by actor: Person?) throws -> Answer {
    let key = actor.map { staffKey("assign-\(state.requestCount)", $0, "assign") } ?? key(freshID, "p", "assign")
    return try perform(
      .actOnAppeal(ActOnAppeal(key: key, scope: .all, appeal: id, action: .assign(to: person.name))))
  }

  @discardableResult
  func resolve(_ id: AppealID, upheld: Bool = true, awarded: Int64, by person: Person) throws -> Answer {
    try perform(
      .actOnAppeal(
        ActOnAppeal(
          key: staffKey("resolve-\(state.requestCount)", person, "resolve \(awarded)"), scope: .all, appeal: id,
          action: .resolve(isUpheld: upheld, awardedMinorUnits: awarded, answer: label("see the letter")))))
  }

  func page(openOnly: Bool = false, after: UInt64? = nil, limit: Int) -> (found: [Appeal], next: UInt64?) {
    let filter = AppealFilter(partner: nil, openOnly: openOnly, escalatedOnly: false, after: after, limit: limit)
    guard case .appeals(let found, let next) = ask(.appeals(filter)).0 else { return ([], nil) }
    return (found, next)
  }

  func appeals(openOnly: Bool = false, escalatedOnly: Bool = false) -> [Appeal] {
    let filter = AppealFilter(
      partner: nil, openOnly: openOnly, escalatedOnly: escalatedOnly, after: nil, limit: 1_000)
    guard case .appeals(let found, _) = ask(.appeals(filter)).0 else { return [] }
    return found
  }
}

extension Answer {
  var appeal: Appeal? { if case .appeal(let value) = self { value } else { nil } }
}
