import Digests
import JournalTesting
import Testing

@testable import Journal

/// F05 to F16, F21 and F24 of the fault list: a directory as a crash, a bad disk or a wrong hand could leave it.
@Suite struct RecoveryTests {
  /// Three frames without a clean stop; where each begins, and where the last ends.
  static func threeFrames() throws -> (disk: SimulatedDisk, offsets: [Int]) {
    let test = try TestJournal(SimulatedDisk())
    for first: UInt64 in [1, 3, 5] {
      try test.write([TestJournal.record(first, bytes: 3000), TestJournal.record(first + 1, bytes: 3000)])
    }
    return (test.kill(), [0, 1, 2, 3].map { SegmentLayout.firstFrameOffset + $0 * 2 * blockBytes })
  }

  static let path = TestJournal.segmentPath(1)

  /// Starts on a copy with a changed segment. Returns the sequences that came back, or the error's kind.
  static func start(
    _ disk: SimulatedDisk, path: String = path, _ change: (inout [UInt8]) -> Void
  ) throws -> (disk: SimulatedDisk, outcome: Result<TestJournal, JournalError>) {
    let copy = disk.copy()
    var bytes = try #require(copy.contents(path))
    change(&bytes)
    copy.setContents(path, bytes)
    do throws(JournalError) {
      return (copy, .success(try TestJournal(copy)))
    } catch {
      return (copy, .failure(error))
    }
  }

  /// What must hold after a tail was cut: only `lastSequence` records, a copy of what was cut, zeros behind them, and a
  /// journal that works on and starts again without a word.
  static func expectCut(_ test: TestJournal, after lastSequence: UInt64, from offset: Int) throws {
    #expect(test.replayed.count == Int(lastSequence))
    #expect(test.warnings.count == 1)
    let bytes = try #require(test.disk.contents(path))
    #expect(bytes.count == TestJournal.options.segmentBytes)
    #expect(bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[offset...]).isZero })
    #expect(test.disk.paths.contains { $0.hasSuffix(".broken") })
    #expect(try test.write([TestJournal.record(lastSequence + 1)]) == lastSequence + 1)
    let next = try TestJournal(test.kill())
    #expect(next.replayed.count == Int(lastSequence) + 1)
    #expect(next.warnings.isEmpty)
  }

  /// F05, F06: each cut of the last frame, by 512-byte steps and some odd ones.
  @Test func aCutInTheLastFrameDropsItWhole() throws {
    let (disk, offsets) = try Self.threeFrames()
    let cuts =
      Array(stride(from: offsets[2] + 512, to: offsets[3], by: 512)) + [1, 50, 95, 96, 100].map { offsets[2] + $0 }
    for cut in cuts {
      let frameBytes = FrameLayout.headerBytes + 2 * 3004 + FrameLayout.sealBytes
      let (_, outcome) = try Self.start(disk) { bytes in
        for index in cut..<offsets[3] { bytes[index] = 0 }
      }
      // Only the padding is behind the seal: a cut in it changes nothing.
      if cut >= offsets[2] + frameBytes {
        #expect(try outcome.get().replayed.count == 6)
      } else {
        try Self.expectCut(outcome.get(), after: 4, from: offsets[2])
      }
      let (_, shortOutcome) = try Self.start(disk) { $0.removeLast($0.count - cut) }
      if cut >= offsets[2] + frameBytes {
        #expect(try shortOutcome.get().replayed.count >= 4)
      } else {
        try Self.expectCut(shortOutcome.get(), after: 4, from: offsets[2])
      }
    }
  }

  /// F06: each 512-byte piece of the last frame lost.
  @Test func aZeroedPieceInTheLastFrameDropsItWhole() throws {
    let (disk, offsets) = try Self.threeFrames()
    let end = offsets[2] + FrameLayout.headerBytes + 2 * 3004 + FrameLayout.sealBytes
    for piece in stride(from: offsets[2], to: end, by: 512) {
      let (_, outcome) = try Self.start(disk) { bytes in
        for index in piece..<piece + 512 { bytes[index] = 0 }
      }
      try Self.expectCut(outcome.get(), after: 4, from: offsets[2])
    }
  }

  /// F07, F08, F09: every byte of each frame's header and seal, some of its body, one flipped bit each. In the last frame
  /// it is a torn end; with a frame behind it, damage that is refused, and no file is touched.
  @Test func aFlippedBitIsATornEndOrRefused() throws {
    let (disk, offsets) = try Self.threeFrames()
    let sealOffset = FrameLayout.headerBytes + 2 * 3004
    let places =
      Array(0..<FrameLayout.headerBytes) + stride(from: FrameLayout.headerBytes, to: sealOffset, by: 97)
      + Array(sealOffset..<sealOffset + FrameLayout.sealBytes)
    for (frame, offset) in offsets.prefix(3).enumerated() {
      for place in places {
        let (changed, outcome) = try Self.start(disk) { $0[offset + place] ^= 1 << UInt8(place % 8) }
        if frame == 2 {
          #expect(try outcome.get().replayed.count == 4)
          #expect(try outcome.get().warnings.count == 1)
        } else {
          guard case .failure(.damaged(let path, let at, _)) = outcome else {
            Issue.record("frame \(frame), byte \(place): \(outcome)")
            continue
          }
          #expect(path == Self.path)
          #expect(at == offset)
          #expect(!changed.paths.contains { $0.hasSuffix(".broken") })
        }
      }
    }
  }

  /// F07: the mark of a clean stop proves the frame before it.
  @Test func aFlippedBitBeforeACleanStopIsRefused() throws {
    let test = try TestJournal(SimulatedDisk())
    try test.write([TestJournal.record(1)])
    try test.journal.stop()
    let (_, outcome) = try Self.start(test.disk.copy()) { $0[SegmentLayout.firstFrameOffset + 200] ^= 1 }
    #expect(errorKind { () throws(JournalError) in _ = try outcome.get() } == .damaged)
  }

  /// F09: lengths beyond every limit, in headers whose checksums fit, neither allocate nor loop.
  @Test(arguments: [0, 1, 8 << 20, (8 << 20) + 1, UInt32.max / 2, UInt32.max] as [UInt32])
  func aFalseLengthWithAFittingChecksum(bodyBytes: UInt32) throws {
    let (disk, offsets) = try Self.threeFrames()
    for (frame, offset) in offsets.prefix(3).enumerated() {
      let (_, outcome) = try Self.start(disk) { bytes in
        bytes.withUnsafeMutableBytes { all in
          let block = UnsafeMutableRawBufferPointer(rebasing: all[offset..<offset + blockBytes])
          guard case .header(var header) = FrameHeader.examine(UnsafeRawBufferPointer(block)) else { return }
          header.bodyBytes = bodyBytes
          header.encode(into: block)
        }
      }
      if frame == 2 {
        #expect(try outcome.get().replayed.count == 4)
      } else {
        #expect(errorKind { () throws(JournalError) in _ = try outcome.get() } == .damaged)
      }
    }
  }

  /// Several segments, all full but the last.
  static func manySegments() throws -> SimulatedDisk {
    let test = try TestJournal(SimulatedDisk())
    for sequence: UInt64 in 1...20 { try test.write([TestJournal.record(sequence, bytes: 9000)]) }
    let disk = test.kill()
    #expect(disk.contents(TestJournal.segmentPath(4)) != nil)
    return disk
  }

  static func last(_ disk: SimulatedDisk) -> UInt64 {
    disk.paths.compactMap { Names.segmentOrdinal(String($0.dropFirst(TestJournal.directory.count + 1))) }.max() ?? 0
  }

  /// F10.
  @Test func aCutSegmentThatIsNotTheLastIsRefused() throws {
    let disk = try Self.manySegments()
    for ordinal in 1..<Self.last(disk) {
      for cut in [1, 512, 4096, 30_000, 65_535, 65_536] {
        let (_, outcome) = try Self.start(disk, path: TestJournal.segmentPath(ordinal)) { $0.removeLast(cut) }
        #expect(errorKind { () throws(JournalError) in _ = try outcome.get() } == .damaged)
      }
    }
  }

  /// F11: also the last one, and the first.
  @Test func aMissingSegmentIsRefused() throws {
    let disk = try Self.manySegments()
    for ordinal in 1...Self.last(disk) {
      let copy = disk.copy()
      copy.setContents(TestJournal.segmentPath(ordinal), nil)
      let before = copy.paths
      #expect(errorKind { () throws(JournalError) in _ = try TestJournal(copy) } == .missing, "segment \(ordinal)")
      #expect(copy.paths.filter { !$0.hasSuffix("LOCK") } == before.filter { !$0.hasSuffix("LOCK") })
    }
  }

  /// F11: the trailer is durable before anything behind it is acknowledged, so that even a segment with a single frame is
  /// missed after a power cut.
  @Test func aSegmentIsMissedFromItsFirstFrameOn() throws {
    let test = try TestJournal(SimulatedDisk())
    var sequence: UInt64 = 0
    while test.disk.contents(TestJournal.segmentPath(2)) == nil {
      sequence += 1
      try test.write([TestJournal.record(sequence, bytes: 9000)])
    }
    #expect(test.reports.frames.last?.lastSequence == sequence)
    let disk = test.disk.losePower(.nothing, seed: 0)
    disk.setContents(TestJournal.segmentPath(2), nil)
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == .missing)
  }

  /// F12: one segment under another's name, also behind the last.
  @Test func aDuplicatedSegmentIsRefused() throws {
    let disk = try Self.manySegments()
    let last = Self.last(disk)
    for from in 1...last {
      for to in 1...last + 1 where from != to {
        let copy = disk.copy()
        copy.setContents(TestJournal.segmentPath(to), disk.contents(TestJournal.segmentPath(from)))
        #expect(errorKind { () throws(JournalError) in _ = try TestJournal(copy) } == .damaged, "\(from) as \(to)")
      }
    }
  }

  /// F13: a new last segment in which nothing was acknowledged.
  @Test(arguments: [0, 100, 4096, 65_536])
  func anEmptyLastSegmentIsAnEmptyTail(byteCount: Int) throws {
    let disk = try Self.manySegments()
    let next = Self.last(disk) + 1
    disk.setContents(TestJournal.segmentPath(next), [UInt8](repeating: 0, count: byteCount))
    let test = try TestJournal(disk)
    #expect(test.replayed.count == 20)
    for sequence: UInt64 in 21...40 { try test.write([TestJournal.record(sequence, bytes: 9000)]) }
    #expect(try TestJournal(test.kill()).replayed.count == 40)
  }

  /// F13's other side: the trailer before it says that the segment held acknowledged frames.
  @Test func aWipedLastSegmentThatHeldFramesIsRefused() throws {
    let disk = try Self.manySegments()
    let path = TestJournal.segmentPath(Self.last(disk))
    for change in [{ $0 = [] }, { $0 = [UInt8](repeating: 0, count: $0.count) }] as [(inout [UInt8]) -> Void] {
      let (_, outcome) = try Self.start(disk, path: path, change)
      #expect(errorKind { () throws(JournalError) in _ = try outcome.get() } == .missing)
    }
  }

  /// F14: an earlier frame of this journal, or noise, behind the zeros.
  @Test func aRecycledBlockBehindTheEndIsNotReplayed() throws {
    let (disk, offsets) = try Self.threeFrames()
    let original = try #require(disk.contents(Self.path))
    for gap in [1, 3] {
      let target = offsets[3] + gap * blockBytes
      let (_, outcome) = try Self.start(disk) { bytes in
        for index in 0..<2 * blockBytes { bytes[target + index] = original[offsets[0] + index] }
      }
      #expect(try outcome.get().replayed.count == 6)
      let (_, noise) = try Self.start(disk) { bytes in
        for index in 0..<2 * blockBytes { bytes[target + index] = UInt8(truncatingIfNeeded: index &* 31) }
      }
      #expect(try noise.get().replayed.count == 6)
      #expect(try TestJournal(noise.get().kill()).warnings.isEmpty)
    }
  }

  /// A frame is gone whole, and a later one is there: that is no torn end.
  @Test func aHoleBeforeAGoodFrameIsRefused() throws {
    let (disk, offsets) = try Self.threeFrames()
    let (_, outcome) = try Self.start(disk) { bytes in
      for index in offsets[1]..<offsets[2] { bytes[index] = 0 }
    }
    #expect(errorKind { () throws(JournalError) in _ = try outcome.get() } == .damaged)
  }

  /// F15.
  @Test func anotherLedgersFilesAreRefused() throws {
    let (disk, _) = try Self.threeFrames()
    let other = try TestJournal(SimulatedDisk(), ledgerID: LedgerID(Fingerprint128(first: 7, second: 7)))
    try other.write([[1]])
    let otherDisk = other.kill()
    for path in [Self.path, Names(directory: TestJournal.directory).meta] {
      let copy = disk.copy()
      copy.setContents(path, otherDisk.contents(path))
      #expect(errorKind { () throws(JournalError) in _ = try TestJournal(copy) } == .otherLedger)
    }
  }

  /// F15: a whole frame of another ledger in our segment, and one of another version.
  @Test func aForeignFrameIsRefused() throws {
    let (disk, offsets) = try Self.threeFrames()
    let (_, ledger) = try Self.start(disk) { bytes in
      bytes.withUnsafeMutableBytes { all in
        let block = UnsafeMutableRawBufferPointer(rebasing: all[offsets[2]..<offsets[2] + blockBytes])
        guard case .header(var header) = FrameHeader.examine(UnsafeRawBufferPointer(block)) else { return }
        header.ledgerID = LedgerID(Fingerprint128(first: 7, second: 7))
        header.encode(into: block)
      }
    }
    #expect(errorKind { () throws(JournalError) in _ = try ledger.get() } == .otherLedger)
    let (_, version) = try Self.start(disk) { bytes in
      bytes.withUnsafeMutableBytes { all in
        let block = UnsafeMutableRawBufferPointer(rebasing: all[offsets[2]..<offsets[2] + blockBytes])
        block.store(formatVersion + 1, at: FrameLayout.versionOffset)
        let sum = CRC32C.checksum(UnsafeRawBufferPointer(block).slice(0, FrameLayout.headerChecksumOffset))
        block.store(sum, at: FrameLayout.headerChecksumOffset)
      }
    }
    #expect(errorKind { () throws(JournalError) in _ = try version.get() } == .otherVersion)
  }

  /// Somebody lost the meta file of a journal with records: it is not taken for an empty directory.
  @Test func aMissingMetaFileIsRefused() throws {
    let (disk, _) = try Self.threeFrames()
    disk.setContents(Names(directory: TestJournal.directory).meta, nil)
    #expect(errorKind { () throws(JournalError) in _ = try TestJournal(disk) } == .missing)
  }

  /// F21: every read fails once, in turn; the files stay as they are, and the next start works.
  @Test func aReadErrorRefusesAndTouchesNothing() throws {
    let disk = try Self.manySegments()
    var number = 1
    while true {
      let copy = disk.copy()
      copy.fail(
        operation: number, with: .failure(SimulatedDisk.inputOutputError), among: [.read, .size, .open, .list])
      let before = copy.paths.filter { $0 != Names(directory: TestJournal.directory).lock }
      let kind = errorKind { () throws(JournalError) in
        let opened = try Journal.open(
          disk: copy, directory: TestJournal.directory, options: TestJournal.options, newLedgerID: TestJournal.ledgerID)
        _ = try opened.replay { _, _, _ in }
      }
      guard let kind else { break }
      #expect(kind == .disk)
      #expect(copy.paths.filter { $0 != Names(directory: TestJournal.directory).lock } == before)
      for path in before { #expect(copy.contents(path) == disk.contents(path)) }
      copy.failNoMore()
      #expect(try TestJournal(copy).replayed.count == 20)
      number += 1
    }
    #expect(number > 10)
  }

  /// Numbers at the edges of arithmetic, in headers whose checksums fit, are refused and never trapped on.
  @Test func impossibleNumbersAreRefused() throws {
    let (disk, _) = try Self.threeFrames()
    let edges: [UInt64] = [0, UInt64(Int64.max), UInt64(Int64.max) + 1, .max - 1, .max]
    for edge in edges {
      for change in [
        { $0.ordinal = edge }, { $0.firstSequence = edge }, { $0.segmentBytes = edge },
      ] as [(inout SegmentHeader) -> Void] {
        let (_, outcome) = try Self.start(disk) { bytes in
          bytes.withUnsafeMutableBytes { all in
            let block = UnsafeMutableRawBufferPointer(rebasing: all[..<blockBytes])
            guard case .header(var header) = SegmentHeader.examine(UnsafeRawBufferPointer(block)) else { return }
            change(&header)
            header.encode(into: block)
          }
        }
        #expect(errorKind { () throws(JournalError) in _ = try outcome.get() } == .damaged)
      }
    }
  }
}
