/// `application/x-www-form-urlencoded` (URL standard, section 5).
package enum FormText {
  /// More fields than any notification has.
  package static let fieldsMaximum = 128

  package static func encode(_ fields: [(name: String, value: String)]) -> String {
    fields.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
  }

  /// In whatever character set it was written, which is what a signature is over. nil: a damaged escape, a name twice, or too
  /// many fields.
  package static func decodeBytes(_ bytes: [UInt8]) -> [(name: [UInt8], value: [UInt8])]? {
    var fields: [(name: [UInt8], value: [UInt8])] = []
    var names: Set<[UInt8]> = []
    for field in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard fields.count < fieldsMaximum, let name = decoded(parts[0]),
        let value = parts.count == 2 ? decoded(parts[1]) : [], names.insert(name).inserted
      else { return nil }
      fields.append((name, value))
    }
    return fields
  }

  /// All but letters, digits, `-`, `.`, `_` and `~`.
  package static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): out.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()) else { return nil }
        out.append(high << 4 | low)
      default: out.append(byte)
      }
    }
    return out
  }

  private static func digit(_ symbol: UInt8?) -> UInt8? {
    guard let symbol, symbol < 0x80 else { return nil }
    return Character(Unicode.Scalar(symbol)).hexDigitValue.map { UInt8($0) }
  }
}
