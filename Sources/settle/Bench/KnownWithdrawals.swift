/// Ids of withdrawals that the server acknowledged: what queries ask for and cancels cancel. Holds the newest
/// `capacity` of them in one flat block.
struct KnownWithdrawals: Sendable {
  /// `wd_`, 13 symbols, a check symbol.
  static let idByteCount = 17
  /// Queries step through the ids by this prime, so that neighbours in time are not neighbours in the load.
  private static let queryStride = 7919

  private(set) var bytes: [UInt8] = []
  private let capacity: Int
  private var added = 0
  private var cancelled = 0
  private var lastQueried = 0

  init(capacity: Int) { self.capacity = max(capacity, 1) }

  var count: Int { min(added, capacity) }
  /// Acknowledged, and not handed out for a cancel yet.
  var cancelable: Int { min(added - cancelled, capacity) }

  mutating func add(_ id: ArraySlice<UInt8>) {
    guard id.count == Self.idByteCount else { return }
    if added < capacity {
      bytes.append(contentsOf: id)
    } else {
      let start = (added % capacity) * Self.idByteCount
      bytes.replaceSubrange(start..<start + Self.idByteCount, with: id)
    }
    added += 1
  }

  /// Where in `bytes` the id for the next query stands; nil while none is known.
  mutating func nextQueried() -> Range<Int>? {
    guard count > 0 else { return nil }
    lastQueried = (lastQueried + Self.queryStride) % count
    return range(at: lastQueried)
  }

  /// Where in `bytes` the id for the next cancel stands; each is handed out once.
  mutating func nextCancelled() -> Range<Int>? {
    cancelled = max(cancelled, added - capacity)
    guard cancelled < added else { return nil }
    defer { cancelled += 1 }
    return range(at: cancelled % capacity)
  }

  private func range(at index: Int) -> Range<Int> {
    let start = index * Self.idByteCount
    return start..<start + Self.idByteCount
  }
}
