internal import Digests

/// Reads the records of a journal in order, from any sequence on, over archived and live segments. It changes nothing and
/// may be used beside a running writer: it stops at the last durable frame, and goes on when there are more.
///
/// Every frame that it delivers has been checked against its checksum and its seal, and against the frame before it.
/// One thread at a time. Each has one open file, while it is in use.
package final class JournalReader {
  private let disk: any Disk
  private let names: Names
  private let catalog: SegmentCatalog
  package let ledgerID: LedgerID
  /// The last sequence that may be read.
  private let limit: () -> UInt64
  /// What is delivered next.
  package private(set) var nextSequence: UInt64
  private var position: Position?

  private struct Position {
    var ordinal: UInt64
    var path: String
    var file: OpenFile
    var scanner: SegmentScanner
  }

  init(
    disk: any Disk, names: Names, catalog: SegmentCatalog, ledgerID: LedgerID, from sequence: UInt64,
    limit: @escaping () -> UInt64
  ) {
    self.disk = disk
    self.names = names
    self.catalog = catalog
    self.ledgerID = ledgerID
    self.limit = limit
    nextSequence = max(sequence, firstSequence)
  }

  deinit {
    if let position { disk.close(position.file) }
  }

  /// Delivers the records of the next frame, without those before `nextSequence`. Frames without records are passed over.
  ///
  /// - Parameter record: sequence, time in microseconds since 1970, and the bytes, which are valid during the call only.
  /// - Returns: the frame, or `nil` when there is no further durable one now.
  package func readFrame(
    _ record: (_ sequence: UInt64, _ timeMicroseconds: Int64, _ bytes: UnsafeRawBufferPointer) throws -> Void
  ) throws(JournalError) -> DurableFrame? {
    while nextSequence <= limit() {
      if position == nil { position = try openSegment(holding: nextSequence) }
      // Moved out and back in, so that the scanner is not copied.
      guard var current = position.take() else { return nil }
      let step: SegmentScanner.Step
      do throws(JournalError) {
        step = try current.scanner.next()
      } catch {
        disk.close(current.file)
        throw error
      }
      switch step {
      case .frame(let frame):
        defer { position = current }
        if frame.header.recordCount == 0 { continue }
        return try deliver(frame, current, record)
      case .stop(let finding):
        if let next = catalog.entry(ordinal: current.ordinal + 1) {
          disk.close(current.file)
          position = try open(next, after: current)
        } else {
          let offset = current.scanner.offset
          disk.close(current.file)
          guard limit() == UInt64.max, finding == .blank || finding == .endOfSegment else {
            throw .damaged(
              path: current.path, offset: offset,
              finding: "there should be a whole frame with record \(nextSequence), and there is not (\(finding))")
          }
          return nil
        }
      }
    }
    return nil
  }

  private func deliver(
    _ frame: ScannedFrame, _ current: Position,
    _ record: (UInt64, Int64, UnsafeRawBufferPointer) throws -> Void
  ) throws(JournalError) -> DurableFrame {
    let wanted = nextSequence
    let whole = try current.scanner.forEachRecord(of: frame) { (sequence, bytes) throws(JournalError) in
      guard sequence >= wanted else { return }
      do {
        try record(sequence, frame.header.timeMicroseconds, bytes)
      } catch {
        throw JournalError.recordRefused(sequence: sequence, finding: "\(error)")
      }
    }
    guard whole else {
      throw .damaged(path: current.path, offset: frame.offset, finding: "the records do not fill the frame")
    }
    nextSequence = frame.header.lastSequence + 1
    return DurableFrame(
      firstSequence: frame.header.firstSequence, lastSequence: frame.header.lastSequence, seal: frame.seal)
  }

  private func openSegment(holding sequence: UInt64) throws(JournalError) -> Position {
    guard let entry = catalog.entry(holding: sequence) else {
      throw .missing(path: names.archivedSegment(firstOrdinal), finding: "it would hold record \(sequence)")
    }
    var position = try open(entry, after: nil)
    if let landmark = entry.landmark(before: sequence) { position.scanner.move(to: landmark) }
    try position.scanner.skip(before: sequence) { [catalog] in catalog.note($0, in: entry.ordinal) }
    return position
  }

  private func open(_ entry: SegmentCatalog.Entry, after last: Position?) throws(JournalError) -> Position {
    let file = try openFile(entry)
    do throws(JournalError) {
      let block = AlignedBytes(count: blockBytes)
      let count = try opening { () throws(DiskFailure) in try disk.readFully(file, into: block.writable, at: 0) }
      guard case .header(let header) = SegmentHeader.examine(block.readable.slice(0, count)),
        header.ledgerID == ledgerID, header.ordinal == entry.ordinal,
        last == nil
          || (header.firstSequence == last?.scanner.nextSequence && header.previousSeal == last?.scanner.previousSeal)
      else {
        throw .damaged(path: file.path, offset: 0, finding: "the segment does not continue the chain")
      }
      return Position(
        ordinal: entry.ordinal, path: file.path, file: file,
        scanner: SegmentScanner(disk: disk, file: file, header: header))
    } catch {
      disk.close(file)
      throw error
    }
  }

  /// A segment may move to the archive between the look-up and the opening: then it is there.
  private func openFile(_ entry: SegmentCatalog.Entry) throws(JournalError) -> OpenFile {
    if case .live = entry.place {
      do throws(DiskFailure) {
        return try disk.open(names.segment(entry.ordinal), .read)
      } catch {
        guard error.cause == .notFound else { throw .disk(error) }
      }
    }
    return try opening { () throws(DiskFailure) in try disk.open(names.archivedSegment(entry.ordinal), .read) }
  }
}

extension Journal {
  /// Reads what is durable, from record `sequence` on (1 is the first), beside the running journal.
  package func reader(from sequence: UInt64) -> JournalReader {
    JournalReader(disk: disk, names: names, catalog: catalog, ledgerID: ledgerID, from: sequence) { [self] in
      durableSequence
    }
  }

  /// Reads a directory in which no journal needs to run, from record `sequence` on. It takes no lock: where one does run,
  /// the frame that is being written ends the reading with an error.
  package static func reader(
    disk: any Disk, directory: String, from sequence: UInt64
  ) throws(JournalError) -> JournalReader {
    let names = Names(directory: directory)
    let ledgerID = try readMeta(disk, names)
    let segments = try allSegments(disk, names, ledgerID)
    let catalog = SegmentCatalog(
      segments.map { .init(ordinal: $0.header.ordinal, firstSequence: $0.header.firstSequence, place: $0.place) })
    return JournalReader(disk: disk, names: names, catalog: catalog, ledgerID: ledgerID, from: sequence) { .max }
  }

  /// Archived and live segments by ordinal, without a gap.
  static func allSegments(
    _ disk: any Disk, _ names: Names, _ ledgerID: LedgerID
  ) throws(JournalError) -> [FoundSegment] {
    let files = try opening { () throws(DiskFailure) in try disk.list(names.directory) }
    let live = try readSegmentHeaders(disk, names, files, ledgerID)
    let firstLive = live.first?.header.ordinal ?? .max
    // Between the two directory syncs of an archiving, a crash may leave a segment's name in both.
    let all = try readArchive(disk, names, ledgerID).filter { $0.header.ordinal < firstLive } + live
    for (segment, next) in zip(all, all.dropFirst()) where next.header.ordinal != segment.header.ordinal + 1 {
      throw .missing(
        path: names.archivedSegment(segment.header.ordinal + 1), finding: "there are segments on both sides of it")
    }
    return all
  }
}
