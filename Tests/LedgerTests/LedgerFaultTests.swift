import Digests
import Journal
import JournalTesting
import LedgerCore
import Synchronization
import Testing

@testable import Ledger

/// faults.md at the level of the ledger: what callers see when the disk is slow, full, broken or loses power.
@Suite struct LedgerFaultTests {
  private static let directory = "/data"

  private func fixture(_ disk: any Disk) throws -> Fixture {
    var fixture = Fixture(directory: Self.directory)
    try disk.makeDirectory(Self.directory)
    fixture.disk = disk
    return fixture
  }

  private func prepare(_ ledger: Ledger) async throws {
    _ = await ledger.perform(try Make.agent("a1"))
    _ = await ledger.perform(try Make.deposit("d1", agent: "a1", 100_000))
  }

  /// Sends through a port, so that the test sees what is there without waiting for it.
  private final class Caller: Sendable {
    private let arrived = Doorbell()
    private let port: Mutex<LedgerPort?>

    init(_ ledger: Ledger) {
      let bell = arrived
      port = Mutex(ledger.makePort { bell.ring() })
    }

    func send(_ ticket: UInt32, _ operation: LedgerOperation) {
      port.withLock { $0 }?.send([LedgerRequest(ticket: ticket, deadlineNanoseconds: nil, operation: operation)])
    }

    func replies() -> [LedgerReply] { port.withLock { $0 }?.takeReplies() ?? [] }

    func waitForReplies() -> [LedgerReply] {
      while true {
        let replies = replies()
        if !replies.isEmpty { return replies }
        arrived.wait()
      }
    }
  }

  /// F33, and "no reply before it is durable": while the disk holds a frame, its submit has no answer, a read that rests
  /// on it waits, and a read of what is durable is answered.
  @Test func nothingIsVisibleBeforeItsFrameIsOnDisk() async throws {
    let disk = GatedDisk(SimulatedDisk())
    let (ledger, _) = try fixture(disk).open()
    try await prepare(ledger)
    let first = try #require(await ledger.perform(try Make.submit("r1", agent: "a1", 100)).withdrawal)
    let caller = Caller(ledger)

    disk.closeGate()
    caller.send(1, try Make.submit("r2", agent: "a1", 200))
    disk.waitForWriter()
    let durableReads = Caller(ledger)
    durableReads.send(2, try Make.get(first.id))
    #expect(durableReads.waitForReplies().first?.withdrawal == first)

    // Reads that rest on the frame being written: the balance, the withdrawal by its request, the replayed request.
    caller.send(3, try Make.balance("a1"))
    caller.send(4, try Make.submit("r2", agent: "a1", 200))
    caller.send(5, .query(.request(.partner(try Label("demo")), try Label("r2"), .all)))
    durableReads.send(6, try Make.get(first.id))
    #expect(durableReads.waitForReplies().map(\.ticket) == [6])  // the turn with 3, 4, 5 is over
    #expect(caller.replies().isEmpty)

    disk.openGate()
    var replies: [LedgerReply] = []
    while replies.count < 4 { replies += caller.waitForReplies() }
    #expect(Set(replies.map(\.ticket)) == [1, 3, 4, 5])
    #expect(Set(replies.filter { $0.ticket != 3 }.map(\.withdrawal?.id)).count == 1)
    #expect(replies.first { $0.ticket == 3 }?.balance?.available == 99_700)
    await ledger.stop()
  }

  /// F18: the first failed sync ends acknowledging; the outcome is unknown, and the failure is told once.
  @Test func aFailedSyncPoisons() async throws {
    let disk = SimulatedDisk()
    let failures = Mutex<[JournalError]>([])
    let (ledger, _) = try fixture(disk).open(failed: { error in failures.withLock { $0.append(error) } })
    try await prepare(ledger)
    disk.fail(operation: 1, with: .failure(SimulatedDisk.inputOutputError), among: [.sync])
    guard case .outcomeUnknown = await ledger.perform(try Make.submit("r1", agent: "a1", 100)).outcome else {
      Issue.record("a submit was acknowledged without its sync")
      return
    }
    // The disk is well again; the journal must not believe it.
    let after = await ledger.perform(try Make.submit("r2", agent: "a1", 100)).outcome
    switch after {
    case .stopping, .outcomeUnknown: break
    default: Issue.record("after the failure: \(after)")
    }
    #expect(failures.withLock { $0.count } == 1)
    await ledger.stop()
  }

  /// F20: without room, submits are refused before any effect and queries go on; with room, it works again.
  @Test func aFullDiskRefusesBeforeAnyEffect() async throws {
    let disk = SimulatedDisk()
    var fixture = try fixture(disk)
    fixture.configuration.journal.spaceRetryNanoseconds = 1_000_000
    let standings = Mutex<[Journal.Standing]>([])
    let (ledger, _) = try fixture.open(standing: { standing in standings.withLock { $0.append(standing) } })
    try await prepare(ledger)
    disk.limitSpace(toBytes: 0)
    var accepted = 0
    full: while true {
      let items = try (0..<500).map { try Make.item("r\(accepted)-\($0)", agent: "a1", 1) }
      switch await ledger.perform(.batch(items)).outcome {
      case .batch: accepted += 1
      case .overloaded(.journalFull): break full
      case let other: Issue.record("got \(other)")
      }
      // 500 items of some 80 bytes: two segments of 1 MiB cannot hold a hundred such batches.
      try #require(accepted < 100)
    }
    let balance = await ledger.perform(try Make.balance("a1")).balance
    #expect(balance?.debitsPending == Int64(accepted * 500))

    disk.limitSpace(toBytes: nil)
    // As large as the one that was refused: what is left of the segment would hold a small one.
    let again = try (0..<500).map { try Make.item("again-\($0)", agent: "a1", 1) }
    var recovered = false
    for _ in 0..<100_000 where !recovered {
      if case .batch = await ledger.perform(.batch(again)).outcome { recovered = true }
    }
    #expect(recovered)
    await ledger.stop()
    // It was told once that space got short, and once that there was some again.
    let told = standings.withLock { $0 }
    guard told.count == 2, case .shortOfSpace = told[0], case .open = told[1] else {
      Issue.record("told \(told)")
      return
    }
  }

  /// F01 to F05, F27: power is cut at every operation in turn, with every kind of loss; then oracle O.
  @Test(arguments: SimulatedDisk.Survival.allCases)
  func aPowerCutAtAnyMomentLosesNothingAcknowledged(survival: SimulatedDisk.Survival) async throws {
    var operation = 1
    var wasCut = true
    while wasCut {
      let disk = SimulatedDisk()
      let fixture = try fixture(disk)
      let (ledger, _) = try fixture.open()
      try await prepare(ledger)
      disk.fail(operation: operation, with: .powerCut, among: [.write, .sync])
      var acknowledged: [Withdrawal] = []
      var unknown = 0
      for number in 0..<4 {
        let reply = await ledger.perform(try Make.submit("r\(number)", agent: "a1", 100))
        if let withdrawal = reply.withdrawal {
          acknowledged.append(withdrawal)
        } else {
          unknown += 1
        }
      }
      wasCut = unknown > 0
      await ledger.stop()

      var next = fixture
      next.disk = disk.losePower(survival, seed: UInt64(operation))
      let (restarted, _) = try next.open()
      for withdrawal in acknowledged {
        #expect(await restarted.perform(try Make.get(withdrawal.id)).withdrawal == withdrawal)
      }
      let held = try #require(await restarted.perform(try Make.balance("a1")).balance).debitsPending
      #expect(held >= acknowledged.count * 100 && held <= (acknowledged.count + unknown) * 100)
      // A retry of everything has each effect once.
      for number in 0..<4 {
        #expect(await restarted.perform(try Make.submit("r\(number)", agent: "a1", 100)).withdrawal != nil)
      }
      #expect(await restarted.perform(try Make.balance("a1")).balance?.debitsPending == 400)
      await restarted.stop()

      let seed = HashSeed(first: 9, second: 9)
      let once = try Ledger.verifyState(disk: next.disk, directory: Self.directory, hashSeed: seed)
      let twice = try Ledger.verifyState(
        disk: next.disk, directory: Self.directory, hashSeed: HashSeed(first: 1, second: 1))
      #expect(once == twice)
      operation += 1
    }
    #expect(operation > 5)  // the cuts did reach the submits
  }

  @Test func aStartFromASnapshotIsTheStartFromTheWholeJournal() async throws {
    let disk = SimulatedDisk()
    var fixture = try fixture(disk)
    fixture.configuration.recordsPerSnapshot = 100
    let (ledger, _) = try fixture.open()
    try await prepare(ledger)
    var ids: [WithdrawalID] = []
    var snapshots: [String] = []
    // Until two snapshots have been built; each is asked for after a hundred records.
    for number in 0..<100_000 where snapshots.count < 2 {
      let reply = await ledger.perform(try Make.submit("r\(number)", agent: "a1", 1))
      ids.append(try #require(reply.withdrawal).id)
      snapshots = disk.paths.filter { $0.contains("snapshot") && !$0.contains("tmp") && !$0.contains("temporary") }
    }
    let receipts = await collect(ledger, ids)
    await ledger.stop()

    let (restarted, report) = try fixture.open()
    #expect(report.snapshotSequence >= 100)
    #expect(report.recordsReplayed < report.lastSequence)
    #expect(await collect(restarted, ids) == receipts)
    // Also the feed of a reader that was away since the beginning is whole.
    var seen: [WithdrawalID] = []
    var cursor: UInt64 = 0
    while cursor < restarted.feed.lastSequence {
      let page = try await restarted.feed.events(after: cursor, limit: 64)
      seen += page.events.map(\.withdrawal)
      cursor = page.next
    }
    #expect(seen == ids)
    await restarted.stop()
  }

  /// A batch lies in one frame; a reader that was away still gets it page by page, nothing twice and nothing left out.
  @Test func historyPagesEndInsideAFrame() async throws {
    let fixture = try fixture(SimulatedDisk())
    let (ledger, _) = try fixture.open()
    try await prepare(ledger)
    _ = await ledger.perform(.batch(try (0..<100).map { try Make.item("r\($0)", agent: "a1", 1) }))
    await ledger.stop()
    let (restarted, _) = try fixture.open()
    var sequences: [UInt64] = []
    var cursor: UInt64 = 0
    while cursor < restarted.feed.lastSequence {
      let page = try await restarted.feed.events(after: cursor, limit: 7)
      #expect(page.events.count <= 7 && page.next > cursor)
      sequences += page.events.map(\.sequence)
      cursor = page.next
    }
    #expect(sequences == Array(3...102))
    await restarted.stop()
  }

  private func collect(_ ledger: Ledger, _ ids: [WithdrawalID]) async -> [Receipt] {
    var receipts: [Receipt] = []
    for id in ids { receipts.append(await ledger.perform(.query(.withdrawal(id, .all))).receipt) }
    return receipts
  }
}
