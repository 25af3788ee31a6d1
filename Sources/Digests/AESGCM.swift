internal import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) with a nonce of 96 bits and a tag of 128 bits: nobody without the key reads the
/// plaintext, and nobody without it makes or alters a ciphertext, or moves it to other authenticated data.
///
/// A nonce must never be used twice under one key. Random ones are safe for up to 2^32 messages a key (section 8.3).
package enum AESGCM {
  package static let nonceBytes = 12
  package static let tagBytes = 16
  /// Far above any use here; far below libcrypto's `int` lengths.
  package static let messageBytesMaximum = 1 << 30

  /// - Returns: the ciphertext, as long as the plaintext, then the tag.
  package static func seal(
    key: SecretKey, nonce: [UInt8], plaintext: [UInt8], authenticating additional: [UInt8]
  ) throws(AESGCMFailure) -> [UInt8] {
    let context = try CipherContext(key, nonce, additional, .encrypt)
    var sealed = [UInt8](repeating: 0, count: plaintext.count + tagBytes)
    try context.transform(plaintext, into: &sealed)
    var tag = [UInt8](repeating: 0, count: tagBytes)
    guard EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), &tag) == 1 else {
      throw .library(.tag)
    }
    sealed.replaceSubrange(plaintext.count..., with: tag)
    return sealed
  }

  /// The plaintext, only when all of it is proven. Else nothing of it leaves: what was deciphered is wiped.
  package static func open(
    key: SecretKey, nonce: [UInt8], sealed: [UInt8], authenticating additional: [UInt8]
  ) throws(AESGCMFailure) -> [UInt8] {
    guard sealed.count >= tagBytes else { throw .tooShort }
    let ciphertext = Array(sealed.dropLast(tagBytes))
    var tag = Array(sealed.suffix(tagBytes))
    let context = try CipherContext(key, nonce, additional, .decrypt)
    guard EVP_CIPHER_CTX_ctrl(context.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), &tag) == 1 else {
      throw .library(.tag)
    }
    var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
    do throws(AESGCMFailure) {
      try context.transform(ciphertext, into: &plaintext)
    } catch {
      wipe(&plaintext)
      throw error
    }
    return plaintext
  }
}

package enum AESGCMFailure: Error, Hashable {
  /// Altered, sealed under another key or nonce, or for other authenticated data. Which one cannot be told.
  case notAuthentic
  /// Shorter than a tag.
  case tooShort
  case wrongNonceLength
  case tooLong
  /// libcrypto refused a step, as it does when memory is out.
  case library(Step)

  package enum Step: String, Sendable {
    case allocation, key, message, end, tag
    case additionalData = "additional data"
  }
}

extension AESGCMFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAuthentic: "the sealed bytes are not authentic: altered, or sealed with another key or for another record"
    case .tooShort: "the sealed bytes are shorter than their tag"
    case .wrongNonceLength: "the nonce has not \(AESGCM.nonceBytes) bytes"
    case .tooLong: "the message is longer than \(AESGCM.messageBytesMaximum) bytes"
    case .library(let step): "libcrypto failed at the step \"\(step.rawValue)\"; see whether memory is out"
    }
  }
}

/// Owns one cipher context, which libcrypto wipes when it is freed.
private final class CipherContext {
  enum Direction {
    case encrypt, decrypt
  }

  let pointer: OpaquePointer
  private let direction: Direction

  init(
    _ key: SecretKey, _ nonce: [UInt8], _ additional: [UInt8], _ direction: Direction
  ) throws(AESGCMFailure) {
    guard nonce.count == AESGCM.nonceBytes else { throw .wrongNonceLength }
    guard additional.count <= AESGCM.messageBytesMaximum else { throw .tooLong }
    ERR_clear_error()
    guard let pointer = EVP_CIPHER_CTX_new() else { throw .library(.allocation) }
    self.pointer = pointer
    self.direction = direction
    let hasBegun = key.withUnsafeBytes { key in
      EVP_CipherInit_ex(
        pointer, EVP_aes_256_gcm(), nil, key.assumingMemoryBound(to: UInt8.self).baseAddress, nonce,
        direction == .encrypt ? 1 : 0)
    }
    guard hasBegun == 1 else { throw .library(.key) }
    var count: Int32 = 0
    guard additional.isEmpty || EVP_CipherUpdate(pointer, nil, &count, additional, Int32(additional.count)) == 1 else {
      throw .library(.additionalData)
    }
  }

  deinit {
    EVP_CIPHER_CTX_free(pointer)
    ERR_clear_error()
  }

  /// The whole message in one go, and the end of it: for `decrypt` the proof.
  func transform(_ input: [UInt8], into output: inout [UInt8]) throws(AESGCMFailure) {
    guard input.count <= AESGCM.messageBytesMaximum else { throw .tooLong }
    var count: Int32 = 0
    // An empty message has no update: libcrypto would take its null pointer for a request to finish.
    if !input.isEmpty {
      guard EVP_CipherUpdate(pointer, &output, &count, input, Int32(input.count)) == 1, count == input.count else {
        throw .library(.message)
      }
    }
    // GCM is a stream: nothing is left to write. The call needs a place all the same.
    var rest = [UInt8](repeating: 0, count: 16)
    guard EVP_CipherFinal_ex(pointer, &rest, &count) == 1 else {
      switch direction {
      case .encrypt: throw .library(.end)
      case .decrypt: throw .notAuthentic
      }
    }
  }
}
