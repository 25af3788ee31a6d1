/// Names one version of a withdrawal (AIP-154): the sequence of the record that changed it last, as 16 lower-case
/// hexadecimal digits. Opaque to callers.
struct ETag: Hashable, Sendable {
  static let byteCount = 16

  let sequence: UInt64

  init(sequence: UInt64) { self.sequence = sequence }

  /// nil unless the bytes are exactly what `text` gives for some sequence.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    sequence = value
  }

  var text: InlineArray<16, UInt8> {
    InlineArray<16, UInt8> { index in
      let nibble = UInt8(truncatingIfNeeded: sequence >> UInt64(60 - 4 * index)) & 0xF
      return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
  }

  var string: String {
    let text = text
    return String(unsafeUninitializedCapacity: Self.byteCount) { out in
      for index in 0..<Self.byteCount { out[index] = text[index] }
      return Self.byteCount
    }
  }
}
