import Foundation
import Testing

@testable import settle

@Suite("JSON output")
struct JSONTests {
  @Test("keeps the order of members and escapes what JSON does not allow")
  func golden() {
    let value = JSON.object([
      "z": .integer(-1), "a": .array([.null, .bool(true), .bool(false)]),
      "text": .text("\"\\\n\r\t\u{1}\u{1f}\u{7f}/余额不足🙂"), "empty": .object([:]),
    ])
    let expected =
      #"{"z":-1,"a":[null,true,false],"text":"\"\\\n\r\t\u0001\u001f\u007f/余额不足🙂","empty":{}}"#
    #expect(value.line == expected)
  }

  @Test("is read back by another JSON reader as it was, for every character")
  func everyScalar() throws {
    for start in stride(from: UInt32(0), to: 0x110000, by: 0x1000) {
      let text = String(String.UnicodeScalarView((start..<start + 0x1000).compactMap(Unicode.Scalar.init)))
      let data = Data(JSON.array([.text(text)]).line.utf8)
      let read = try JSONSerialization.jsonObject(with: data) as? [String]
      let same = (read?.first).map { $0.unicodeScalars.elementsEqual(text.unicodeScalars) }
      #expect(same == true, "from U+\(String(start, radix: 16))")
    }
  }
}
