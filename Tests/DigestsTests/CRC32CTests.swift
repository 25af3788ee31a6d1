import Digests
import Testing

@Suite struct CRC32CTests {
  /// RFC 3720, appendix B.4 (there printed in byte order of transmission), and the customary check value.
  static let vectors: [(message: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: vectors)
  func published(message: [UInt8], checksum: UInt32) {
    message.withUnsafeBytes {
      #expect(CRC32C.checksum($0) == checksum)
      #expect(CRC32C.portableChecksum($0) == checksum)
    }
  }

  @Test func instructionAndTableAgreeAtEveryLengthAndAlignment() {
    let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ 7) }
    bytes.withUnsafeBytes { all in
      for start in 0..<9 {
        for end in start..<all.count {
          let piece = UnsafeRawBufferPointer(rebasing: all[start..<end])
          #expect(CRC32C.checksum(piece) == CRC32C.portableChecksum(piece))
        }
      }
    }
  }

  @Test func piecesGiveTheWhole() {
    let bytes = (0..<100).map { UInt8($0) }
    bytes.withUnsafeBytes { all in
      for cut in 0...all.count {
        var crc = CRC32C()
        crc.update(UnsafeRawBufferPointer(rebasing: all[..<cut]))
        crc.update(UnsafeRawBufferPointer(rebasing: all[cut...]))
        #expect(crc.value == CRC32C.checksum(all))
      }
    }
  }
}
