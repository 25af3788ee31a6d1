internal import Digests

/// What stands at a place where a frame could begin and no good one does.
enum FrameFinding: Hashable, CaseIterable {
  /// There is no more room for a frame in this segment.
  case endOfSegment
  /// The block is zero: nothing was ever written here.
  case blank
  /// Not blank, and no header that can be believed.
  case unreadable
  /// A whole header of this chain, but the body or the seal does not fit it.
  case tornBody
  /// A whole header that is not the next in this chain: another sequence, or another previous seal.
  case brokenChain
  case otherLedger
  case otherVersion
}

/// A frame that has been checked: checksums, ledger, sequence and seal.
struct ScannedFrame {
  var header: FrameHeader
  var seal: Digest256
  var offset: Int
  var paddedBytes: Int
}

/// Reads the frames of one segment, one behind the other, and believes nothing: every length is checked against its limit
/// before memory is taken, every frame against the chain.
struct SegmentScanner {
  enum Step {
    case frame(ScannedFrame)
    case stop(FrameFinding)
  }

  let disk: any Disk
  let file: OpenFile
  let ledgerID: LedgerID
  /// Where frames must end (before the trailer).
  let framesEnd: Int
  private(set) var offset: Int
  private(set) var nextSequence: UInt64
  private(set) var previousSeal: Digest256
  /// Set while frames have been skipped: the next one brings its previous seal with it.
  private var isUnanchored = false
  /// Of the last frame, to tell the foreign ledger or version that a finding speaks of.
  private(set) var foreignLedger: LedgerID?
  private(set) var foreignVersion: UInt32?

  private var window: Window

  /// Starts at the first frame of the segment.
  init(disk: any Disk, file: OpenFile, header: SegmentHeader) {
    self.disk = disk
    self.file = file
    ledgerID = header.ledgerID
    framesEnd = Int(header.segmentBytes) - SegmentLayout.trailerBytes
    offset = SegmentLayout.firstFrameOffset
    nextSequence = header.firstSequence
    previousSeal = header.previousSeal
    window = Window()
  }

  /// Checks the next frame and moves behind it. After a stop it stays where it is, and a later call looks again.
  mutating func next() throws(JournalError) -> Step {
    let wasReadBefore = window.covers(offset)
    let step = try look()
    guard case .stop = step, wasReadBefore else { return step }
    // What was read ahead may have been written since: the writer may be at work beside this reader.
    window.forget()
    return try look()
  }

  private mutating func look() throws(JournalError) -> Step {
    guard framesEnd - offset >= SegmentLayout.stopFrameBytes else { return .stop(.endOfSegment) }
    let block = try read(offset, blockBytes)
    guard block.count == blockBytes else { return .stop(.unreadable) }
    switch FrameHeader.examine(block) {
    case .blank: return .stop(.blank)
    case .unreadable: return .stop(.unreadable)
    case .otherVersion(let version):
      foreignVersion = version
      return .stop(.otherVersion)
    case .header(let header): return try check(header)
    }
  }

  /// Begins at a frame in the middle of the segment. What that frame says of the one before it is believed.
  mutating func move(to landmark: SegmentCatalog.Landmark) {
    offset = landmark.offset
    nextSequence = landmark.sequence
    isUnanchored = true
  }

  /// Moves behind the frames whose records all come before `sequence`. Only their headers are checked.
  ///
  /// - Parameter passed: called for each of them.
  mutating func skip(
    before sequence: UInt64, passed: (SegmentCatalog.Landmark) -> Void
  ) throws(JournalError) {
    while framesEnd - offset >= SegmentLayout.stopFrameBytes {
      let block = try read(offset, blockBytes)
      guard block.count == blockBytes, case .header(let header) = FrameHeader.examine(block),
        header.ledgerID == ledgerID, header.firstSequence == nextSequence,
        header.lastSequence < sequence, Int(header.bodyBytes) <= FrameLayout.bodyBytesMaximum,
        FrameLayout.paddedBytes(body: Int(header.bodyBytes)) <= framesEnd - offset
      else { return }
      passed(SegmentCatalog.Landmark(sequence: header.firstSequence, offset: offset))
      offset += FrameLayout.paddedBytes(body: Int(header.bodyBytes))
      nextSequence = header.lastSequence + 1
      isUnanchored = true
    }
  }

  /// The records of the frame that `next` has just returned, in order: the body's lengths are checked as they are met.
  /// `false` when they do not fit the body.
  func forEachRecord<Failure: Error>(
    of frame: ScannedFrame, _ body: (UInt64, UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    let bytes = window.bytes(at: frame.offset + FrameLayout.headerBytes, Int(frame.header.bodyBytes))
    var position = 0
    for index in 0..<UInt64(frame.header.recordCount) {
      guard bytes.count - position >= FrameLayout.recordLengthBytes else { return false }
      let length = Int(bytes.integer(at: position, as: UInt32.self))
      position += FrameLayout.recordLengthBytes
      guard length <= bytes.count - position else { return false }
      try body(frame.header.firstSequence + index, bytes.slice(position, length))
      position += length
    }
    return position == bytes.count
  }

  /// The frame's bytes with header, seal and padding, as they are on disk.
  func bytes(of frame: ScannedFrame) -> UnsafeRawBufferPointer {
    window.bytes(at: frame.offset, frame.paddedBytes)
  }

  private mutating func check(_ header: FrameHeader) throws(JournalError) -> Step {
    guard header.ledgerID == ledgerID else {
      foreignLedger = header.ledgerID
      return .stop(.otherLedger)
    }
    guard header.firstSequence == nextSequence, isUnanchored || header.previousSeal == previousSeal else {
      return .stop(.brokenChain)
    }
    let bodyBytes = Int(header.bodyBytes)
    guard bodyBytes <= FrameLayout.bodyBytesMaximum else { return .stop(.tornBody) }
    let paddedBytes = FrameLayout.paddedBytes(body: bodyBytes)
    guard paddedBytes <= framesEnd - offset else { return .stop(.tornBody) }
    let bytes = try read(offset, paddedBytes)
    guard bytes.count == paddedBytes else { return .stop(.tornBody) }
    let sealOffset = FrameLayout.headerBytes + bodyBytes
    guard CRC32C.checksum(bytes.slice(FrameLayout.headerBytes, bodyBytes)) == header.bodyChecksum else {
      return .stop(.tornBody)
    }
    let seal = sealOf(previousSeal: header.previousSeal, headerAndBody: bytes.slice(0, sealOffset))
    guard Digest256(bytes: bytes.slice(sealOffset, FrameLayout.sealBytes)) == seal else { return .stop(.tornBody) }
    // No overflow: the sequence is the segment's, which is at most `numbers.upperBound`, or has passed here.
    let next = header.firstSequence + UInt64(header.recordCount)
    guard numbers.contains(next) else { return .stop(.brokenChain) }

    let frame = ScannedFrame(header: header, seal: seal, offset: offset, paddedBytes: paddedBytes)
    offset += paddedBytes
    nextSequence = next
    previousSeal = seal
    isUnanchored = false
    return .frame(frame)
  }

  private mutating func read(_ offset: Int, _ count: Int) throws(JournalError) -> UnsafeRawBufferPointer {
    do throws(DiskFailure) {
      return try window.load(disk, file, at: offset, count)
    } catch {
      throw .disk(error)
    }
  }
}

/// A piece of a file in memory, read ahead so that small frames do not cost a system call each.
private struct Window {
  private static let usualBytes = 256 << 10

  private var memory = AlignedBytes(count: usualBytes)
  private var start = 0
  private var count = 0

  /// `count` bytes at `offset`, or fewer where the file ends. Valid until the next load.
  mutating func load(
    _ disk: any Disk, _ file: OpenFile, at offset: Int, _ wanted: Int
  ) throws(DiskFailure) -> UnsafeRawBufferPointer {
    if offset < start || offset + wanted > start + count {
      if wanted > memory.count { memory = AlignedBytes(count: roundUpToBlock(wanted)) }
      count = 0
      count = try disk.readFully(file, into: memory.writable, at: offset)
      start = offset
    }
    return bytes(at: offset, wanted)
  }

  func bytes(at offset: Int, _ wanted: Int) -> UnsafeRawBufferPointer {
    let position = offset - start
    return UnsafeRawBufferPointer(rebasing: memory.readable[position..<max(position, min(position + wanted, count))])
  }

  func covers(_ offset: Int) -> Bool { offset >= start && offset < start + count }

  mutating func forget() { count = 0 }
}
