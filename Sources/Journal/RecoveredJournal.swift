/// What the running journal begins with.
struct RecoveredEnd {
  var writer: FrameWriter
  var options: JournalOptions
  var snapshots: SnapshotStore
  var lock: DirectoryLock
  var lastSequence: UInt64
  var lastTimeMicroseconds: Int64
  var offset: Int
  var segmentBytes: Int
}

/// A journal whose records have all been read and found in order. `start` is the first to change anything.
package struct RecoveredJournal: ~Copyable {
  private let opened: OpenedJournal
  private let end: FoundEnd

  init(opened: consuming OpenedJournal, end: FoundEnd) {
    self.opened = opened
    self.end = end
  }

  package var ledgerID: LedgerID { opened.ledgerID }

  /// 0 in an empty journal.
  package var lastSequence: UInt64 { end.lastSequence }

  /// What deserves a line in the log: a snapshot passed over, a torn end.
  package var warnings: [String] {
    switch end.decision {
    case .cut:
      opened.warnings + [
        "\(end.segment.path) was torn at byte \(end.offset): it is cut there, after record \(end.lastSequence), and what "
          + "was cut is kept beside it; nothing in it was acknowledged"
      ]
    case .goOn, .end, .refuse: opened.warnings
    }
  }

  /// Makes the end of the log durable and clean, and starts the threads.
  ///
  /// - Parameters:
  ///   - onDurable: called on the writer's thread when a frame has become durable, before the next one is taken: it should
  ///     only note it and wake others. Frames come in order; a clean stop reports its empty frame too.
  ///   - onPoison: called once, on the writer's thread, when the disk has failed. Everything behind `durableSequence` has an
  ///     unknown outcome, for ever.
  ///   - onStanding: called when the journal gets short of space, and when it has space again.
  package consuming func start(
    onDurable: @escaping @Sendable (DurableFrame) -> Void, onPoison: @escaping @Sendable (JournalError) -> Void,
    onStanding: @escaping @Sendable (Journal.Standing) -> Void = { _ in }
  ) throws(JournalError) -> Journal {
    let catalog = try readCatalog()
    let (file, directory) = try opening { () throws(DiskFailure) in
      try removeLeftovers()
      let directory = try opened.disk.open(opened.names.directory, .directory)
      do throws(DiskFailure) {
        return (try repair(), directory)
      } catch {
        opened.disk.close(directory)
        throw error
      }
    }
    let writer = FrameWriter(
      disk: opened.disk, names: opened.names, ledgerID: opened.ledgerID, catalog: catalog,
      directory: directory, segment: file, ordinal: end.segment.header.ordinal,
      segmentBytes: Int(end.segment.header.segmentBytes),
      previousSeal: end.lastSeal)
    return try Journal(
      RecoveredEnd(
        writer: writer, options: opened.options, snapshots: opened.snapshots, lock: opened.lock,
        lastSequence: end.lastSequence, lastTimeMicroseconds: end.lastTimeMicroseconds, offset: end.offset,
        segmentBytes: Int(end.segment.header.segmentBytes)),
      onDurable: onDurable, onPoison: onPoison, onStanding: onStanding)
  }

  private func readCatalog() throws(JournalError) -> SegmentCatalog {
    let archived = try readArchive(opened.disk, opened.names, opened.ledgerID)
      .filter { $0.header.ordinal < opened.segments[0].header.ordinal }
    return SegmentCatalog(
      archived.map { .init(ordinal: $0.header.ordinal, firstSequence: $0.header.firstSequence, place: .archive) }
        + opened.segments.map {
          .init(ordinal: $0.header.ordinal, firstSequence: $0.header.firstSequence, place: .live)
        })
  }

  /// Unfinished files go; a segment that never counted is set aside, out of the way of the one that will have its name.
  private func removeLeftovers() throws(DiskFailure) {
    let names = opened.names
    for name in try opened.disk.list(names.directory) {
      if Names.isTemporary(name) {
        try opened.disk.remove("\(names.directory)/\(name)")
      } else if let ordinal = Names.segmentOrdinal(name), ordinal > end.segment.header.ordinal {
        try opened.disk.rename(names.segment(ordinal), to: try freeBrokenName(names.segment(ordinal)))
      }
    }
    try opened.disk.syncDirectory(at: names.directory)
  }

  /// After this the disk holds, for certain, what has been replayed, and zeros behind it.
  private func repair() throws(DiskFailure) -> OpenFile {
    let disk = opened.disk
    let file = try disk.open(end.segment.path, .readWrite)
    do throws(DiskFailure) {
      switch end.decision {
      case .cut: try cut(file)
      case .goOn, .end, .refuse: break
      }
      try disk.sync(file)
      return file
    } catch {
      disk.close(file)
      throw error
    }
  }

  /// First the copy, then the zeros: a crash in between repeats both.
  private func cut(_ file: OpenFile) throws(DiskFailure) {
    let disk = opened.disk
    let segmentBytes = Int(end.segment.header.segmentBytes)
    let copyPath = try freeBrokenName(end.segment.path + ".\(end.offset)")
    let copy = try disk.open(opened.names.temporary(copyPath), .create)
    defer { disk.close(copy) }
    let piece = AlignedBytes(count: copyPieceBytes)
    var offset = end.offset
    while true {
      let count = try disk.readFully(file, into: piece.writable, at: offset)
      try disk.writeAll(copy, piece.readable.slice(0, count), at: offset - end.offset)
      offset += count
      if count < piece.count { break }
    }
    try disk.sync(copy)
    try disk.rename(copy.path, to: copyPath)
    try disk.syncDirectory(at: opened.names.directory)
    try disk.writeZeros(file, from: end.offset, to: segmentBytes)
  }

  /// An earlier copy is never overwritten: it may hold what a crash during the zeroing has taken from the segment.
  private func freeBrokenName(_ path: String) throws(DiskFailure) -> String {
    let taken = Set(try opened.disk.list(opened.names.directory).map { "\(opened.names.directory)/\($0)" })
    var candidate = path + brokenSuffix
    var number = 2
    while taken.contains(candidate) {
      candidate = "\(path)-\(number)\(brokenSuffix)"
      number += 1
    }
    return candidate
  }
}

private let copyPieceBytes = 1 << 20
private let brokenSuffix = ".broken"
