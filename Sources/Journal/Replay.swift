internal import Digests

/// Where the chain was found to end, and what has to be done there before it may grow.
struct FoundEnd {
  var segment: FoundSegment
  var offset: Int
  var lastSequence: UInt64
  var lastTimeMicroseconds: Int64
  var lastSeal: Digest256
  var decision: TailDecision
}

extension OpenedJournal {
  /// Reads every record behind the snapshot (all, if there is none), in order, and checks the chain on the way.
  ///
  /// - Parameters:
  ///   - record: sequence, time in microseconds since 1970, and the bytes, which are valid during the call only. An error
  ///     that it throws ends the replay as `.recordRefused`.
  ///   - frame: called behind the last record of each frame.
  /// - Returns: what `start` makes a running journal of. Nothing has been changed so far.
  package consuming func replay(
    record: (_ sequence: UInt64, _ timeMicroseconds: Int64, _ bytes: UnsafeRawBufferPointer) throws -> Void,
    frame: (DurableFrame) -> Void = { _ in }
  ) throws(JournalError) -> RecoveredJournal {
    try checkChainOfHeaders()
    let snapshot = snapshots.newest
    let begin = segments.lastIndex { $0.header.firstSequence <= max(snapshot?.sequence ?? 0, firstSequence) } ?? 0
    var pass = ReplayPass(disk: disk, names: names, segments: segments, snapshot: snapshot)
    var index = begin
    while true {
      if let end = try pass.replaySegment(index, record, frame) {
        try pass.checkSnapshotWasMet()
        return RecoveredJournal(opened: self, end: end)
      }
      index += 1
    }
  }

  private func checkChainOfHeaders() throws(JournalError) {
    guard let first = segments.first else { return }
    if first.header.ordinal == firstOrdinal {
      guard first.header.firstSequence == firstSequence, first.header.previousSeal == ledgerID.firstPreviousSeal else {
        throw .damaged(path: first.path, offset: 0, finding: "the first segment does not begin the chain")
      }
    }
    for (segment, next) in zip(segments, segments.dropFirst())
    where next.header.firstSequence < segment.header.firstSequence {
      throw .damaged(path: next.path, offset: 0, finding: "it begins before the segment that it follows")
    }
  }
}

/// One reading of the segments, in order.
private struct ReplayPass {
  let disk: any Disk
  let names: Names
  let segments: [FoundSegment]
  let snapshot: Snapshot?
  /// Whether the chain contains the frame that the snapshot names: else they are of two histories.
  private var metSnapshot: Bool
  private var lastTimeMicroseconds = Int64.min

  init(disk: any Disk, names: Names, segments: [FoundSegment], snapshot: Snapshot?) {
    self.disk = disk
    self.names = names
    self.segments = segments
    self.snapshot = snapshot
    metSnapshot = snapshot == nil
  }

  /// Returns the end when it is in this segment.
  mutating func replaySegment(
    _ index: Int, _ record: (UInt64, Int64, UnsafeRawBufferPointer) throws -> Void, _ frame: (DurableFrame) -> Void
  ) throws(JournalError) -> FoundEnd? {
    let segment = segments[index]
    let file = try opening { () throws(DiskFailure) in try disk.open(segment.path, .read) }
    defer { disk.close(file) }
    if index == segments.count - 1 { try settle(file) }
    var scanner = SegmentScanner(disk: disk, file: file, header: segment.header)
    while true {
      switch try scanner.next() {
      case .frame(let scanned):
        lastTimeMicroseconds = max(lastTimeMicroseconds, scanned.header.timeMicroseconds)
        if isCovered(scanned) { continue }
        try checkSnapshotWasMet()
        try deliver(scanned, scanner, segment, record)
        frame(
          DurableFrame(
            firstSequence: scanned.header.firstSequence, lastSequence: scanned.header.lastSequence, seal: scanned.seal))
      case .stop(let finding):
        let inspection = TailInspection(
          disk: disk, file: file, segment: segment, hasNext: index + 1 < segments.count,
          snapshotSequence: snapshot?.sequence ?? 0)
        let decision = TailDecision(try inspection.facts(finding, scanner))
        switch decision {
        case .goOn:
          try checkHandOver(from: segment, scanner, to: index + 1)
          return nil
        case .end, .cut:
          return FoundEnd(
            segment: segment, offset: scanner.offset, lastSequence: scanner.nextSequence - 1,
            lastTimeMicroseconds: lastTimeMicroseconds, lastSeal: scanner.previousSeal, decision: decision)
        case .refuse(let refusal):
          throw refusal.error(segment, scanner)
        }
      }
    }
  }

  /// Before the last segment is read: what is read must be what the disk has. A killed process leaves pages that are yet to
  /// be written; the sync writes them. A failed sync leaves pages that the kernel takes for written although the disk
  /// refused them; forgetting them shows the truth. (Writing the last frame again instead would risk it.)
  private func settle(_ file: OpenFile) throws(JournalError) {
    try opening { () throws(DiskFailure) in try disk.sync(file) }
    disk.dropCache(file)
  }

  func checkSnapshotWasMet() throws(JournalError) {
    guard !metSnapshot, let snapshot else { return }
    throw .damaged(
      path: snapshot.path, offset: SnapshotLayout.sealOffset,
      finding: "the journal has no frame with this snapshot's sequence \(snapshot.sequence) and seal")
  }

  /// Whether the snapshot contains the frame's records already.
  private mutating func isCovered(_ frame: ScannedFrame) -> Bool {
    guard let snapshot, frame.header.lastSequence <= snapshot.sequence else { return false }
    if frame.header.lastSequence == snapshot.sequence && frame.seal == snapshot.seal { metSnapshot = true }
    return true
  }

  private func deliver(
    _ frame: ScannedFrame, _ scanner: SegmentScanner, _ segment: FoundSegment,
    _ record: (UInt64, Int64, UnsafeRawBufferPointer) throws -> Void
  ) throws(JournalError) {
    let whole = try scanner.forEachRecord(of: frame) { (sequence, bytes) throws(JournalError) in
      do {
        try record(sequence, frame.header.timeMicroseconds, bytes)
      } catch {
        throw JournalError.recordRefused(sequence: sequence, finding: "\(error)")
      }
    }
    guard whole else {
      // The seal fits: it was written like this.
      throw .damaged(path: segment.path, offset: frame.offset, finding: "the records do not fill the frame")
    }
  }

  private func checkHandOver(
    from segment: FoundSegment, _ scanner: SegmentScanner, to index: Int
  ) throws(JournalError) {
    guard index < segments.count else {
      throw .missing(
        path: names.segment(segment.header.ordinal + 1),
        finding: "the trailer of \(segment.path) says that it held records, or its header is not readable")
    }
    let next = segments[index]
    guard next.header.firstSequence == scanner.nextSequence, next.header.previousSeal == scanner.previousSeal else {
      throw .damaged(
        path: segment.path, offset: scanner.offset,
        finding: "the chain stops at record \(scanner.nextSequence - 1), but \(next.path) goes on from record "
          + "\(next.header.firstSequence)")
    }
  }
}

extension TailDecision.Refusal {
  func error(_ segment: FoundSegment, _ scanner: SegmentScanner) -> JournalError {
    switch self {
    case .otherLedger:
      .otherLedger(path: segment.path, found: scanner.foreignLedger ?? scanner.ledgerID, expected: scanner.ledgerID)
    case .otherVersion:
      .otherVersion(path: segment.path, found: scanner.foreignVersion ?? formatVersion)
    case .brokenChain:
      .damaged(
        path: segment.path, offset: scanner.offset,
        finding: "the frame here does not continue the chain after record \(scanner.nextSequence - 1)")
    case .damaged:
      .damaged(
        path: segment.path, offset: scanner.offset,
        finding:
          "there should be a whole frame with record \(scanner.nextSequence): a later frame, segment or snapshot "
          + "proves that it was durable")
    }
  }
}
