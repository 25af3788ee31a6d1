import Digests
import Testing

@testable import Journal

/// Holds docs/journal-format.md and the code together: the numbers here are the page's.
@Suite struct LayoutTests {
  @Test func frame() {
    typealias L = FrameLayout
    let offsets = [
      L.magicOffset, L.versionOffset, L.recordCountOffset, L.ledgerIDOffset, L.firstSequenceOffset, L.timeOffset,
      L.previousSealOffset, L.bodyBytesOffset, L.reservedOffset, L.bodyChecksumOffset, L.headerChecksumOffset,
      L.headerBytes,
    ]
    #expect(offsets == [0, 8, 12, 16, 32, 40, 48, 80, 84, 88, 92, 96])
    #expect(L.bodyBytesMaximum == 8 << 20)
    #expect(L.paddedBytes(body: 0) == 4096)
    #expect(L.paddedBytes(body: 4096 - 128) == 4096)
    #expect(L.paddedBytes(body: 4096 - 127) == 8192)
  }

  @Test func segment() {
    typealias L = SegmentLayout
    let offsets = [
      L.magicOffset, L.versionOffset, L.reservedOffset, L.ledgerIDOffset, L.ordinalOffset, L.firstSequenceOffset,
      L.segmentBytesOffset, L.previousSealOffset, L.checksumOffset,
    ]
    #expect(offsets == [0, 8, 12, 16, 32, 40, 48, 56, 88])
  }

  @Test func trailer() {
    typealias L = TrailerLayout
    let offsets = [
      L.magicOffset, L.versionOffset, L.reservedOffset, L.ledgerIDOffset, L.ordinalOffset, L.lastSequenceOffset,
      L.lastSealOffset, L.checksumOffset,
    ]
    #expect(offsets == [0, 8, 12, 16, 32, 40, 48, 80])
  }

  @Test func snapshot() {
    typealias L = SnapshotLayout
    let offsets = [
      L.magicOffset, L.versionOffset, L.reservedOffset, L.ledgerIDOffset, L.sequenceOffset, L.sealOffset,
      L.stateHashOffset, L.bodyBytesOffset, L.bodyChecksumOffset, L.headerChecksumOffset,
    ]
    #expect(offsets == [0, 8, 12, 16, 32, 40, 72, 104, 112, 116])
    #expect(L.bodyOffset == 4096)
  }

  @Test func meta() {
    typealias L = MetaLayout
    #expect(
      [L.magicOffset, L.versionOffset, L.reservedOffset, L.ledgerIDOffset, L.checksumOffset] == [0, 8, 12, 16, 32])
  }

  /// The frame of two records, made by hand from the page.
  @Test func aFrameIsWhatThePageSays() throws {
    let ledgerID = LedgerID(Fingerprint128(first: 0x0807_0605_0403_0201, second: 0x100F_0E0D_0C0B_0A09))
    let frame = FrameBuffer()
    frame.reset(firstSequence: 7, timeMicroseconds: -2)
    for record: [UInt8] in [[0xAA, 0xBB, 0xCC], []] {
      frame.append(maximumBytes: 10) { (space) throws(Never) in
        space.copyBytes(from: record)
        return record.count
      }
    }
    let (bytes, seal) = frame.seal(ledgerID: ledgerID, previousSeal: ledgerID.firstPreviousSeal)

    let body: [UInt8] = [3, 0, 0, 0, 0xAA, 0xBB, 0xCC, 0, 0, 0, 0]
    var expected = Array("SETFRAM1".utf8) + [1, 0, 0, 0] + [2, 0, 0, 0] + Array(1...16)
    expected += [7, 0, 0, 0, 0, 0, 0, 0] + [0xFE] + [UInt8](repeating: 0xFF, count: 7)
    expected += Array(1...16) + [UInt8](repeating: 0, count: 16)
    expected += [11, 0, 0, 0] + [0, 0, 0, 0] + littleEndian(body.withUnsafeBytes { CRC32C.checksum($0) })
    expected += littleEndian(expected.withUnsafeBytes { CRC32C.checksum($0) })
    expected += body
    let previous: [UInt8] = Array(1...16) + [UInt8](repeating: 0, count: 16)
    #expect(seal == SHA256.hash(previous + expected))
    expected += seal.withUnsafeBytes { Array($0) }
    expected += [UInt8](repeating: 0, count: 4096 - expected.count)
    #expect(Array(bytes) == expected)
  }

  private func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
