internal import Digests
internal import Journal
internal import Synchronization

/// The wrapped keys in memory and in their files. Reading is quick and from any thread; what changes files blocks on the
/// disk, one change at a time, on a thread that may block.
///
/// Memory shows only what is durable: a change is first in the files, then here. A file that was changed by a step which
/// then failed is written again from memory by the next change, or read at the next start: it lacks no acknowledged key,
/// and at most holds one that nobody was told of.
final class KeyShards: Sendable {
  struct Table {
    var head: StoreHead
    /// By index; nil where there is no file yet.
    var shards: [Shard?]
    var masterKeys: [MasterKeyID: MasterKey]
  }

  private struct Writing {
    /// The names of files are durable as of an unknown moment; a second sync would prove nothing.
    var stopped: DiskFailure?
  }

  let files: StoreFiles
  let searchKey: SearchKey
  private let random: any RandomSource
  private let table: Mutex<Table>
  private let writing = Mutex(Writing())
  private let lock: Mutex<OpenFile?>

  /// How many keys one write may bring: some 19 KB more in a shard's file.
  static let createdAtOnceMaximum = 256

  init(_ files: StoreFiles, lock: OpenFile, searchKey: SearchKey, table: Table, random: any RandomSource) {
    self.files = files
    self.searchKey = searchKey
    self.random = random
    self.table = Mutex(table)
    self.lock = Mutex(lock)
  }

  deinit { release() }

  /// Gives the directory back. The first call does it.
  func release() {
    if let file = lock.withLock({ $0.take() }) { files.disk.close(file) }
  }

  // MARK: Reading

  func dataKey(_ id: KeyID) throws(VaultError) -> SecretKey {
    let found = table.withLock { table in
      table.shards[id.shard].flatMap { shard in
        shard.wrapped(id).map {
          (wrapped: $0, masterKey: table.masterKeys[shard.masterKeyID], store: table.head.storeID)
        }
      }
    }
    guard let found else { throw .erased(id) }
    guard let masterKey = found.masterKey else {
      throw .damaged(path: files.shard(id.shard), finding: "it names a master key that was not given")
    }
    return try Wrapping(storeID: found.store, masterKey: masterKey).unwrap(found.wrapped, id, files)
  }

  func contains(_ id: KeyID) -> Bool {
    table.withLock { $0.shards[id.shard]?.contains(id) ?? false }
  }

  /// All of them, in rising order.
  var keyIDs: [KeyID] { table.withLock { $0.shards }.flatMap { $0?.ids ?? [] } }

  var storeID: Fingerprint128 { table.withLock { $0.head.storeID } }

  var masterKeyID: MasterKeyID { table.withLock { $0.head.masterKeyID } }

  var previousMasterKeyID: MasterKeyID? { table.withLock { $0.head.previousMasterKeyID } }

  // MARK: Changing

  /// Makes keys that are durable when this returns. All get ids of one shard, a new one each time, so that one write and
  /// one sync serve them all.
  func create(_ count: Int) throws(VaultError) -> [DataKey] {
    try writing.withLock { (writing) throws(VaultError) in
      let index = try randomID().shard
      let wrapping = try currentWrapping()
      var shard = try rewrapped(index, wrapping)
      guard shard.count + count <= Shard.entriesMaximum else { throw .full(path: files.shard(index)) }
      var created: [DataKey] = []
      for _ in 0..<count {
        let dataKey = DataKey(
          id: try newID(for: shard),
          key: try withRandom { () throws(RandomFailure) in try SecretKey(random: random) })
        shard.set(dataKey.id, wrapped: try wrapping.wrap(dataKey, random))
        created.append(dataKey)
      }
      try replace([shard], &writing)
      return created
    }
  }

  /// The keys are in no file of the store any more when this returns. Those that were in none are erased already.
  func destroy(_ ids: [KeyID]) throws(VaultError) {
    try writing.withLock { (writing) throws(VaultError) in
      let wrapping = try currentWrapping()
      var changed: [Int: Shard] = [:]
      for id in ids where contains(id) {
        if changed[id.shard] == nil { changed[id.shard] = try rewrapped(id.shard, wrapping) }
        changed[id.shard]?.remove(id)
      }
      try replace(changed.values.sorted { $0.index < $1.index }, &writing)
    }
  }

  // MARK: Rotation

  /// From here on new keys are wrapped with `key`, and a start needs it. Nothing happens when it is the current one, or when
  /// the rotation to it has begun already.
  func beginRotation(to key: MasterKey) throws(VaultError) {
    try writing.withLock { (writing) throws(VaultError) in
      var head = table.withLock { $0.head }
      guard head.masterKeyID != key.id else { return }
      guard head.previousMasterKeyID == nil else { throw .rotationUnderWay(to: head.masterKeyID) }
      head.previousMasterKeyID = head.masterKeyID
      head.masterKeyID = key.id
      try replace([], head: head, adding: key, &writing)
    }
  }

  /// Wraps the keys of these shards anew where that is still to be done.
  func rewrap(_ indices: Range<Int>) throws(VaultError) {
    try writing.withLock { (writing) throws(VaultError) in
      let wrapping = try currentWrapping()
      let due = table.withLock { table in
        indices.filter { index in table.shards[index].map { $0.masterKeyID != wrapping.masterKey.id } ?? false }
      }
      var shards: [Shard] = []
      for index in due { shards.append(try rewrapped(index, wrapping)) }
      try replace(shards, &writing)
    }
  }

  /// The old master key is needed no more, once no shard needs it.
  func endRotation() throws(VaultError) {
    try writing.withLock { (writing) throws(VaultError) in
      let (isDone, current) = table.withLock { table in
        (table.shards.allSatisfy { $0?.masterKeyID ?? table.head.masterKeyID == table.head.masterKeyID }, table.head)
      }
      guard isDone, current.previousMasterKeyID != nil else { return }
      var head = current
      head.previousMasterKeyID = nil
      try replace([], head: head, &writing)
      table.withLock { table in table.masterKeys = table.masterKeys.filter { $0.key == head.masterKeyID } }
    }
  }

  // MARK: One step

  private func currentWrapping() throws(VaultError) -> Wrapping {
    let (head, key) = table.withLock { ($0.head, $0.masterKeys[$0.head.masterKeyID]) }
    guard let key else {
      throw .masterKeyMissing(directory: files.directory, needed: head.masterKeyID, given: [])
    }
    return Wrapping(storeID: head.storeID, masterKey: key)
  }

  /// The shard as it is to be written now: all of it under the current master key, so that a file never needs two.
  private func rewrapped(_ index: Int, _ current: Wrapping) throws(VaultError) -> Shard {
    let (found, keys) = table.withLock { ($0.shards[index], $0.masterKeys) }
    guard var shard = found else { return Shard(index: index, masterKeyID: current.masterKey.id) }
    guard shard.masterKeyID != current.masterKey.id else { return shard }
    guard let oldKey = keys[shard.masterKeyID] else {
      throw .masterKeyMissing(directory: files.directory, needed: shard.masterKeyID, given: [current.masterKey.id])
    }
    let old = Wrapping(storeID: current.storeID, masterKey: oldKey)
    for id in shard.ids {
      guard let wrapped = shard.wrapped(id) else { continue }
      let dataKey = DataKey(id: id, key: try old.unwrap(wrapped, id, files))
      shard.set(id, wrapped: try current.wrap(dataKey, random))
    }
    shard.masterKeyID = current.masterKey.id
    return shard
  }

  private func randomID() throws(VaultError) -> KeyID {
    let bytes = try withRandom { () throws(RandomFailure) in try random.bytes(KeyID.byteCount) }
    guard let id = KeyID(bytes: bytes) else { throw .random(RandomFailure()) }
    return id
  }

  /// An id that the shard does not have. With real randomness the first is one; a source that repeats itself is broken.
  private func newID(for shard: Shard) throws(VaultError) -> KeyID {
    let id = try randomID().moved(toShard: shard.index)
    guard !shard.contains(id) else { throw .random(RandomFailure()) }
    return id
  }

  /// Puts the shards into their files, then the head if it changes by that, then all into memory. A head that says that a
  /// shard has a file is written after that file.
  private func replace(
    _ shards: [Shard], head wanted: StoreHead? = nil, adding key: MasterKey? = nil, _ writing: inout Writing
  ) throws(VaultError) {
    let current = table.withLock { $0.head }
    var head = wanted ?? current
    for shard in shards { head.setHasShard(shard.index) }
    try write(shards.map { (files.shard($0.index), $0.encoded(storeID: head.storeID)) }, &writing)
    if head != current { try write([(files.head, head.encoded())], &writing) }
    table.withLock { table in
      table.head = head
      for shard in shards { table.shards[shard.index] = shard }
      if let key { table.masterKeys[key.id] = key }
    }
  }

  /// Replaces files, with one sync of the directory for all.
  private func write(_ replacements: [(path: String, bytes: [UInt8])], _ writing: inout Writing) throws(VaultError) {
    if let failure = writing.stopped { throw .stopped(failure) }
    guard !replacements.isEmpty else { return }
    var taken = 0
    do throws(DiskFailure) {
      for (path, bytes) in replacements { try files.prepare(path, bytes) }
      for (path, _) in replacements {
        try files.take(path)
        taken += 1
      }
    } catch {
      for (path, _) in replacements.dropFirst(taken) { files.discard(path) }
      throw .disk(error)
    }
    do throws(DiskFailure) {
      try files.syncDirectory()
    } catch {
      writing.stopped = error
      throw .disk(error)
    }
  }
}
