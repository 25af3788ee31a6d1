import Testing

@testable import settle

@Suite("Reading JSON")
struct JSONReaderTests {
  @Test("reads back every character that is printed")
  func everyScalar() throws {
    for start in stride(from: UInt32(0), to: 0x110000, by: 0x1000) {
      let text = String(String.UnicodeScalarView((start..<start + 0x1000).compactMap(Unicode.Scalar.init)))
      let value = JSON.object([
        JSON.Member(text, .array([.text(text), .integer(.min), .null, .bool(true), .object([])]))
      ])
      #expect(try JSONReader.read(value.line.utf8) == value, "from U+\(String(start, radix: 16))")
    }
  }

  @Test(
    "reads",
    arguments: [
      (" { } ", .object([])), ("[ ]", .array([])), ("[1 , -2,0]", .array([.integer(1), .integer(-2), .integer(0)])),
      (#""\u00e9\ud83d\ude42\/\b\f\n\r\t\\\"""#, .text("é🙂/\u{8}\u{c}\n\r\t\\\"")),
      (#"{"a":{"b":[]}}"#, .object(["a": .object(["b": .array([])])])), ("9223372036854775807", .integer(.max)),
    ] as [(String, JSON)])
  func good(text: String, expected: JSON) throws {
    #expect(try JSONReader.read(text.utf8) == expected)
  }

  @Test(
    "says what is wrong and where",
    arguments: [
      ("", "a value is missing at byte 1"), ("nul", "this is no value at byte 1"),
      ("{} {}", "something follows the value at byte 4"), (#"{"a":1,}"#, "the name of a member is missing at byte 8"),
      (#"{"a":1,"a":2}"#, #"the member "a" is there twice at byte 8"#), (#"{"a" 1}"#, #"":" is missing at byte 6"#),
      ("[1 2]", #""," or "]" is missing at byte 4"#), ("1.5", "the number is not a whole one of 64 bits at byte 1"),
      ("01", "the number is not a whole one of 64 bits at byte 1"),
      ("-0", "the number is not a whole one of 64 bits at byte 1"),
      ("9223372036854775808", "the number is not a whole one of 64 bits at byte 1"),
      (#""a"#, "the text does not end at byte 3"), (#""\x""#, "there is no such escape at byte 3"),
      (#""\ud800""#, "the second half of a surrogate pair is missing at byte 8"),
      (#""\udc00""#, "a surrogate has no first half at byte 8"),
      ("\"a\nb\"", "a control character stands in a text at byte 3"),
      (String(repeating: "[", count: 100_000), "it is nested too deeply at byte 17"),
    ])
  func bad(text: String, expected: String) {
    let defect = #expect(throws: JSONReader.Defect.self) { try JSONReader.read(text.utf8) }
    #expect(defect.map { "\($0)" } == expected)
  }

  @Test("refuses bytes that are no text")
  func notUTF8() {
    let defect = #expect(throws: JSONReader.Defect.self) { try JSONReader.read([0x22, 0xff, 0x22]) }
    #expect(defect?.what == "the text is not UTF-8")
  }

  /// A cut file, a damaged one: each must end with a value or a defect.
  @Test("ends for every prefix and every changed byte")
  func damaged() {
    let line = Array(#"{"subject":"PAYEE","n":-12,"a":[true,false,null,"\u4f59\ud83d\ude42"]}"#.utf8)
    for count in 0..<line.count {
      #expect(throws: JSONReader.Defect.self) { try JSONReader.read(line.prefix(count)) }
    }
    for place in line.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = line
        changed[place] = byte
        _ = try? JSONReader.read(changed)
      }
    }
  }
}
