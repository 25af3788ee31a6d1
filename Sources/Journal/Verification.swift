package import Digests

/// What a walk over the whole chain has found.
package struct VerifiedJournal: Sendable {
  package var ledgerID: LedgerID
  package var segmentCount = 0
  package var frameCount = 0
  package var recordCount: UInt64 = 0
  /// Of the first record that is still here; 1 when all are.
  package var firstSequence: UInt64
  package var lastSequence: UInt64
  package var lastSeal: Digest256
  /// The frame of a clean stop closes the chain.
  package var isCleanlyStopped = false
  /// Whole snapshots whose sequence and seal are in the chain, oldest first.
  package var snapshotSequences: [UInt64] = []
  /// Snapshot files that are damaged.
  package var damagedSnapshots: [String] = []
  /// What stands behind the last frame, where it is not zeros: a torn frame, which the next start will cut.
  package var tornEnd: String?
}

extension Journal {
  /// Walks the chain from the first segment that is there, archived or live, to the end, and checks every byte of it that
  /// means something, and every snapshot. It changes nothing and takes no lock.
  ///
  /// - Parameters:
  ///   - progress: bytes done and bytes in all, after each frame.
  ///   - frame: each frame in order, also those without records.
  package static func verify(
    disk: any Disk, directory: String, progress: (_ doneBytes: Int, _ totalBytes: Int) -> Void = { _, _ in },
    frame: (DurableFrame) -> Void = { _ in }
  ) throws(JournalError) -> VerifiedJournal {
    let names = Names(directory: directory)
    let ledgerID = try readMeta(disk, names)
    let segments = try allSegments(disk, names, ledgerID)
    guard let first = segments.first else {
      throw .missing(path: names.segment(firstOrdinal), finding: "there is no segment at all")
    }
    if first.header.ordinal == firstOrdinal, first.header.previousSeal != ledgerID.firstPreviousSeal {
      throw .damaged(path: first.path, offset: 0, finding: "the first segment does not begin the chain")
    }
    var snapshots: [UInt64: Snapshot] = [:]
    var result = VerifiedJournal(
      ledgerID: ledgerID, firstSequence: first.header.firstSequence, lastSequence: first.header.firstSequence &- 1,
      lastSeal: first.header.previousSeal)
    let files = try opening { () throws(DiskFailure) in try disk.list(directory) }
    for sequence in files.compactMap(Names.snapshotSequence).sorted() {
      let path = names.snapshot(sequence)
      if let snapshot = try examineSnapshot(disk, path: path, sequence: sequence, ledgerID: ledgerID) {
        snapshots[sequence] = snapshot
      } else {
        result.damagedSnapshots.append(path)
      }
    }
    let newestSnapshot = snapshots.keys.max() ?? 0
    let totalBytes = segments.reduce(0) { $0 + Int($1.header.segmentBytes) }
    var doneBytes = 0

    for (index, segment) in segments.enumerated() {
      guard segment.header.firstSequence == result.lastSequence &+ 1, segment.header.previousSeal == result.lastSeal
      else {
        throw .damaged(path: segment.path, offset: 0, finding: "the segment does not continue the chain")
      }
      let file = try opening { () throws(DiskFailure) in try disk.open(segment.path, .read) }
      defer { disk.close(file) }
      var scanner = SegmentScanner(disk: disk, file: file, header: segment.header)
      scan: while true {
        switch try scanner.next() {
        case .frame(let scanned):
          let durable = DurableFrame(
            firstSequence: scanned.header.firstSequence, lastSequence: scanned.header.lastSequence, seal: scanned.seal)
          guard scanner.forEachRecord(of: scanned, { (_, _) throws(Never) in }) else {
            throw .damaged(path: segment.path, offset: scanned.offset, finding: "the records do not fill the frame")
          }
          result.frameCount += 1
          result.recordCount += UInt64(scanned.header.recordCount)
          result.isCleanlyStopped = scanned.header.recordCount == 0
          if let snapshot = snapshots[durable.lastSequence], snapshot.seal == durable.seal {
            result.snapshotSequences.append(durable.lastSequence)
            snapshots[durable.lastSequence] = nil
          }
          frame(durable)
          progress(doneBytes + scanner.offset, totalBytes)
        case .stop(let finding):
          let inspection = TailInspection(
            disk: disk, file: file, segment: segment, hasNext: index + 1 < segments.count,
            snapshotSequence: newestSnapshot)
          let decision = TailDecision(try inspection.facts(finding, scanner))
          switch decision {
          case .goOn:
            guard index + 1 < segments.count else {
              throw .missing(
                path: names.segment(segment.header.ordinal + 1),
                finding: "the trailer of \(segment.path) says that it held records")
            }
          case .end: break
          case .cut: result.tornEnd = "\(segment.path), byte \(scanner.offset)"
          case .refuse(let refusal): throw refusal.error(segment, scanner)
          }
          result.lastSequence = scanner.nextSequence &- 1
          result.lastSeal = scanner.previousSeal
          break scan
        }
      }
      result.segmentCount += 1
      doneBytes += Int(segment.header.segmentBytes)
      progress(doneBytes, totalBytes)
    }
    // Snapshots from before the first segment that is here cannot be compared.
    if let strange = snapshots.values.first(where: { $0.sequence >= result.firstSequence }) {
      throw .damaged(
        path: strange.path, offset: SnapshotLayout.sealOffset,
        finding: "the journal has no frame with this snapshot's sequence \(strange.sequence) and seal")
    }
    return result
  }
}
