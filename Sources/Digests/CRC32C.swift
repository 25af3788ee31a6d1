internal import CCRC32C

/// CRC32C (Castagnoli, RFC 3720 appendix B.4): detects every flipped bit and every burst of up to 32 bits. It guards
/// against accidents; against intent there are seals.
package struct CRC32C {
  private var state: UInt32 = 0xFFFF_FFFF

  package init() {}

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    state = settle_crc32c_update(state, bytes.baseAddress, bytes.count)
  }

  /// The checksum of everything so far; more may follow.
  package var value: UInt32 { ~state }

  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = CRC32C()
    crc.update(bytes)
    return crc.value
  }

  /// The same by table instead of by the processor's instruction. For tests.
  package static func portableChecksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    ~settle_crc32c_update_portable(0xFFFF_FFFF, bytes.baseAddress, bytes.count)
  }
}
