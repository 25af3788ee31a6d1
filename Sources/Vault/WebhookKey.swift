package import Digests

/// Encrypts the secrets that sign webhooks, which stand in their own database: its file alone, or a copy of it, signs
/// nothing.
///
///     version 1 | nonce 12 | ciphertext | tag 16
///
/// AES-256-GCM; the version and the binding (which endpoint) are authenticated with it.
package struct WebhookKey: Sendable, CustomStringConvertible, CustomReflectable {
  private static let version: UInt8 = 1
  private static let nonceEnd = 1 + AESGCM.nonceBytes

  private let secret: SecretKey

  package init(_ secret: SecretKey) { self.secret = secret }

  package func seal(
    _ plaintext: [UInt8], binding: [UInt8], random: any RandomSource = SystemRandom()
  ) throws(VaultError) -> [UInt8] {
    let nonce = try withRandom { () throws(RandomFailure) in try random.bytes(AESGCM.nonceBytes) }
    do throws(AESGCMFailure) {
      let sealed = try AESGCM.seal(
        key: secret, nonce: nonce, plaintext: plaintext, authenticating: [Self.version] + binding)
      return [Self.version] + nonce + sealed
    } catch {
      throw .cipher(error)
    }
  }

  /// The caller wipes what it gets.
  package func open(_ sealed: [UInt8], binding: [UInt8]) throws(VaultError) -> [UInt8] {
    guard sealed.count >= Self.nonceEnd + AESGCM.tagBytes else { throw .unreadable(.tooShort(bytes: sealed.count)) }
    guard sealed[0] == Self.version else { throw .unreadable(.unknownVersion(sealed[0])) }
    do throws(AESGCMFailure) {
      return try AESGCM.open(
        key: secret, nonce: Array(sealed[1..<Self.nonceEnd]), sealed: Array(sealed[Self.nonceEnd...]),
        authenticating: [Self.version] + binding)
    } catch {
      switch error {
      case .notAuthentic: throw .unreadable(.notAuthentic)
      case .tooShort, .wrongNonceLength, .tooLong, .library: throw .cipher(error)
      }
    }
  }

  package var description: String { "<webhook key>" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}
