/// Finds a row's ordinal by the hash of its key, in 8 to 21 bytes per row.
///
/// An open-addressing table doubles by copying itself, which for millions of keys is a pause. So there are 4,096 small
/// tables, chosen by the high bits of the hash, that each grow alone: with a hundred million keys one step copies 256 KiB.
///
/// A slot is 24 bits of the hash above a 40-bit ordinal; 0 is an empty slot. The same 24 bits give the slot's home, so
/// growing needs no key, and they tell most other keys apart without looking at the row.
struct ShardedIndex: ~Copyable, @unchecked Sendable {
  // Sendable for the reason given at `Column`: one owner, and reading changes nothing.

  private struct Shard {
    var slots: UnsafeMutablePointer<UInt64>
    var capacity: UInt32
    var used: UInt32
  }

  private static let shardBits: UInt64 = 12
  private static let shardCount = 1 << Int(shardBits)
  private static let tagMask: UInt64 = (1 << (64 - Ordinal.bits)) - 1
  private static let firstCapacity: UInt32 = 8

  private let shards: UnsafeMutablePointer<Shard>
  /// Where shards without any key point: one empty slot, never written.
  private let emptySlot: UnsafeMutablePointer<UInt64>

  init() {
    emptySlot = .allocate(capacity: 1)
    emptySlot.initialize(to: 0)
    shards = .allocate(capacity: Self.shardCount)
    shards.initialize(repeating: Shard(slots: emptySlot, capacity: 1, used: 0), count: Self.shardCount)
  }

  deinit {
    for i in 0..<Self.shardCount where shards[i].slots != emptySlot { shards[i].slots.deallocate() }
    shards.deallocate()
    emptySlot.deallocate()
  }

  /// The ordinal that was inserted under `hash` and that `matches` says yes to; 0 when there is none.
  @inline(__always)
  func find(_ hash: UInt64, where matches: (UInt64) -> Bool) -> UInt64 {
    let shard = shards[Int(hash >> (64 - Self.shardBits))]
    let tag = hash & Self.tagMask
    let mask = UInt64(shard.capacity - 1)
    var position = tag & mask
    while true {
      let slot = shard.slots[Int(position)]
      if slot == 0 { return 0 }
      if slot >> Ordinal.bits == tag {
        let ordinal = slot & Ordinal.maximum
        if matches(ordinal) { return ordinal }
      }
      position = (position + 1) & mask
    }
  }

  /// Adds an ordinal (not 0, at most 40 bits) whose key is known to be new.
  mutating func insert(_ hash: UInt64, _ ordinal: UInt64) {
    let shard = shards + Int(hash >> (64 - Self.shardBits))
    // At most three quarters full: a search always meets an empty slot, soon.
    if (shard.pointee.used + 1) * 4 > shard.pointee.capacity * 3 { grow(shard) }
    Self.place((hash & Self.tagMask) << Ordinal.bits | ordinal, in: shard.pointee)
    shard.pointee.used += 1
  }

  private func grow(_ shard: UnsafeMutablePointer<Shard>) {
    let old = shard.pointee
    let capacity = max(Self.firstCapacity, old.capacity * 2)
    var new = Shard(slots: .allocate(capacity: Int(capacity)), capacity: capacity, used: old.used)
    new.slots.initialize(repeating: 0, count: Int(capacity))
    for i in 0..<Int(old.capacity) where old.slots[i] != 0 { Self.place(old.slots[i], in: new) }
    if old.slots != emptySlot { old.slots.deallocate() }
    swap(&shard.pointee, &new)
  }

  private static func place(_ slot: UInt64, in shard: Shard) {
    let mask = UInt64(shard.capacity - 1)
    var position = (slot >> Ordinal.bits) & mask
    while shard.slots[Int(position)] != 0 { position = (position + 1) & mask }
    shard.slots[Int(position)] = slot
  }
}
