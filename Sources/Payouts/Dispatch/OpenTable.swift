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
  /// The channel has said whatever it says for the payee to confirm with: it does so in answer to a send only.
  var hasConfirmation = false
  var beginMilliseconds: Int64

  /// For inquiries.
  var request: SentRequest { SentRequest(key: key, amount: amount, body: body ?? []) }
}

/// Attempts under way, and when which of them is asked about next. At most one attempt of a withdrawal is open.
struct OpenTable {
  /// What a lane has under way, kept so that nobody has to walk the rows for it.
  struct Counts {
    var open = 0
    /// Of them: those that wait for proof.
    var inDoubt = 0
  }

  private(set) var rows: [WithdrawalID: OpenRow] = [:]
  private var counts: [Counts]
  private var timers = TimerHeap()

  init(lanes: Int) { counts = Array(repeating: Counts(), count: lanes) }

  var count: Int { rows.count }
  func counts(lane: Int) -> Counts { counts[lane] }

  subscript(_ key: PayoutKey) -> OpenRow? {
    guard let row = rows[key.withdrawal], row.key == key else { return nil }
    return row
  }

  mutating func insert(_ row: OpenRow) {
    if let before = rows.updateValue(row, forKey: row.key.withdrawal) { count(before, -1) }
    count(row, 1)
  }

  @discardableResult
  mutating func remove(_ key: PayoutKey) -> OpenRow? {
    guard self[key] != nil, let row = rows.removeValue(forKey: key.withdrawal) else { return nil }
    count(row, -1)
    return row
  }

  mutating func update(_ key: PayoutKey, _ change: (inout OpenRow) -> Void) {
    guard let before = self[key] else { return }
    change(&rows[key.withdrawal, default: before])
    count(before, -1)
    if let after = rows[key.withdrawal] { count(after, 1) }
  }

  private mutating func count(_ row: OpenRow, _ one: Int) {
    counts[row.lane].open += one
    switch row.state {
    case .unknown, .mismatch: counts[row.lane].inDoubt += one
    case .sent, .accepted, .awaitingPayee, .paid, .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled,
      .lapsed:
      break
    }
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
