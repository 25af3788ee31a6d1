import Digests
import Glibc
import Journal
import JournalTesting
import Testing

@testable import Vault

@Suite struct KeyShardsOpeningTests {
  private let disk = SimulatedDisk()
  private let master: MasterKey
  private let created: [DataKey]

  init() throws {
    master = try masterKey(1)
    let shards = try KeyShardsFaultTests.open(disk, master)
    created = try shards.create(2)
    shards.release()
  }

  private func refusal() -> VaultError? {
    vaultError { () throws(VaultError) in try KeyShardsFaultTests.open(disk, master).release() }
  }

  private var shardPath: String { "data/keys/" + StoreFiles.shardName(created[0].id.shard) }

  @Test func whatIsMissingIsNamed() {
    for name in ["data/keys/head", shardPath] {
      let content = disk.contents(name)
      disk.setContents(name, nil)
      guard case .missing(name, _) = refusal() else {
        Issue.record("\(name): \(String(describing: refusal()))")
        continue
      }
      disk.setContents(name, content)
    }
    disk.setContents("data/keys/search.key", nil)
    #expect(refusal() == .keyFile(path: "data/keys/search.key", .missing))
  }

  @Test func everyFlippedBitOfAnyFileIsRefused() throws {
    for path in ["data/keys/head", "data/keys/search.key", shardPath] {
      let content = try #require(disk.contents(path))
      for bit in 0..<content.count * 8 {
        var flipped = content
        flipped[bit / 8] ^= 1 << (bit % 8)
        disk.setContents(path, flipped)
        let error = refusal()
        // The case of a hexadecimal digit means nothing.
        let isLetterCase = path.hasSuffix("search.key") && bit % 8 == 5 && content[bit / 8] >= UInt8(ascii: "a")
        if isLetterCase {
          #expect(error == nil)
        } else {
          #expect(error != nil, "bit \(bit) of \(path)")
        }
      }
      disk.setContents(path, content)
    }
    #expect(refusal() == nil)
  }

  @Test func aFileOfAnotherStoreIsRefused() throws {
    let other = SimulatedDisk()
    let shards = try KeyShardsFaultTests.open(other, master, seed: 2)
    let (storeID, foreign) = (shards.storeID, Shard(index: created[0].id.shard, masterKeyID: master.id))
    disk.setContents(shardPath, foreign.encoded(storeID: storeID))
    guard case .otherStore(shardPath, storeID, _) = refusal() else {
      Issue.record("\(String(describing: refusal()))")
      return
    }
    disk.setContents("data/keys/search.key", other.contents("data/keys/search.key"))
    #expect(refusal() == .otherSearchKey(path: "data/keys/search.key"))
  }

  @Test func aWrongMasterKeyIsRefused() throws {
    let wrong = try masterKey(9)
    let error = vaultError { () throws(VaultError) in _ = try KeyShardsFaultTests.open(disk, wrong) }
    #expect(error == .masterKeyMissing(directory: "data/keys", needed: master.id, given: [wrong.id]))
  }

  /// Under a right checksum: a wrapped key in the place of another.
  @Test func aWrappedKeyDoesNotPassForAnother() throws {
    let file = try #require(disk.contents(shardPath))
    let shards = try KeyShardsFaultTests.open(disk, master)
    var shard = try Shard(
      decoding: file, path: shardPath, index: created[0].id.shard, storeID: shards.storeID)
    shards.release()
    let ids = shard.ids
    let wrapped = try #require(shard.wrapped(ids[0]))
    shard.set(ids[1], wrapped: wrapped)
    disk.setContents(shardPath, shard.encoded(storeID: shards.storeID))
    let opened = try KeyShardsFaultTests.open(disk, master)
    #expect(throws: Never.self) { try opened.dataKey(ids[0]) }
    guard case .damaged(shardPath, _) = vaultError({ () throws(VaultError) in _ = try opened.dataKey(ids[1]) }) else {
      Issue.record("a key opened in another's place")
      return
    }
  }

  /// After a crash memory may show names that the disk lacks. What a start shows must outlive the next power cut.
  @Test func aStartSyncsTheNamesThatItShows() throws {
    let before = disk.operationCount
    try KeyShardsFaultTests.open(disk, master).release()
    let operations = disk.operations[before...]
    let lastRead = operations.lastIndex { $0.operation == .read }
    let lastSync = operations.lastIndex { $0 == (.syncDirectory, "data/keys") }
    #expect(try #require(lastSync) > #require(lastRead))
  }

  @Test func twoCannotWorkInOneDirectory() throws {
    let first = try KeyShardsFaultTests.open(disk, master)
    #expect(refusal() == .inUse(directory: "data/keys", process: 4711))
    first.release()
    #expect(refusal() == nil)
  }

  @Test func withoutAMasterKeyThereIsNoNewStore() {
    let empty = SimulatedDisk()
    let error = vaultError { () throws(VaultError) in _ = try KeyShardsFaultTests.open(empty) }
    #expect(error == .noMasterKey)
    #expect(!empty.paths.contains { $0.hasSuffix("head") || $0.hasSuffix("search.key") })
  }

  @Test func brokenRandomnessMakesNoKeys() throws {
    let shards = try KeyShards.open(
      directory: "data/keys", disk: disk, masterKeys: [master], random: BrokenRandom(byte: 7))
    // Two keys of one name.
    #expect(vaultError { () throws(VaultError) in _ = try shards.create(2) } == .random(RandomFailure()))
    shards.release()
    let silent = try KeyShards.open(
      directory: "data/keys", disk: disk, masterKeys: [master], random: BrokenRandom(byte: nil))
    #expect(vaultError { () throws(VaultError) in _ = try silent.create(1) } == .random(RandomFailure()))
    #expect(silent.keyIDs.count == 2)
  }

  @Test func aNewKeyRewritesOneShardWithTwoSyncs() throws {
    let shards = try KeyShardsFaultTests.open(disk, master, seed: 5)
    _ = try shards.create(1)
    let before = disk.operationCount
    disk.failNoMore()
    _ = try shards.create(200)
    let operations = disk.operations[before...].map(\.operation)
    #expect(operations.count { $0 == .rename } <= 2)  // the shard, and the head for a shard's first key
    #expect(operations.count { $0 == .sync } <= 2)
  }

  @Test func aDirectoryThatOthersMayEnterIsRefused() throws {
    let directory = try TemporaryDirectory()
    let keys = directory.path + "/keys"
    try KeyShards.open(directory: keys, disk: FileDisk(), masterKeys: [master], random: SystemRandom()).release()
    #expect(try directory.mode("keys") == 0o700)
    for name in ["keys/head", "keys/search.key"] { #expect(try directory.mode(name) == 0o600) }
    for mode in [0o755, 0o710, 0o702] as [mode_t] {
      #expect(chmod(keys, mode) == 0)
      #expect(
        vaultError { () throws(VaultError) in
          _ = try KeyShards.open(directory: keys, disk: FileDisk(), masterKeys: [master], random: SystemRandom())
        } == .directoryNotPrivate(path: keys, owner: geteuid(), mode: mode))
    }
    #expect(chmod(keys, 0o700) == 0)
    #expect(chmod(keys + "/search.key", 0o640) == 0)
    #expect(
      vaultError { () throws(VaultError) in
        _ = try KeyShards.open(directory: keys, disk: FileDisk(), masterKeys: [master], random: SystemRandom())
      } == .keyFile(path: keys + "/search.key", .openToOthers(mode: 0o640)))
  }
}
