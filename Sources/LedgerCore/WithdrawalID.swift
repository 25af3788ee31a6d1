/// 64 bits: epoch 8 (+1 at every restore from a backup), shard 8, dense ordinal 48 (from 1).
/// Printed as `wd_`, 13 Crockford base32 symbols, and one check symbol out of the same 32.
package struct WithdrawalID: Hashable, Sendable, Comparable {
  package let rawValue: UInt64

  package static let textBytes = OrdinalText.bytes
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

  private static let prefix = (UInt8(ascii: "w"), UInt8(ascii: "d"))

  /// The 17 bytes of the printed form.
  package var text: InlineArray<17, UInt8> { OrdinalText.encode(rawValue, prefix: Self.prefix) }

  /// nil unless the bytes are the printed form exactly (Crockford: lower case accepted, I and L read as 1, O as 0).
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard let value = OrdinalText.decode(bytes, prefix: Self.prefix) else { return nil }
    rawValue = value
  }

  package init?(_ text: String) {
    var text = text
    guard let id = text.withUTF8({ WithdrawalID(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = id
  }
}

extension WithdrawalID: CustomStringConvertible {
  package var description: String { OrdinalText.description(text) }
}
