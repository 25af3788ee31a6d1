internal import COpenSSL

/// RSA as payment channels ask for it: signatures RSASSA-PKCS1-v1_5 with SHA-256, encryption RSAES-OAEP with SHA-1 and
/// MGF1 with SHA-1 (RFC 8017, sections 8.2 and 7.1). SHA-1 is the channel's choice (WeChat Pay); OAEP does not need a hash
/// without collisions.
package enum RSA {
  /// Below it, keys are broken; above it, a hostile certificate would keep the processor busy.
  package static let modulusBits = 2_048...8_192
  /// A PEM file of a key or certificate; more is a mistake.
  package static let pemBytesMaximum = 1 << 16
  /// Far above any message here.
  package static let messageBytesMaximum = 1 << 24
}

package enum RSAFailure: Error, Hashable {
  /// No PEM block of a kind that is expected here, or a damaged one.
  case notPEM
  /// Encrypted with a passphrase, which nobody is there to type.
  case encrypted
  /// An elliptic curve, say.
  case notRSA
  case wrongModulus(bits: Int)
  case tooLong
  /// libcrypto refused a step, as it does when memory is out.
  case library(Step)

  package enum Step: String, Sendable {
    case allocation, begin, padding, hash, length, end
  }
}

extension RSAFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notPEM: "no usable PEM block (-----BEGIN ...) of the kind that is needed here"
    case .encrypted: "the key is encrypted with a passphrase; store it without one, readable by its owner only"
    case .notRSA: "the key is not an RSA key"
    case .wrongModulus(let bits):
      "the key has \(bits) bits; \(RSA.modulusBits.lowerBound) to \(RSA.modulusBits.upperBound) are taken"
    case .tooLong: "the message is too long for this key"
    case .library(let step): "libcrypto failed at the step \"\(step.rawValue)\"; see whether memory is out"
    }
  }
}

/// Signs. The key never becomes text; libcrypto wipes it when the last user lets go.
///
/// `@unchecked Sendable`: an EVP_PKEY is not changed after it was read, and libcrypto counts its users atomically.
package final class RSAPrivateKey: @unchecked Sendable {
  private let key: KeyPointer

  /// - Parameter pem: PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`), not encrypted. The caller wipes it.
  package init(pem: [UInt8]) throws(RSAFailure) {
    let memory = try MemoryReader(pem)
    ERR_clear_error()
    defer { ERR_clear_error() }
    // Without a callback of our own libcrypto would ask the terminal.
    let read = PEM_read_bio_PrivateKey(memory.pointer, nil, { _, _, _, _ in -1 }, nil)
    guard let read else {
      throw isEncrypted(pem) ? .encrypted : .notPEM
    }
    key = try KeyPointer(owned: read)
  }

  /// As many bytes as the modulus has.
  package func signature(of message: [UInt8]) throws(RSAFailure) -> [UInt8] {
    guard message.count <= RSA.messageBytesMaximum else { throw .tooLong }
    let context = try DigestContext()
    guard EVP_DigestSignInit(context.pointer, nil, EVP_sha256(), nil, key.pointer) == 1 else {
      throw .library(.begin)
    }
    var count = 0
    guard EVP_DigestSign(context.pointer, nil, &count, message, message.count) == 1 else { throw .library(.length) }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context.pointer, &signature, &count, message, message.count) == 1 else {
      throw .library(.end)
    }
    return Array(signature.prefix(count))
  }
}

extension RSAPrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<secret>" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Verifies and encrypts.
///
/// `@unchecked Sendable`: as for `RSAPrivateKey`.
package final class RSAPublicKey: @unchecked Sendable {
  private let key: KeyPointer
  /// Of a certificate, in upper-case hexadecimal digits, as channels name it; nil for a bare key.
  package let certificateSerial: String?

  /// - Parameter pem: a certificate (`BEGIN CERTIFICATE`) or a key (`BEGIN PUBLIC KEY`). Of a certificate only the key and
  ///   the serial count: whoever names the file trusts it.
  package init(pem: [UInt8]) throws(RSAFailure) {
    ERR_clear_error()
    defer { ERR_clear_error() }
    if let certificate = try Certificate(pem: pem) {
      guard let read = X509_get_pubkey(certificate.pointer) else { throw .notPEM }
      key = try KeyPointer(owned: read)
      certificateSerial = certificate.serial
    } else {
      let memory = try MemoryReader(pem)
      guard let read = PEM_read_bio_PUBKEY(memory.pointer, nil, { _, _, _, _ in -1 }, nil) else { throw .notPEM }
      key = try KeyPointer(owned: read)
      certificateSerial = nil
    }
  }

  /// False for everything that is not proven, a failure of libcrypto included.
  package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == Int(EVP_PKEY_get_size(key.pointer)), message.count <= RSA.messageBytesMaximum,
      let context = try? DigestContext()
    else { return false }
    return EVP_DigestVerifyInit(context.pointer, nil, EVP_sha256(), nil, key.pointer) == 1
      && EVP_DigestVerify(context.pointer, signature, signature.count, message, message.count) == 1
  }

  /// Other bytes at each call: OAEP is randomised. Takes at most the modulus less 42 bytes.
  package func encrypted(_ plaintext: [UInt8]) throws(RSAFailure) -> [UInt8] {
    guard plaintext.count <= Int(EVP_PKEY_get_size(key.pointer)) - oaepOverheadBytes else { throw .tooLong }
    let context = try KeyContext(key)
    guard EVP_PKEY_encrypt_init(context.pointer) == 1 else { throw .library(.begin) }
    guard EVP_PKEY_CTX_set_rsa_padding(context.pointer, RSA_PKCS1_OAEP_PADDING) == 1 else { throw .library(.padding) }
    guard EVP_PKEY_CTX_set_rsa_oaep_md(context.pointer, EVP_sha1()) == 1,
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.pointer, EVP_sha1()) == 1
    else { throw .library(.hash) }
    var count = 0
    guard EVP_PKEY_encrypt(context.pointer, nil, &count, plaintext, plaintext.count) == 1 else {
      throw .library(.length)
    }
    var encrypted = [UInt8](repeating: 0, count: count)
    guard EVP_PKEY_encrypt(context.pointer, &encrypted, &count, plaintext, plaintext.count) == 1 else {
      throw .library(.end)
    }
    return Array(encrypted.prefix(count))
  }
}

/// Two SHA-1 digests and two bytes (RFC 8017, section 7.1.1).
private let oaepOverheadBytes = 42

private func isEncrypted(_ pem: [UInt8]) -> Bool {
  let text = String(decoding: pem, as: UTF8.self)
  return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
}

/// Owns one key.
private final class KeyPointer {
  let pointer: OpaquePointer

  init(owned pointer: OpaquePointer) throws(RSAFailure) {
    // All is set before anything is thrown, so that `deinit` frees it.
    self.pointer = pointer
    guard EVP_PKEY_get_base_id(pointer) == EVP_PKEY_RSA else { throw .notRSA }
    let bits = Int(EVP_PKEY_get_bits(pointer))
    guard RSA.modulusBits.contains(bits) else { throw .wrongModulus(bits: bits) }
  }

  deinit { EVP_PKEY_free(pointer) }
}

/// Owns one certificate.
private final class Certificate {
  let pointer: OpaquePointer

  /// nil: the PEM text holds no certificate.
  init?(pem: [UInt8]) throws(RSAFailure) {
    let memory = try MemoryReader(pem)
    guard let pointer = PEM_read_bio_X509(memory.pointer, nil, { _, _, _, _ in -1 }, nil) else { return nil }
    self.pointer = pointer
  }

  deinit { X509_free(pointer) }

  /// Without leading zeros of the encoding, two digits a byte.
  var serial: String {
    guard let number = X509_get0_serialNumber(pointer), let bytes = ASN1_STRING_get0_data(number) else { return "" }
    return Hexadecimal.encode(UnsafeRawBufferPointer(start: bytes, count: Int(ASN1_STRING_length(number)))).uppercased()
  }
}

/// Owns one source of bytes, and the bytes.
private final class MemoryReader {
  let pointer: OpaquePointer
  private let bytes: UnsafeMutableRawBufferPointer

  init(_ source: [UInt8]) throws(RSAFailure) {
    guard !source.isEmpty, source.count <= RSA.pemBytesMaximum else { throw .notPEM }
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 1)
    bytes.copyBytes(from: source)
    guard let pointer = BIO_new_mem_buf(bytes.baseAddress, Int32(source.count)) else {
      wipe(bytes)
      bytes.deallocate()
      throw .library(.allocation)
    }
    self.bytes = bytes
    self.pointer = pointer
  }

  deinit {
    BIO_free(pointer)
    wipe(bytes)
    bytes.deallocate()
  }
}

/// Owns one digest context.
private final class DigestContext {
  let pointer: OpaquePointer

  init() throws(RSAFailure) {
    ERR_clear_error()
    guard let pointer = EVP_MD_CTX_new() else { throw .library(.allocation) }
    self.pointer = pointer
  }

  deinit {
    EVP_MD_CTX_free(pointer)
    ERR_clear_error()
  }
}

/// Owns one context of a key's operation.
private final class KeyContext {
  let pointer: OpaquePointer

  init(_ key: KeyPointer) throws(RSAFailure) {
    ERR_clear_error()
    guard let pointer = EVP_PKEY_CTX_new(key.pointer, nil) else { throw .library(.allocation) }
    self.pointer = pointer
  }

  deinit {
    EVP_PKEY_CTX_free(pointer)
    ERR_clear_error()
  }
}
