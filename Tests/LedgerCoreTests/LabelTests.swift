import LedgerCore
import Testing

@Suite struct LabelTests {
  static func read(_ bytes: [UInt8]) -> Result<Label, Label.Defect> {
    bytes.withUnsafeBytes { bytes in
      do throws(Label.Defect) { return .success(try Label(bytes)) } catch { return .failure(error) }
    }
  }

  /// The definition, said plainly.
  static func defect(_ bytes: [UInt8]) -> Label.Defect? {
    if bytes.isEmpty { return .empty }
    if bytes.count > 64 { return .tooLong(bytes: bytes.count) }
    if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return .controlCharacter }
    return String(validating: bytes, as: UTF8.self) == nil ? .notUTF8 : nil
  }

  @Test(arguments: [
    ("", Label.Defect.empty), (String(repeating: "x", count: 65), .tooLong(bytes: 65)), ("a\nb", .controlCharacter),
    ("\u{7F}", .controlCharacter), ("12345678\u{0}", .controlCharacter), ("银\u{1F}", .controlCharacter),
  ])
  func refuses(_ text: String, _ defect: Label.Defect) {
    #expect(Self.read(Array(text.utf8)) == .failure(defect))
  }

  @Test func everyLengthIsKept() throws {
    for count in 1...64 {
      let bytes = (0..<count).map { UInt8(0x21 + $0 % 90) }
      let label = try Self.read(bytes).get()
      #expect(label.count == count)
      #expect(label.withBytes { Array($0) } == bytes)
      #expect(label.description.utf8.elementsEqual(bytes))
    }
  }

  @Test func otherScriptsAreWelcome() throws {
    #expect(try Label("代理商-🙂-é").description == "代理商-🙂-é")
  }

  @Test func equalityIsOfBytes() throws {
    #expect(try Label("a") == Label("a"))
    #expect(try Label("a") != Label("aa"))
    #expect(try Label("12345678a") != Label("12345678b"))
    #expect(Label.none.isNone)
  }

  /// The word-wise check against the definition: any bytes, with those near the limits more often.
  @Test func agreesWithTheDefinition() {
    let seed: UInt64 = 0x1abe1
    var random = SeededRandom(seed: seed)
    let edges: [UInt8] = [0x00, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0x9F, 0xA0, 0xFF, 0xC3, 0xA9, 0x21, 0xF0]
    for step in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...70, using: &random)).map { _ in
        switch Int.random(in: 0..<40, using: &random) {
        case 0: edges.randomElement(using: &random) ?? 0
        case 1: UInt8.random(in: 0...255, using: &random)
        default: UInt8.random(in: 0x20...0x7E, using: &random)
        }
      }
      let read = Self.read(bytes)
      if let defect = Self.defect(bytes) {
        #expect(read == .failure(defect), "seed \(seed) step \(step) \(bytes)")
      } else {
        #expect((try? read.get().withBytes { Array($0) }) == bytes, "seed \(seed) step \(step) \(bytes)")
      }
    }
  }
}
