import COpenSSL
import Glibc
import Synchronization

/// A certificate authority made for one test run, and leaves of every kind that a handshake must take or refuse.
final class TestAuthority: Sendable {
  struct Leaf: Sendable {
    let chainFile: String
    let keyFile: String
  }

  struct Failure: Error { let what: String }

  enum Usage: String {
    case client = "clientAuth"
    case server = "serverAuth"
  }

  let directory: String
  let certificateFile: String
  /// Owned; freed never: it lives as long as the test process. Only read after `init`.
  nonisolated(unsafe) private let certificate: OpaquePointer
  nonisolated(unsafe) private let key: OpaquePointer
  private let serial = Mutex(1000)

  static let day = 86_400

  init(_ name: String) throws {
    var template = Array("/tmp/transport-tests-XXXXXX\0".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure(what: "no temporary directory") }
    directory = String(cString: made)
    key = try Self.makeKey()
    certificate = try Self.makeCertificate(
      subject: name, key: key, issuer: nil, issuerKey: key, serial: 1, days: (-1, 30),
      extensions: [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign,cRLSign")])
    certificateFile = directory + "/ca.pem"
    try Self.write(certificate: certificate, to: certificateFile)
  }

  /// `selfSigned` makes a leaf that no authority vouches for.
  func leaf(
    _ name: String, usage: Usage? = .client, alternativeNames: String, days: (from: Int, to: Int) = (-1, 30),
    selfSigned: Bool = false
  ) throws -> Leaf {
    let key = try Self.makeKey()
    defer { EVP_PKEY_free(key) }
    var extensions: [(Int32, String)] = [
      (NID_basic_constraints, "critical,CA:FALSE"), (NID_subject_alt_name, alternativeNames),
    ]
    if let usage { extensions.append((NID_ext_key_usage, usage.rawValue)) }
    let number = serial.withLock { serial in
      serial += 1
      return serial
    }
    let certificate = try Self.makeCertificate(
      subject: name, key: key, issuer: selfSigned ? nil : certificate, issuerKey: selfSigned ? key : self.key,
      serial: number, days: days, extensions: extensions)
    defer { X509_free(certificate) }
    let leaf = Leaf(chainFile: "\(directory)/\(number).pem", keyFile: "\(directory)/\(number).key")
    try Self.write(certificate: certificate, to: leaf.chainFile)
    guard let bio = BIO_new_file(leaf.keyFile, "w") else { throw Failure(what: leaf.keyFile) }
    defer { BIO_free(bio) }
    guard PEM_write_bio_PrivateKey(bio, key, nil, nil, 0, nil, nil) == 1 else { throw Failure(what: "key") }
    return leaf
  }

  /// A key that only a pass phrase opens.
  func encryptedKeyFile() throws -> String {
    let path = directory + "/encrypted.key"
    let key = try Self.makeKey()
    defer { EVP_PKEY_free(key) }
    guard let bio = BIO_new_file(path, "w") else { throw Failure(what: path) }
    defer { BIO_free(bio) }
    let phrase = Array("phrase".utf8)
    guard PEM_write_bio_PrivateKey(bio, key, EVP_aes_128_cbc(), phrase, Int32(phrase.count), nil, nil) == 1 else {
      throw Failure(what: path)
    }
    return path
  }

  private static func makeKey() throws -> OpaquePointer {
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Failure(what: "key context") }
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen_init(context) == 1,
      settle_EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
      EVP_PKEY_keygen(context, &key) == 1, let key
    else { throw Failure(what: "key") }
    return key
  }

  private static func makeCertificate(
    subject: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer, serial: Int,
    days: (from: Int, to: Int), extensions: [(Int32, String)]
  ) throws -> OpaquePointer {
    guard let certificate = X509_new(), let name = X509_NAME_new() else { throw Failure(what: "certificate") }
    defer { X509_NAME_free(name) }
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
    X509_gmtime_adj(X509_getm_notBefore(certificate), days.from * day)
    X509_gmtime_adj(X509_getm_notAfter(certificate), days.to * day)
    X509_set_pubkey(certificate, key)
    X509_NAME_add_entry_by_txt(name, "CN", Int32(MBSTRING_FLAG | 1), subject, -1, -1, 0)
    X509_set_subject_name(certificate, name)
    X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? name)
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
    for (nid, value) in extensions {
      guard let made = X509V3_EXT_conf_nid(nil, &context, nid, value) else { throw Failure(what: value) }
      defer { X509_EXTENSION_free(made) }
      X509_add_ext(certificate, made, -1)
    }
    guard X509_sign(certificate, issuerKey, EVP_sha256()) > 0 else { throw Failure(what: "signature") }
    return certificate
  }

  private static func write(certificate: OpaquePointer, to path: String) throws {
    guard let bio = BIO_new_file(path, "w") else { throw Failure(what: path) }
    defer { BIO_free(bio) }
    guard PEM_write_bio_X509(bio, certificate) == 1 else { throw Failure(what: path) }
  }
}

/// The certificates that most tests use.
enum TestPKI {
  static let authority = Result { try TestAuthority("test authority") }
  static let stranger = Result { try TestAuthority("another authority") }
  static let server = Result {
    try authority.get().leaf("server", usage: .server, alternativeNames: "DNS:localhost,IP:127.0.0.1")
  }
  static let partner = Result {
    try authority.get().leaf("partner", alternativeNames: "URI:spiffe://test/partner/demo,URI:urn:second")
  }
}
