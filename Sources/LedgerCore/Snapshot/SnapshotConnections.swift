// Entries, refusals and requests tell of rows in other sections: they are read first and connected when all is there.
extension LedgerState {
  mutating func readEntries(_ input: inout SnapshotReader) throws {
    for _ in 0..<(try input.begin(.entries)) {
      let (raw, subject) = try input.row { row throws(CodecError) in
        (try row.read(UInt8.self), try row.read(UInt64.self))
      }
      guard let kind = EntryRow.Kind(rawValue: raw) else { throw input.contradiction("an entry's kind") }
      guard subject <= Ordinal.maximum else { throw input.contradiction("an entry of something else") }
      entries.append(EntryRow(kind, subject: subject, previousOfAgent: 0))
    }
  }

  mutating func readRefusals(_ input: inout SnapshotReader) throws {
    var previous: UInt64 = 0
    for _ in 0..<(try input.begin(.refusals)) {
      let (partner, raw, refusal, sequence) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.read(UInt8.self), try row.readRefusal(), try row.read(UInt64.self))
      }
      guard partners.contains(partner) else { throw input.contradiction("a refusal of no partner") }
      guard let method = RequestRefused.Method(rawValue: raw) else { throw input.contradiction("a refusal's method") }
      guard sequence > previous, sequence <= lastSequence else { throw input.contradiction("a refusal out of order") }
      previous = sequence
      refusals.append(RefusalRow(partner: partner, method: method, refusal: refusal, sequence: sequence))
    }
    for ordinal in refusalMeters.ordinals where refusalMeters[ordinal].count > Int64(refusals.count) {
      throw input.contradiction("a refusal meter out of range")
    }
  }

  mutating func readRequests(_ input: inout SnapshotReader) throws {
    for _ in 0..<(try input.begin(.requests)) {
      let (namespace, id, content, raw, subject) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.readLabel(), try row.readFingerprint(), try row.read(UInt8.self),
          try row.read(UInt64.self)
        )
      }
      guard namespace == staffNamespace || partners.contains(namespace) else {
        throw input.contradiction("a request of no namespace")
      }
      let place = RequestPlace(namespace: namespace, hash: hash(namespace, id))
      guard findRequest(place, id) == 0 else { throw input.contradiction("a request twice") }
      guard let outcome = RequestRow.Outcome(rawValue: raw) else { throw input.contradiction("a request's outcome") }
      guard subject <= Ordinal.maximum else { throw input.contradiction("a request of something else") }
      _ = keep(labels.append(id), content, at: place, outcome, subject: subject)
    }
  }

  /// Everything has been read.
  mutating func connect(_ input: borrowing SnapshotReader) throws {
    try connectEntries(input)
    try connectPayouts(input)
    try connectRequests(input)
    try requireRequestsOfPeople(input)
  }

  /// Whatever moves money has one entry, in its own order, and one more right behind it where it moves points.
  private mutating func connectEntries(_ input: borrowing SnapshotReader) throws {
    var next = (deposit: UInt64(1), held: nextHeld(from: 1), released: nextReleasing(from: 1))
    var adjusted: UInt64 = 0
    var hidden = PayoutEntryCounts()
    var appealEntries = AppealEntryCounts()
    var moments = Moments(upTo: lastSequence, lastTime)
    /// What the entry before must have beside it.
    var points: (kind: EntryRow.Kind, subject: UInt64)?
    for ordinal in entries.ordinals {
      let row = entries[ordinal]
      let isNext: Bool
      switch row.kind {
      case .deposit:
        isNext = points == nil && row.subject == next.deposit && deposits.contains(row.subject)
        next.deposit += 1
      case .held:
        isNext = points == nil && row.subject == next.held && withdrawals.contains(row.subject)
        next.held = nextHeld(from: next.held + 1)
        if isNext, screenings[row.subject].points > 0 { points = (.heldPoints, row.subject) }
      case .released:
        isNext = points == nil && row.subject == next.released && events.contains(row.subject)
        next.released = nextReleasing(from: next.released + 1)
        if isNext, screenings[events[row.subject].withdrawal].points > 0 { points = (.releasedPoints, row.subject) }
      case .adjusted:
        isNext = points == nil && proposals.contains(row.subject) && proposals[row.subject].account != 0
        adjusted += 1
      case .funded, .reserved, .unreserved, .settled, .feeRefunded, .returned, .strayed, .strayReturned,
        .feeRefundedLater, .tookPoints:
        isNext = points == nil && hidden.count(row.kind, subject: row.subject, in: self)
      case .disputed, .awarded, .disputeRejected:
        isNext = points == nil && appealEntries.count(row.kind, subject: row.subject, in: self)
      case .heldPoints, .releasedPoints:
        isNext = points.map { $0.kind == row.kind && $0.subject == row.subject } ?? false
        points = nil
      }
      guard isNext else { throw input.contradiction("an entry of something else") }
      if row.kind.isHidden { continue }
      let account = account(of: row.kind, row.subject)
      guard account != 0 else { throw input.contradiction("an entry of something else") }
      let agent = accounts[account].agent
      entries.update(ordinal) { $0.previousOfAgent = agents[agent].newestEntry }
      agents.update(agent) { $0.newestEntry = ordinal }
      if row.kind != .heldPoints, row.kind != .releasedPoints, row.kind != .feeRefundedLater {
        let entry = entry(ordinal)
        guard moments.follows(entry.sequence, entry.time) else { throw input.contradiction("an entry out of order") }
      }
    }
    guard points == nil, next.deposit == deposits.count + 1, !withdrawals.contains(next.held),
      !events.contains(next.released), adjusted == postedAdjustments, hidden == PayoutEntryCounts(expectedIn: self),
      appealEntries == AppealEntryCounts(expectedIn: self)
    else { throw input.contradiction("entries missing") }
  }

  /// The next withdrawal that held anything; one beyond the last when there is none.
  private func nextHeld(from ordinal: UInt64) -> UInt64 {
    var ordinal = ordinal
    while withdrawals.contains(ordinal), withdrawals[ordinal].firstState == .rejected { ordinal += 1 }
    return ordinal
  }

  /// The next event that gave anything back; one beyond the last when there is none.
  private func nextReleasing(from ordinal: UInt64) -> UInt64 {
    var ordinal = ordinal
    while events.contains(ordinal), !Self.isReleasing(events[ordinal].state) { ordinal += 1 }
    return ordinal
  }

  private var postedAdjustments: UInt64 {
    proposals.ordinals.reduce(0) { $0 + (proposals[$1].account == 0 ? 0 : 1) }
  }

  /// Agents, payees, deposits, withdrawals and refusals were each made by exactly one request, in order; so was every
  /// cancel. What changed an agent or an account later is not known one by one.
  private mutating func connectRequests(_ input: borrowing SnapshotReader) throws {
    var next = (
      agent: UInt64(1), payee: UInt64(1), deposit: UInt64(1), withdrawal: UInt64(1), refusal: UInt64(1)
    )
    var cancels: UInt64 = 0
    var previous: UInt64 = 0
    for ordinal in requests.ordinals {
      let request = requests[ordinal]
      let subject = request.subject
      var sequence: UInt64?
      switch request.outcome {
      case .agentCreated:
        if subject == next.agent, agents.contains(subject) { sequence = agents[subject].createSequence }
        next.agent += 1
      case .deposited:
        if subject == next.deposit, deposits.contains(subject) { sequence = deposits[subject].sequence }
        next.deposit += 1
      case .submitted:
        if subject == next.withdrawal, withdrawals.contains(subject) {
          sequence = withdrawals[subject].createSequence
          withdrawals.update(subject) { $0.requestID = request.id }
        }
        next.withdrawal += 1
      case .payeeCreated:
        if subject == next.payee, payees.contains(subject) {
          sequence = payees[subject].createSequence
          payees.update(subject) { $0.requestID = request.id }
        }
        next.payee += 1
      case .cancelled:
        if withdrawals.contains(subject), withdrawals[subject].state == .cancelled,
          events.contains(withdrawals[subject].lastEvent)
        {
          sequence = events[withdrawals[subject].lastEvent].sequence
        }
        cancels += 1
      case .refused:
        if subject == next.refusal, refusals.contains(subject) { sequence = refusals[subject].sequence }
        next.refusal += 1
      case .agentUpdated, .agentVerified:
        if agents.contains(subject), agents[subject].createSequence <= previous { sequence = previous + 1 }
      case .payeeVerified, .payeeErased:
        if payees.contains(subject), payees[subject].createSequence <= previous { sequence = previous + 1 }
      case .reviewActed:
        if reviews.acts.contains(subject) { sequence = reviews.acts[subject].sequence }
      case .proposed:
        if proposals.contains(subject) { sequence = proposals[subject].createSequence }
      case .proposalConfirmed:
        if proposals.contains(subject) { sequence = proposals[subject].confirmSequence }
      case .payeeRevealed:
        if reveals.contains(subject) { sequence = reveals[subject].sequence }
      case .listChanged:
        if listChanges.contains(subject) { sequence = listChanges[subject].sequence }
      case .rulesActivated:
        if rulesLog.contains(subject) { sequence = rulesLog[subject].sequence }
      case .channelChanged:
        if channels.contains(subject) { sequence = previous + 1 }
      case .appealCreated:
        if appeals.contains(subject) { sequence = appeals[subject].createSequence }
      case .appealActed:
        if appeals.contains(subject), appeals[subject].createSequence <= previous { sequence = previous + 1 }
      case .reworked, .cancelBegun:
        if withdrawals.contains(subject), withdrawals[subject].createSequence <= previous { sequence = previous + 1 }
      }
      guard let sequence, sequence > previous, sequence <= lastSequence else {
        throw input.contradiction("a request of something else")
      }
      previous = sequence
    }
    let all = (
      agents.count + 1, payees.count + 1, deposits.count + 1, withdrawals.count + 1, refusals.count + 1
    )
    // Of those that a channel had to be asked, the cancel is one of its results.
    let cancelled = events.ordinals.reduce(UInt64(0)) { $0 + (isCancelled(by: $1) ? 1 : 0) }
    guard next == all, cancels == cancelled else { throw input.contradiction("requests missing") }
  }

  /// The event is a cancel by request, and not what a channel made of one.
  private func isCancelled(by event: UInt64) -> Bool {
    guard events[event].state == .cancelled else { return false }
    let newest = payouts.rows[events[event].withdrawal].newestAttempt
    return newest == 0 || attempts[newest].updateSequence != events[event].sequence
  }
}

/// How many entries tell of channels and attempts. Each attempt has two at most for its money, and one for its fee.
private struct PayoutEntryCounts: Equatable {
  private var counts = [UInt64](repeating: 0, count: Int(EntryRow.Kind.strayReturned.rawValue) + 1)

  init() {}

  init(expectedIn state: borrowing LedgerState) {
    add(.funded, state.fundings.count)
    for ordinal in state.attempts.ordinals {
      let attempt = state.attempts[ordinal]
      add(.reserved, 1)
      if attempt.state == .paid {
        add(.settled, 1)
        if state.screenings[attempt.withdrawal].points > 0 { add(.tookPoints, 1) }
      }
      if attempt.state.isFailure { add(.unreserved, 1) }
      if attempt.refund > 0 { add(.feeRefunded, 1) }
    }
    for ordinal in state.aftermaths.ordinals {
      let aftermath = state.aftermaths[ordinal]
      add(EntryRow.Kind(aftermath.kind), 1)
      if aftermath.refund > 0 { add(.feeRefundedLater, 1) }
    }
  }

  private mutating func add(_ kind: EntryRow.Kind, _ count: UInt64) { counts[Int(kind.rawValue)] += count }

  /// false when there is no such subject.
  mutating func count(_ kind: EntryRow.Kind, subject: UInt64, in state: borrowing LedgerState) -> Bool {
    add(kind, 1)
    switch kind {
    case .funded: return state.fundings.contains(subject)
    case .reserved: return state.attempts.contains(subject)
    case .unreserved: return state.attempts.contains(subject) && state.attempts[subject].state.isFailure
    case .settled, .feeRefunded, .tookPoints:
      return state.attempts.contains(subject) && state.attempts[subject].state == .paid
    case .returned, .feeRefundedLater:
      return state.aftermaths.contains(subject) && state.aftermaths[subject].kind == .returned
    case .strayed, .strayReturned:
      return state.aftermaths.contains(subject) && EntryRow.Kind(state.aftermaths[subject].kind) == kind
    case .deposit, .held, .released, .heldPoints, .releasedPoints, .adjusted, .disputed, .awarded, .disputeRejected:
      return false
    }
  }
}

extension EntryRow.Kind {
  fileprivate init(_ kind: AftermathRow.Kind) {
    self =
      switch kind {
      case .returned: .returned
      case .strayed: .strayed
      case .strayReturned: .strayReturned
      }
  }

  /// It moves nothing that its agent could spend, so no agent's list shows it.
  var isHidden: Bool {
    switch self {
    case .funded, .reserved, .unreserved, .settled, .strayed, .strayReturned, .tookPoints, .disputed,
      .disputeRejected:
      true
    case .deposit, .held, .released, .heldPoints, .releasedPoints, .adjusted, .feeRefunded, .returned,
      .feeRefundedLater, .awarded:
      false
    }
  }
}
