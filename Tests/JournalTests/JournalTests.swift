import Digests
import JournalTesting
import Testing

@testable import Journal

@Suite struct JournalTests {
  @Test func aNewJournalIsEmptyAndComesBackEmpty() throws {
    let disk = SimulatedDisk()
    let first = try TestJournal(disk)
    #expect(first.replayed.isEmpty)
    #expect(first.journal.durableSequence == 0)
    try first.journal.stop()
    let second = try TestJournal(disk, ledgerID: LedgerID(Fingerprint128(first: 9, second: 9)))
    #expect(second.journal.ledgerID == TestJournal.ledgerID)
    #expect(second.replayed.isEmpty)
    #expect(second.warnings.isEmpty)
  }

  @Test func recordsComeBackInOrderOverManySegmentsAndStarts() throws {
    var disk = SimulatedDisk()
    var expected: [UInt64: [UInt8]] = [:]
    var frames: [DurableFrame] = []
    for start in 0..<4 {
      let test = try TestJournal(disk)
      #expect(test.replayed == expected)
      #expect(test.replayedFrames == frames)
      for size in [0, 1, 100, 4000, 9000] {
        for count in 1...3 {
          let next = test.journal.durableSequence + 1
          let records = (0..<UInt64(count)).map { TestJournal.record(next + $0, bytes: size / count) }
          let last = try test.write(records, time: Int64(start))
          for (index, record) in records.enumerated() { expected[next + UInt64(index)] = record }
          #expect(last == next + UInt64(count) - 1)
          #expect(test.journal.durableSequence == last)
        }
      }
      if start % 2 == 0 { try test.journal.stop() }
      frames += test.reports.frames
      #expect(test.reports.poison.isEmpty)
      if start % 2 == 1 { disk = test.kill() }
    }
    #expect(disk.paths.filter { $0.hasSuffix(".log") }.count > 3)
  }

  @Test func aBatchLiesInOneFrameAndTheNextCollectsMeanwhile() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.collect([[1], [2]])
    try test.collect([[3]])
    #expect(test.journal.durableSequence == 0)
    #expect(test.journal.runWriterOnce())
    #expect(!test.journal.runWriterOnce())
    #expect(test.reports.frames.map(\.lastSequence) == [3])
  }

  @Test func theWriterTakesNothingWithinABatch() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.collect([[1]])
    test.journal.withBatch(nowMicroseconds: 0) { _ in
      #expect(!test.journal.runWriterOnce())
    }
    #expect(test.journal.runWriterOnce())
  }

  @Test func timeNeverRunsBackAndIsOneWithinAFrame() throws {
    let test = try TestJournal(SimulatedDisk())
    func time(_ now: Int64) -> Int64 { test.journal.withBatch(nowMicroseconds: now) { $0.timeMicroseconds } }
    #expect(time(50) == 50)
    try test.collect([[1]], time: 60)
    #expect(time(70) == 60)
    test.journal.runWriterOnce()
    #expect(time(40) == 60)
    try test.collect([[1]], time: 90)
    test.journal.runWriterOnce()
    let next = try TestJournal(test.kill())
    #expect(next.journal.withBatch(nowMicroseconds: -1) { $0.timeMicroseconds } == 90)
  }

  @Test func creditEndsAtTheFrameLimitAndAppendingBeyondItChangesNothing() throws {
    let test = try TestJournal(SimulatedDisk())
    let record = [UInt8](repeating: 1, count: 1000)
    var appended = 0
    while test.journal.withBatch(nowMicroseconds: 0, { $0.credit }) >= record.count {
      try test.collect([record])
      appended += 1
    }
    #expect(appended == TestJournal.options.frameBodyBytes / (record.count + Batch.recordOverheadBytes))
    #expect(errorKind { () throws(JournalError) in try test.collect([record]) } == .noCredit)
    test.journal.runWriterOnce()
    #expect(test.journal.durableSequence == UInt64(appended))
    #expect(try test.write([record]) == UInt64(appended) + 1)
  }

  @Test func afterStopAppendingSaysSo() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.journal.stop()
    #expect(test.journal.withBatch(nowMicroseconds: 0) { $0.credit } == 0)
    #expect(errorKind { () throws(JournalError) in try test.collect([[1]]) } == .stopped)
  }

  /// F32.
  @Test func theSecondOnOneDirectoryIsRefused() throws {
    let disk = SimulatedDisk()
    let first = try TestJournal(disk)
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == .inUse)
    try first.journal.stop()
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == nil)
  }

  @Test func aRecordThatIsRefusedEndsTheReplay() throws {
    struct Unfit: Error {}
    let disk = SimulatedDisk()
    let test = try TestJournal(disk)
    try test.write([[1], [2]])
    try test.journal.stop()
    #expect(
      errorKind { () throws(JournalError) in
        let opened = try Journal.open(
          disk: disk, directory: TestJournal.directory, options: TestJournal.options, newLedgerID: TestJournal.ledgerID)
        _ = try opened.replay { sequence, _, _ in if sequence == 2 { throw Unfit() } }
      } == .recordRefused)
  }

  @Test func optionsThatCannotWorkAreRefused() {
    for (segmentBytes, frameBodyBytes) in [(5 * 4096, 3 * 4096), (100_000, 4096), (1 << 20, 0), (1 << 30, 9 << 20)] {
      var options = TestJournal.options
      options.segmentBytes = segmentBytes
      options.frameBodyBytes = frameBodyBytes
      #expect(
        errorKind { () throws(JournalError) in _ = try TestJournal(SimulatedDisk(), options: options) }
          == .unusableOptions)
    }
  }
}
