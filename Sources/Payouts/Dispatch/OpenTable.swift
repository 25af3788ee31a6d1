internal import LedgerCore

/// An attempt under way.
struct OpenRow {
  let key: PayoutKey
  let lane: Int
  let amount: Money
  /// As it was stored; nil where it cannot be opened any more: then it is asked about, and not sent again.
  let body: [UInt8]?
  let createTime: Timestamp
  let beginTime: Timestamp
  var state: AttemptState
  var isCancelling: Bool
  /// A call is under way or waits for one.
  var isBusy: Bool
  /// Something was heard of it meanwhile.
  var askAgain = false
  /// Since when inquiries are counted, and how many there were; monotonic milliseconds.
  var since: Int64 = 0
  var inquiries = 0
  /// 0: none is due.
  var dueAt: Int64 = 0
  /// It was answered at the first call: then the channel's health knows of it.
  var wasAnswered = false
  var beginMilliseconds: Int64

  /// For inquiries.
  var request: SentRequest { SentRequest(key: key, amount: amount, body: body ?? []) }
}

/// Attempts under way, and when which of them is asked about next. At most one attempt of a withdrawal is open.
struct OpenTable {
  private(set) var rows: [WithdrawalID: OpenRow] = [:]
  private var timers = TimerHeap()

  var count: Int { rows.count }

  subscript(_ key: PayoutKey) -> OpenRow? {
    guard let row = rows[key.withdrawal], row.key == key else { return nil }
    return row
  }

  mutating func insert(_ row: OpenRow) { rows[row.key.withdrawal] = row }

  @discardableResult
  mutating func remove(_ key: PayoutKey) -> OpenRow? {
    guard self[key] != nil else { return nil }
    return rows.removeValue(forKey: key.withdrawal)
  }

  mutating func update(_ key: PayoutKey, _ change: (inout OpenRow) -> Void) {
    guard rows[key.withdrawal]?.key == key else { return }
    change(&rows[key.withdrawal, default: Self.nobody])
  }

  /// - Returns: whether the earliest time is now an earlier one.
  @discardableResult
  mutating func setTimer(_ key: PayoutKey, at time: Int64) -> Bool {
    update(key) { $0.dueAt = time }
    return timers.push(TimerHeap.Entry(time: time, key: key))
  }

  /// nil: nothing is due, ever.
  var nextTime: Int64? { timers.first?.time }

  /// Those that are due; what was set anew or is gone is passed over.
  mutating func takeDue(at now: Int64) -> [OpenRow] {
    var due: [OpenRow] = []
    while let first = timers.first, first.time <= now {
      timers.pop()
      guard let row = self[first.key], row.dueAt == first.time, !row.isBusy else { continue }
      update(first.key) {
        $0.isBusy = true
        $0.dueAt = 0
      }
      due.append(row)
    }
    return due
  }

  /// Never stays: `update` looks before it changes.
  private static let nobody = OpenRow(
    key: PayoutKey(WithdrawalID(rawValue: 0), attempt: 0), lane: 0, amount: Money(minorUnits: 0, currency: .cny),
    body: nil, createTime: Timestamp(microseconds: 0), beginTime: Timestamp(microseconds: 0), state: .sent,
    isCancelling: false, isBusy: false, beginMilliseconds: 0)
}

/// The earliest first.
struct TimerHeap {
  struct Entry {
    let time: Int64
    let key: PayoutKey
  }
  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  /// - Returns: whether it is the earliest.
  mutating func push(_ entry: Entry) -> Bool {
    entries.append(entry)
    var place = entries.count - 1
    while place > 0, entries[place].time < entries[(place - 1) / 2].time {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    return place == 0
  }

  mutating func pop() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    entries[0] = last
    var place = 0
    while true {
      let left = 2 * place + 1
      var least = place
      if left < entries.count, entries[left].time < entries[least].time { least = left }
      if left + 1 < entries.count, entries[left + 1].time < entries[least].time { least = left + 1 }
      guard least != place else { return }
      entries.swapAt(place, least)
      place = least
    }
  }
}
