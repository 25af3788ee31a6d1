internal import Digests

/// The key of one sealed record, and its name.
struct DataKey: Sendable {
  let id: KeyID
  let key: SecretKey
}

/// How a data key is kept: AES-256-GCM under one master key, together with the key's id and the store's.
///
/// Nonces are random: safe for 2^32 wrappings under one master key, counting each rewrapping, before which it must be
/// rotated. A thousand records a second take 49 days to come to that; a store is full long before.
struct Wrapping {
  let storeID: Fingerprint128
  let masterKey: MasterKey

  func wrap(_ dataKey: DataKey, _ random: any RandomSource) throws(VaultError) -> [UInt8] {
    let nonce = try withRandom { () throws(RandomFailure) in try random.bytes(Shard.nonceBytes) }
    var plaintext = dataKey.key.withUnsafeBytes { Array($0) }
    defer { wipe(&plaintext) }
    do throws(AESGCMFailure) {
      return nonce
        + (try AESGCM.seal(
          key: masterKey.secret, nonce: nonce, plaintext: plaintext, authenticating: authenticated(dataKey.id)))
    } catch {
      throw .cipher(error)
    }
  }

  func unwrap(_ wrapped: [UInt8], _ id: KeyID, _ files: StoreFiles) throws(VaultError) -> SecretKey {
    do throws(AESGCMFailure) {
      var plaintext = try AESGCM.open(
        key: masterKey.secret, nonce: Array(wrapped.prefix(Shard.nonceBytes)),
        sealed: Array(wrapped.dropFirst(Shard.nonceBytes)), authenticating: authenticated(id))
      defer { wipe(&plaintext) }
      guard let key = plaintext.withUnsafeBytes({ SecretKey(copying: $0) }) else { throw AESGCMFailure.tooShort }
      return key
    } catch {
      switch error {
      case .notAuthentic, .tooShort:
        throw .damaged(path: files.shard(id.shard), finding: "the key \(id) does not open with its master key")
      case .wrongNonceLength, .tooLong, .library: throw .cipher(error)
      }
    }
  }

  private func authenticated(_ id: KeyID) -> [UInt8] {
    id.bytes + storeID.withUnsafeBytes { Array($0) }
  }
}
