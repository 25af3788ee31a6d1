import COpenSSL

/// From when to when a certificate is valid, in seconds since 1970.
struct Validity: Hashable, Sendable {
  let notBeforeSeconds: Int
  let notAfterSeconds: Int
}

/// What a certificate is for: this decides its extensions.
enum CertificatePurpose: Hashable, Sendable {
  case authority
  /// Host names and addresses in the notation of OpenSSL's subjectAltName: "DNS:localhost", "IP:127.0.0.1".
  case server(names: [String])
  /// Exactly one URI: who the client is.
  case client(uri: String)

  fileprivate var extensions: [(id: Int32, value: String)] {
    switch self {
    case .authority:
      [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
      ]
    case .server(let names):
      [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "serverAuth"),
        (NID_subject_alt_name, names.joined(separator: ",")),
      ]
    case .client(let uri):
      [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature"),
        (NID_ext_key_usage, "clientAuth"),
        (NID_subject_alt_name, "URI:" + uri),
      ]
    }
  }
}

/// Signs certificates with one authority's key: EC P-256 and SHA-256 throughout.
struct CertificateIssuer {
  let certificate: Certificate
  let key: PrivateKey

  /// A new authority that signs itself.
  init(authority commonName: String, validity: Validity) throws(OpenSSLError) {
    let key = try PrivateKey.generate()
    self.key = key
    self.certificate = try Self.make(
      commonName: commonName, key: key, purpose: .authority, validity: validity, issuer: nil, signingKey: key)
  }

  func issue(
    commonName: String, purpose: CertificatePurpose, validity: Validity
  ) throws(OpenSSLError) -> (certificate: Certificate, key: PrivateKey) {
    let key = try PrivateKey.generate()
    let issued = try Self.make(
      commonName: commonName, key: key, purpose: purpose, validity: validity, issuer: certificate,
      signingKey: self.key)
    return (issued, key)
  }

  private static func make(
    commonName: String, key: PrivateKey, purpose: CertificatePurpose, validity: Validity, issuer: Certificate?,
    signingKey: PrivateKey
  ) throws(OpenSSLError) -> Certificate {
    ERR_clear_error()
    guard let x509 = X509_new() else { throw OpenSSLError("X509_new") }
    let certificate = Certificate(takingOwnership: x509)
    // Versions count from 0: 2 is X.509 v3, the first with extensions.
    guard X509_set_version(x509, 2) == 1 else { throw OpenSSLError("X509_set_version") }
    try setSerial(x509)
    try setTime(validity.notBeforeSeconds) { X509_set1_notBefore(x509, $0) }
    try setTime(validity.notAfterSeconds) { X509_set1_notAfter(x509, $0) }
    try setNames(x509, commonName: commonName, issuer: issuer)
    guard X509_set_pubkey(x509, key.pointer) == 1 else { throw OpenSSLError("X509_set_pubkey") }

    try add(NID_subject_key_identifier, "hash", to: x509, issuer: issuer?.pointer ?? x509)
    try add(NID_authority_key_identifier, "keyid:always", to: x509, issuer: issuer?.pointer ?? x509)
    for (id, value) in purpose.extensions {
      try add(id, value, to: x509, issuer: issuer?.pointer ?? x509)
    }
    guard X509_sign(x509, signingKey.pointer, EVP_sha256()) > 0 else { throw OpenSSLError("X509_sign") }
    return certificate
  }

  /// 127 random bits: positive, and unique without a register (RFC 5280 allows up to 20 bytes).
  private static func setSerial(_ x509: OpaquePointer) throws(OpenSSLError) {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard RAND_bytes(&bytes, Int32(bytes.count)) == 1 else { throw OpenSSLError("RAND_bytes") }
    bytes[0] = bytes[0] & 0x7f | 0x40
    guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw OpenSSLError("BN_bin2bn") }
    defer { BN_free(number) }
    guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nil else {
      throw OpenSSLError("BN_to_ASN1_INTEGER")
    }
  }

  private static func setTime(
    _ seconds: Int, _ set: (UnsafePointer<ASN1_TIME>) -> Int32
  ) throws(OpenSSLError) {
    guard let time = ASN1_TIME_set(nil, seconds) else { throw OpenSSLError("ASN1_TIME_set") }
    defer { ASN1_TIME_free(time) }
    guard set(time) == 1 else { throw OpenSSLError("X509_set1_notBefore/notAfter") }
  }

  private static func setNames(
    _ x509: OpaquePointer, commonName: String, issuer: Certificate?
  ) throws(OpenSSLError) {
    guard let subject = X509_get_subject_name(x509) else { throw OpenSSLError("X509_get_subject_name") }
    let fields = [("O", "settle development"), ("CN", commonName)]
    for (field, value) in fields {
      let bytes = Array(value.utf8)
      guard X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8, bytes, Int32(bytes.count), -1, 0) == 1 else {
        throw OpenSSLError("X509_NAME_add_entry_by_txt")
      }
    }
    let issuerName = issuer.map { X509_get_subject_name($0.pointer) } ?? subject
    guard X509_set_issuer_name(x509, issuerName) == 1 else { throw OpenSSLError("X509_set_issuer_name") }
  }

  private static func add(
    _ id: Int32, _ value: String, to x509: OpaquePointer, issuer: OpaquePointer
  ) throws(OpenSSLError) {
    var context = X509V3_CTX()
    X509V3_set_ctx(&context, issuer, x509, nil, nil, 0)
    guard let made = X509V3_EXT_conf_nid(nil, &context, id, value) else {
      throw OpenSSLError("X509V3_EXT_conf_nid(\(value))")
    }
    defer { X509_EXTENSION_free(made) }
    guard X509_add_ext(x509, made, -1) == 1 else { throw OpenSSLError("X509_add_ext") }
  }
}
