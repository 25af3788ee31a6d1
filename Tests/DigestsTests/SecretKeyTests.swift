import Digests
import Testing

@Suite struct SecretKeyTests {
  @Test func nothingPrintsIt() throws {
    let text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
    let key = try secret(text)
    var dumped = ""
    dump(key, to: &dumped)
    for shown in ["\(key)", String(reflecting: key), "\([key])", "\(Optional(key) as Any)", dumped] {
      #expect(shown.contains("<secret>"))
      #expect(!shown.contains("0011") && !shown.contains("0x0"))
    }
  }

  @Test(arguments: [0, 1, 31, 33, 64])
  func onlyThirtyTwoBytesAreAKey(count: Int) {
    #expect([UInt8](repeating: 1, count: count).withUnsafeBytes { SecretKey(copying: $0) } == nil)
  }

  @Test func randomKeysDiffer() throws {
    let keys = try (0..<8).map { _ in try SecretKey(random: SystemRandom()).withUnsafeBytes { Array($0) } }
    #expect(Set(keys).count == keys.count)
    #expect(keys.allSatisfy { $0 != [UInt8](repeating: 0, count: 32) })
  }

  @Test func aKeyOfAPurposeIsTheCodeOfItsName() throws {
    let key = try secret(String(repeating: "07", count: 32))
    let expected = HMACSHA256.code(of: Array("quotes".utf8), key: key).withUnsafeBytes { Array($0) }
    #expect(key.derived(for: "quotes").withUnsafeBytes { Array($0) } == expected)
    #expect(key.derived(for: "others").withUnsafeBytes { Array($0) } != expected)
  }

  @Test func wipingLeavesZeros() {
    var bytes: [UInt8] = [1, 2, 3]
    wipe(&bytes)
    #expect(bytes == [0, 0, 0])
  }

  @Test func textOfSecretsComesBack() {
    let text = (0..<32).map { UInt8($0 * 7) }.withUnsafeBytes { Hexadecimal.encodeASCII($0) }
    var back = [UInt8](repeating: 0, count: 32)
    #expect(back.withUnsafeMutableBytes { Hexadecimal.decode(ascii: text, into: $0) })
    #expect(back == (0..<32).map { UInt8($0 * 7) })
    #expect(!back.withUnsafeMutableBytes { Hexadecimal.decode(ascii: text.dropLast(), into: $0) })
  }
}
