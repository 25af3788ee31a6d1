import Digests
import JournalTesting
import Testing

@testable import Vault

@Suite struct SearchKeyTests {
  private let key: SearchKey
  private let other: SearchKey

  init() throws {
    key = SearchKey(try masterKey(1).secret)
    other = SearchKey(try masterKey(2).secret)
  }

  @Test func equalNumbersHaveEqualFingerprints() {
    let fingerprint = key.fingerprint("6222021234567890", purpose: .payeeNumber)
    #expect(key.fingerprint("6222021234567890", purpose: .payeeNumber) == fingerprint)
    #expect(key.fingerprint("6222021234567891", purpose: .payeeNumber) != fingerprint)
    #expect(other.fingerprint("6222021234567890", purpose: .payeeNumber) != fingerprint)
  }

  /// HMAC-SHA-256 of the purpose's byte and the text, computed with the standard's definition.
  @Test func theFingerprintIsAsDescribed() throws {
    let secret = try masterKey(1).secret
    for purpose in SearchKey.Purpose.allCases {
      let code = HMACSHA256.code(of: [purpose.rawValue] + utf8("1381234"), key: secret)
      #expect(key.fingerprint("1381234", purpose: purpose) == code.prefix)
    }
    #expect(Set(SearchKey.Purpose.allCases.map { key.fingerprint("1", purpose: $0) }).count == 3)
  }

  @Test func signaturesAreVerified() {
    let token = key.tokenKey
    let signature = token.sign([1, 2, 3]).withUnsafeBytes { Array($0) }
    #expect(token.verify(signature, of: [1, 2, 3]))
    #expect(!token.verify(signature, of: [1, 2, 4]))
    #expect(!other.tokenKey.verify(signature, of: [1, 2, 3]))
    #expect(!token.verify([], of: [1, 2, 3]))
    #expect(!token.verify(Array(signature.dropLast()), of: [1, 2, 3]))
    for bit in 0..<256 {
      var flipped = signature
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(!token.verify(flipped, of: [1, 2, 3]))
    }
  }

  /// Descriptions, dumps and errors show no byte of a key, in no form.
  @Test func nothingPrintsASecret() throws {
    let random = SeededRandom(seed: 99)
    let secret = try SecretKey(random: random)
    let digits = secret.withUnsafeBytes { Hexadecimal.encode($0) }
    let decimals = bytes(secret).prefix(4).map(String.init).joined(separator: ", ")
    let elements = Elements(
      name: "张三", idNumber: "11010519491231002X", cardNumber: "6222021234567890", holderName: "张三")
    var shown = ""
    for value in [
      MasterKey(secret), SearchKey(secret), SearchKey(secret).tokenKey, secret, elements,
      DataKey(id: KeyID(Fingerprint128()), key: secret),
      Wrapping(storeID: Fingerprint128(), masterKey: MasterKey(secret)),
    ] as [Any] {
      shown += "\(value) \(String(reflecting: value))\n"
      dump(value, to: &shown)
    }
    for secretText in [digits, String(digits.prefix(8)), decimals, "张三", "6222", "1101"] {
      #expect(!shown.contains(secretText))
    }
    #expect(shown.contains("<secret>") && shown.contains("<elements>"))
  }
}
