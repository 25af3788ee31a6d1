internal import Digests

/// The file `head`: what holds for the whole key store. Integers little-endian:
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | magic `SETKEYH1` |
/// | 8 | 4 | format version, 1 |
/// | 12 | 4 | bits of a key id that choose its shard, 10 |
/// | 16 | 16 | the store's id |
/// | 32 | 16 | the fingerprint of the master key that wraps what is written now |
/// | 48 | 16 | that of the one before, while a rotation is under way; else zeros |
/// | 64 | 16 | the fingerprint of `search.key` |
/// | 80 | 128 | one bit a shard, the lowest of the first byte for shard 0: the shard has a file, and must have it |
/// | 208 | 4 | CRC32C of everything before it |
struct StoreHead: Equatable {
  static let magic: UInt64 = 0x3148_5945_4B54_4553  // "SETKEYH1"
  static let fileBytes = 8 + 4 + 4 + 4 * Fingerprint128.byteCount + shardCount / 8 + 4

  let storeID: Fingerprint128
  var masterKeyID: MasterKeyID
  var previousMasterKeyID: MasterKeyID?
  let searchKeyID: Fingerprint128
  private var shardBitmap = [UInt8](repeating: 0, count: shardCount / 8)

  init(storeID: Fingerprint128, masterKeyID: MasterKeyID, searchKeyID: Fingerprint128) {
    self.storeID = storeID
    self.masterKeyID = masterKeyID
    self.searchKeyID = searchKeyID
  }

  func hasShard(_ index: Int) -> Bool { shardBitmap[index / 8] & (1 << (index % 8)) != 0 }

  mutating func setHasShard(_ index: Int) { shardBitmap[index / 8] |= 1 << (index % 8) }

  func encoded() -> [UInt8] {
    var file: [UInt8] = []
    file.append(integer: Self.magic)
    file.append(integer: formatVersion)
    file.append(integer: UInt32(shardBits))
    file.append(storeID)
    file.append(masterKeyID.value)
    file.append(previousMasterKeyID?.value ?? Fingerprint128())
    file.append(searchKeyID)
    file += shardBitmap
    file.appendChecksum()
    return file
  }

  init(decoding file: [UInt8], path: String) throws(VaultError) {
    var cursor = ByteCursor(file)
    guard cursor.integer(UInt64.self) == Self.magic, let version = cursor.integer(UInt32.self) else {
      throw .damaged(path: path, finding: "it does not begin as the head of a key store")
    }
    guard version == formatVersion else { throw .otherVersion(path: path, found: version) }
    guard file.count == Self.fileBytes, file.withoutValidChecksum != nil else {
      throw .damaged(path: path, finding: "its checksum does not fit its bytes")
    }
    guard let bits = cursor.integer(UInt32.self), bits == shardBits, let storeID = cursor.fingerprint(),
      let masterKeyID = cursor.fingerprint(), let previous = cursor.fingerprint(),
      let searchKeyID = cursor.fingerprint(), let bitmap = cursor.bytes(shardCount / 8)
    else { throw .damaged(path: path, finding: "its fields are not those of this format") }
    self.init(storeID: storeID, masterKeyID: MasterKeyID(masterKeyID), searchKeyID: searchKeyID)
    previousMasterKeyID = previous == Fingerprint128() ? nil : MasterKeyID(previous)
    shardBitmap = Array(bitmap)
  }
}
