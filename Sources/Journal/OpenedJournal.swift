internal import Digests

extension Journal {
  /// Takes the directory's lock, creates the journal if there is none, and checks whose it is. Nothing that exists is
  /// changed before the replay has found everything in order.
  ///
  /// - Parameters:
  ///   - directory: it must exist.
  ///   - newLedgerID: sixteen random bytes, used only if there is no journal yet.
  package static func open(
    disk: any Disk, directory: String, options: JournalOptions = JournalOptions(), newLedgerID: LedgerID
  ) throws(JournalError) -> OpenedJournal {
    try options.check()
    let names = Names(directory: directory)
    let lock = try DirectoryLock(disk, names)
    let found = try opening { () throws(DiskFailure) in try disk.list(directory) }
    let ledgerID: LedgerID
    if found.contains("meta") {
      ledgerID = try readMeta(disk, names)
    } else {
      try create(disk, names, found: found, ledgerID: newLedgerID, options: options)
      ledgerID = newLedgerID
    }
    let files = try opening { () throws(DiskFailure) in try disk.list(directory) }
    let (snapshots, warnings) = try readSnapshots(disk, names, files, ledgerID)
    let segments = try readSegmentHeaders(disk, names, files, ledgerID)
    try checkBegin(names, segments, snapshots)
    return OpenedJournal(
      ledgerID: ledgerID, disk: disk, names: names, lock: lock, options: options, snapshots: snapshots,
      segments: segments, warnings: warnings)
  }

  static func readMeta(_ disk: any Disk, _ names: Names) throws(JournalError) -> LedgerID {
    let block = AlignedBytes(count: blockBytes)
    try opening { () throws(DiskFailure) in
      let file = try disk.open(names.meta, .read)
      defer { disk.close(file) }
      _ = try disk.readFully(file, into: block.writable, at: 0)
    }
    switch Meta.examine(block.readable) {
    case .blank, .unreadable: throw .damaged(path: names.meta, offset: 0, finding: "it does not name a ledger")
    case .otherVersion(let version): throw .otherVersion(path: names.meta, found: version)
    case .header(let meta): return meta.ledgerID
    }
  }

  /// The meta file comes last: until it is there, the directory holds no journal, and the next start begins again.
  private static func create(
    _ disk: any Disk, _ names: Names, found: [String], ledgerID: LedgerID, options: JournalOptions
  ) throws(JournalError) {
    let first = Names.segmentName(firstOrdinal)
    if let stranger = found.first(where: { name in
      Names.snapshotSequence(name) != nil || (Names.segmentOrdinal(name) != nil && name != first)
    }) {
      throw .missing(path: names.meta, finding: "there is a \(stranger), so there was a journal")
    }
    if found.contains(first), try holdsFrames(disk, names.segment(firstOrdinal)) {
      throw .missing(path: names.meta, finding: "there is a \(first) with records, so there was a journal")
    }
    try opening { () throws(DiskFailure) in
      try disk.makeDirectory(names.archive)
      let spare = try prepareSpare(disk, path: names.spare(firstOrdinal), bytes: options.segmentBytes)
      defer { disk.close(spare.file) }
      let block = AlignedBytes(count: blockBytes)
      SegmentHeader(
        ledgerID: ledgerID, ordinal: firstOrdinal, firstSequence: firstSequence, segmentBytes: UInt64(spare.bytes),
        previousSeal: ledgerID.firstPreviousSeal
      ).encode(into: block.writable)
      try disk.writeAll(spare.file, block.readable, at: 0)
      try disk.sync(spare.file)
      try disk.rename(spare.file.path, to: names.segment(firstOrdinal))
      try disk.syncDirectory(at: names.directory)

      Meta(ledgerID: ledgerID).encode(into: block.writable)
      UnsafeMutableRawBufferPointer(rebasing: block.writable[MetaLayout.metaBytes...])
        .initializeMemory(as: UInt8.self, repeating: 0)
      let meta = try disk.open(names.temporary(names.meta), .create)
      defer { disk.close(meta) }
      try disk.writeAll(meta, block.readable, at: 0)
      try disk.sync(meta)
      try disk.rename(meta.path, to: names.meta)
      try disk.syncDirectory(at: names.directory)
    }
  }

  private static func holdsFrames(_ disk: any Disk, _ path: String) throws(JournalError) -> Bool {
    try opening { () throws(DiskFailure) in
      let file = try disk.open(path, .read)
      defer { disk.close(file) }
      let block = AlignedBytes(count: blockBytes)
      let count = try disk.readFully(file, into: block.writable, at: SegmentLayout.firstFrameOffset)
      return !block.readable.slice(0, count).isZero
    }
  }
}

let firstOrdinal: UInt64 = 1
let firstSequence: UInt64 = 1

/// A journal whose records have not been looked at yet: replay it, then start it.
package struct OpenedJournal: ~Copyable {
  package let ledgerID: LedgerID
  let disk: any Disk
  let names: Names
  let lock: DirectoryLock
  let options: JournalOptions
  let snapshots: SnapshotStore
  let segments: [FoundSegment]
  /// What deserves a line in the log: a snapshot passed over.
  package let warnings: [String]

  /// The state to begin with; the replay begins behind it.
  package var snapshot: Snapshot? { snapshots.newest }
}

/// Where the replay begins, there must be a segment: the first of all, or the one that holds the snapshot's last record.
private func checkBegin(_ names: Names, _ segments: [FoundSegment], _ snapshots: SnapshotStore) throws(JournalError) {
  guard let first = segments.first else {
    throw .missing(path: names.segment(firstOrdinal), finding: "there is no segment at all")
  }
  let snapshotSequence = snapshots.newest?.sequence ?? 0
  guard first.header.ordinal == firstOrdinal || first.header.firstSequence <= snapshotSequence else {
    throw .missing(
      path: names.segment(first.header.ordinal &- 1),
      finding: "the oldest segment begins at record \(first.header.firstSequence), the newest whole snapshot ends at "
        + "\(snapshotSequence)")
  }
}

/// A segment whose header has been checked.
struct FoundSegment {
  var path: String
  var header: SegmentHeader
  var place = SegmentCatalog.Place.live
}

private func readSnapshots(
  _ disk: any Disk, _ names: Names, _ found: [String], _ ledgerID: LedgerID
) throws(JournalError) -> (SnapshotStore, [String]) {
  var valid: [Snapshot] = []
  var warnings: [String] = []
  for sequence in found.compactMap(Names.snapshotSequence).sorted() {
    let path = names.snapshot(sequence)
    if let snapshot = try examineSnapshot(disk, path: path, sequence: sequence, ledgerID: ledgerID) {
      valid.append(snapshot)
    } else {
      warnings.append("\(path) is damaged and was passed over")
    }
  }
  if valid.isEmpty, !warnings.isEmpty {
    throw .damaged(
      path: names.directory, offset: 0,
      finding: "no snapshot is whole; if all segments from the first are there, move the snapshots away to replay them")
  }
  return (SnapshotStore(valid), warnings)
}

/// Checks that the live segments are ours, without a gap, and each as long as it says. A last one without a readable
/// header is left out here when nothing in it can count: no trailer before it says that it held a durable frame.
func readSegmentHeaders(
  _ disk: any Disk, _ names: Names, _ found: [String], _ ledgerID: LedgerID
) throws(JournalError) -> [FoundSegment] {
  let ordinals = found.compactMap(Names.segmentOrdinal).sorted()
  var segments: [FoundSegment] = []
  let block = AlignedBytes(count: blockBytes)
  for (index, ordinal) in ordinals.enumerated() {
    let path = names.segment(ordinal)
    if let last = segments.last, ordinal != last.header.ordinal + 1 {
      throw .missing(path: names.segment(last.header.ordinal + 1), finding: "there are segments on both sides of it")
    }
    let (byteCount, headerCount) = try opening { () throws(DiskFailure) in
      let file = try disk.open(path, .read)
      defer { disk.close(file) }
      return (try disk.byteCount(file), try disk.readFully(file, into: block.writable, at: 0))
    }
    let isLast = index == ordinals.count - 1
    switch SegmentHeader.examine(block.readable.slice(0, headerCount)) {
    case .otherVersion(let version):
      throw .otherVersion(path: path, found: version)
    case .blank, .unreadable:
      guard isLast, index > 0 else {
        throw .damaged(path: path, offset: 0, finding: "the segment's header is not readable")
      }
    case .header(let header):
      guard header.ledgerID == ledgerID else {
        throw .otherLedger(path: path, found: header.ledgerID, expected: ledgerID)
      }
      guard header.ordinal == ordinal else {
        throw .damaged(path: path, offset: 0, finding: "it is segment \(header.ordinal) under another's name")
      }
      guard header.isPossible else {
        throw .damaged(path: path, offset: 0, finding: "the segment's header has impossible numbers")
      }
      guard isLast || byteCount == Int(header.segmentBytes) else {
        throw .damaged(path: path, offset: byteCount, finding: "the file is cut: it had \(header.segmentBytes) bytes")
      }
      segments.append(FoundSegment(path: path, header: header))
    }
  }
  return segments
}

/// The segments in the archive, by ordinal. What is there has been checked when it was live; only the headers are read.
func readArchive(_ disk: any Disk, _ names: Names, _ ledgerID: LedgerID) throws(JournalError) -> [FoundSegment] {
  let found: [String]
  do throws(DiskFailure) {
    found = try disk.list(names.archive)
  } catch {
    if error.cause == .notFound { return [] }
    throw .disk(error)
  }
  var segments: [FoundSegment] = []
  let block = AlignedBytes(count: blockBytes)
  for ordinal in found.compactMap(Names.segmentOrdinal).sorted() {
    let path = names.archivedSegment(ordinal)
    let count = try opening { () throws(DiskFailure) in
      let file = try disk.open(path, .read)
      defer { disk.close(file) }
      return try disk.readFully(file, into: block.writable, at: 0)
    }
    guard case .header(let header) = SegmentHeader.examine(block.readable.slice(0, count)),
      header.ledgerID == ledgerID, header.ordinal == ordinal, header.isPossible
    else {
      throw .damaged(path: path, offset: 0, finding: "the segment's header is not readable or not this ledger's")
    }
    segments.append(FoundSegment(path: path, header: header, place: .archive))
  }
  return segments
}
