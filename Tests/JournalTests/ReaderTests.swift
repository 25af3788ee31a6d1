import JournalTesting
import Testing

@testable import Journal

@Suite struct ReaderTests {
  static func read(_ reader: JournalReader) throws -> [UInt64] {
    var sequences: [UInt64] = []
    while try reader.readFrame({ sequence, _, bytes in
      #expect(Array(bytes) == Workload.record(sequence))
      sequences.append(sequence)
    }) != nil {}
    return sequences
  }

  @Test func aReaderBeginsAnywhereAlsoInTheArchive() throws {
    let disk = SimulatedDisk()
    let book = Workload.run(on: disk)
    let test = try TestJournal(disk.losePower(.everything, seed: 0))
    for first in 1...book.appended + 1 {
      #expect(try Self.read(test.journal.reader(from: first)) == Array(first..<book.appended + 1))
    }
    let offline = try Journal.reader(disk: test.kill(), directory: TestJournal.directory, from: 3)
    #expect(try Self.read(offline) == Array(3..<book.appended + 1))
  }

  @Test func aReaderFollowsTheWriterAndSeesNothingThatIsNotDurable() throws {
    let test = try TestJournal(SimulatedDisk())
    let reader = test.journal.reader(from: 1)
    #expect(try Self.read(reader) == [])
    for sequence: UInt64 in 1...40 {
      try test.collect([Workload.record(sequence)])
      #expect(try Self.read(reader) == [])
      test.journal.runWriterOnce()
      test.journal.prepareSpareOnce()
      #expect(try Self.read(reader) == [sequence])
    }
  }

  @Test func verificationFindsAllOfACleanRun() throws {
    let disk = SimulatedDisk()
    let book = Workload.run(on: disk)
    var done: [Int] = []
    var frames: [DurableFrame] = []
    let result = try Journal.verify(disk: disk, directory: TestJournal.directory) { bytes, total in
      #expect(bytes <= total)
      done.append(bytes)
    } frame: {
      frames.append($0)
    }
    #expect(result.firstSequence == 1)
    #expect(result.lastSequence == book.appended)
    #expect(result.recordCount == book.appended)
    #expect(result.frameCount == frames.count)
    #expect(result.lastSeal == frames.last?.seal)
    #expect(result.isCleanlyStopped)
    #expect(result.snapshotSequences.count == 2)
    #expect(result.tornEnd == nil)
    #expect(done == done.sorted())
    #expect(done.last == result.segmentCount * TestJournal.options.segmentBytes)
  }

  /// Every frame of the archive and the live segments: one flipped bit in the body is found, with its place.
  @Test func verificationFindsAFlippedBitAnywhere() throws {
    let disk = SimulatedDisk()
    _ = Workload.run(on: disk)
    for path in disk.paths where path.hasSuffix(".log") {
      let copy = disk.copy()
      var bytes = try #require(copy.contents(path))
      bytes[SegmentLayout.firstFrameOffset + FrameLayout.headerBytes + 1] ^= 4
      copy.setContents(path, bytes)
      do throws(JournalError) {
        _ = try Journal.verify(disk: copy, directory: TestJournal.directory)
        Issue.record("not found in \(path)")
      } catch {
        guard case .damaged(path, SegmentLayout.firstFrameOffset, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
  }
}
