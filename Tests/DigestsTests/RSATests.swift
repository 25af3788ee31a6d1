import Digests
import Foundation
import Testing

/// What we sign is compared with a published signature; what we encrypt is decrypted, and what we verify is signed, by
/// OpenSSL's own program.
@Suite struct RSATests {
  @Test func published() throws {
    // PKCS#1 v1.5 has no randomness: the signature is the published one or wrong.
    let key = try RSAPrivateKey(pem: Array(WeChatPayExample.key.utf8))
    #expect(
      Data(try key.signature(of: Array(WeChatPayExample.message.utf8))).base64EncodedString()
        == WeChatPayExample.signature)
  }

  @Test func whatOpenSSLSignedIsVerifiedAndNothingElse() throws {
    let openSSL = try OpenSSL()
    defer { openSSL.remove() }
    let message = Array("alipay-一-\n".utf8)
    let signature = try openSSL.signature(of: message)
    for file in ["key.pub", "key.pem"] {
      let key = try RSAPublicKey(pem: openSSL.read(file))
      #expect(key.verifies(signature, of: message))
      #expect(!key.verifies(signature, of: message + [0]))
      #expect(!key.verifies(signature, of: []))
      #expect(!key.verifies([], of: message))
      #expect(!key.verifies(Array(signature.dropLast()), of: message))
      #expect(!key.verifies(signature + [0], of: message))
      #expect(!key.verifies([UInt8](repeating: 0xFF, count: signature.count), of: message))
      for index in stride(from: 0, to: signature.count * 8, by: 61) {
        var flipped = signature
        flipped[index / 8] ^= 1 << (index % 8)
        #expect(!key.verifies(flipped, of: message))
      }
    }
  }

  @Test func whatIsEncryptedOpenSSLDecrypts() throws {
    let openSSL = try OpenSSL()
    defer { openSSL.remove() }
    let key = try RSAPublicKey(pem: openSSL.read("key.pub"))
    for plaintext in [Array("张三".utf8), [], [UInt8](repeating: 7, count: 256 - 42)] {
      let first = try key.encrypted(plaintext)
      #expect(try openSSL.decrypted(first) == plaintext)
      #expect(try key.encrypted(plaintext) != first)
    }
    #expect(throws: RSAFailure.tooLong) { try key.encrypted([UInt8](repeating: 7, count: 256 - 41)) }
  }

  @Test func aCertificateTellsItsSerialNumber() throws {
    let openSSL = try OpenSSL()
    defer { openSSL.remove() }
    #expect(try RSAPublicKey(pem: openSSL.read("key.pem")).certificateSerial == "0A1B2C3D4E5F")
    #expect(try RSAPublicKey(pem: openSSL.read("key.pub")).certificateSerial == nil)
  }

  @Test func whatIsNoKeyIsRefused() throws {
    let openSSL = try OpenSSL()
    defer { openSSL.remove() }
    let good = try openSSL.read("key.key")
    #expect(throws: RSAFailure.notPEM) { try RSAPrivateKey(pem: []) }
    #expect(throws: RSAFailure.notPEM) { try RSAPrivateKey(pem: Array("no key".utf8)) }
    #expect(throws: RSAFailure.notPEM) { try RSAPrivateKey(pem: Array(good.prefix(good.count / 2))) }
    #expect(throws: RSAFailure.notPEM) { try RSAPrivateKey(pem: openSSL.read("key.pub")) }
    #expect(throws: RSAFailure.notPEM) { try RSAPublicKey(pem: good) }
    #expect(throws: RSAFailure.notPEM) {
      try RSAPrivateKey(pem: [UInt8](repeating: 0x2D, count: RSA.pemBytesMaximum + 1))
    }
    try openSSL.run(["pkey", "-in", "key.key", "-aes256", "-passout", "pass:x", "-out", "locked.key"])
    #expect(throws: RSAFailure.encrypted) { try RSAPrivateKey(pem: openSSL.read("locked.key")) }
    try openSSL.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "curve.key"])
    #expect(throws: RSAFailure.notRSA) { try RSAPrivateKey(pem: openSSL.read("curve.key")) }
    try openSSL.run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "short.key"])
    #expect(throws: RSAFailure.wrongModulus(bits: 1_024)) { try RSAPrivateKey(pem: openSSL.read("short.key")) }
  }

  @Test func theKeyNeverBecomesText() throws {
    let key = try RSAPrivateKey(pem: Array(WeChatPayExample.key.utf8))
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "<secret>")
    #expect(String(reflecting: key) == "<secret>")
    #expect(dumped.count < 40)
  }
}

/// OpenSSL's program in a folder of its own, with a key (`key.key`, `key.pub`) and its certificate (`key.pem`).
private struct OpenSSL {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rsa-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try run(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.key"])
    try run(["pkey", "-in", "key.key", "-pubout", "-out", "key.pub"])
    try run([
      "req", "-x509", "-new", "-key", "key.key", "-subj", "/CN=x", "-set_serial", "0x0A1B2C3D4E5F", "-out", "key.pem",
    ])
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appendingPathComponent(name))) }

  func signature(of message: [UInt8]) throws -> [UInt8] {
    try Data(message).write(to: folder.appendingPathComponent("message"))
    try run(["dgst", "-sha256", "-sign", "key.key", "-out", "signature", "message"])
    return try read("signature")
  }

  func decrypted(_ sealed: [UInt8]) throws -> [UInt8] {
    try Data(sealed).write(to: folder.appendingPathComponent("sealed"))
    try run([
      "pkeyutl", "-decrypt", "-inkey", "key.key", "-in", "sealed", "-out", "opened", "-pkeyopt",
      "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha1", "-pkeyopt", "rsa_mgf1_md:sha1",
    ])
    return try read("opened")
  }
}

/// The worked example of WeChat Pay's documentation (APIv3, "Generate a signature", POST): a key made for it alone.
private enum WeChatPayExample {
  static let message = """
    POST
    /v3/pay/transactions/jsapi
    1554208460
    593BEC0C930BF1AFEB40B4A08C8FB242
    {"appid":"wxd678efh567hg6787","mchid":"1230000109","description":"Image形象店-深圳腾大-QQ公仔",\
    "out_trade_no":"1217752501201407033233368018","notify_url":"https://www.weixin.qq.com/wxpay/pay.php",\
    "amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}

    """

  static let signature =
    "gEuexJ547PHFV77TQ6eiE4tphVYfWfUe1Wc2dBmVnoMYU2rl/M4zhw+b3vBhuMw6AC7pteNkryLA7UWU2h+umo0OdSuuLm1++O3NckQPCSfm"
    + "6dypsjn4GYm84KMqXWFrhFmyxEwIdEJDr3w1UYfxOcu55OQupfLkrt/ZzuOspnliJFrPzGQFUk7lGqMMtpz3EfbDUNxnVsHblORg3hVmuYNm"
    + "bGWnS2ovU30Y2Q+iKFDxzkaXBk8LTy6HzvxizRo6Q+J4SVM7O0hKXfgo1QdI68kpzNULb3EVBXlhTyPUzhkHzzLxECL1qHl3HH2hEv8++C+4"
    + "wBlsagF3j/O6PABojA=="

  static let key = """
    -----BEGIN RSA PRIVATE KEY-----
    MIIEogIBAAKCAQEAptpm+qvIDCh/9wjU26SQCK26ogYkBhDrYxnAaw2JbbBsp1oD
    bHKk+1r381NeBUG2HEFAuU+Fr72u5ot3yKdzoF/FajAzQNKnm569/D3upKoi8mYB
    aST15Uig8j8qoUW1U217LL0jEHlSnHV3lcaDTXqDpTRR4Bfz9IqOgJgFZ8/oTfEo
    mSrjrLYef81Eyxr7ZIMQXEKKEK7V4UXKS0+/fDsiG/cXidhzt8UbTL9vqXqxM2+I
    DImyO+FAc/tkBG55LmzxPto1Nq0WbnZzRM/wTzrd0I/8NlevxtFbphg4evlHjFNI
    7+GrqR87ViEwuAJJ9Je5QQjct5YJfFRWiZ5CMQIDAQABAoIBAGBi/GhEgezcHIg1
    ltlHaFlLGuxsRbUnYwM9phVxnXk7GJlYe2/TjpERjPkIqOC6hBwwadZjJORP3FCc
    Mtc8PKRhjuZ377O7vU0915x2nnyLOGL1IE2AJ3iLi0ZFzTea0FPgg+5lWHM00s9F
    YI6qPcGtS41M+xtMWwZiYE3TBBRibHiY8ugGyaNAhiMKehyW05uApjlIF55wwCGx
    BkyESJpGRR/6853iHke6Ge+xVcMa9QmQdoH0QqL/8kT28PL568mJJr0Ow/83t4+d
    Pe70YPzKAxgUnaDsHJqO+b8qH69AEs8rTI5h2Mon6pH+bJT66KUoiXhn+Kf+4LSs
    henRP10CgYEA1QJSfuFOWVRjrg3N/rAIc/Ak84BTZavbyrkqBSuoTs9i/nMI/hOz
    VxpDntg7Bx2Tctl6sZO3GioTxKdc/YYaTKci1TKBbeginpsqEQVgwkMCy8HpvUmR
    fyAMqLwZC4h9+j+NiZtuoFJDTCgv+WYbasX+kWYEUM21bnSYuO7yEQsCgYEAyIdP
    r9uzqPgzN34Tmx+CNTa16VjhBh+zkBtXRLDLhWBeIYxoYNJARD98Pb1XZdvpkZZW
    Sk7MfaKo2/DomzyyyB/MbHWwAdFi3yb4y7uMJfyC1MzdUSNN3Vp579hJxHkJ+nN4
    Ys76yfcEeVOLnvUT1Z0KKCdIWRdT1Lgi+X1itzMCgYBJUXlPzwGG4fNFj97d0X23
    Wmt9nSgXkOYgi0eZbAOMzPmIF9R6kBFk49dur4Lx2g5Ms+r1gKC/0sfnIqxxX11i
    EQ1+UNoYGJUB/uql3TIG68XkmKR50P7RwRhaZBRC0gJ6xrFTMjsL2ATuC88niyvY
    vrn3FiRaI9RVZrDCxwxvLQKBgEXW4okEAqGBuAzGqztmkOnJoTehDdYdKmOxMgap
    cGiGdKJIjX3THDDoz3ONQyglnEZpTqpYoV3MTfU0BT8zt6x9bqwDnQY1D7NalmIW
    cqw0Mri8lQQSQKcsQLWo5aA466G/n5kCL1Qx5OwAjesRvhOyuvvbGpZ0ymyWqQ+t
    fLkDAoGATcul1L8y5D/wNVP1GXbXMZfBsFP3bbqy8c+Ashm6g8OLm2mGNntd5Z6h
    1KkID7Yksh+dZ6t7XaPBtGACXX5Eryr537JVvdX8hAVCp5HVtaN/9VBVP8Ka2e4s
    VS/xeNgOMQ7uzhRPBJ8HiTmdI1nHhDnYQpGiBgQn0Z5RAkSvFMk=
    -----END RSA PRIVATE KEY-----
    """
}
