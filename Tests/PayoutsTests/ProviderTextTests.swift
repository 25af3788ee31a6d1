import LedgerCore
import Testing

@testable import Payouts

/// The readers behind both wallets: of JSON, forms and times.
@Suite struct ProviderTextTests {
  @Test(arguments: [
    (#"{}"#, #"{}"#),
    (#" { "a" : [ 1 , -0.5e+7 , true , false , null , "x" ] } "#, #"{"a":[1,-0.5e+7,true,false,null,"x"]}"#),
    (#""\u00e9\n\"\\\/\ud83d\ude00\u0001""#, #""é\u000a\"\\/😀\u0001""#), ("0", "0"), ("[ ]", "[]"),
  ])
  func json(text: String, written: String) throws {
    let value = try JSONText(reading: Array(text.utf8))
    #expect(String(decoding: value.bytes, as: UTF8.self) == written)
    #expect(try JSONText(reading: value.bytes).bytes == value.bytes)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":1,\"a\":2}", "01", "1.", ".5", "+1", "1e",
    "nul",
    "truee", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "1 2", "'a'",
  ])
  func noJSON(text: String) {
    #expect(throws: JSONDefect.self) { try JSONText(reading: Array(text.utf8)) }
  }

  @Test func jsonIsUTF8AndNotDeep() throws {
    #expect(throws: JSONDefect.self) { try JSONText(reading: [0x22, 0xFF, 0x22]) }
    let depth = JSONText.depthMaximum
    func nested(_ count: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(ascii: "["), count: count) + [UInt8](repeating: UInt8(ascii: "]"), count: count)
    }
    _ = try JSONText(reading: nested(depth))
    #expect(throws: JSONDefect.self) { try JSONText(reading: nested(depth + 1)) }
  }

  @Test func aMemberKnowsItsBytes() throws {
    let text = Array(#" {"a" :  {"b" : [ 1 ] } , "c":"x"}"#.utf8)
    let member = try #require(try JSONText(reading: text).member("a"))
    #expect(String(decoding: text[member.bytes], as: UTF8.self) == #"{"b" : [ 1 ] }"#)
  }

  @Test func wholeNumbersOnly() throws {
    for (text, value) in [("1", 1), ("-7", -7), ("9223372036854775807", Int64.max)] {
      #expect(try JSONText(reading: Array(text.utf8)).integer == value)
    }
    for text in ["1.0", "1e3", "9223372036854775808", "\"1\"", "true"] {
      #expect(try JSONText(reading: Array(text.utf8)).integer == nil)
    }
  }

  private func decode(_ bytes: [UInt8]) -> [(name: String, value: String)]? {
    guard let raw = FormText.decodeBytes(bytes) else { return nil }
    var fields: [(name: String, value: String)] = []
    for field in raw {
      guard let name = String(validating: field.name, as: UTF8.self),
        let value = String(validating: field.value, as: UTF8.self)
      else { return nil }
      fields.append((name, value))
    }
    return fields
  }

  @Test func forms() throws {
    let fields = [(name: "a b", value: "1+2=3&4"), (name: "名", value: "值%"), (name: "e", value: "")]
    let text = FormText.encode(fields)
    #expect(text == "a%20b=1%2B2%3D3%264&%E5%90%8D=%E5%80%BC%25&e=")
    let decoded = try #require(decode(Array(text.utf8)))
    #expect(decoded.map { $0.name } == fields.map { $0.name })
    #expect(decoded.map { $0.value } == fields.map { $0.value })
    #expect(decode(Array("a=1+2".utf8))?.first?.value == "1 2")
    for broken in ["a=%", "a=%4", "a=%zz", "a=1&a=2"] {
      #expect(decode(Array(broken.utf8)) == nil)
    }
    #expect(FormText.decodeBytes(Array("a=%ff".utf8))?.first?.value == [0xFF], "whatever it is written in")
    let many = (0...FormText.fieldsMaximum).map { "f\($0)=1" }.joined(separator: "&")
    #expect(decode(Array(many.utf8)) == nil)
  }

  @Test func times() {
    let time = Timestamp(microseconds: 1_771_291_800_000_000)
    #expect(ChinaTime.text(time) == "2026-02-17 09:30:00")
    for text in [
      "2026-02-17 09:30:00", "2026-02-17T09:30:00+08:00", "2026-02-17T01:30:00Z", "2026-02-16T20:30:00.120-05:00",
    ] {
      #expect(ChinaTime.parse(text) == time)
    }
    for text in [
      "", "2026-02-17", "2026-02-30 09:30:00", "2026-02-17T09:30:00", "2026-02-17 24:30:00", "2026-02-17 09:60:00",
      "2026-02-17T09:30:00.+08:00", "2026-02-17T09:30:00+8:00", "2026-02-17T09:30:00+08:60", "二零二六-02-17 09:30:00",
    ] {
      #expect(ChinaTime.parse(text) == nil)
    }
    #expect(ChinaTime.text(Timestamp(microseconds: -1)) == "1970-01-01 07:59:59")
    for extreme in [Int64.min, Int64.max] { _ = ChinaTime.text(Timestamp(microseconds: extreme)) }
  }

  /// Whatever a peer sends: an answer or an error, never a trap.
  @Test func nothingTraps() {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    var random = SplitMix(state: seed)
    let pieces =
      [
        "{", "}", "[", "]", "\"", ":", ",", "\\u", "\\ud83d", "\\ude00", "\\", "0", "-", "1e", ".", "null", "true", "a",
        "%", "%4", "+", "=", "&",
      ]
      + ["2026-02-17", " ", "T", "09:30:00", "Z", "+08:00", "é", "\u{0}"]
    for _ in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<random.next() % 24 {
        if random.next() % 5 == 0 {
          bytes.append(UInt8(truncatingIfNeeded: random.next()))
        } else {
          bytes += pieces[Int(random.next() % UInt64(pieces.count))].utf8
        }
      }
      if let value = try? JSONText(reading: bytes) {
        #expect((try? JSONText(reading: value.bytes))?.bytes == value.bytes)
      }
      if let fields = decode(bytes) { #expect(decode(Array(FormText.encode(fields).utf8)) != nil) }
      let text = String(decoding: bytes, as: UTF8.self)
      _ = ChinaTime.parse(text)
      _ = AlipayAmount.minorUnits(text)
      #expect(OwnCode.short(text).utf8.count <= Label.maximumBytes)
    }
  }
}

private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
