import Digests
import JournalTesting
import Testing

@testable import Journal

/// F22 to F24, and what a snapshot is for.
@Suite struct SnapshotTests {
  /// Two snapshots, and records behind them.
  static func run() throws -> (disk: SimulatedDisk, sequences: [UInt64], last: UInt64) {
    let test = try TestJournal(SimulatedDisk())
    var sequences: [UInt64] = []
    var last: UInt64 = 0
    for frame in 1...9 {
      last = try test.write([Workload.record(last + 1), Workload.record(last + 2)])
      if frame % 3 == 0 && frame < 9 {
        try Workload.snapshot(test.journal, try #require(test.reports.frames.last))
        sequences.append(last)
      }
    }
    return (test.kill(), sequences, last)
  }

  static func path(_ sequence: UInt64) -> String { Names(directory: TestJournal.directory).snapshot(sequence) }

  @Test func theReplayBeginsBehindTheNewest() throws {
    let (disk, sequences, last) = try Self.run()
    let test = try TestJournal(disk)
    #expect(test.snapshot?.sequence == sequences[1])
    #expect(test.snapshot?.stateHash == Workload.state(sequences[1]))
    #expect(test.replayed.keys.min() == sequences[1] + 1)
    #expect(test.replayed.keys.max() == last)
    #expect(test.replayedFrames.first?.firstSequence == sequences[1] + 1)
  }

  /// F23: every byte of the header and body, one flipped bit each, and every kind of cut.
  @Test func aDamagedSnapshotIsPassedOver() throws {
    let (disk, sequences, last) = try Self.run()
    let newest = Self.path(sequences[1])
    let original = try #require(disk.contents(newest))
    let places = Array(0..<SnapshotLayout.headerBytes) + Array(SnapshotLayout.bodyOffset..<original.count)
    var damaged = places.map { place in
      var bytes = original
      bytes[place] ^= 1 << UInt8(place % 8)
      return bytes
    }
    damaged += [0, 1, 100, 4095, 4096, 4097, original.count - 1].map { Array(original.prefix($0)) }
    damaged.append(original + [0])
    for bytes in damaged {
      let copy = disk.copy()
      copy.setContents(newest, bytes)
      let test = try TestJournal(copy)
      #expect(test.snapshot?.sequence == sequences[0])
      #expect(test.replayed.count == Int(last - sequences[0]))
      #expect(test.warnings.count == 1)
    }
  }

  /// F23.
  @Test func withoutAWholeSnapshotTheStartIsRefused() throws {
    let (disk, sequences, _) = try Self.run()
    for sequence in sequences {
      var bytes = try #require(disk.contents(Self.path(sequence)))
      bytes[20] ^= 1
      disk.setContents(Self.path(sequence), bytes)
    }
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == .damaged)
  }

  /// F24: the end of the journal is gone, and the snapshot knows.
  @Test func aSnapshotBeyondTheEndIsRefused() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.write([[1]])
    let before = try #require(test.disk.contents(TestJournal.segmentPath(1)))
    try test.write([[2]])
    try Workload.snapshot(test.journal, try #require(test.reports.frames.last))
    let disk = test.kill()
    disk.setContents(TestJournal.segmentPath(1), before)
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == .damaged)
  }

  /// Same ledger, same sequence, other history (a directory put together from two backups).
  @Test func aSnapshotOfAnotherHistoryIsRefused() throws {
    let one = try TestJournal(SimulatedDisk())
    try one.write([[1]])
    let other = try TestJournal(SimulatedDisk())
    try other.write([[2]])
    try Workload.snapshot(other.journal, try #require(other.reports.frames.last))
    let disk = one.kill()
    disk.setContents(Self.path(1), other.disk.contents(Self.path(1)))
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == .damaged)
  }

  @Test func onlyADurableAndNewerStateBecomesASnapshot() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.write([[1]])
    let frame = try #require(test.reports.frames.last)
    try Workload.snapshot(test.journal, frame)
    for sequence: UInt64 in [0, 1, 2] {
      #expect(
        errorKind { () throws(JournalError) in
          try test.journal.writeSnapshot(sequence: sequence, seal: frame.seal, stateHash: frame.seal) { _ in }
        } == .unusableOptions)
    }
  }

  @Test func aBodyOfManyPiecesComesBack() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.write([[1]])
    let frame = try #require(test.reports.frames.last)
    let piece = TestJournal.record(1, bytes: 700_001)
    try test.journal.writeSnapshot(sequence: 1, seal: frame.seal, stateHash: frame.seal) {
      (writer) throws(JournalError) in
      for _ in 0..<5 {
        let result: Result<Void, JournalError> = piece.withUnsafeBytes { bytes in
          do throws(JournalError) { return .success(try writer.append(bytes)) } catch { return .failure(error) }
        }
        try result.get()
      }
    }
    let next = try TestJournal(test.kill())
    #expect(next.snapshotBody == piece + piece + piece + piece + piece)
  }
}
