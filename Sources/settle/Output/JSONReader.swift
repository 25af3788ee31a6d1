/// Reads JSON (RFC 8259) that people and other programs wrote: strictly, and with a place for each defect. Numbers are
/// whole 64-bit ones: nothing that is read has others.
struct JSONReader {
  struct Defect: Error, Hashable, Sendable, CustomStringConvertible {
    let what: String
    /// Bytes before it.
    let offset: Int
    var description: String { "\(what) at byte \(offset + 1)" }
  }

  /// Deeper than anything that is read, and far from the stack's end.
  static let depthMaximum = 16

  private let bytes: [UInt8]
  private var place = 0

  static func read(_ text: some Sequence<UInt8>) throws(Defect) -> JSON {
    var reader = JSONReader(bytes: Array(text))
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.place == reader.bytes.count else { throw reader.defect("something follows the value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func defect(_ what: String) -> Defect { Defect(what: what, offset: place) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { place += 1 }
  }

  private mutating func take(_ byte: UInt8, _ what: String) throws(Defect) {
    guard next == byte else { throw defect("\(what) is missing") }
    place += 1
  }

  private mutating func value(depth: Int) throws(Defect) -> JSON {
    guard depth < Self.depthMaximum else { throw defect("it is nested too deeply") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw defect("a value is missing")
    case let byte?:
      guard byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
        throw defect("this is no value")
      }
      return .integer(try integer())
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Defect) -> JSON {
    guard bytes[place...].starts(with: word.utf8) else { throw defect("this is no value") }
    place += word.utf8.count
    return value
  }

  private mutating func integer() throws(Defect) -> Int64 {
    let start = place
    while let byte = next, byte > 0x20, ![0x2c, 0x5d, 0x7d].contains(byte) { place += 1 }  // , ] }
    let digits = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let number = Int64(digits), String(number) == digits else {
      place = start
      throw defect("the number is not a whole one of 64 bits")
    }
    return number
  }

  private mutating func members(depth: Int) throws(Defect) -> [JSON.Member] {
    var members: [JSON.Member] = []
    place += 1
    skipBlanks()
    if next == UInt8(ascii: "}") {
      place += 1
      return members
    }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw defect("the name of a member is missing") }
      let start = place
      let name = try text()
      guard !members.contains(where: { $0.name == name }) else {
        place = start
        throw defect("the member \"\(name)\" is there twice")
      }
      skipBlanks()
      try take(UInt8(ascii: ":"), "\":\"")
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipBlanks()
      if next == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try take(UInt8(ascii: "}"), "\",\" or \"}\"")
      return members
    }
  }

  private mutating func elements(depth: Int) throws(Defect) -> [JSON] {
    var elements: [JSON] = []
    place += 1
    skipBlanks()
    if next == UInt8(ascii: "]") {
      place += 1
      return elements
    }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if next == UInt8(ascii: ",") {
        place += 1
        continue
      }
      try take(UInt8(ascii: "]"), "\",\" or \"]\"")
      return elements
    }
  }

  private mutating func text() throws(Defect) -> String {
    let start = place
    var out: [UInt8] = []
    place += 1
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        place += 1
        guard let text = String(validating: out, as: UTF8.self) else {
          place = start
          throw defect("the text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): out += try escape()
      case 0..<0x20: throw defect("a control character stands in a text")
      default:
        out.append(byte)
        place += 1
      }
    }
    throw defect("the text does not end")
  }

  private mutating func escape() throws(Defect) -> [UInt8] {
    place += 1
    guard let symbol = next else { throw defect("the text does not end") }
    place += 1
    switch symbol {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [symbol]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = try unit()
      if (0xd800..<0xdc00).contains(code) {
        try take(UInt8(ascii: "\\"), "the second half of a surrogate pair")
        try take(UInt8(ascii: "u"), "the second half of a surrogate pair")
        let low = try unit()
        guard (0xdc00..<0xe000).contains(low) else { throw defect("a surrogate has no second half") }
        code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw defect("a surrogate has no first half") }
      return Array(String(scalar).utf8)
    default:
      place -= 1
      throw defect("there is no such escape")
    }
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(Defect) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw defect("four hexadecimal digits are missing")
      }
      code = code << 4 | UInt32(digit)
      place += 1
    }
    return code
  }
}
