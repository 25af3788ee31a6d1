package import Digests
internal import Journal
internal import Synchronization

/// Keeps the keys of private data. A record (a card number with its holder's name, say) is encrypted with a key of its own;
/// the sealed record lives in the journal and in snapshots, its key only here, wrapped with the master key, in files that
/// are replaced. So the journal stays as it is for ever, and what it says of a person can still be erased: by destroying
/// the key.
///
/// What this protects against:
/// - somebody reads the journal, a snapshot, or a copy or backup of them: they hold sealed records and no keys;
/// - somebody reads the key store too: its keys are wrapped, and the master key is in another file, readable by this
///   process's user alone, which a backup should not have beside the key store;
/// - a sealed record is copied to another person's or account's place, or altered: it does not open;
/// - a wrapped key is put in another's place, or into another store: it does not open;
/// - a person's data must go (erasure): after `destroy` neither journal, snapshot nor key store can show it.
///
/// What it does not protect against:
/// - whoever can read this process's memory (also where swapping or a core dump puts it), or acts as its user: they have
///   what the process has. Keys are overwritten when they are no longer used; plaintexts are the caller's;
/// - the master key and the key store together in one pair of hands;
/// - erased keys in old places: the file system's freed blocks and backups of the key store hold former versions of a
///   shard. They stay wrapped; who has the master key too can open them. Rotate to a new master key and destroy the old
///   one (file, copies) after erasures that must be final: then nothing opens the former versions;
/// - an older copy of a shard put back by somebody who may write to the directory: an erased key is there again. The
///   copies of before the last rotation are refused;
/// - loss: without the master key, or without the key store, the private data is gone. Back up both, apart from each other.
///
/// Files of the directory (mode 0700): `head`, up to 1,024 files `shard-000` to `shard-3ff`, `search.key`, `lock`. A million
/// keys take 76 MB on disk and in memory. Opening never waits for the disk; `seal`, `destroy` and `rotate` wait for the
/// store's own thread, not on the caller's.
package final class KeyStore: Sendable {
  let shards: KeyShards
  private let queue = KeyStoreQueue()
  private let random: any RandomSource
  private let thread: Mutex<WorkThread?>

  /// Opens the store in `directory`, or makes one there. Blocks on the disk: for the start.
  ///
  /// - Parameter masterKeys: all that may be needed. One for a store at rest; while a rotation is under way, or is to begin,
  ///   the old and the new one, in any order. The first is the one for a new store.
  package init(
    directory: String, masterKeys: [MasterKey], disk: any PrivateDisk = FileDisk(),
    random: any RandomSource = SystemRandom()
  ) throws(VaultError) {
    let shards = try KeyShards.open(directory: directory, disk: disk, masterKeys: masterKeys, random: random)
    self.shards = shards
    self.random = random
    let queue = queue
    do throws(JournalError) {
      thread = Mutex(try WorkThread.start(name: "settle-keys", priority: .normal) { queue.work(on: shards) })
    } catch {
      shards.release()
      throw .noThread("\(error)")
    }
  }

  deinit { close() }

  /// Does what waits, then gives the directory back. Blocks until then. Sealed records can still be opened.
  package func close() {
    queue.close()
    if let thread = thread.withLock({ $0.take() }) {
      thread.join()
      shards.release()
    }
  }

  // MARK: Records

  /// Encrypts a record under a new key, which is durable when this returns.
  ///
  /// - Parameter binding: the record that it is part of; only with the same bytes does it open again. Not secret.
  package func seal(_ plaintext: [UInt8], binding: [UInt8]) async throws(VaultError) -> Sealed {
    guard plaintext.count <= Sealed.plaintextBytesMaximum else { throw .plaintextTooLong(bytes: plaintext.count) }
    let result = await withCheckedContinuation { continuation in
      if let refusal = queue.put(.create(continuation)) { continuation.resume(returning: .failure(refusal)) }
    }
    let created = try result.get()
    return try Sealed(plaintext, binding: binding, key: created.key, keyID: created.id, random: random)
  }

  /// Encrypts another record under the key of an earlier one, so that whatever destroys that destroys this too. Does not
  /// wait: the key is there.
  package func seal(_ plaintext: [UInt8], binding: [UInt8], underKeyOf sealed: [UInt8]) throws(VaultError) -> Sealed {
    let keyID = try Sealed(sealed).keyID
    return try Sealed(plaintext, binding: binding, key: try shards.dataKey(keyID), keyID: keyID, random: random)
  }

  /// The plaintext of a sealed record. Does not wait. The caller wipes what it need not keep.
  package func open(_ sealed: [UInt8], binding: [UInt8]) throws(VaultError) -> [UInt8] {
    let sealed = try Sealed(sealed)
    return try sealed.open(binding: binding, key: try shards.dataKey(sealed.keyID))
  }

  /// Erases: what the key has sealed can never be opened again, and `open` says `.erased`. Durable when this returns. Doing
  /// it again changes nothing.
  package func destroy(_ id: KeyID) async throws(VaultError) { try await destroy([id]) }

  package func destroy(_ ids: [KeyID]) async throws(VaultError) {
    try await perform { (shards) throws(VaultError) in try shards.destroy(ids) }
  }

  // MARK: Reconciling with the records

  package func contains(_ id: KeyID) -> Bool { shards.contains(id) }

  /// All keys, in rising order. One that no record names comes from a crash between `seal` and the record; at a start, before
  /// anything is sealed, such keys may be destroyed.
  package var keyIDs: [KeyID] { shards.keyIDs }

  /// In the names of files that belong together, and in messages.
  package var storeID: Fingerprint128 { shards.storeID }

  package var searchKey: SearchKey { shards.searchKey }

  // MARK: Rotation

  package enum Rotation: Hashable, Sendable {
    /// Everything is wrapped with this one key; others may be dropped.
    case atRest(MasterKeyID)
    case underWay(from: MasterKeyID, to: MasterKeyID)
  }

  package var rotation: Rotation {
    guard let previous = shards.previousMasterKeyID else { return .atRest(shards.masterKeyID) }
    return .underWay(from: previous, to: shards.masterKeyID)
  }

  /// Wraps all keys with another master key. Sealed records stay as they are. A crash or failure in the middle does no harm:
  /// until this has returned, keep both master keys, give both at the start, and call it again with the same key. Other work
  /// goes on in between.
  ///
  /// - Parameter progress: told how many of how many parts are done.
  package func rotate(
    to key: MasterKey, progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) async throws(VaultError) {
    try await perform { (shards) throws(VaultError) in try shards.beginRotation(to: key) }
    for start in stride(from: 0, to: shardCount, by: Self.rewrappedAtOnce) {
      let part = start..<min(start + Self.rewrappedAtOnce, shardCount)
      try await perform { (shards) throws(VaultError) in try shards.rewrap(part) }
      progress(part.upperBound, shardCount)
    }
    try await perform { (shards) throws(VaultError) in try shards.endRotation() }
  }

  /// Few enough that a new key does not wait for long, enough that they share a sync of the directory.
  private static let rewrappedAtOnce = 16

  private func perform<Value: Sendable>(
    _ work: @escaping @Sendable (KeyShards) throws(VaultError) -> Value
  ) async throws(VaultError) -> Value {
    let result: Result<Value, VaultError> = await withCheckedContinuation { continuation in
      let job = KeyStoreQueue.Job.other { shards in
        continuation.resume(returning: Result { () throws(VaultError) in try work(shards) })
      }
      if let refusal = queue.put(job) { continuation.resume(returning: .failure(refusal)) }
    }
    return try result.get()
  }
}
