import Digests
import LedgerCore
import Testing

/// Channels, attempts, stray payments, returns, and what waits in which queue, in snapshots.
@Suite struct PayoutSnapshotTests {
  /// Something of everything that happens to payouts.
  static func house() throws -> Ledger {
    let ledger = try Ledger.paying()
    ledger.policy.points = 4
    ledger.policy.arrivalMicroseconds = minute
    try ledger.deposit(fen(100, .points), to: "a", reference: "points")
    try ledger.set("rest", .disabled)
    try ledger.set("beta", .draining)
    try ledger.set("beta", .enabled)
    try ledger.fund("beta", -1_000)
    let states: [WithdrawalState] = [
      .approved, .processing, .awaitingPayee, .inDoubt, .actionRequired, .cancelling, .paid, .confirmed, .returned,
      .failed,
    ]
    for state in states {
      ledger.later(minute / 4)
      _ = try ledger.payout(in: state)
    }
    // Several attempts, over several channels; a fee given back; points taken.
    let late = try ledger.submitPayout(speed: .express)
    try ledger.begin(late)
    try ledger.tell(late, .tryElsewhere, reason: .channelUnavailable)
    try ledger.begin(late, on: "beta")
    ledger.later(hour)
    try ledger.tell(late, .paid, reference: "number-1")
    let points = try ledger.submitPayout(speed: .sameDay, acceleration: .points)
    try ledger.begin(points)
    try ledger.tell(points, .paid)
    // Money that strayed: blocked, let go, and settled by people.
    let stray = try ledger.payout(in: .processing)
    try ledger.tell(stray, .tryAgain)
    try ledger.tell(stray, .paid, attempt: 1)
    let freed = try ledger.payout(in: .processing)
    try ledger.tell(freed, .tryAgain)
    try ledger.tell(freed, .paid, attempt: 1, paid: 3)
    try ledger.resolve(freed, .notPaid)
    for verdict in DoubtVerdict.allCases {
      let id = try ledger.payout(in: .inDoubt)
      try ledger.resolve(id, verdict, paid: verdict == .paid || verdict == .strayed ? payoutNet + 1 : 0)
    }
    try ledger.doubt(ledger.payout(in: .inDoubt), .failed)
    let mismatch = try ledger.payout(in: .processing)
    try ledger.tell(mismatch, .paid, paid: 5)
    // Money that strayed and came back; what appeals gave before it came back; a cancel that doubt outlived.
    let back = try ledger.payout(in: .failed)
    try ledger.tell(back, .paid)
    try ledger.giveBack(back)
    _ = try ledger.awarded(ledger.payout(in: .paid), disputed: 500, awarded: 400)
    let given = try ledger.payout(in: .confirmed)
    _ = try ledger.awarded(given, disputed: 500, awarded: 400)
    try ledger.giveBack(given)
    try ledger.tell(ledger.payout(in: .cancelling), .unknown)
    // Held ones, and what came back to people.
    try ledger.hold(ledger.submitPayout(), true, by: cai)
    let lifted = try ledger.submitPayout()
    try ledger.submitPayout()
    try ledger.hold(lifted, true, by: cai)
    try ledger.hold(lifted, false, by: cai)
    let held = try ledger.payout(in: .actionRequired)
    try ledger.hold(held, true, by: cai)
    let bought = try ledger.submitPayout(of: "b")
    try ledger.update("b", frozen: true)
    try ledger.begin(bought)
    try ledger.update("b", frozen: false)
    let mended = try ledger.payout(in: .actionRequired)
    try ledger.amend(mended, to: "other")
    let retried = try ledger.payout(in: .actionRequired)
    try ledger.retry(retried)
    ledger.policy.assessment = { _ in SubmissionTests.judge(.review) }
    let judged = try ledger.submit(fen(1_000), of: "b", request: "judged").withdrawal
    try ledger.approve(try #require(judged).id, by: ann)
    ledger.policy.assessment = { _ in .approved }
    let rejected = try ledger.payout(in: .actionRequired)
    ledger.policy.assessment = { _ in SubmissionTests.judge(.reject) }
    try ledger.retry(rejected)
    ledger.policy.assessment = { _ in .approved }
    let cancelled = try ledger.payout(in: .cancelling)
    try ledger.tell(cancelled, .cancelled)
    try ledger.cancel(ledger.payout(in: .actionRequired), request: "of action")
    ledger.later(80 * hour)
    try ledger.perform(.lapseAction)
    try ledger.payout(in: .actionRequired)
    return ledger
  }

  private static func reload(_ ledger: Ledger) throws -> Ledger {
    let (bytes, hash) = snapshot(ledger.state)
    let loaded = Ledger()
    loaded.state = try load(bytes, expecting: hash)
    loaded.policy = ledger.policy
    loaded.now = ledger.now
    return loaded
  }

  @Test func comesBackAsItWas() throws {
    let ledger = try Self.house()
    let (bytes, hash) = snapshot(ledger.state)
    #expect(try ledger.replayedHash() == hash)
    for chunk in [1, 300, .max] {
      let state = try load(bytes, expecting: hash, chunk: chunk)
      #expect(snapshot(state).bytes == bytes)
    }
    let loaded = try Self.reload(ledger)
    for ordinal in 1...ledger.state.withdrawalCount {
      let id = WithdrawalID(epoch: 1, shard: 0, ordinal: ordinal)
      #expect(loaded.withdrawal(id) == ledger.withdrawal(id), "\(ordinal)")
    }
    #expect(loaded.due() == ledger.due() && loaded.due().count > 4)
    #expect(loaded.open() == ledger.open() && loaded.open().count > 4)
    #expect(loaded.figures == ledger.figures)
    #expect(loaded.ask(.channels).0.channels == ledger.ask(.channels).0.channels)
    #expect(loaded.books() == ledger.books())
  }

  @Test func goesOnAsWithoutIt() throws {
    let ledger = try Self.house()
    let loaded = try Self.reload(ledger)
    for each in [ledger, loaded] {
      // Requests are known: they are not done twice.
      let before = each.state.lastSequence
      #expect(
        try each.cancel(WithdrawalID(epoch: 1, shard: 0, ordinal: 1), request: "of action").rejection
          == .requestIDReused)
      #expect(each.state.lastSequence == before)
      for payout in each.due() { try each.begin(payout.id) }
      for payout in each.open() { try each.tell(payout.id, .paid) }
      try each.giveBack(WithdrawalID(epoch: 1, shard: 0, ordinal: 7))
      each.later(100 * hour)
      while try each.perform(.lapseAction).isDone {}
      try each.state.audit()
      try each.requireSound("on")
    }
    #expect(ledger.state.stateHash() == loaded.state.stateHash())
    #expect(loaded.due() == ledger.due() && loaded.open() == ledger.open())
  }

  /// One that stayed under way through several states keeps its place among those that began after it.
  @Test func whatIsUnderWayKeepsItsPlace() throws {
    let ledger = try Ledger.paying()
    let ids = try (0..<6).map { _ in try ledger.payout(in: .processing) }
    for id in ids.prefix(4).reversed() {
      try ledger.tell(id, .awaitingPayee)
      try ledger.tell(id, .unknown)
      try ledger.tell(id, .accepted)
    }
    try ledger.tell(ids[1], .tryAgain)
    try ledger.begin(ids[1])
    let expected = [0, 2, 3, 4, 5, 1].map { ids[$0] }
    #expect(ledger.open().map(\.id) == expected)
    #expect(try Self.reload(ledger).open().map(\.id) == expected)
  }

  @Test func everyCutIsRefused() throws {
    let (bytes, _) = snapshot(try Self.house().state)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: SnapshotDefect.self) { try load(Array(bytes[0..<count])) }
    }
  }

  /// Without the hash to help: whatever still loads has sound books and encodes to what was read.
  @Test(arguments: [0x9A40, 20_261_121] as [UInt64]) func flippedBytesNeverTrap(seed: UInt64) throws {
    let (bytes, hash) = snapshot(try Self.house().state)
    print("payout snapshot flips, seed \(seed), \(bytes.count) bytes")
    var random = SeededRandom(seed: seed)
    // Half of them where payouts are.
    let start = try #require(Self.place(of: [40, 3, 0, 0, 0, 0, 0, 0, 0, 5] + Array("alpha".utf8), in: bytes))
    var loadedCount = 0
    let rounds = 700
    for step in 0..<rounds {
      var wrong = bytes
      let first = Bool.random(using: &random) ? 0 : start
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let place = Int.random(in: first..<wrong.count, using: &random)
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
        for payout in reading.due() { try reading.begin(payout.id) }
        for payout in reading.open() { try reading.tell(payout.id, .paid) }
        while try reading.perform(.lapseAction).isDone {}
        _ = (reading.figures, reading.ask(.channels).0)
        try reading.requireSound("seed \(seed) step \(step)")
      } catch is SnapshotDefect {}
    }
    // Names and contents may be anything; numbers that matter may not.
    #expect(loadedCount < rounds * 3 / 4, "seed \(seed) \(loadedCount)")
  }

  private static func place(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    (0...bytes.count - pattern.count).last { Array(bytes[$0..<$0 + pattern.count]) == pattern }
  }

  /// A payment that is under way, or was made, without its attempt would be made again.
  @Test(arguments: [WithdrawalState.processing, .inDoubt, .paid, .returned, .actionRequired])
  func anAttemptIsNotLost(state: WithdrawalState) throws {
    let ledger = try Ledger.paying()
    try ledger.payout(in: state)
    let (bytes, _) = snapshot(ledger.state)
    let none = [UInt8](repeating: 0, count: 8)
    let start = try #require(Self.place(of: [43, 1, 0, 0, 0, 0, 0, 0, 0], in: bytes))
    let aftermaths: UInt8 = state == .returned ? 1 : 0
    let end = try #require(Self.place(of: [44, aftermaths, 0, 0, 0, 0, 0, 0, 0], in: bytes))
    #expect(start < end)
    var wrong = bytes
    wrong.replaceSubrange(start..<end, with: [43] + none)
    #expect(throws: SnapshotDefect.self) { try load(wrong) }
  }

  /// The state that a withdrawal is in is the one that its attempt led to.
  @Test func aStateThatNoAttemptExplainsIsRefused() throws {
    let ledger = try Ledger.paying()
    try ledger.payout(in: .paid)
    let (bytes, _) = snapshot(ledger.state)
    // The last event: withdrawal 1 enters PAID.
    let place = try #require(Self.place(of: [1, 0, 0, 0, 0, 0, 0, 0, WithdrawalState.paid.rawValue], in: bytes))
    for state in [WithdrawalState.inDoubt, .approved, .actionRequired, .awaitingPayee] {
      var wrong = bytes
      wrong[place + 8] = state.rawValue
      #expect { try load(wrong) } throws: { error in
        (error as? SnapshotDefect)?.reason == .contradiction("a payout in a state without its attempt")
      }
    }
  }

  /// A request that is not known any more would be done again.
  @Test(arguments: [UInt8(30), 31, 32]) func requestsAreNotLost(outcome: UInt8) throws {
    let ledger = try Ledger.paying()
    let mended = try ledger.payout(in: .actionRequired)
    try ledger.retry(mended)
    try ledger.payout(in: .cancelling)
    let (bytes, _) = snapshot(ledger.state)
    // Told as a change of the agent, of whom the snapshot does not know each.
    let subject: [UInt8] = [outcome == 32 ? 2 : 1, 0, 0, 0, 0, 0, 0, 0]
    let place = try #require(Self.place(of: [outcome] + subject, in: bytes))
    var wrong = bytes
    wrong.replaceSubrange(place..<place + 9, with: [6, 1, 0, 0, 0, 0, 0, 0, 0])
    #expect { try load(wrong) } throws: { error in
      (error as? SnapshotDefect)?.reason == .contradiction("requests about payouts missing")
    }
  }
}
