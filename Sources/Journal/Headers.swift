internal import Digests

/// What the bytes at a header's place turn out to be, before anything in them is believed.
enum HeaderFinding<Header> {
  /// The whole block is zero.
  case blank
  /// No magic number, or a wrong checksum.
  case unreadable
  case otherVersion(UInt32)
  case header(Header)
}

/// Magic number and version stand at the same place in every layout.
private let magicOffset = 0
private let versionOffset = magicOffset + 8

private func examineHeader<Header>(
  _ block: UnsafeRawBufferPointer, magic: UInt64, checksumOffset: Int, _ decode: (UnsafeRawBufferPointer) -> Header
) -> HeaderFinding<Header> {
  guard block.count >= checksumOffset + 4 else { return .unreadable }
  guard block.integer(at: magicOffset, as: UInt64.self) == magic else { return block.isZero ? .blank : .unreadable }
  guard block.integer(at: checksumOffset, as: UInt32.self) == CRC32C.checksum(block.slice(0, checksumOffset)) else {
    return .unreadable
  }
  let version = block.integer(at: versionOffset, as: UInt32.self)
  guard version == formatVersion else { return .otherVersion(version) }
  return .header(decode(block))
}

private func begin(_ block: UnsafeMutableRawBufferPointer, magic: UInt64, headerBytes: Int) {
  UnsafeMutableRawBufferPointer(rebasing: block[..<headerBytes]).initializeMemory(as: UInt8.self, repeating: 0)
  block.store(magic, at: magicOffset)
  block.store(formatVersion, at: versionOffset)
}

private func finish(_ block: UnsafeMutableRawBufferPointer, checksumOffset: Int) {
  block.store(CRC32C.checksum(UnsafeRawBufferPointer(block).slice(0, checksumOffset)), at: checksumOffset)
}

extension UnsafeRawBufferPointer {
  fileprivate func digest(at offset: Int) -> Digest256 {
    Digest256(bytes: slice(offset, Digest256.byteCount)) ?? Digest256()
  }

  fileprivate func ledgerID(at offset: Int) -> LedgerID {
    LedgerID(Fingerprint128(bytes: slice(offset, LedgerID.byteCount)) ?? Fingerprint128())
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate func store(_ digest: Digest256, at offset: Int) {
    digest.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[offset...]).copyMemory(from: $0) }
  }

  fileprivate func store(_ ledgerID: LedgerID, at offset: Int) {
    ledgerID.value.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[offset...]).copyMemory(from: $0) }
  }
}

/// What sequences and ordinals can be: more than any journal will ever count, and far from where arithmetic overflows.
let numbers: ClosedRange<UInt64> = 1...UInt64(Int64.max)

struct FrameHeader {
  var ledgerID: LedgerID
  var recordCount: UInt32
  /// Of the first record; of a frame without records, the sequence that the next record will get.
  var firstSequence: UInt64
  var timeMicroseconds: Int64
  var previousSeal: Digest256
  var bodyBytes: UInt32
  var bodyChecksum: UInt32

  /// `firstSequence - 1` for a frame without records.
  var lastSequence: UInt64 { firstSequence &+ UInt64(recordCount) &- 1 }

  static func examine(_ block: UnsafeRawBufferPointer) -> HeaderFinding<FrameHeader> {
    typealias Layout = FrameLayout
    return examineHeader(block, magic: Layout.magic, checksumOffset: Layout.headerChecksumOffset) { block in
      FrameHeader(
        ledgerID: block.ledgerID(at: Layout.ledgerIDOffset), recordCount: block.integer(at: Layout.recordCountOffset),
        firstSequence: block.integer(at: Layout.firstSequenceOffset),
        timeMicroseconds: block.integer(at: Layout.timeOffset),
        previousSeal: block.digest(at: Layout.previousSealOffset),
        bodyBytes: block.integer(at: Layout.bodyBytesOffset), bodyChecksum: block.integer(at: Layout.bodyChecksumOffset)
      )
    }
  }

  func encode(into block: UnsafeMutableRawBufferPointer) {
    typealias Layout = FrameLayout
    begin(block, magic: Layout.magic, headerBytes: Layout.headerBytes)
    block.store(recordCount, at: Layout.recordCountOffset)
    block.store(ledgerID, at: Layout.ledgerIDOffset)
    block.store(firstSequence, at: Layout.firstSequenceOffset)
    block.store(timeMicroseconds, at: Layout.timeOffset)
    block.store(previousSeal, at: Layout.previousSealOffset)
    block.store(bodyBytes, at: Layout.bodyBytesOffset)
    block.store(bodyChecksum, at: Layout.bodyChecksumOffset)
    finish(block, checksumOffset: Layout.headerChecksumOffset)
  }
}

struct SegmentHeader {
  var ledgerID: LedgerID
  /// 1, 2, 3 ...
  var ordinal: UInt64
  /// Of the first record that is in this segment or will be.
  var firstSequence: UInt64
  /// The file's length for all its life.
  var segmentBytes: UInt64
  /// Of the last frame before this segment.
  var previousSeal: Digest256

  /// Whether its numbers are such as a journal writes: then no arithmetic on them overflows.
  var isPossible: Bool {
    let least = SegmentLayout.firstFrameOffset + SegmentLayout.stopFrameBytes + SegmentLayout.trailerBytes
    return numbers.contains(ordinal) && numbers.contains(firstSequence)
      && (UInt64(least)...UInt64(SegmentLayout.segmentBytesMaximum)).contains(segmentBytes)
      && segmentBytes % UInt64(blockBytes) == 0
  }

  static func examine(_ block: UnsafeRawBufferPointer) -> HeaderFinding<SegmentHeader> {
    typealias Layout = SegmentLayout
    return examineHeader(block, magic: Layout.magic, checksumOffset: Layout.checksumOffset) { block in
      SegmentHeader(
        ledgerID: block.ledgerID(at: Layout.ledgerIDOffset), ordinal: block.integer(at: Layout.ordinalOffset),
        firstSequence: block.integer(at: Layout.firstSequenceOffset),
        segmentBytes: block.integer(at: Layout.segmentBytesOffset),
        previousSeal: block.digest(at: Layout.previousSealOffset))
    }
  }

  func encode(into block: UnsafeMutableRawBufferPointer) {
    typealias Layout = SegmentLayout
    begin(block, magic: Layout.magic, headerBytes: Layout.headerBytes)
    block.store(ledgerID, at: Layout.ledgerIDOffset)
    block.store(ordinal, at: Layout.ordinalOffset)
    block.store(firstSequence, at: Layout.firstSequenceOffset)
    block.store(segmentBytes, at: Layout.segmentBytesOffset)
    block.store(previousSeal, at: Layout.previousSealOffset)
    finish(block, checksumOffset: Layout.checksumOffset)
  }
}

struct SegmentTrailer {
  var ledgerID: LedgerID
  var ordinal: UInt64
  var lastSequence: UInt64
  var lastSeal: Digest256

  static func examine(_ block: UnsafeRawBufferPointer) -> HeaderFinding<SegmentTrailer> {
    typealias Layout = TrailerLayout
    return examineHeader(block, magic: Layout.magic, checksumOffset: Layout.checksumOffset) { block in
      SegmentTrailer(
        ledgerID: block.ledgerID(at: Layout.ledgerIDOffset), ordinal: block.integer(at: Layout.ordinalOffset),
        lastSequence: block.integer(at: Layout.lastSequenceOffset), lastSeal: block.digest(at: Layout.lastSealOffset))
    }
  }

  func encode(into block: UnsafeMutableRawBufferPointer) {
    typealias Layout = TrailerLayout
    begin(block, magic: Layout.magic, headerBytes: Layout.trailerBytes)
    block.store(ledgerID, at: Layout.ledgerIDOffset)
    block.store(ordinal, at: Layout.ordinalOffset)
    block.store(lastSequence, at: Layout.lastSequenceOffset)
    block.store(lastSeal, at: Layout.lastSealOffset)
    finish(block, checksumOffset: Layout.checksumOffset)
  }
}

struct SnapshotHeader {
  var ledgerID: LedgerID
  /// Of the last record that the state contains.
  var sequence: UInt64
  /// Of the frame that this record closes.
  var seal: Digest256
  /// The ledger's own; the journal only carries it.
  var stateHash: Digest256
  var bodyBytes: UInt64
  var bodyChecksum: UInt32

  static func examine(_ block: UnsafeRawBufferPointer) -> HeaderFinding<SnapshotHeader> {
    typealias Layout = SnapshotLayout
    return examineHeader(block, magic: Layout.magic, checksumOffset: Layout.headerChecksumOffset) { block in
      SnapshotHeader(
        ledgerID: block.ledgerID(at: Layout.ledgerIDOffset), sequence: block.integer(at: Layout.sequenceOffset),
        seal: block.digest(at: Layout.sealOffset), stateHash: block.digest(at: Layout.stateHashOffset),
        bodyBytes: block.integer(at: Layout.bodyBytesOffset), bodyChecksum: block.integer(at: Layout.bodyChecksumOffset)
      )
    }
  }

  func encode(into block: UnsafeMutableRawBufferPointer) {
    typealias Layout = SnapshotLayout
    begin(block, magic: Layout.magic, headerBytes: Layout.headerBytes)
    block.store(ledgerID, at: Layout.ledgerIDOffset)
    block.store(sequence, at: Layout.sequenceOffset)
    block.store(seal, at: Layout.sealOffset)
    block.store(stateHash, at: Layout.stateHashOffset)
    block.store(bodyBytes, at: Layout.bodyBytesOffset)
    block.store(bodyChecksum, at: Layout.bodyChecksumOffset)
    finish(block, checksumOffset: Layout.headerChecksumOffset)
  }
}

struct Meta {
  var ledgerID: LedgerID

  static func examine(_ block: UnsafeRawBufferPointer) -> HeaderFinding<Meta> {
    examineHeader(block, magic: MetaLayout.magic, checksumOffset: MetaLayout.checksumOffset) { block in
      Meta(ledgerID: block.ledgerID(at: MetaLayout.ledgerIDOffset))
    }
  }

  func encode(into block: UnsafeMutableRawBufferPointer) {
    begin(block, magic: MetaLayout.magic, headerBytes: MetaLayout.metaBytes)
    block.store(ledgerID, at: MetaLayout.ledgerIDOffset)
    finish(block, checksumOffset: MetaLayout.checksumOffset)
  }
}
