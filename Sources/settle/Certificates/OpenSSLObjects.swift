import COpenSSL

/// An OpenSSL call that failed, with what its error queue said.
struct OpenSSLError: Error, CustomStringConvertible {
  let call: String
  let reasons: [String]

  /// Takes the thread's error queue with it.
  init(_ call: String) {
    self.call = call
    var reasons: [String] = []
    while true {
      let code = ERR_get_error()
      if code == 0 { break }
      var text = [CChar](repeating: 0, count: 256)
      ERR_error_string_n(code, &text, text.count)
      reasons.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    self.reasons = reasons
  }

  var description: String {
    "OpenSSL \(call) failed" + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))
  }
}

/// Owns an EVP_PKEY.
final class PrivateKey {
  let pointer: OpaquePointer

  init(takingOwnership pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }

  /// A fresh key on NIST P-256.
  static func generate() throws(OpenSSLError) -> PrivateKey {
    ERR_clear_error()
    guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw OpenSSLError("EVP_PKEY_CTX_new_id") }
    defer { EVP_PKEY_CTX_free(context) }
    guard EVP_PKEY_keygen_init(context) == 1 else { throw OpenSSLError("EVP_PKEY_keygen_init") }
    guard settle_EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1 else {
      throw OpenSSLError("EVP_PKEY_CTX_set_ec_paramgen_curve_nid")
    }
    var key: OpaquePointer?
    guard EVP_PKEY_keygen(context, &key) == 1, let key else { throw OpenSSLError("EVP_PKEY_keygen") }
    return PrivateKey(takingOwnership: key)
  }

  /// PKCS #8, not encrypted.
  func pem() throws(OpenSSLError) -> [UInt8] {
    try collectPEM("PEM_write_bio_PrivateKey") { PEM_write_bio_PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
  }
}

/// Owns an X509.
final class Certificate {
  let pointer: OpaquePointer

  init(takingOwnership pointer: OpaquePointer) { self.pointer = pointer }

  deinit { X509_free(pointer) }

  func pem() throws(OpenSSLError) -> [UInt8] {
    try collectPEM("PEM_write_bio_X509") { PEM_write_bio_X509($0, pointer) }
  }
}

private func collectPEM(_ call: String, _ write: (OpaquePointer) -> Int32) throws(OpenSSLError) -> [UInt8] {
  guard let memory = BIO_new(BIO_s_mem()) else { throw OpenSSLError("BIO_new") }
  defer { BIO_free(memory) }
  guard write(memory) == 1 else { throw OpenSSLError(call) }
  var start: UnsafeMutablePointer<CChar>?
  let count = settle_BIO_get_mem_data(memory, &start)
  guard let start, count > 0 else { throw OpenSSLError("BIO_get_mem_data") }
  return Array(UnsafeRawBufferPointer(start: start, count: count))
}
