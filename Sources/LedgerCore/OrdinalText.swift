/// The printed form of the 64-bit ids: two letters and `_`, 13 Crockford base32 symbols, and one check symbol out of the
/// same 32.
enum OrdinalText {
  static let bytes = 17

  private static let symbols: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

  /// - Parameter prefix: two ASCII letters.
  @inline(__always)
  static func encode(_ rawValue: UInt64, prefix: (UInt8, UInt8)) -> InlineArray<17, UInt8> {
    var out = InlineArray<17, UInt8>(repeating: 0)
    out[0] = prefix.0
    out[1] = prefix.1
    out[2] = 0x5F  // _
    let table = symbols.utf8Start
    var check: UInt64 = 0
    for i in 0..<13 {
      let symbol = (rawValue >> UInt64(60 - 5 * i)) & 31
      out[3 + i] = table[Int(symbol)]
      check = Self.check(check, with: symbol)
    }
    out[16] = table[Int(check)]
    return out
  }

  /// The check symbol is a sum over the field of 32 elements (x^5 + x^2 + 1), in which the symbols, the check included,
  /// have the 14 different weights a^13 ... a^1, a^0 (a = x, of order 31). So every single wrong symbol, and every swap of
  /// two different ones wherever they stand, changes the sum. (Weights modulo 32 cannot do that: differences of weights
  /// would have to be odd throughout.)
  private static func check(_ sum: UInt64, with symbol: UInt64) -> UInt64 {
    let shifted = (sum ^ symbol) << 1
    return shifted & 32 == 0 ? shifted : shifted ^ 0b10_0101
  }

  /// nil unless the bytes are the printed form exactly (Crockford: lower case accepted, I and L read as 1, O as 0).
  @inline(__always)
  static func decode(_ bytes: UnsafeRawBufferPointer, prefix: (UInt8, UInt8)) -> UInt64? {
    guard bytes.count == Self.bytes, bytes[0] == prefix.0, bytes[1] == prefix.1, bytes[2] == 0x5F else { return nil }
    var value: UInt64 = 0
    var check: UInt64 = 0
    for i in 0..<13 {
      guard let symbol = Self.value(of: bytes[3 + i]) else { return nil }
      if i == 0 && symbol > 15 { return nil }  // 13 x 5 = 65 bits: the first symbol holds four
      value = value << 5 | symbol
      check = Self.check(check, with: symbol)
    }
    guard let last = Self.value(of: bytes[16]), last == check else { return nil }
    return value
  }

  static func description(_ text: InlineArray<17, UInt8>) -> String {
    String(unsafeUninitializedCapacity: bytes) { out in
      for i in 0..<bytes { out[i] = text[i] }
      return bytes
    }
  }

  private static func value(of byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: return UInt64(byte - 0x30)
    case 0x61...0x7A: return value(of: byte - 0x20)
    case 0x41...0x48: return UInt64(byte - 0x41) + 10  // A to H
    case 0x49, 0x4C: return 1  // I, L
    case 0x4A, 0x4B: return UInt64(byte - 0x4A) + 18  // J, K
    case 0x4D, 0x4E: return UInt64(byte - 0x4D) + 20  // M, N
    case 0x4F: return 0  // O
    case 0x50...0x54: return UInt64(byte - 0x50) + 22  // P to T
    case 0x56...0x5A: return UInt64(byte - 0x56) + 27  // V to Z
    default: return nil
    }
  }
}
