internal import Digests

/// One frame in the making, laid out as it will be on disk, so that sealing it copies nothing.
///
/// `@unchecked Sendable`: it has exactly one holder at any time. The journal's state hands it to the owner (between the
/// begin and the end of a batch) or to the writer (from taking to publishing), and gets it back before the other's turn.
final class FrameBuffer: @unchecked Sendable {
  /// Grows as needed and stays: the two buffers of a journal soon have the size of its usual frames.
  private var bytes = AlignedBytes(count: 64 << 10)
  private(set) var bodyBytes = 0
  private(set) var recordCount = 0
  private(set) var firstSequence: UInt64 = 0
  private(set) var timeMicroseconds: Int64 = 0

  var isEmpty: Bool { recordCount == 0 }
  var paddedBytes: Int { FrameLayout.paddedBytes(body: bodyBytes) }
  var lastSequence: UInt64 { firstSequence + UInt64(recordCount) - 1 }

  func reset(firstSequence: UInt64, timeMicroseconds: Int64) {
    bodyBytes = 0
    recordCount = 0
    self.firstSequence = firstSequence
    self.timeMicroseconds = timeMicroseconds
  }

  /// The caller has checked the frame's limit. `write` fills a prefix of what it gets and returns its length.
  func append<Failure: Error>(
    maximumBytes: Int, _ write: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    let lengthOffset = FrameLayout.headerBytes + bodyBytes
    let recordOffset = lengthOffset + FrameLayout.recordLengthBytes
    reserve(recordOffset + maximumBytes)
    let space = UnsafeMutableRawBufferPointer(rebasing: bytes.writable[recordOffset..<recordOffset + maximumBytes])
    let count = min(max(try write(space), 0), maximumBytes)
    bytes.writable.store(UInt32(count), at: lengthOffset)
    bodyBytes += FrameLayout.recordLengthBytes + count
    recordCount += 1
  }

  /// Completes the frame and returns its bytes on disk, which stay valid until the next change, and its seal.
  func seal(ledgerID: LedgerID, previousSeal: Digest256) -> (bytes: UnsafeRawBufferPointer, seal: Digest256) {
    let sealOffset = FrameLayout.headerBytes + bodyBytes
    let end = paddedBytes
    reserve(end)
    let frame = bytes.writable
    let header = FrameHeader(
      ledgerID: ledgerID, recordCount: UInt32(recordCount), firstSequence: firstSequence,
      timeMicroseconds: timeMicroseconds, previousSeal: previousSeal, bodyBytes: UInt32(bodyBytes),
      bodyChecksum: CRC32C.checksum(bytes.readable.slice(FrameLayout.headerBytes, bodyBytes)))
    header.encode(into: frame)
    let seal = sealOf(previousSeal: previousSeal, headerAndBody: bytes.readable.slice(0, sealOffset))
    seal.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: frame[sealOffset...]).copyMemory(from: $0) }
    UnsafeMutableRawBufferPointer(rebasing: frame[(sealOffset + FrameLayout.sealBytes)..<end])
      .initializeMemory(as: UInt8.self, repeating: 0)
    return (bytes.readable.slice(0, end), seal)
  }

  private func reserve(_ count: Int) {
    guard count > bytes.count else { return }
    let larger = AlignedBytes(count: max(roundUpToBlock(count), min(bytes.count * 2, FrameLayout.paddedBytesMaximum)))
    larger.writable.copyMemory(from: bytes.readable.slice(0, FrameLayout.headerBytes + bodyBytes))
    bytes = larger
  }
}

/// The link of the chain: SHA-256 over the previous seal, the header and the body.
func sealOf(previousSeal: Digest256, headerAndBody: UnsafeRawBufferPointer) -> Digest256 {
  var sha = SHA256()
  sha.update(previousSeal)
  sha.update(headerAndBody)
  return sha.finalize()
}
