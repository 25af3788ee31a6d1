package import Digests

/// A frame that is on disk for good.
package struct DurableFrame: Hashable, Sendable {
  package var firstSequence: UInt64
  /// `firstSequence - 1` for a frame without records (the mark of a clean stop).
  package var lastSequence: UInt64
  package var seal: Digest256

  package init(firstSequence: UInt64, lastSequence: UInt64, seal: Digest256) {
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.seal = seal
  }
}

/// The end of the chain, and how it grows: seal, write, sync, in this order, one frame at a time. It has no thread and no
/// lock; the journal's writer thread drives it, and so do the tests.
struct FrameWriter {
  let disk: any Disk
  let names: Names
  let ledgerID: LedgerID
  let catalog: SegmentCatalog
  /// Open for as long as the writer lives, as are the segment and the spare: a process that has run out of descriptors can
  /// still rotate.
  private let directory: OpenFile
  private var segment: OpenFile
  private var ordinal: UInt64
  private var segmentBytes: Int
  private var previousSeal: Digest256

  init(
    disk: any Disk, names: Names, ledgerID: LedgerID, catalog: SegmentCatalog, directory: OpenFile,
    segment: OpenFile, ordinal: UInt64, segmentBytes: Int, previousSeal: Digest256
  ) {
    self.disk = disk
    self.names = names
    self.ledgerID = ledgerID
    self.catalog = catalog
    self.directory = directory
    self.segment = segment
    self.ordinal = ordinal
    self.segmentBytes = segmentBytes
    self.previousSeal = previousSeal
  }

  /// Nothing can be written any more.
  func close() {
    disk.close(segment)
    disk.close(directory)
  }

  /// Returns when the frame is durable. After a failure nothing may be written any more: the outcome is unknown.
  mutating func write(_ frame: FrameBuffer, at placement: Placement) throws(DiskFailure) -> DurableFrame {
    let (bytes, seal) = frame.seal(ledgerID: ledgerID, previousSeal: previousSeal)
    switch placement {
    case .here(let offset):
      try disk.writeAll(segment, bytes, at: offset)
      try disk.sync(segment)
      catalog.note(SegmentCatalog.Landmark(sequence: frame.firstSequence, offset: offset), in: ordinal)
    case .inSpare(let spare):
      try rotate(to: spare, firstSequence: frame.firstSequence, firstFrame: bytes)
    }
    previousSeal = seal
    return DurableFrame(firstSequence: frame.firstSequence, lastSequence: frame.lastSequence, seal: seal)
  }

  /// The new segment's header is durable before its name is, and the old one's trailer before anything in the new one is
  /// acknowledged. So a trailer proves that frames followed, and a segment without one before it holds none that count.
  private mutating func rotate(
    to spare: SpareSegment, firstSequence: UInt64, firstFrame: UnsafeRawBufferPointer
  ) throws(DiskFailure) {
    let block = AlignedBytes(count: blockBytes)
    let newOrdinal = ordinal + 1
    SegmentHeader(
      ledgerID: ledgerID, ordinal: newOrdinal, firstSequence: firstSequence, segmentBytes: UInt64(spare.bytes),
      previousSeal: previousSeal
    ).encode(into: block.writable)
    try disk.writeAll(spare.file, block.readable, at: 0)
    try disk.sync(spare.file)
    try disk.rename(spare.file.path, to: names.segment(newOrdinal))
    try disk.syncDirectory(directory)

    let new = OpenFile(descriptor: spare.file.descriptor, path: names.segment(newOrdinal))
    try disk.writeAll(new, firstFrame, at: SegmentLayout.firstFrameOffset)
    try disk.sync(new)

    let trailer = AlignedBytes(count: blockBytes)
    SegmentTrailer(ledgerID: ledgerID, ordinal: ordinal, lastSequence: firstSequence - 1, lastSeal: previousSeal)
      .encode(into: trailer.writable)
    try disk.writeAll(segment, trailer.readable, at: segmentBytes - SegmentLayout.trailerBytes)
    try disk.sync(segment)

    disk.close(segment)
    segment = new
    ordinal = newOrdinal
    segmentBytes = spare.bytes
    catalog.add(SegmentCatalog.Entry(ordinal: newOrdinal, firstSequence: firstSequence, place: .live))
  }
}
