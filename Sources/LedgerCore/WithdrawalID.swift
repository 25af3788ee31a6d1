/// 64 bits: epoch 8 (+1 at every restore from a backup), shard 8, dense ordinal 48 (from 1).
/// Printed as `wd_`, 13 Crockford base32 symbols, and one check symbol out of the same 32.
package struct WithdrawalID: Hashable, Sendable, Comparable {
  package let rawValue: UInt64

  package static let textBytes = 17
  package static let ordinalBits: UInt64 = 48
  package static let maximumOrdinal: UInt64 = (1 << ordinalBits) - 1

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package init(epoch: UInt8, shard: UInt8, ordinal: UInt64) {
    rawValue = UInt64(epoch) << 56 | UInt64(shard) << 48 | (ordinal & Self.maximumOrdinal)
  }

  package var epoch: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 56) }
  package var shard: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 48) }
  package var ordinal: UInt64 { rawValue & Self.maximumOrdinal }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  private static let symbols: StaticString = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

  /// The 17 bytes of the printed form.
  package var text: InlineArray<17, UInt8> {
    var out = InlineArray<17, UInt8>(repeating: 0)
    out[0] = 0x77  // w
    out[1] = 0x64  // d
    out[2] = 0x5F  // _
    let table = Self.symbols.utf8Start
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
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.textBytes, bytes[0] == 0x77, bytes[1] == 0x64, bytes[2] == 0x5F else { return nil }
    var value: UInt64 = 0
    var check: UInt64 = 0
    for i in 0..<13 {
      guard let symbol = Self.value(of: bytes[3 + i]) else { return nil }
      if i == 0 && symbol > 15 { return nil }  // 13 x 5 = 65 bits: the first symbol holds four
      value = value << 5 | symbol
      check = Self.check(check, with: symbol)
    }
    guard let last = Self.value(of: bytes[16]), last == check else { return nil }
    rawValue = value
  }

  package init?(_ text: String) {
    var text = text
    guard let id = text.withUTF8({ WithdrawalID(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = id
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

extension WithdrawalID: CustomStringConvertible {
  package var description: String {
    let text = text
    return String(unsafeUninitializedCapacity: Self.textBytes) { out in
      for i in 0..<Self.textBytes { out[i] = text[i] }
      return Self.textBytes
    }
  }
}
