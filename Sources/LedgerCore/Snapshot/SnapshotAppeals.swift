// Appeals and their evidence in a snapshot.
extension LedgerState {
  func writeAppeals<Failure>(_ out: inout SnapshotWriter<Failure>) throws(Failure) {
    try out.begin(.appeals, rows: appeals.count)
    for ordinal in appeals.ordinals {
      let appeal = appeals[ordinal]
      try out.row { row in
        row.write(appeal.withdrawal)
        row.write(appeal.kind.rawValue)
        row.write(appeal.state.rawValue)
        row.write(appeal.epoch)
        row.write(appeal.disputed)
        row.write(appeal.awarded)
        row.write(labels.label(appeal.text))
        row.writeOrNone(labels.label(appeal.answer))
        row.writeOrNone(labels.label(appeal.assignee))
        row.write(appeal.createTime.microseconds)
        row.write(appeal.createSequence)
        row.write(appeal.firstAnswerDue.microseconds)
        row.write(appeal.firstAnswerTime.microseconds)
        row.write(appeal.resolveTime.microseconds)
        row.write(appeal.resolveSequence)
        row.write(appeal.lastSequence)
      }
    }
    try out.begin(.evidence, rows: evidence.count)
    for ordinal in evidence.ordinals {
      let piece = evidence[ordinal]
      try out.row { row in
        row.write(piece.appeal)
        row.writeOrNone(labels.label(piece.person))
        row.write(labels.label(piece.note))
        row.writeOrNone(labels.label(piece.hash))
        row.write(piece.time.microseconds)
        row.write(piece.sequence)
      }
    }
  }

  /// After withdrawals.
  mutating func readAppeals(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    var newestEpoch: UInt8 = 0
    for _ in 0..<(try input.begin(.appeals)) {
      let (withdrawal, kind, state, rowEpoch) = try input.row { row throws(CodecError) in
        (
          try row.read(UInt64.self), try row.readEnum(AppealKind.self), try row.readEnum(AppealState.self),
          try row.read(UInt8.self)
        )
      }
      let (disputed, awarded, text, answer, assignee) = try input.row { row throws(CodecError) in
        (
          try row.read(Int64.self), try row.read(Int64.self), try row.readLabel(), try row.readLabelOrNone(),
          try row.readLabelOrNone()
        )
      }
      let (time, sequence, firstDue, firstTime) = try input.row { row throws(CodecError) in
        (try row.readTime(), try row.read(UInt64.self), try row.readTime(), try row.readTime())
      }
      let (resolveTime, resolveSequence, changed) = try input.row { row throws(CodecError) in
        (try row.readTime(), try row.read(UInt64.self), try row.read(UInt64.self))
      }
      guard withdrawals.contains(withdrawal), rowEpoch >= newestEpoch, rowEpoch <= epoch, disputed >= 0,
        disputed <= withdrawals[withdrawal].amount, awarded >= 0, awarded <= disputed,
        state == .upheld || awarded == 0, state.isOpen == (resolveSequence == 0), state.isOpen == answer.isNone
      else { throw input.contradiction("an appeal about nothing") }
      let previous = newestAppeal(withdrawal)
      guard moments.follows(sequence, time), sequence > withdrawals[withdrawal].createSequence,
        state.isOpen || resolveSequence > sequence, resolveSequence <= lastSequence, changed >= sequence,
        changed <= lastSequence, previous == 0 || !appeals[previous].state.isOpen
      else { throw input.contradiction("an appeal out of order") }
      newestEpoch = rowEpoch
      var row = AppealRow(
        withdrawal: withdrawal, kind: kind, epoch: rowEpoch, disputed: disputed, text: labels.append(text),
        createTime: time, createSequence: sequence, firstAnswerDue: firstDue, previous: previous)
      row.state = state
      row.awarded = awarded
      row.answer = answer.isNone ? .none : labels.append(answer)
      row.assignee = assignee.isNone ? .none : labels.append(assignee)
      row.firstAnswerTime = firstTime
      row.resolveTime = resolveTime
      row.resolveSequence = resolveSequence
      row.lastSequence = changed
      _ = addAppeal(row)
    }
    try readEvidence(&input)
    for ordinal in appeals.ordinals {
      let book = accounts[withdrawals[appeals[ordinal].withdrawal].account].book
      let row = appeals[ordinal]
      guard
        let sum = books[book].disputed.adding(
          debitsPosted: row.state.isOpen ? 0 : row.disputed, creditsPosted: row.disputed)
      else { throw input.contradiction("appeals beyond 64 bits") }
      books.update(book) { $0.disputed = sum }
    }
  }

  private mutating func readEvidence(_ input: inout SnapshotReader) throws {
    var moments = Moments(upTo: lastSequence, lastTime)
    for _ in 0..<(try input.begin(.evidence)) {
      let (appeal, person, note, hash) = try input.row { row throws(CodecError) in
        (try row.read(UInt64.self), try row.readLabelOrNone(), try row.readLabel(), try row.readLabelOrNone())
      }
      let (time, sequence) = try input.row { row throws(CodecError) in (try row.readTime(), try row.read(UInt64.self)) }
      guard appeals.contains(appeal), moments.follows(sequence, time), sequence > appeals[appeal].createSequence,
        appeals[appeal].evidenceCount < AppealLimits.evidenceMaximum
      else { throw input.contradiction("evidence of nothing") }
      addEvidence(
        EvidenceRow(
          appeal: appeal, person: labels.append(person), note: labels.append(note), hash: labels.append(hash),
          time: time, sequence: sequence, previous: appeals[appeal].newestEvidence))
    }
  }
}

/// How many entries tell of appeals: one when money is frozen, one when it is let go.
struct AppealEntryCounts: Equatable {
  private var frozen: UInt64 = 0
  private var awarded: UInt64 = 0
  private var rejected: UInt64 = 0

  init() {}

  init(expectedIn state: borrowing LedgerState) {
    for ordinal in state.appeals.ordinals where state.appeals[ordinal].disputed > 0 {
      let appeal = state.appeals[ordinal]
      frozen += 1
      guard !appeal.state.isOpen else { continue }
      if appeal.awarded > 0 { awarded += 1 } else { rejected += 1 }
    }
  }

  /// false when there is no such subject.
  mutating func count(_ kind: EntryRow.Kind, subject: UInt64, in state: borrowing LedgerState) -> Bool {
    guard state.appeals.contains(subject) else { return false }
    switch kind {
    case .disputed: frozen += 1
    case .awarded: awarded += 1
    case .disputeRejected: rejected += 1
    default: return false
    }
    return true
  }
}
