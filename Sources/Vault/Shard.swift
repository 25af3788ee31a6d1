internal import Digests

/// One part of the key store: the wrapped keys whose ids have the same first ten bits. In its file, integers little-endian:
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | magic `SETKEYS1` |
/// | 8 | 4 | format version, 1 |
/// | 12 | 4 | which shard, 0 to 1,023 |
/// | 16 | 16 | the store's id |
/// | 32 | 16 | the fingerprint of the master key that wraps all keys of this file |
/// | 48 | 4 | count of entries |
/// | 52 | 4 | zero |
/// | 56 | 76 each | entries in strictly rising order of their ids: key id 16, nonce 12, wrapped key 32, tag 16 |
/// | at the end | 4 | CRC32C of everything before it |
///
/// A key is wrapped by AES-256-GCM under the master key; authenticated with it are its id and the store's, so that no
/// wrapped key passes for another. The checksum finds accidents; against intent there are the tags.
struct Shard: Equatable {
  static let magic: UInt64 = 0x3153_5945_4B54_4553  // "SETKEYS1"

  static let nonceBytes = AESGCM.nonceBytes
  /// Nonce, wrapped key, tag.
  static let wrappedBytes = nonceBytes + SecretKey.byteCount + AESGCM.tagBytes
  static let entryBytes = KeyID.byteCount + wrappedBytes
  static let headerBytes = 8 + 4 + 4 + 16 + 16 + 4 + 4
  static let checksumBytes = 4
  /// 67 million keys in the whole store; a file of 5 MB, which is what a reader will allocate at most.
  static let entriesMaximum = 1 << 16
  static let fileBytesMaximum = headerBytes + entriesMaximum * entryBytes + checksumBytes

  let index: Int
  var masterKeyID: MasterKeyID
  /// The entries as they stand in the file: plain bytes, found by halving, without an object for each of a million keys.
  private var entries: [UInt8] = []

  init(index: Int, masterKeyID: MasterKeyID) {
    self.index = index
    self.masterKeyID = masterKeyID
  }

  var count: Int { entries.count / Self.entryBytes }

  var ids: [KeyID] { (0..<count).compactMap(id(at:)) }

  private func id(at position: Int) -> KeyID? {
    let start = position * Self.entryBytes
    return entries.withUnsafeBytes { bytes in
      Fingerprint128(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + KeyID.byteCount]))
    }.map { KeyID($0) }
  }

  /// The first position whose id is not below `id`.
  private func position(of id: KeyID) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if let found = self.id(at: middle), found < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func found(_ id: KeyID) -> Range<Int>? {
    let position = position(of: id)
    guard position < count, self.id(at: position) == id else { return nil }
    return position * Self.entryBytes..<(position + 1) * Self.entryBytes
  }

  func contains(_ id: KeyID) -> Bool { found(id) != nil }

  /// Nonce, wrapped key and tag; nil when the store has no such key.
  func wrapped(_ id: KeyID) -> [UInt8]? {
    found(id).map { Array(entries[$0].dropFirst(KeyID.byteCount)) }
  }

  /// Adds the key, or puts other wrapping around it.
  mutating func set(_ id: KeyID, wrapped: [UInt8]) {
    let entry = id.bytes + wrapped
    if let range = found(id) {
      entries.replaceSubrange(range, with: entry)
    } else {
      entries.insert(contentsOf: entry, at: position(of: id) * Self.entryBytes)
    }
  }

  mutating func remove(_ id: KeyID) {
    if let range = found(id) { entries.removeSubrange(range) }
  }
}

extension Shard {
  func encoded(storeID: Fingerprint128) -> [UInt8] {
    var file: [UInt8] = []
    file.reserveCapacity(Self.headerBytes + entries.count + Self.checksumBytes)
    file.append(integer: Self.magic)
    file.append(integer: formatVersion)
    file.append(integer: UInt32(truncatingIfNeeded: index))
    file.append(storeID)
    file.append(masterKeyID.value)
    file.append(integer: UInt32(truncatingIfNeeded: count))
    file.append(integer: UInt32(0))
    file += entries
    file.appendChecksum()
    return file
  }

  /// Reads a file's bytes, whatever they are: an error unless all of it is right.
  init(decoding file: [UInt8], path: String, index: Int, storeID: Fingerprint128) throws(VaultError) {
    var start = ByteCursor(file)
    guard start.integer(UInt64.self) == Self.magic else {
      throw .damaged(path: path, finding: "it does not begin as a file of keys")
    }
    guard let version = start.integer(UInt32.self), version == formatVersion else {
      throw .otherVersion(path: path, found: ByteCursor(file.dropFirst(8)).version)
    }
    guard let covered = file.withoutValidChecksum else {
      throw .damaged(path: path, finding: "its checksum does not fit its bytes")
    }
    var cursor = ByteCursor(covered.dropFirst(12))
    guard let foundIndex = cursor.integer(UInt32.self), let foundStore = cursor.fingerprint(),
      let masterKeyID = cursor.fingerprint(), let count = cursor.integer(UInt32.self),
      let reserved = cursor.integer(UInt32.self)
    else { throw .damaged(path: path, finding: "it ends within its header") }
    guard foundStore == storeID else { throw .otherStore(path: path, found: foundStore, expected: storeID) }
    guard foundIndex == index else {
      throw .damaged(path: path, finding: "it is part \(foundIndex) of the store under the name of part \(index)")
    }
    guard reserved == 0, count <= Self.entriesMaximum, cursor.remaining == Int(count) * Self.entryBytes,
      let entries = cursor.bytes(cursor.remaining)
    else { throw .damaged(path: path, finding: "its length does not fit its count of \(count) keys") }
    self.init(index: index, masterKeyID: MasterKeyID(masterKeyID))
    self.entries = Array(entries)
    let ids = ids
    guard zip(ids, ids.dropFirst()).allSatisfy({ $0 < $1 }), ids.allSatisfy({ $0.shard == index }) else {
      throw .damaged(path: path, finding: "its keys are out of order")
    }
  }
}

extension ByteCursor {
  /// What a file claims to be, for the message; 0 where it ends before that.
  fileprivate var version: UInt32 {
    var copy = self
    return copy.integer(UInt32.self) ?? 0
  }
}
