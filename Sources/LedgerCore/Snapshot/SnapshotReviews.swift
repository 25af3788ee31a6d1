// Reviews in a snapshot: their acts, oldest first. What a review is follows from them, and every act is checked as it was
// when its record was applied, between the events that came before and after it.
extension LedgerState {
  func writeReviews<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.reviewActs, rows: reviews.acts.count)
    for ordinal in reviews.acts.ordinals {
      let act = reviews.acts[ordinal]
      try out.row { row in
        row.write(reviews.rows[act.review].withdrawal)
        row.write(act.kind.rawValue)
        row.write(act.role)
        row.write(act.figure)
        row.writeOrNone(labels.label(act.person))
        row.writeOrNone(labels.label(act.note))
        row.write(act.time.microseconds)
        row.write(act.sequence)
        row.write(act.due.microseconds)
      }
    }
  }

  /// After withdrawals, their screenings and events.
  mutating func readReviews(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    var nextEvent: UInt64 = 1
    var opened: UInt64 = 0
    for _ in 0..<(try input.begin(.reviewActs)) {
      let stored = try input.row { row throws(CodecError) in try StoredAct(from: &row) }
      guard withdrawals.contains(stored.withdrawal) else { throw input.contradiction("an act on no withdrawal") }
      guard stored.isWellFormed else { throw input.contradiction("an act that nobody could have done") }
      guard moments.follows(stored.sequence, stored.time) else { throw input.contradiction("an act out of order") }
      try passEvents(&nextEvent, before: stored.sequence, &input)
      guard isAllowed(stored) else { throw input.contradiction("an act that its review does not allow") }
      let entered = stateAfter(stored)
      let review = reviews.row(of: stored.withdrawal)
      let ordinal = reviews.add(
        ReviewAct(
          review: review, kind: stored.kind, role: stored.role, figure: stored.figure,
          person: labels.append(stored.person), note: labels.append(stored.note), time: stored.time,
          sequence: stored.sequence, due: stored.due))
      guard reviews.acts[ordinal].due == stored.due else { throw input.contradiction("when a review is due") }
      if stored.kind == .opened { opened += 1 }
      try passEvent(&nextEvent, of: stored, entered, &input)
    }
    try passEvents(&nextEvent, before: .max, &input)
    var inReview: UInt64 = 0
    for ordinal in withdrawals.ordinals where withdrawals[ordinal].firstState == .pendingReview { inReview += 1 }
    guard opened == inReview else { throw input.contradiction("reviews missing") }
  }

  /// Events without an act: cancels and expiries.
  private mutating func passEvents(
    _ next: inout UInt64, before sequence: UInt64, _ input: inout SnapshotReader
  ) throws {
    while events.contains(next), events[next].sequence < sequence {
      let event = events[next]
      let review = reviews.find(event.withdrawal)
      switch event.state {
      case .cancelled: break
      case .expired:
        guard review != 0, reviews.rows[review].isOpen, reviews.rows[review].hold == 0,
          reviews.rows[review].due <= event.time
        else { throw input.contradiction("an expiry before its time") }
      // Attempts explain them, and whoever mends what failed.
      case .processing, .awaitingPayee, .inDoubt, .actionRequired, .cancelling, .paid, .confirmed, .returned, .failed:
        break
      case .approved, .rejected:
        guard review == 0 || !reviews.rows[review].isOpen else {
          throw input.contradiction("an event that nobody's act explains")
        }
      case .submitted, .pendingReview: throw input.contradiction("an event that nobody's act explains")
      }
      reviews.close(review)
      next += 1
    }
  }

  /// The event of an act that changed the state; of the others there is none.
  private mutating func passEvent(
    _ next: inout UInt64, of act: StoredAct, _ entered: WithdrawalState?, _ input: inout SnapshotReader
  ) throws {
    guard events.contains(next), events[next].sequence == act.sequence else {
      guard entered == nil else { throw input.contradiction("an act without its event") }
      return
    }
    let event = events[next]
    // Whether another payee was rejected, only the event tells.
    let isExpected =
      act.kind == .amended ? event.state == .pendingReview || event.state == .rejected : event.state == entered
    guard event.withdrawal == act.withdrawal, isExpected else {
      throw input.contradiction("an act with another event")
    }
    if event.state != .pendingReview { reviews.close(reviews.find(act.withdrawal)) }
    next += 1
  }

  private func stateAfter(_ act: StoredAct) -> WithdrawalState? {
    switch act.kind {
    case .approved:
      // The role was checked before.
      StaffRole(rawValue: act.role).flatMap { stateAfter(.approve, by: $0, on: reviews.find(act.withdrawal)) }
    case .rejected: .rejected
    case .amended, .reopened: .pendingReview
    case .opened, .claimed, .released, .informationRequested, .escalated, .held, .lifted, .outcomeReported: nil
    }
  }

  private func isAllowed(_ act: StoredAct) -> Bool {
    let row = withdrawals[act.withdrawal]
    let review = reviews.find(act.withdrawal)
    switch act.kind {
    case .opened:
      return review == 0 && row.firstState == .pendingReview && act.sequence == row.createSequence
    case .held:
      guard act.sequence > row.createSequence, !state(act.withdrawal, before: act.sequence).isFinal else {
        return false
      }
      return review == 0 || isAllowed(act.kind, by: act.person, on: review)
    case .lifted:
      return review != 0 && !state(act.withdrawal, before: act.sequence).isFinal
        && isAllowed(act.kind, by: act.person, on: review)
    case .outcomeReported:
      return act.sequence > row.createSequence && wasDecided(act.withdrawal, before: act.sequence)
    case .claimed, .released, .approved, .rejected, .informationRequested, .escalated, .amended:
      return review != 0 && isAllowed(act.kind, by: act.person, on: review)
    case .reopened:
      let before = state(act.withdrawal, before: act.sequence)
      return (before == .approved || before == .actionRequired)
        && (review == 0 || isAllowed(act.kind, by: act.person, on: review))
    }
  }

  private func state(_ withdrawal: UInt64, before sequence: UInt64) -> WithdrawalState {
    var state = withdrawals[withdrawal].firstState
    var event = withdrawals[withdrawal].firstEvent
    while event != 0, events[event].sequence < sequence {
      state = events[event].state
      event = events[event].next
    }
    return state
  }
}

private struct StoredAct {
  let withdrawal: UInt64
  let kind: ReviewAct.Kind
  let role: UInt8
  let figure: UInt8
  let person: Label
  let note: Label
  let time: Timestamp
  let sequence: UInt64
  let due: Timestamp

  init(from row: inout ByteReader) throws(CodecError) {
    withdrawal = try row.read(UInt64.self)
    kind = try row.readEnum(ReviewAct.Kind.self)
    role = try row.read(UInt8.self)
    figure = try row.read(UInt8.self)
    person = try row.readLabelOrNone()
    note = try row.readLabelOrNone()
    time = Timestamp(microseconds: try row.read(Int64.self))
    sequence = try row.read(UInt64.self)
    due = Timestamp(microseconds: try row.read(Int64.self))
  }

  /// Who did it, with which words and figure, as such an act has them.
  var isWellFormed: Bool {
    let isByStaff = StaffRole(rawValue: role) != nil && !person.isNone
    let isByNobody = role == 0 && person.isNone
    return switch kind {
    case .opened: isByNobody && note.isNone
    case .amended: (isByStaff || isByNobody) && note.isNone
    case .reopened: isByStaff || isByNobody
    case .claimed, .released, .approved: isByStaff && note.isNone && figure == 0
    case .rejected, .informationRequested, .escalated, .held, .lifted: isByStaff && !note.isNone && figure == 0
    case .outcomeReported: isByStaff && !note.isNone && ReviewOutcome(rawValue: figure) != nil
    }
  }
}
