import Digests
import Journal
import JournalTesting
import Synchronization
import Testing

@testable import Vault

@Suite struct KeyStoreTests {
  private func store(_ disk: SimulatedDisk, _ keys: UInt8...) throws -> KeyStore {
    try KeyStore(
      directory: "data/keys", masterKeys: try keys.map(masterKey), disk: disk, random: SeededRandom(seed: 11))
  }

  @Test(arguments: [0, 1, 15, 16, 17, Sealed.plaintextBytesMaximum])
  func sealedRecordsOpenAgain(count: Int) async throws {
    let disk = SimulatedDisk()
    let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let first = try store(disk, 1)
    let sealed = try await first.seal(plaintext, binding: utf8("payee 1"))
    #expect(sealed.bytes.count == count + Sealed.overheadBytes)
    #expect(Sealed.keyID(of: sealed.bytes) == sealed.keyID)
    #expect(try first.open(sealed.bytes, binding: utf8("payee 1")) == plaintext)
    first.close()
    // The key was durable before `seal` returned.
    let second = try store(disk.losePower(.nothing, seed: 0), 1)
    #expect(try second.open(sealed.bytes, binding: utf8("payee 1")) == plaintext)
    second.close()
  }

  @Test func whatIsTooLongIsRefusedBeforeAKeyIsMade() async throws {
    let store = try store(SimulatedDisk(), 1)
    await #expect(throws: VaultError.plaintextTooLong(bytes: Sealed.plaintextBytesMaximum + 1)) {
      try await store.seal([UInt8](repeating: 0, count: Sealed.plaintextBytesMaximum + 1), binding: [])
    }
    #expect(store.keyIDs.isEmpty)
  }

  @Test func sealedRecordsCannotBeMovedOrAltered() async throws {
    let store = try store(SimulatedDisk(), 1)
    let sealed = try await store.seal(utf8("6222021234567890"), binding: utf8("payee 1"))
    let other = try await store.seal(utf8("6222021234567890"), binding: utf8("payee 2"))
    for binding in ["payee 2", "payee", "payee 11", ""] {
      #expect(throws: VaultError.unreadable(.notAuthentic)) { try store.open(sealed.bytes, binding: utf8(binding)) }
    }
    // With another record's key, under the right binding.
    let mixed = Array(other.bytes.prefix(17) + sealed.bytes.dropFirst(17))
    #expect(throws: VaultError.unreadable(.notAuthentic)) { try store.open(mixed, binding: utf8("payee 1")) }
    for bit in 0..<sealed.bytes.count * 8 {
      var flipped = sealed.bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: VaultError.self) { try store.open(flipped, binding: utf8("payee 1")) }
    }
    for count in 0..<sealed.bytes.count {
      #expect(throws: VaultError.self) { try store.open(Array(sealed.bytes.prefix(count)), binding: utf8("payee 1")) }
    }
    #expect(try store.open(sealed.bytes, binding: utf8("payee 1")) == utf8("6222021234567890"))
  }

  @Test func bytesThatAreNoSealedRecordHaveNoKey() {
    #expect(Sealed.keyID(of: []) == nil)
    #expect(Sealed.keyID(of: [UInt8](repeating: 1, count: Sealed.overheadBytes - 1)) == nil)
    #expect(Sealed.keyID(of: [UInt8](repeating: 2, count: Sealed.overheadBytes)) == nil)
    #expect(Sealed.keyID(of: [UInt8](repeating: 1, count: Sealed.overheadBytes)) != nil)
  }

  @Test func anErasedRecordIsGone() async throws {
    let disk = SimulatedDisk()
    let first = try store(disk, 1)
    let kept = try await first.seal([1], binding: [])
    let sealed = try await first.seal([2], binding: [])
    try await first.destroy(sealed.keyID)
    try await first.destroy(sealed.keyID)
    #expect(throws: VaultError.erased(sealed.keyID)) { try first.open(sealed.bytes, binding: []) }
    #expect(!first.contains(sealed.keyID) && first.contains(kept.keyID))
    #expect(first.keyIDs == [kept.keyID])
    let second = try store(disk.losePower(.nothing, seed: 0), 1)
    #expect(throws: VaultError.erased(sealed.keyID)) { try second.open(sealed.bytes, binding: []) }
    #expect(try second.open(kept.bytes, binding: []) == [1])
  }

  /// No file of the store shows the data key, and the journal's record does not show the plaintext.
  @Test func nothingOnDiskShowsASecret() async throws {
    let disk = SimulatedDisk()
    let store = try store(disk, 1)
    let plaintext = utf8("张三 6222021234567890 11010519491231002X")
    let sealed = try await store.seal(plaintext, binding: utf8("payee 1"))
    let key = try KeyShardsFaultTests.dataKey(of: store, sealed.keyID)
    for path in disk.paths {
      let content = try #require(disk.contents(path))
      #expect(!content.contains(key) && !content.contains(plaintext), "\(path)")
    }
    #expect(!sealed.bytes.contains(plaintext) && !sealed.bytes.contains(utf8("6222")))
  }

  @Test func manyAtOnceShareWrites() async throws {
    let disk = SimulatedDisk()
    let store = try store(disk, 1)
    let before = disk.operationCount
    let records = try await withThrowingTaskGroup(of: (Int, Sealed).self) { group in
      for number in 0..<300 {
        group.addTask { (number, try await store.seal(utf8("\(number)"), binding: utf8("payee \(number)"))) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(Set(records.values.map(\.keyID)).count == 300)
    for (number, sealed) in records {
      #expect(try store.open(sealed.bytes, binding: utf8("payee \(number)")) == utf8("\(number)"))
    }
    #expect(disk.operationCount - before < 300 * 12)
    #expect(store.keyIDs.count == 300)
  }

  @Test func aRotationKeepsEverythingReadable() async throws {
    let disk = SimulatedDisk()
    let first = try store(disk, 1)
    let sealed = try await first.seal([1, 2, 3], binding: utf8("a"))
    let fingerprint = first.searchKey.fingerprint("1", purpose: .payeeNumber)
    first.close()
    let second = try store(disk, 2, 1)
    let (old, new) = (try masterKey(1), try masterKey(2))
    #expect(second.rotation == .atRest(old.id))
    let seen = Mutex<[Int]>([])
    try await second.rotate(to: new) { done, of in
      #expect(of == 1024)
      seen.withLock { $0.append(done) }
    }
    #expect(seen.withLock { $0.last == 1024 && $0 == $0.sorted() })
    #expect(second.rotation == .atRest(new.id))
    #expect(try second.open(sealed.bytes, binding: utf8("a")) == [1, 2, 3])
    second.close()
    let third = try store(disk, 2)
    #expect(try third.open(sealed.bytes, binding: utf8("a")) == [1, 2, 3])
    #expect(third.searchKey.fingerprint("1", purpose: .payeeNumber) == fingerprint)
    #expect(throws: VaultError.self) { try store(disk.copy(), 1) }
  }

  @Test func aClosedStoreTakesNothingAndGivesTheDirectoryBack() async throws {
    let disk = SimulatedDisk()
    let first = try store(disk, 1)
    let sealed = try await first.seal([1], binding: [])
    #expect(throws: VaultError.inUse(directory: "data/keys", process: 4711)) { try store(disk, 1) }
    first.close()
    first.close()
    await #expect(throws: VaultError.closed) { try await first.seal([1], binding: []) }
    await #expect(throws: VaultError.closed) { try await first.destroy(sealed.keyID) }
    #expect(try first.open(sealed.bytes, binding: []) == [1])
    try store(disk, 1).close()
  }

  @Test func aFailureReachesWhoeverWaits() async throws {
    let disk = SimulatedDisk()
    let store = try store(disk, 1)
    disk.fail(operation: 1, with: .failure(.noSpace), among: [.write])
    await #expect(throws: VaultError.self) { try await store.seal([1], binding: []) }
    #expect(try await store.seal([1], binding: []).bytes.count == Sealed.overheadBytes + 1)
  }

  @Test func theRealDiskKeepsKeys() async throws {
    let directory = try TemporaryDirectory()
    let master = try MasterKey.create(at: directory.path + "/master.key")
    let first = try KeyStore(directory: directory.path + "/keys", masterKeys: [master])
    let sealed = try await first.seal([1, 2], binding: [3])
    first.close()
    let again = try KeyStore(
      directory: directory.path + "/keys", masterKeys: [try MasterKey.read(at: directory.path + "/master.key")])
    #expect(try again.open(sealed.bytes, binding: [3]) == [1, 2])
    #expect(try directory.mode("keys/" + StoreFiles.shardName(sealed.keyID.shard)) == 0o600)
    again.close()
  }
}

extension KeyShardsFaultTests {
  static func dataKey(of store: KeyStore, _ id: KeyID) throws -> [UInt8] {
    bytes(try store.shards.dataKey(id))
  }
}

extension [UInt8] {
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard count >= part.count else { return false }
    return (0...count - part.count).contains { Array(self[$0..<$0 + part.count]) == part }
  }
}
