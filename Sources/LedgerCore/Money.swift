/// ISO 4217 code: three upper-case letters, packed.
package struct Currency: Hashable, Sendable, Comparable, BitwiseCopyable {
  package let code: UInt32

  package static let cny = Currency(code: 0x434E59)
  /// Loyalty points, "PTS": no currency of ISO 4217 has this code. They buy faster payouts and are never paid out.
  package static let points = Currency(code: 0x505453)

  package init(code: UInt32) { self.code = code }

  /// nil unless exactly three letters A to Z.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 3, bytes.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else { return nil }
    code = UInt32(bytes[0]) << 16 | UInt32(bytes[1]) << 8 | UInt32(bytes[2])
  }

  package init?(_ text: String) {
    var text = text
    guard let currency = text.withUTF8({ Currency(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = currency
  }

  /// Three letters A to Z and nothing else.
  var isWellFormed: Bool {
    func isLetter(_ symbol: UInt32) -> Bool { symbol >= 0x41 && symbol <= 0x5A }
    return code >> 24 == 0 && isLetter(code >> 16) && isLetter(code >> 8 & 0xFF) && isLetter(code & 0xFF)
  }

  package static func < (a: Currency, b: Currency) -> Bool { a.code < b.code }
}

extension Currency: CustomStringConvertible {
  package var description: String {
    String(
      decoding: [
        UInt8(truncatingIfNeeded: code >> 16), UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code),
      ], as: UTF8.self)
  }
}

/// Whole minor units of a currency (CNY: fen). Never floating point.
package struct Money: Hashable, Sendable, BitwiseCopyable {
  package var minorUnits: Int64
  package var currency: Currency

  package init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }
}

/// Record time and business time: microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  package let microseconds: Int64
  package init(microseconds: Int64) { self.microseconds = microseconds }
  package static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
}
