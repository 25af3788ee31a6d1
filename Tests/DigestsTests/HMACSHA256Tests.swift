import Digests
import Testing

/// The vectors are those of RFC 4231, section 4 (case 5 is of a shortened code).
@Suite struct HMACSHA256Tests {
  static let longKey = String(repeating: "aa", count: 131)

  @Test(arguments: [
    (
      String(repeating: "0b", count: 20), hexadecimal("Hi There"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      hexadecimal("Jefe"), hexadecimal("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (String(repeating: "0c", count: 20), hexadecimal("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"),
    (
      longKey, hexadecimal("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      longKey,
      hexadecimal(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
          + "hashed before being used by the HMAC algorithm."),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func published(key: String, message: String, code: String) {
    let key = bytes(key)
    var whole = key.withUnsafeBytes { HMACSHA256(key: $0) }
    var inPieces = whole
    whole.update(bytes(message))
    for byte in bytes(message) { inPieces.update([byte]) }
    #expect(whole.finalize().hexadecimal.hasPrefix(code))
    #expect(inPieces.finalize() == whole.finalize())
  }
}

private func hexadecimal(_ text: String) -> String {
  Array(text.utf8).withUnsafeBytes { Hexadecimal.encode($0) }
}
