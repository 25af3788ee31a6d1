import Digests
import Testing

/// The vectors are those of FIPS 180-4's examples (NIST, "SHA256.pdf") and of the NIST long message.
@Suite struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func published(message: String, digest: String) {
    #expect(SHA256.hash(Array(message.utf8)).hexadecimal == digest)
  }

  @Test func aMillionLettersInPieces() {
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 997)
    var sha = SHA256()
    var left = 1_000_000
    while left > 0 {
      sha.update(Array(piece.prefix(left)))
      left -= min(left, piece.count)
    }
    #expect(sha.finalize().hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func finalizeLeavesTheValueUsable() {
    var sha = SHA256()
    sha.update(Array("ab".utf8))
    _ = sha.finalize()
    sha.update(Array("c".utf8))
    #expect(sha.finalize() == SHA256.hash(Array("abc".utf8)))
  }

  @Test func digestsComeBackFromTheirText() throws {
    let digest = SHA256.hash(Array("abc".utf8))
    #expect(Digest256(hexadecimal: digest.hexadecimal) == digest)
    #expect(Digest256(hexadecimal: digest.hexadecimal.uppercased()) == digest)
    #expect(digest.withUnsafeBytes { Digest256(bytes: $0) } == digest)
    #expect(digest.prefix.hexadecimal == String(digest.hexadecimal.prefix(32)))
    #expect(Fingerprint128(hexadecimal: digest.prefix.hexadecimal) == digest.prefix)
    #expect(digest.prefix.withUnsafeBytes { Fingerprint128(bytes: $0) } == digest.prefix)
  }

  @Test(arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "a", count: 66)])
  func textThatIsNoDigestIsRefused(text: String) {
    #expect(Digest256(hexadecimal: text) == nil)
    #expect(Fingerprint128(hexadecimal: text) == nil)
  }

  @Test func tooFewBytesAreRefused() {
    [UInt8](repeating: 1, count: 15).withUnsafeBytes {
      #expect(Digest256(bytes: $0) == nil)
      #expect(Fingerprint128(bytes: $0) == nil)
    }
  }
}
