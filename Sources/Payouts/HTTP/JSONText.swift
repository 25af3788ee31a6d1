/// JSON (RFC 8259) as payment channels write it, read strictly: UTF-8 only, no name twice in an object, numbers kept as
/// they stand (no floating point near money), and every member of an object knows its bytes, because Alipay signs those.
package indirect enum JSONText: Sendable, Hashable {
  case object([Member])
  case array([JSONText])
  case text(String)
  /// As it was written.
  case number(String)
  case bool(Bool)
  case null

  package struct Member: Sendable, Hashable {
    package var name: String
    package var value: JSONText
    /// Of the value, in the bytes that were read; empty in what was made here.
    package var bytes: Range<Int>

    package init(_ name: String, _ value: JSONText, bytes: Range<Int> = 0..<0) {
      self.name = name
      self.value = value
      self.bytes = bytes
    }
  }

  package static let depthMaximum = 16

  package init(reading bytes: [UInt8]) throws(JSONDefect) {
    var reader = Reader(bytes: bytes)
    self = try reader.document()
  }

  package subscript(name: String) -> JSONText? { member(name)?.value }

  package func member(_ name: String) -> Member? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }
  }

  package var string: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// A whole number; nil for 1.0 and 1e3 as well.
  package var integer: Int64? {
    guard case .number(let digits) = self else { return nil }
    return Int64(digits)
  }

  /// Without spaces, members in their order: the same value gives the same bytes.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let digits): out += digits.utf8
    case .text(let text): Self.write(text, to: &out)
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to out: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    out.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0..<0x20:
        out += "\\u00".utf8
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 0xF)])
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}

/// Where reading stopped: the offset of a byte.
package struct JSONDefect: Error, Hashable, Sendable {
  package var offset: Int
}

private struct Reader {
  let bytes: [UInt8]
  private var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }
  private var defect: JSONDefect { JSONDefect(offset: at) }

  mutating func document() throws(JSONDefect) -> JSONText {
    skipSpaces()
    let value = try self.value(depth: 0)
    skipSpaces()
    guard at == bytes.count else { throw defect }
    return value
  }

  private mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: symbol) else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONDefect) -> JSONText {
    guard depth < JSONText.depthMaximum, let byte = next else { throw defect }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ letters: StaticString, _ value: JSONText) throws(JSONDefect) -> JSONText {
    for index in 0..<letters.utf8CodeUnitCount {
      guard next == letters.utf8Start[index] else { throw defect }
      at += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONDefect) -> JSONText {
    at += 1
    var members: [JSONText.Member] = []
    var names: Set<String> = []
    skipSpaces()
    if take("}") { return .object([]) }
    while true {
      skipSpaces()
      let name = try text()
      guard names.insert(name).inserted else { throw defect }
      skipSpaces()
      guard take(":") else { throw defect }
      skipSpaces()
      let start = at
      let value = try self.value(depth: depth + 1)
      members.append(JSONText.Member(name, value, bytes: start..<at))
      skipSpaces()
      if take("}") { return .object(members) }
      guard take(",") else { throw defect }
    }
  }

  private mutating func array(depth: Int) throws(JSONDefect) -> JSONText {
    at += 1
    var values: [JSONText] = []
    skipSpaces()
    if take("]") { return .array([]) }
    while true {
      skipSpaces()
      values.append(try value(depth: depth + 1))
      skipSpaces()
      if take("]") { return .array(values) }
      guard take(",") else { throw defect }
    }
  }

  private mutating func number() throws(JSONDefect) -> String {
    let start = at
    _ = take("-")
    let first = at
    guard digits() else { throw defect }
    guard bytes[first] != UInt8(ascii: "0") || at == first + 1 else { throw defect }
    if take(".") { guard digits() else { throw defect } }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      guard digits() else { throw defect }
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  /// At least one.
  private mutating func digits() -> Bool {
    let start = at
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
    return at > start
  }

  private mutating func text() throws(JSONDefect) -> String {
    guard take("\"") else { throw defect }
    var out: [UInt8] = []
    while let byte = next {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw defect }
        return text
      case UInt8(ascii: "\\"): out += String(try escaped()).utf8
      case 0..<0x20: throw defect
      default: out.append(byte)
      }
    }
    throw defect
  }

  private mutating func escaped() throws(JSONDefect) -> Character {
    guard let symbol = next else { throw defect }
    at += 1
    switch symbol {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(symbol))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return Character(try scalar())
    default: throw defect
    }
  }

  /// One code point, of two escapes where it stands beyond the first 65,536. A lone half of a pair is an error.
  private mutating func scalar() throws(JSONDefect) -> Unicode.Scalar {
    let high = try fourDigits()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard (0xD800...0xDBFF).contains(high), take("\\"), take("u") else { throw defect }
    let low = try fourDigits()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw defect }
    return scalar
  }

  private mutating func fourDigits() throws(JSONDefect) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let symbol = next, let digit = Character(Unicode.Scalar(symbol)).hexDigitValue, symbol < 0x80 else {
        throw defect
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
