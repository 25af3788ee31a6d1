/// Which queue a withdrawal stands in: packed, so that lanes sort by urgency and then by day.
struct LaneKey: BitwiseCopyable, Hashable, Comparable {
  private let bits: UInt64

  static let none = LaneKey(bits: 0)
  /// An attempt is open.
  static let open = LaneKey(bits: UInt64.max - 1)
  /// Waits for somebody to mend it.
  static let action = LaneKey(bits: UInt64.max)

  private init(bits: UInt64) { self.bits = bits }

  /// Approved: to be sent on that local day or later.
  static func due(_ speed: Speed, on day: Int32) -> LaneKey {
    LaneKey(bits: UInt64(speed.rawValue) << 32 | UInt64(UInt32(bitPattern: day) ^ 1 << 31))
  }

  /// Of a due lane.
  var isDueLane: Bool { self != .none && self != .open && self != .action }
  var day: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: bits) ^ 1 << 31) }

  static func < (a: LaneKey, b: LaneKey) -> Bool { a.bits < b.bits }
}

/// Where each withdrawal's payout stands, and the queues of those that somebody has to do something about: each lane is in
/// the order in which they entered it.
struct PayoutTable: ~Copyable {
  struct Lane {
    let key: LaneKey
    var first: UInt64 = 0
    var last: UInt64 = 0
    var count: UInt64 = 0
  }

  private(set) var rows = Column<PayoutRow>()
  /// Sorted by key; there are as many as there are settlement days ahead, three times.
  private(set) var lanes: [Lane] = []

  @discardableResult
  mutating func append() -> UInt64 { rows.append(PayoutRow()) }

  mutating func update(_ withdrawal: UInt64, _ change: (inout PayoutRow) -> Void) { rows.update(withdrawal, change) }

  func lane(_ key: LaneKey) -> Lane? { lanes.last { $0.key == key } }

  /// Moves the withdrawal to the end of a lane; in the one that it stands in already it keeps its place.
  mutating func move(_ withdrawal: UInt64, to key: LaneKey) {
    let row = rows[withdrawal]
    guard row.lane != key else { return }
    if row.lane != .none { unlink(withdrawal, row) }
    if key != .none { link(withdrawal, key) }
  }

  private mutating func unlink(_ withdrawal: UInt64, _ row: PayoutRow) {
    // Always there: rows name lanes that they stand in.
    guard let index = lanes.lastIndex(where: { $0.key == row.lane }) else { return }
    if row.previous == 0 { lanes[index].first = row.next } else { rows.update(row.previous) { $0.next = row.next } }
    if row.next == 0 { lanes[index].last = row.previous } else { rows.update(row.next) { $0.previous = row.previous } }
    lanes[index].count -= 1
    if lanes[index].count == 0 { lanes.remove(at: index) }
    rows.update(withdrawal) {
      $0.lane = .none
      $0.previous = 0
      $0.next = 0
    }
  }

  private mutating func link(_ withdrawal: UInt64, _ key: LaneKey) {
    let index: Int
    if let known = lanes.lastIndex(where: { $0.key == key }) {
      index = known
    } else {
      index = lanes.firstIndex { $0.key > key } ?? lanes.count
      lanes.insert(Lane(key: key), at: index)
    }
    let last = lanes[index].last
    if last == 0 { lanes[index].first = withdrawal } else { rows.update(last) { $0.next = withdrawal } }
    lanes[index].last = withdrawal
    lanes[index].count += 1
    rows.update(withdrawal) {
      $0.lane = key
      $0.previous = last
      $0.next = 0
    }
  }
}
