import Digests
import JournalTesting
import Testing

@testable import Vault

@Suite struct ShardTests {
  static let store = Fingerprint128(first: 1, second: 2)
  static let master = MasterKeyID(Fingerprint128(first: 3, second: 4))

  static func shard(count: Int, index: Int = 517) throws -> Shard {
    let random = SeededRandom(seed: UInt64(count))
    var shard = Shard(index: index, masterKeyID: master)
    for _ in 0..<count {
      let id = try #require(KeyID(bytes: try random.bytes(16))).moved(toShard: index)
      shard.set(id, wrapped: try random.bytes(Shard.wrappedBytes))
    }
    return shard
  }

  static func decode(_ file: [UInt8], index: Int = 517) throws(VaultError) -> Shard {
    try Shard(decoding: file, path: "shard", index: index, storeID: store)
  }

  @Test(arguments: [0, 1, 2, 100])
  func filesComeBack(count: Int) throws {
    let shard = try Self.shard(count: count)
    let file = shard.encoded(storeID: Self.store)
    #expect(file.count == Shard.headerBytes + count * Shard.entryBytes + 4)
    #expect(try Self.decode(file) == shard)
    #expect(shard.ids == shard.ids.sorted() && shard.ids.count == count)
  }

  @Test func keysAreFoundReplacedAndRemoved() throws {
    var shard = try Self.shard(count: 50)
    let ids = shard.ids
    for id in ids { #expect(shard.wrapped(id)?.count == Shard.wrappedBytes) }
    shard.set(ids[20], wrapped: [UInt8](repeating: 7, count: Shard.wrappedBytes))
    #expect(shard.wrapped(ids[20]) == [UInt8](repeating: 7, count: Shard.wrappedBytes))
    #expect(shard.count == 50)
    shard.remove(ids[0])
    shard.remove(ids[0])
    shard.remove(ids[49])
    #expect(shard.ids == Array(ids[1..<49]))
    #expect(!shard.contains(ids[0]) && shard.wrapped(ids[49]) == nil)
  }

  @Test func everyFlippedBitIsAnError() throws {
    let file = try Self.shard(count: 3).encoded(storeID: Self.store)
    for bit in 0..<file.count * 8 {
      var flipped = file
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: VaultError.self, "bit \(bit)") { try Self.decode(flipped) }
    }
  }

  @Test func everyOtherLengthIsAnError() throws {
    let file = try Self.shard(count: 2).encoded(storeID: Self.store)
    for count in 0..<file.count {
      #expect(throws: VaultError.self) { try Self.decode(Array(file.prefix(count))) }
    }
    for more in [1, 4, Shard.entryBytes] {
      #expect(throws: VaultError.self) { try Self.decode(file + [UInt8](repeating: 0, count: more)) }
    }
  }

  /// A checksum is easily made: what lies under it is looked at too.
  @Test func wrongFieldsUnderARightChecksumAreErrors() throws {
    let file = try Self.shard(count: 2).encoded(storeID: Self.store)
    func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var body = Array(file.dropLast(4))
      change(&body)
      body.appendChecksum()
      return body
    }
    #expect(try Self.decode(changed { _ in }).count == 2)
    let defects: [(inout [UInt8]) -> Void] = [
      { $0[12] ^= 1 },  // another part of the store
      { $0[16] ^= 1 },  // another store
      { $0[48] = 1 },  // a smaller count
      { $0[48] = 3 },  // a larger count
      { $0.replaceSubrange(48..<52, with: [255, 255, 255, 255]) },
      { $0[52] = 1 },  // the reserved field
      { $0[56] ^= 0x80 },  // a key of another shard
      { $0.swapSubrange(Shard.headerBytes, Shard.entryBytes) },
      { $0.replaceSubrange(132..<208, with: $0[56..<132]) },  // one key twice
    ]
    for (number, defect) in defects.enumerated() {
      #expect(throws: VaultError.self, "defect \(number)") { try Self.decode(changed(defect)) }
    }
    #expect(
      vaultError { () throws(VaultError) in _ = try Self.decode(changed { $0[8] = 2 }) }
        == .otherVersion(path: "shard", found: 2))
  }

  @Test func headsComeBackAndDefectsAreErrors() throws {
    var head = StoreHead(
      storeID: Self.store, masterKeyID: Self.master, searchKeyID: Fingerprint128(first: 5, second: 6))
    #expect(try StoreHead(decoding: head.encoded(), path: "head") == head)
    head.previousMasterKeyID = MasterKeyID(Fingerprint128(first: 7, second: 8))
    for index in [0, 7, 8, 1023] { head.setHasShard(index) }
    let file = head.encoded()
    #expect(file.count == StoreHead.fileBytes)
    let decoded = try StoreHead(decoding: file, path: "head")
    #expect(decoded == head)
    #expect((0..<1024).filter(decoded.hasShard) == [0, 7, 8, 1023])
    for bit in 0..<file.count * 8 {
      var flipped = file
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: VaultError.self) { try StoreHead(decoding: flipped, path: "head") }
    }
    for count in 0..<file.count {
      #expect(throws: VaultError.self) { try StoreHead(decoding: Array(file.prefix(count)), path: "head") }
    }
    #expect(throws: VaultError.self) { try StoreHead(decoding: file + [0], path: "head") }
  }

  @Test func idsKnowTheirShard() throws {
    let id = try #require(KeyID(bytes: [0x81, 0x7F] + [UInt8](repeating: 9, count: 14)))
    #expect(id.shard == 0b10_0000_0101)
    for shard in [0, 1, 517, 1023] {
      let moved = id.moved(toShard: shard)
      #expect(moved.shard == shard)
      #expect(moved.bytes.dropFirst(2) == id.bytes.dropFirst(2))
      #expect(moved.bytes[1] & 0x3F == id.bytes[1] & 0x3F)
    }
  }
}

extension [UInt8] {
  /// Exchanges two neighbouring pieces of one length.
  fileprivate mutating func swapSubrange(_ start: Int, _ count: Int) {
    let (first, second) = (Array(self[start..<start + count]), Array(self[start + count..<start + 2 * count]))
    replaceSubrange(start..<start + 2 * count, with: second + first)
  }
}
