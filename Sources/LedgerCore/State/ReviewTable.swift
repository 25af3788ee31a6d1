/// All reviews, the open ones oldest first and by when they expire.
///
/// A review has a row once there is something to say of its withdrawal: it went to review, was held, or was reported.
/// Rows change by acts alone, so that acts read from a snapshot bring back the same rows.
struct ReviewTable: ~Copyable {
  private(set) var rows = Column<ReviewRow>()
  private(set) var acts = Column<ReviewAct>()
  /// Of the open ones; 0 when there are none.
  private(set) var oldestOpen: UInt64 = 0
  private(set) var newestOpen: UInt64 = 0
  private(set) var openCount: UInt64 = 0

  /// By withdrawal.
  private var index = ShardedIndex()
  private let hash: KeyedHash
  /// A binary heap of the open ones that are not held: the first is due before all others.
  private var queue = Column<UInt64>()
  private var queueCount: UInt64 = 0

  init(hash: KeyedHash) { self.hash = hash }

  /// 0 when there is nothing to say of the withdrawal.
  func find(_ withdrawal: UInt64) -> UInt64 {
    rows.count == 0 ? 0 : index.find(hash(withdrawal, .none)) { rows[$0].withdrawal == withdrawal }
  }

  func withdrawal(ofAct act: UInt64) -> UInt64 { rows[acts[act].review].withdrawal }

  /// The review that expires first; 0 when there is none.
  var firstDue: UInt64 { queueCount == 0 ? 0 : queue[1] }

  mutating func row(of withdrawal: UInt64) -> UInt64 {
    let known = find(withdrawal)
    if known != 0 { return known }
    let review = rows.append(ReviewRow(withdrawal: withdrawal))
    index.insert(hash(withdrawal, .none), review)
    return review
  }

  /// Returns the act's ordinal. Whether it may happen was checked before.
  @discardableResult
  mutating func add(_ act: ReviewAct) -> UInt64 {
    let review = act.review
    let before = rows[review]
    var act = act
    act.due = Self.due(after: act, before, held: before.hold == 0 ? nil : acts[before.hold].time)
    if act.kind == .approved { act.previousApproval = before.newestApproval }
    let ordinal = acts.append(act)
    rows.update(review) { $0.apply(act, ordinal) }
    switch act.kind {
    case .opened, .reopened:
      link(review)
      enqueue(review)
    case .held: dequeue(review)
    case .claimed, .released, .approved, .rejected, .informationRequested, .escalated, .lifted, .amended,
      .outcomeReported:
      dequeue(review)
      enqueue(review)
    }
    return ordinal
  }

  /// The withdrawal left the review, whatever for.
  mutating func close(_ review: UInt64) {
    guard review != 0, rows[review].isOpen else { return }
    dequeue(review)
    let (previous, next) = (rows[review].previousOpen, rows[review].nextOpen)
    if previous == 0 { oldestOpen = next } else { rows.update(previous) { $0.nextOpen = next } }
    if next == 0 { newestOpen = previous } else { rows.update(next) { $0.previousOpen = previous } }
    openCount -= 1
    rows.update(review) {
      $0.isOpen = false
      $0.previousOpen = 0
      $0.nextOpen = 0
    }
  }

  /// Approvals that count, oldest first.
  func approvals(_ review: UInt64) -> [UInt64] {
    var found: [UInt64] = []
    var approval = rows[review].newestApproval
    while approval != 0 {
      found.append(approval)
      approval = acts[approval].previousApproval
    }
    return found.reversed()
  }

  /// - Parameter held: since when it is on hold; nil when it is not.
  private static func due(after act: ReviewAct, _ row: ReviewRow, held: Timestamp?) -> Timestamp {
    switch act.kind {
    case .opened, .amended, .reopened: act.due
    case .informationRequested: act.time.advanced(by: ReviewLimits.informationMicroseconds)
    case .approved, .rejected: row.question == 0 ? row.due : act.time.advanced(by: row.rest)
    case .lifted: row.due.advanced(by: held.map { act.time.microseconds &- $0.microseconds } ?? 0)
    case .claimed, .released, .escalated, .held, .outcomeReported: row.due
    }
  }

  private mutating func link(_ review: UInt64) {
    // Reviews open in the order of their rows but for those that come back, so the walk mostly ends at once.
    var previous = newestOpen
    while previous > review { previous = rows[previous].previousOpen }
    let next = previous == 0 ? oldestOpen : rows[previous].nextOpen
    rows.update(review) {
      $0.isOpen = true
      $0.previousOpen = previous
      $0.nextOpen = next
    }
    if previous == 0 { oldestOpen = review } else { rows.update(previous) { $0.nextOpen = review } }
    if next == 0 { newestOpen = review } else { rows.update(next) { $0.previousOpen = review } }
    openCount += 1
  }
}

// The queue. Which review is first depends on the reviews alone, not on the way the heap came about: no two are equal.
extension ReviewTable {
  private func isDueBefore(_ a: UInt64, _ b: UInt64) -> Bool {
    let (first, second) = (rows[a].due, rows[b].due)
    return first != second ? first < second : a < b
  }

  private mutating func enqueue(_ review: UInt64) {
    let row = rows[review]
    guard row.isOpen, row.hold == 0, row.queuePlace == 0 else { return }
    queueCount += 1
    if queueCount > queue.count { queue.append(review) }
    put(review, at: queueCount)
    rise(queueCount)
  }

  private mutating func dequeue(_ review: UInt64) {
    let place = rows[review].queuePlace
    guard place != 0 else { return }
    rows.update(review) { $0.queuePlace = 0 }
    let last = queue[queueCount]
    queueCount -= 1
    guard last != review else { return }
    put(last, at: place)
    rise(place)
    sink(rows[last].queuePlace)
  }

  private mutating func put(_ review: UInt64, at place: UInt64) {
    queue.update(place) { $0 = review }
    rows.update(review) { $0.queuePlace = place }
  }

  private mutating func exchange(_ a: UInt64, _ b: UInt64) {
    let (first, second) = (queue[a], queue[b])
    put(second, at: a)
    put(first, at: b)
  }

  private mutating func rise(_ start: UInt64) {
    var place = start
    while place > 1, isDueBefore(queue[place], queue[place / 2]) {
      exchange(place, place / 2)
      place /= 2
    }
  }

  private mutating func sink(_ start: UInt64) {
    var place = start
    while place * 2 <= queueCount {
      var child = place * 2
      if child < queueCount, isDueBefore(queue[child + 1], queue[child]) { child += 1 }
      guard isDueBefore(queue[child], queue[place]) else { return }
      exchange(place, child)
      place = child
    }
  }
}

extension ReviewRow {
  /// - Parameter act: with the due time that holds after it.
  fileprivate mutating func apply(_ act: ReviewAct, _ ordinal: UInt64) {
    newest = ordinal
    switch act.kind {
    case .opened, .amended, .reopened:
      required = max(act.figure, 1)
      version = act.sequence
      newestApproval = 0
      question = 0
    case .claimed: claim = ordinal
    case .released: claim = 0
    case .approved:
      newestApproval = ordinal
      question = 0
      claim = 0
    case .rejected:
      rejection = ordinal
      question = 0
      claim = 0
    case .informationRequested:
      // Asked again, the first question has stopped the clock already.
      if question == 0 { rest = max(0, due.microseconds &- act.time.microseconds) }
      question = ordinal
      claim = 0
    case .escalated: isEscalated = true
    case .held: hold = ordinal
    case .lifted: hold = 0
    case .outcomeReported: outcome = act.figure
    }
    due = act.due
  }
}

extension Timestamp {
  /// Saturates.
  func advanced(by microseconds: Int64) -> Timestamp {
    let (sum, overflow) = self.microseconds.addingReportingOverflow(microseconds)
    guard overflow else { return Timestamp(microseconds: sum) }
    return Timestamp(microseconds: microseconds < 0 ? .min : .max)
  }
}
