import Testing

@testable import LedgerCore

@Suite struct StorageTests {
  /// SipHash-1-3 with an all-zero key, as CPython 3.11 computes it (PYTHONHASHSEED=0) of the ordinal 5 in eight bytes, low
  /// first, and then `count` bytes 0x21, 0x22, ...
  @Test(
    arguments: [
      (1, 0x4c31_1e2e_610f_1c11), (7, 0x3e6b_ea29_8078_c623), (8, 0xb0b3_2a6d_f42a_0772), (9, 0xbe93_52e5_0491_0dab),
      (16, 0x2bda_c7d4_a389_9469), (63, 0xf928_aad4_8b0b_8f1e), (64, 0xc24f_0260_6d97_316b),
    ] as [(Int, UInt64)])
  func hashIsSipHash13(_ count: Int, _ expected: UInt64) throws {
    let bytes = (0..<count).map { UInt8(0x21 + $0 % 90) }
    let label = try bytes.withUnsafeBytes { try Label($0) }
    #expect(KeyedHash(seed: HashSeed(first: 0, second: 0))(5, label) == expected)
    #expect(KeyedHash(seed: HashSeed(first: 1, second: 0))(5, label) != expected)
  }

  /// A hundred million withdrawals are kept in memory: a word more in such a row is 800 MB.
  @Test func rowsAreSmall() {
    #expect(MemoryLayout<WithdrawalRow>.stride == 88)
    #expect(MemoryLayout<ScreeningRow>.stride == 96)
    #expect(MemoryLayout<EntryRow>.stride == 16)
    #expect(MemoryLayout<RequestRow>.stride == 40)
    #expect(MemoryLayout<AccountRow>.stride == 96)
    #expect(MemoryLayout<StandingRow>.stride == 128)
  }

  @Test func sealedDataStaysWhereItIsPut() throws {
    var arena = SealedArena()
    var kept: [(SealedData, SealedArena.Reference)] = []
    // More than two chunks of 1 MiB, all lengths.
    for i in 0..<9_000 {
      let bytes = (0..<i % (SealedData.maximumBytes + 1)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ i) }
      let sealed = try #require(SealedData(bytes))
      kept.append((sealed, arena.append(sealed)))
    }
    for (sealed, reference) in kept where arena.sealed(reference) != sealed { Issue.record("sealed data was lost") }
    #expect(arena.sealed(.none) == SealedData.none)
    #expect(SealedData([UInt8](repeating: 0, count: SealedData.maximumBytes + 1)) == nil)
  }

  @Test func columnsKeepRowsAcrossChunks() {
    var column = Column<UInt64>()
    let before = (column.contains(0), column.contains(1), column.ordinals.count)
    #expect(before == (false, false, 0))
    let count: UInt64 = 200_000  // more chunks than the first directory holds
    for i in 1...count where column.append(i * 3) != i { Issue.record("row \(i) has another ordinal") }
    column.update(8_193) { $0 += 1 }
    #expect(column[1] == 3 && column[8_192] == 24_576 && column[8_193] == 24_580 && column[count] == count * 3)
    let after = (column.contains(count), column.contains(count + 1), column.contains(0))
    #expect(after == (true, false, false))
  }

  @Test func labelsStayWhereTheyArePut() throws {
    var arena = LabelArena()
    let empty = arena.append(.none)
    var kept: [(Label, LabelArena.Reference)] = []
    // More than two chunks of 1 MiB, all lengths.
    for i in 0..<70_000 {
      let text = "\(i)" + String(repeating: "x", count: i % 58)
      let label = try Label(text)
      kept.append((label, arena.append(label)))
    }
    for (label, reference) in kept where arena.label(reference) != label || !arena.holds(label, at: reference) {
      Issue.record("\(label) was lost")
    }
    #expect(arena.label(empty).isNone)
    let isConfused = arena.holds(kept[1].0, at: kept[2].1)
    #expect(!isConfused)
  }

  @Test func indexesFindWhatTheyHold() {
    let seed: UInt64 = 0x1d
    var random = SeededRandom(seed: seed)
    var index = ShardedIndex()
    var hashes: [UInt64] = []
    for i in 0..<60_000 {
      // A tenth share the hash of another: the row decides.
      let hash = i % 10 == 9 ? hashes[i - 1] : random.next()
      hashes.append(hash)
      index.insert(hash, UInt64(i) + 1)
    }
    for (i, hash) in hashes.enumerated() where index.find(hash, where: { $0 == UInt64(i) + 1 }) != UInt64(i) + 1 {
      Issue.record("seed \(seed): \(i) was lost")
    }
    for _ in 0..<1_000 where index.find(random.next(), where: { _ in false }) != 0 { Issue.record("found nothing") }
  }

  /// All keys on one place: slower, never wrong, never endless.
  @Test func collidingKeysAreFound() {
    var index = ShardedIndex()
    for i in 1...500 as ClosedRange<UInt64> { index.insert(0x00F0, i) }
    for i in 1...500 as ClosedRange<UInt64> where index.find(0x00F0, where: { $0 == i }) != i {
      Issue.record("\(i) was lost")
    }
    let none = (index.find(0x00F0, where: { _ in false }), index.find(0x00F1, where: { _ in true }))
    #expect(none == (0, 0))
  }
}
