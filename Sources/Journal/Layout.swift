internal import Digests

// Every offset is built from the one before it. All integers are little-endian; what is reserved is zero.
// docs/journal-format.md shows the same as tables.

/// The unit of every position: frames and bodies of files start on its multiples, so that a torn write of one frame never
/// touches the block of another, whatever the disk's own sector (512 or 4,096 bytes).
let blockBytes = 4096

/// Raised whenever a byte of the layouts below changes meaning. A reader refuses what it does not know.
let formatVersion: UInt32 = 1

func roundUpToBlock(_ count: Int) -> Int { (count + blockBytes - 1) / blockBytes * blockBytes }

private let u32 = 4
private let u64 = 8
private let id = LedgerID.byteCount
private let seal = Digest256.byteCount

/// Header, body (records, each behind its length), seal, zeros up to the next block.
enum FrameLayout {
  static let magic: UInt64 = 0x314D_4152_4654_4553  // "SETFRAM1"

  static let magicOffset = 0
  static let versionOffset = magicOffset + u64
  static let recordCountOffset = versionOffset + u32
  static let ledgerIDOffset = recordCountOffset + u32
  static let firstSequenceOffset = ledgerIDOffset + id
  static let timeOffset = firstSequenceOffset + u64
  static let previousSealOffset = timeOffset + u64
  static let bodyBytesOffset = previousSealOffset + seal
  static let reservedOffset = bodyBytesOffset + u32
  static let bodyChecksumOffset = reservedOffset + u32
  /// Over everything before it.
  static let headerChecksumOffset = bodyChecksumOffset + u32
  static let headerBytes = headerChecksumOffset + u32

  /// In the body, before each record.
  static let recordLengthBytes = u32
  static let sealBytes = seal

  /// What a reader will allocate at most, whatever a length field says; 8,192 records of a batch are some 3 MB.
  static let bodyBytesMaximum = 8 << 20

  static func paddedBytes(body: Int) -> Int { roundUpToBlock(headerBytes + body + sealBytes) }
  static let paddedBytesMaximum = paddedBytes(body: bodyBytesMaximum)
}

/// The first block of a segment file; frames follow, one behind the other.
enum SegmentLayout {
  static let magic: UInt64 = 0x3147_4553_4C54_4553  // "SETLSEG1"

  static let magicOffset = 0
  static let versionOffset = magicOffset + u64
  static let reservedOffset = versionOffset + u32
  static let ledgerIDOffset = reservedOffset + u32
  static let ordinalOffset = ledgerIDOffset + id
  static let firstSequenceOffset = ordinalOffset + u64
  static let segmentBytesOffset = firstSequenceOffset + u64
  static let previousSealOffset = segmentBytesOffset + u64
  /// Over everything before it.
  static let checksumOffset = previousSealOffset + seal
  static let headerBytes = checksumOffset + u32

  static let firstFrameOffset = blockBytes

  /// Kept free of frames at the end: one block for the frame of a clean stop, one for the trailer.
  static let stopFrameBytes = FrameLayout.paddedBytes(body: 0)
  static let trailerBytes = blockBytes

  /// The largest that a header may claim; far above any setting, far below any overflow.
  static let segmentBytesMaximum = 1 << 40
}

/// The last block of a segment: written when the next segment holds its first durable frame. It proves that there is a
/// next segment, so that its loss is noticed.
enum TrailerLayout {
  static let magic: UInt64 = 0x314C_4941_5254_4553  // "SETRAIL1"

  static let magicOffset = 0
  static let versionOffset = magicOffset + u64
  static let reservedOffset = versionOffset + u32
  static let ledgerIDOffset = reservedOffset + u32
  static let ordinalOffset = ledgerIDOffset + id
  static let lastSequenceOffset = ordinalOffset + u64
  static let lastSealOffset = lastSequenceOffset + u64
  /// Over everything before it.
  static let checksumOffset = lastSealOffset + seal
  static let trailerBytes = checksumOffset + u32
}

/// The first block of a snapshot file; the body follows and ends with the file.
enum SnapshotLayout {
  static let magic: UInt64 = 0x3150_414E_5354_4553  // "SETSNAP1"

  static let magicOffset = 0
  static let versionOffset = magicOffset + u64
  static let reservedOffset = versionOffset + u32
  static let ledgerIDOffset = reservedOffset + u32
  static let sequenceOffset = ledgerIDOffset + id
  static let sealOffset = sequenceOffset + u64
  static let stateHashOffset = sealOffset + seal
  static let bodyBytesOffset = stateHashOffset + seal
  static let bodyChecksumOffset = bodyBytesOffset + u64
  /// Over everything before it.
  static let headerChecksumOffset = bodyChecksumOffset + u32
  static let headerBytes = headerChecksumOffset + u32

  static let bodyOffset = blockBytes
}

/// The meta file: one block that says whose directory this is.
enum MetaLayout {
  static let magic: UInt64 = 0x3141_5445_4D54_4553  // "SETMETA1"

  static let magicOffset = 0
  static let versionOffset = magicOffset + u64
  static let reservedOffset = versionOffset + u32
  static let ledgerIDOffset = reservedOffset + u32
  /// Over everything before it.
  static let checksumOffset = ledgerIDOffset + id
  static let metaBytes = checksumOffset + u32
}
