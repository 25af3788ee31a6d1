internal import Digests
internal import Journal

/// From a directory to its keys, or a refusal that has changed nothing.
extension KeyShards {
  /// - Parameters:
  ///   - masterKeys: all that may be needed; by their fingerprints the store finds the ones it needs. The first is that of
  ///     a new store.
  static func open(
    directory: String, disk: any PrivateDisk, masterKeys: [MasterKey], random: any RandomSource
  ) throws(VaultError) -> KeyShards {
    let files = StoreFiles(directory: directory, disk: disk)
    try onDisk { () throws(DiskFailure) in
      try disk.makeDirectory(directory)
      try disk.syncDirectory(at: Vault.directory(of: directory))
    }
    try files.checkPrivacy()
    let lock = try files.takeLock()
    do throws(VaultError) {
      let names = try onDisk { () throws(DiskFailure) in try files.names() }
      let (head, searchKey) =
        names.contains("head")
        ? try files.readHead() : try files.makeHead(names, masterKeys.first, random)
      let table = try files.readShards(names, head, masterKeys)
      // What memory shows of the names may be more than the disk has, after a crash.
      try onDisk { () throws(DiskFailure) in
        try files.syncDirectory()
        if table.head != head { try files.replace(files.head, table.head.encoded()) }
      }
      return KeyShards(files, lock: lock, searchKey: searchKey, table: table, random: random)
    } catch {
      disk.close(lock)
      throw error
    }
  }
}

extension StoreFiles {
  /// Others must neither see the files nor be able to put theirs in the place of ours.
  fileprivate func checkPrivacy() throws(VaultError) {
    let ownership = try onDisk { () throws(DiskFailure) in
      let opened = try disk.open(directory, .directory)
      defer { disk.close(opened) }
      return try disk.ownership(of: opened)
    }
    guard ownership.isPrivate else {
      throw .directoryNotPrivate(path: directory, owner: ownership.owner, mode: ownership.mode)
    }
  }

  fileprivate func takeLock() throws(VaultError) -> OpenFile {
    do throws(DiskFailure) {
      return try disk.lock(lock)
    } catch {
      if case .heldByAnother(let process) = error.cause { throw .inUse(directory: directory, process: process) }
      throw .disk(error)
    }
  }

  /// A file by itself, durable.
  fileprivate func replace(_ path: String, _ bytes: [UInt8]) throws(DiskFailure) {
    try prepare(path, bytes)
    try take(path)
    try syncDirectory()
  }

  fileprivate func readHead() throws(VaultError) -> (StoreHead, SearchKey) {
    guard let bytes = try onDisk({ () throws(DiskFailure) in try read(head, atMost: StoreHead.fileBytes) }) else {
      throw .damaged(path: head, finding: "it is longer than the head of a key store")
    }
    let decoded = try StoreHead(decoding: bytes, path: head)
    let found = SearchKey(try KeyFile.read(searchKey, disk))
    guard found.id == decoded.searchKeyID else { throw .otherSearchKey(path: searchKey) }
    return (decoded, found)
  }

  /// The first start. The search key comes first: where there is a head, there is a search key.
  fileprivate func makeHead(
    _ names: Set<String>, _ masterKey: MasterKey?, _ random: any RandomSource
  ) throws(VaultError) -> (StoreHead, SearchKey) {
    guard !names.contains(where: { $0.hasPrefix("shard-") }) else {
      throw .missing(path: head, finding: "there are files of keys, which belong to a head")
    }
    guard let masterKey else { throw .noMasterKey }
    let storeID = try withRandom { () throws(RandomFailure) in try random.bytes(Fingerprint128.byteCount) }
    guard let storeID = storeID.withUnsafeBytes({ Fingerprint128(bytes: $0) }) else { throw .random(RandomFailure()) }
    let search = try searchKey(names, random)
    let made = StoreHead(storeID: storeID, masterKeyID: masterKey.id, searchKeyID: search.id)
    try onDisk { () throws(DiskFailure) in try replace(head, made.encoded()) }
    return (made, search)
  }

  /// A first start that was cut off may have left one.
  private func searchKey(_ names: Set<String>, _ random: any RandomSource) throws(VaultError) -> SearchKey {
    if names.contains("search.key") { return SearchKey(try KeyFile.read(searchKey, disk)) }
    let secret = try withRandom { () throws(RandomFailure) in try SecretKey(random: random) }
    var text = KeyFile.text(secret)
    defer { wipe(&text) }
    let bytes = text
    try onDisk { () throws(DiskFailure) in try replace(searchKey, bytes) }
    return SearchKey(secret)
  }

  fileprivate func readShards(
    _ names: Set<String>, _ head: StoreHead, _ given: [MasterKey]
  ) throws(VaultError) -> KeyShards.Table {
    var head = head
    var shards: [Shard?] = []
    shards.reserveCapacity(shardCount)
    for index in 0..<shardCount {
      let path = shard(index)
      if names.contains(Self.shardName(index)) {
        shards.append(try readShard(index, path, head))
        // A crash came between the file and the head.
        head.setHasShard(index)
      } else {
        guard !head.hasShard(index) else { throw .missing(path: path, finding: "the head says that it holds keys") }
        shards.append(nil)
      }
    }
    let keys = try neededKeys(shards, head, given)
    return KeyShards.Table(head: head, shards: shards, masterKeys: keys)
  }

  private func readShard(_ index: Int, _ path: String, _ head: StoreHead) throws(VaultError) -> Shard {
    guard let bytes = try onDisk({ () throws(DiskFailure) in try read(path, atMost: Shard.fileBytesMaximum) }) else {
      throw .damaged(path: path, finding: "it is longer than a file of keys may be")
    }
    let shard = try Shard(decoding: bytes, path: path, index: index, storeID: head.storeID)
    guard shard.masterKeyID == head.masterKeyID || shard.masterKeyID == head.previousMasterKeyID else {
      throw .damaged(
        path: path,
        finding: "it is wrapped with the master key \(shard.masterKeyID), which the head does not know (an old copy?)")
    }
    return shard
  }

  /// The current key always; the one before only while something is still wrapped with it.
  private func neededKeys(
    _ shards: [Shard?], _ head: StoreHead, _ given: [MasterKey]
  ) throws(VaultError) -> [MasterKeyID: MasterKey] {
    var keys: [MasterKeyID: MasterKey] = [:]
    var needed = [head.masterKeyID]
    if let previous = head.previousMasterKeyID, shards.contains(where: { $0?.masterKeyID == previous }) {
      needed.append(previous)
    }
    for id in needed {
      guard let key = given.first(where: { $0.id == id }) else {
        throw .masterKeyMissing(directory: directory, needed: id, given: given.map(\.id))
      }
      keys[id] = key
    }
    return keys
  }
}
