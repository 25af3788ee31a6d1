internal import Digests

/// One encrypted record, as it stands in the journal and in snapshots:
///
///     version 1 | key id 16 | nonce 12 | ciphertext (as long as the plaintext) | tag 16
///
/// The cipher is AES-256-GCM under a data key of its own. Authenticated with it, in this order: the version, the binding
/// (what record it belongs to; the caller's bytes), the key id. So a sealed record opens only in the place that it was
/// sealed for.
package struct Sealed: Hashable, Sendable {
  package static let version: UInt8 = 1
  /// Names and numbers of one person take some hundred bytes; a record of the journal must stay small.
  package static let plaintextBytesMaximum = 16 << 10
  /// What sealing adds.
  package static let overheadBytes = tagEnd(ciphertext: 0)

  private static let keyIDOffset = 1
  private static let nonceOffset = keyIDOffset + KeyID.byteCount
  private static let ciphertextOffset = nonceOffset + AESGCM.nonceBytes
  private static func tagEnd(ciphertext bytes: Int) -> Int { ciphertextOffset + bytes + AESGCM.tagBytes }

  package let bytes: [UInt8]
  package let keyID: KeyID

  /// Looks at the form alone; only `open` proves anything.
  package init(_ bytes: [UInt8]) throws(VaultError) {
    guard bytes.count >= Self.overheadBytes else { throw .unreadable(.tooShort(bytes: bytes.count)) }
    guard bytes[0] == Self.version else { throw .unreadable(.unknownVersion(bytes[0])) }
    guard let keyID = KeyID(bytes: Array(bytes[Self.keyIDOffset..<Self.nonceOffset])) else {
      throw .unreadable(.tooShort(bytes: bytes.count))
    }
    self.bytes = bytes
    self.keyID = keyID
  }

  /// Which key a sealed record needs; nil when these bytes are none.
  package static func keyID(of bytes: [UInt8]) -> KeyID? {
    do throws(VaultError) { return try Sealed(bytes).keyID } catch { return nil }
  }

  init(
    _ plaintext: [UInt8], binding: [UInt8], key: SecretKey, keyID: KeyID, random: any RandomSource
  ) throws(VaultError) {
    guard plaintext.count <= Self.plaintextBytesMaximum else { throw .plaintextTooLong(bytes: plaintext.count) }
    let nonce = try withRandom { () throws(RandomFailure) in try random.bytes(AESGCM.nonceBytes) }
    do throws(AESGCMFailure) {
      let sealed = try AESGCM.seal(
        key: key, nonce: nonce, plaintext: plaintext, authenticating: Self.authenticated(binding, keyID))
      bytes = [Self.version] + keyID.bytes + nonce + sealed
    } catch {
      throw .cipher(error)
    }
    self.keyID = keyID
  }

  func open(binding: [UInt8], key: SecretKey) throws(VaultError) -> [UInt8] {
    do throws(AESGCMFailure) {
      return try AESGCM.open(
        key: key, nonce: Array(bytes[Self.nonceOffset..<Self.ciphertextOffset]),
        sealed: Array(bytes[Self.ciphertextOffset...]), authenticating: Self.authenticated(binding, keyID))
    } catch {
      switch error {
      case .notAuthentic: throw .unreadable(.notAuthentic)
      case .tooShort, .wrongNonceLength, .tooLong, .library: throw .cipher(error)
      }
    }
  }

  /// What stands before and behind the binding has fixed lengths, so that no two bindings give the same bytes.
  private static func authenticated(_ binding: [UInt8], _ keyID: KeyID) -> [UInt8] {
    [version] + binding + keyID.bytes
  }
}
