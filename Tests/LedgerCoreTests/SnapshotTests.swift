import Digests
import LedgerCore
import Testing

@Suite struct SnapshotTests {
  /// Something of everything: two partners, staff, cancels, refusals of each kind.
  static func house() throws -> Ledger {
    let ledger = Ledger(shard: 3)
    ledger.policy.payoutMaximumMinorUnits = 5_000
    ledger.policy.currencies = [.cny, usd]
    for (partner, agent) in [("p", "a"), ("p", "b"), ("q", "a")] {
      try ledger.createAgent(agent, partner: partner, request: "create-\(partner)-\(agent)")
      try ledger.deposit(fen(10_000), to: agent, partner: partner, reference: "v-\(partner)-\(agent)")
      try ledger.deposit(fen(700, usd), to: agent, partner: partner, reference: "u-\(partner)-\(agent)")
    }
    for i in 0..<40 {
      ledger.now = Timestamp(microseconds: ledger.now.microseconds + 60_000_000)
      let answer = try ledger.submit(fen(Int64(100 + i)), of: i % 3 == 0 ? "a" : "b", request: "r\(i)", payee: "付款\(i)")
      if i % 4 == 0, let id = answer.withdrawal?.id { try ledger.cancel(id, request: "c\(i)") }
    }
    try ledger.submit(fen(5_001), of: "a", request: "too much")
    try ledger.submit(fen(3_000, usd), of: "a", partner: "q", request: "not there")
    try ledger.submit(fen(300, usd), of: "a", partner: "q", request: "there")
    try ledger.deposit(fen(1), to: "a", reference: "v-p-b", request: "same reference")
    try ledger.cancel(WithdrawalID(epoch: 1, shard: 3, ordinal: 1), request: "c-again")
    try Self.screen(ledger)
    return ledger
  }

  /// Levels, checks, accounts of each state, points, limits, every verdict, and what risk rules remember.
  private static func screen(_ ledger: Ledger) throws {
    ledger.policy.tiers = [
      label("gold"): Limits(payoutMinimum: 1, payoutMaximum: 9_000, dayAmount: .max, monthAmount: .max, dayCount: .max)
    ]
    ledger.policy.points = 3
    ledger.policy.assessment = { facts in
      switch facts.amount.minorUnits {
      case 201: SubmissionTests.judge(.review)
      case 202: SubmissionTests.judge(.reject, until: Timestamp(microseconds: facts.time.microseconds + 9))
      default: .approved
      }
    }
    try ledger.update("b", tier: label("gold"), violations: 0, limits: LimitOverride(dayCount: 77), parent: label("a"))
    try ledger.verify("b", [.name, .card])
    try ledger.deposit(fen(10, .points), to: "b", reference: "points")
    let payees = try ["1", "2", "1"].enumerated().map { place, number in
      try ledger.bind(number, to: place == 2 ? "a" : "b", verified: place == 0).payee?.id
    }
    let first = try #require(payees[0])
    let last = try #require(payees[2])
    try ledger.check(first, passed: true)
    try ledger.erase(last)
    let origin = Origin(device: label("phone"), address: label("10.1.1.1"))
    for (place, amount) in [200, 201, 201, 202, 203].enumerated() {
      ledger.now = Timestamp(microseconds: ledger.now.microseconds + 20_000_000_000)
      try ledger.submit(
        fen(Int64(amount)), of: "b", request: "screened \(place)", payee: "\(first)",
        acceleration: place % 2 == 0 ? .points : .fee, origin: origin)
    }
    let newest = ledger.state.withdrawalCount
    try ledger.cancel(WithdrawalID(epoch: 1, shard: 3, ordinal: newest), request: "of points")
    try ledger.cancel(WithdrawalID(epoch: 1, shard: 3, ordinal: newest - 2), request: "of review")
    ledger.policy.assessment = { _ in .approved }
  }

  @Test func comesBackAsItWas() throws {
    let ledger = try Self.house()
    let (bytes, hash) = snapshot(ledger.state)
    #expect(hash == SHA256.hash(bytes))
    #expect(hash == ledger.state.stateHash())
    for chunk in [1, 7, 300, .max] {
      let loaded = try load(bytes, shard: 3, expecting: hash, chunk: chunk)
      #expect(loaded.lastSequence == ledger.state.lastSequence)
      #expect(loaded.lastTime == ledger.state.lastTime)
      #expect(loaded.stateHash() == hash)
      #expect(snapshot(loaded).bytes == bytes)
    }
  }

  @Test func emptyStateComesBack() throws {
    let (bytes, hash) = snapshot(Ledger().state)
    #expect(try load(bytes, expecting: hash).stateHash() == hash)
  }

  /// What comes after a snapshot is the same as without it.
  @Test func goesOnAsWithoutIt() throws {
    let ledger = try Self.house()
    let loaded = Ledger(shard: 3)
    loaded.state = try load(snapshot(ledger.state).bytes, shard: 3)
    loaded.policy = ledger.policy
    loaded.now = ledger.now
    for each in [ledger, loaded] {
      try each.submit(fen(77), of: "b", request: "after")
      try each.cancel(WithdrawalID(epoch: 1, shard: 3, ordinal: 2), request: "c-after")
      #expect(try each.submit(fen(5_001), of: "a", request: "too much").refusal != nil)
      try each.deposit(fen(9), to: "b", reference: "after")
      try each.state.audit()
    }
    #expect(ledger.state.stateHash() == loaded.state.stateHash())
  }

  /// The hash seed places keys in tables and is seen nowhere.
  @Test func hashSeedIsNeverObservable() throws {
    let ledger = try Self.house()
    var other = LedgerState(epoch: 1, shard: 3, hashSeed: HashSeed(first: .max, second: 0))
    for (bytes, sequence, time) in ledger.journal { try other.evolve(decode(bytes), sequence: sequence, time: time) }
    #expect(other.stateHash() == ledger.state.stateHash())
  }

  @Test func afterARestoreIDsGetTheNextEpoch() throws {
    let ledger = try Self.house()
    let (bytes, hash) = snapshot(ledger.state)
    let restored = Ledger(shard: 3)
    restored.state = try load(bytes, epoch: 2, shard: 3)
    #expect(restored.state.stateHash() == hash)
    let id = try #require(try restored.submit(fen(5), of: "a", request: "new").withdrawal).id
    #expect(id == WithdrawalID(epoch: 2, shard: 3, ordinal: ledger.state.withdrawalCount + 1))
    let old = WithdrawalID(epoch: 1, shard: 3, ordinal: 2)
    #expect(restored.ask(.withdrawal(old, .all)).0.withdrawal?.id == old)
    // A snapshot with an id of epoch 2 cannot be an epoch 1 ledger's.
    #expect(throws: SnapshotDefect.self) { try load(snapshot(restored.state).bytes, epoch: 1, shard: 3) }
  }

  @Test func notThisLedgersIsRefused() throws {
    let (bytes, _) = snapshot(try Self.house().state)
    #expect(throws: SnapshotDefect.self) { try load(bytes, shard: 4) }
    #expect(throws: SnapshotDefect.self) { try load(bytes, shard: 3, expecting: Digest256()) }
    #expect(throws: SnapshotDefect.self) { try load(bytes + [0], shard: 3) }
    #expect(throws: SnapshotDefect(.notASnapshot, at: 0)) { try load([UInt8](repeating: 0, count: 5_000)) }
    #expect(throws: SnapshotDefect.self) { try load([]) }
  }

  /// Every eleventh: rows are longer than that, so all of them are cut, at all kinds of places.
  @Test func cutsAreRefused() throws {
    let (bytes, _) = snapshot(try Self.house().state)
    for count in stride(from: 0, to: bytes.count, by: 11) {
      #expect(throws: SnapshotDefect.self) { try load(Array(bytes[0..<count]), shard: 3) }
    }
  }

  /// Without the hash to help: whatever still loads has sound books and encodes to what was read.
  @Test func flippedBytesNeverTrap() throws {
    let (bytes, hash) = snapshot(try Self.house().state)
    let seed: UInt64 = 0x5eed
    var random = SeededRandom(seed: seed)
    var loadedCount = 0
    for step in 0..<600 {
      var wrong = bytes
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let place = Int.random(in: 0..<wrong.count, using: &random)
        wrong[place] ^= Bool.random(using: &random) ? 1 << UInt8.random(in: 0..<8, using: &random) : 0xFF
      }
      if wrong == bytes { continue }
      #expect(throws: (any Error).self) { try load(wrong, shard: 3, expecting: hash) }
      do {
        let state = try load(wrong, shard: 3)
        loadedCount += 1
        try state.audit()
        #expect(snapshot(state).bytes == wrong, "seed \(seed) step \(step)")
      } catch is SnapshotDefect {}
    }
    // Names and contents may be anything; numbers that matter may not.
    #expect(loadedCount < 450, "seed \(seed)")
  }
}
