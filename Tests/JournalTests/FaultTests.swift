import JournalTesting
import Testing

@testable import Journal

/// F02, F05, F16 to F20, F22, F25 to F27: the n-th operation fails, or the power is cut at it, for every n.
@Suite struct FaultTests {
  /// One more operation than a run without faults has.
  static func operationsOfACleanRun() -> Int {
    let disk = SimulatedDisk()
    let book = Workload.run(on: disk)
    #expect(book.error == nil)
    #expect(book.acknowledged == book.appended)
    return disk.operationCount + 1
  }

  @Test func aCleanRunKeepsTwoSnapshotsAndMovesSegmentsToTheArchive() {
    let disk = SimulatedDisk()
    let book = Workload.run(on: disk)
    let snapshots = disk.paths.filter { $0.hasSuffix(".snap") }
    #expect(snapshots.count == 2)
    #expect(disk.paths.contains { $0.contains("/archive/segment-") })
    Workload.check(disk.losePower(.everything, seed: 0), book, "clean run")
  }

  /// F02, F03, F05, F22, F25, F26: a power cut at each operation, with each kind of loss.
  @Test(arguments: SimulatedDisk.Survival.allCases)
  func aPowerCutAtAnyOperation(survival: SimulatedDisk.Survival) {
    for number in 1...Self.operationsOfACleanRun() {
      let disk = SimulatedDisk()
      disk.fail(operation: number, with: .powerCut)
      let book = Workload.run(on: disk)
      let seed = UInt64(number)
      Workload.check(disk.losePower(survival, seed: seed), book, "power cut at \(number), \(survival), seed \(seed)")
    }
  }

  /// F18: any operation fails once or for ever; then the process ends and starts again.
  @Test(arguments: [SimulatedDisk.Lasting.once, .forEver])
  func anErrorAtAnyOperation(lasting: SimulatedDisk.Lasting) {
    for number in 1...Self.operationsOfACleanRun() {
      let disk = SimulatedDisk()
      disk.fail(operation: number, with: .failure(SimulatedDisk.inputOutputError), lasting: lasting)
      let book = Workload.run(on: disk)
      let seed = UInt64(number)
      let survival: SimulatedDisk.Survival = number % 2 == 0 ? .everything : .somePieces
      Workload.check(disk.losePower(survival, seed: seed), book, "error at \(number), \(lasting), seed \(seed)")
    }
  }

  /// F16, F17: short and interrupted writes and reads are carried on with; nobody notices.
  @Test func shortAndInterruptedTransfersAreContinued() {
    for fault in [SimulatedDisk.Fault.shortWrite, .failure(.interrupted)] {
      var number = 1
      while true {
        let disk = SimulatedDisk()
        disk.fail(operation: number, with: fault, among: [.write, .read])
        let before = disk.operationCount
        let book = Workload.run(on: disk)
        #expect(book.error == nil)
        #expect(book.acknowledged == book.appended)
        if number > disk.operations[before...].count(where: { $0.operation == .write || $0.operation == .read }) {
          break
        }
        Workload.check(disk.losePower(.nothing, seed: 0), book, "\(fault) at \(number)")
        number += 1
      }
    }
  }

  /// F18: after a failed sync nothing is written, nothing is synced, nothing is acknowledged, by anyone, ever.
  @Test(arguments: [SimulatedDisk.inputOutputError, .interrupted, .noSpace])
  func aFailedSyncPoisons(cause: DiskFailure.Cause) throws {
    let disk = SimulatedDisk()
    let test = try TestJournal(disk)
    try test.write([[1]])
    try test.collect([[2]])
    disk.fail(operation: 1, with: .failure(cause), lasting: .once, among: [.sync])
    test.journal.runWriterOnce()
    let after = disk.operationCount
    #expect(test.reports.poison.map(ErrorKind.init) == [.disk])
    #expect(test.journal.durableSequence == 1)
    #expect(test.journal.standing == .poisoned(test.reports.poison[0]))
    #expect(test.journal.withBatch(nowMicroseconds: 0) { $0.credit } == 0)
    #expect(errorKind { () throws(JournalError) in try test.collect([[3]]) } == .disk)
    #expect(!test.journal.runWriterOnce())
    #expect(!test.journal.prepareSpareOnce())
    #expect(errorKind { () throws(JournalError) in try test.journal.stop() } == .disk)
    #expect(test.reports.poison.count == 1)
    #expect(disk.operations[after...].isEmpty)
  }

  /// F18: the disk refuses the frame, memory still shows it, and the process starts again. Whatever that start shows must
  /// outlive the next power cut.
  @Test func aFrameThatOnlyMemoryHoldsIsNotShown() throws {
    let disk = SimulatedDisk()
    let test = try TestJournal(disk)
    try test.write([[1]])
    try test.collect([[2]])
    disk.fail(operation: 1, with: .failure(SimulatedDisk.inputOutputError), lasting: .once, among: [.sync])
    test.journal.runWriterOnce()
    let second = try TestJournal(disk.killProcess())
    #expect(second.replayed == [1: [1]])
    let third = try TestJournal(second.disk.losePower(.nothing, seed: 0))
    #expect(third.replayed == second.replayed)
  }

  /// F20: a full disk ends the credit before anything is lost, and the journal goes on when there is room again.
  @Test func aFullDiskRefusesAndRecovers() throws {
    let disk = SimulatedDisk()
    let test = try TestJournal(disk)
    let used = disk.paths.reduce(0) { $0 + (disk.contents($1)?.count ?? 0) }
    disk.limitSpace(toBytes: used)
    var written: UInt64 = 0
    while test.journal.withBatch(nowMicroseconds: 0, { $0.credit }) >= 9000 {
      try test.write([TestJournal.record(written + 1, bytes: 9000)])
      written += 1
    }
    // What the first segment and the spare hold.
    #expect(written == 2 * 4)
    guard case .shortOfSpace(let failure) = test.journal.standing else {
      Issue.record("\(test.journal.standing)")
      return
    }
    #expect(failure.cause == .noSpace)
    #expect(
      errorKind { () throws(JournalError) in try test.collect([TestJournal.record(9, bytes: 9000)]) } == .noCredit)
    #expect(!disk.paths.contains { $0.contains("spare") })
    #expect(test.journal.durableSequence == written)
    let last = try #require(test.reports.frames.last)
    #expect(errorKind { () throws(JournalError) in try Workload.snapshot(test.journal, last) } == .disk)
    #expect(!disk.paths.contains { $0.contains("snap") })

    disk.limitSpace(toBytes: nil)
    #expect(test.journal.prepareSpareOnce())
    #expect(test.journal.standing == .open)
    #expect(try test.write([TestJournal.record(written + 1, bytes: 9000)]) == written + 1)
    #expect(try TestJournal(test.kill()).replayed.count == Int(written) + 1)
  }

  /// F20: also a stop works on a full disk: its frame has its place.
  @Test func aFullDiskStopsCleanly() throws {
    let disk = SimulatedDisk()
    let test = try TestJournal(disk)
    disk.limitSpace(toBytes: 0)
    while test.journal.withBatch(nowMicroseconds: 0, { $0.credit }) >= 4 { try test.write([[1, 2, 3, 4]]) }
    try test.journal.stop()
    disk.limitSpace(toBytes: nil)
    #expect(try TestJournal(disk).warnings.isEmpty)
  }

  /// F27: the power is cut at each operation of the recovery from a torn end, and then the recovery is cut again.
  @Test(arguments: [SimulatedDisk.Survival.nothing, .everything, .somePieces, .somePiecesAndNoise])
  func aPowerCutDuringRecovery(survival: SimulatedDisk.Survival) {
    let clean = SimulatedDisk()
    _ = Workload.run(on: clean)
    let syncs = clean.operations.count { $0.operation == .sync }
    for seed: UInt64 in 1...3 {
      let disk = SimulatedDisk()
      // Before the sync of a late frame, which is then torn: the last sync is that of the clean stop.
      disk.fail(operation: syncs - Int(seed), with: .powerCut, among: [.sync])
      var book = Workload.run(on: disk)
      let torn = disk.losePower(.somePiecesAndNoise, seed: seed)
      var number = 1
      while true {
        let first = torn.copy()
        first.fail(operation: number, with: .powerCut)
        let kind = errorKind { () throws(JournalError) in _ = try TestJournal(first) }
        let second = first.losePower(survival, seed: seed)
        second.fail(operation: number / 2 + 1, with: .powerCut)
        _ = errorKind { () throws(JournalError) in _ = try TestJournal(second) }
        let last = Workload.check(
          second.losePower(survival, seed: seed), book, "cut at \(number) of the recovery, \(survival), seed \(seed)")
        // What a start has shown once is durable: it may have been answered from.
        if kind == nil { book.acknowledged = max(book.acknowledged, last) }
        if kind == nil && number > 5 { break }
        number += 1
      }
    }
  }

  /// F19: a disk that lies about syncs is found out when a snapshot is ahead.
  @Test func aLyingDiskIsFoundOutByItsSnapshot() throws {
    let disk = SimulatedDisk()
    let test = try TestJournal(disk)
    try test.write([[1]])
    disk.letSyncsLie(true)
    try test.write([[2]])
    disk.letSyncsLie(false)
    let last = try #require(test.reports.frames.last)
    // The snapshot's own file is synced truly; the frame never was.
    try test.journal.writeSnapshot(sequence: last.lastSequence, seal: last.seal, stateHash: last.seal) { _ in }
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk.losePower(.nothing, seed: 0)) } == .damaged)
  }
}
