import Digests
import Testing

/// The vectors are those of "The Galois/Counter Mode of Operation" (McGrew, Viega; submitted to NIST), appendix B, the
/// cases 13 to 16: the ones with a key of 256 bits and a nonce of 96.
@Suite struct AESGCMTests {
  static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  static let plaintext =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
  static let ciphertext =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"

  @Test(arguments: [
    (
      String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "", "",
      "530f8afbc74536b9a963b4f1c4cb738b"
    ),
    (
      String(repeating: "0", count: 64), String(repeating: "0", count: 24), String(repeating: "0", count: 32), "",
      "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"
    ),
    (key, "cafebabefacedbaddecaf888", plaintext, "", ciphertext, "b094dac5d93471bdec1a502270e3cc6c"),
    (
      key, "cafebabefacedbaddecaf888", String(plaintext.dropLast(8)), "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      String(ciphertext.dropLast(8)), "76fc6ece0f4e1768cddf8853bb2d551b"
    ),
  ])
  func published(
    key: String, nonce: String, plaintext: String, additional: String, ciphertext: String, tag: String
  ) throws {
    let key = try secret(key)
    let sealed = try AESGCM.seal(
      key: key, nonce: bytes(nonce), plaintext: bytes(plaintext), authenticating: bytes(additional))
    #expect(sealed == bytes(ciphertext + tag))
    #expect(
      try AESGCM.open(key: key, nonce: bytes(nonce), sealed: sealed, authenticating: bytes(additional))
        == bytes(plaintext))
  }

  @Test func everyFlippedBitIsNoticed() throws {
    let key = try secret(Self.key)
    let nonce = bytes("cafebabefacedbaddecaf888")
    let additional: [UInt8] = [1, 2, 3]
    let sealed = try AESGCM.seal(key: key, nonce: nonce, plaintext: [7, 8, 9, 10], authenticating: additional)
    func expectRefusal(_ nonce: [UInt8], _ sealed: [UInt8], _ additional: [UInt8]) {
      #expect(throws: AESGCMFailure.notAuthentic) {
        try AESGCM.open(key: key, nonce: nonce, sealed: sealed, authenticating: additional)
      }
    }
    for index in 0..<sealed.count * 8 { expectRefusal(nonce, flipped(sealed, index), additional) }
    for index in 0..<nonce.count * 8 { expectRefusal(flipped(nonce, index), sealed, additional) }
    for index in 0..<additional.count * 8 { expectRefusal(nonce, sealed, flipped(additional, index)) }
    let other = try secret(String(repeating: "ab", count: 32))
    #expect(throws: AESGCMFailure.notAuthentic) {
      try AESGCM.open(key: other, nonce: nonce, sealed: sealed, authenticating: additional)
    }
  }

  @Test func lengthsThatCannotBeAreRefused() throws {
    let key = try secret(Self.key)
    let nonce = [UInt8](repeating: 0, count: 12)
    for count in [0, 11, 13, 16] {
      #expect(throws: AESGCMFailure.wrongNonceLength) {
        try AESGCM.seal(key: key, nonce: Array(repeating: 0, count: count), plaintext: [1], authenticating: [])
      }
    }
    for count in 0..<16 {
      #expect(throws: AESGCMFailure.tooShort) {
        try AESGCM.open(key: key, nonce: nonce, sealed: Array(repeating: 0, count: count), authenticating: [])
      }
    }
  }
}

private func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
  var bytes = bytes
  bytes[bit / 8] ^= 1 << (bit % 8)
  return bytes
}

func bytes(_ hexadecimal: String) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: hexadecimal.utf8.count / 2)
  #expect(bytes.withUnsafeMutableBytes { Hexadecimal.decode(hexadecimal, into: $0) })
  return bytes
}

func secret(_ hexadecimal: String) throws -> SecretKey {
  try #require(bytes(hexadecimal).withUnsafeBytes { SecretKey(copying: $0) })
}
