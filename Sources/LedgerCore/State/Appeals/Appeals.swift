internal import Digests

// An agent says that a payout was late, wrong or never came. What it is about is frozen in an account of its own, out of
// suspense, until a person decides: what is awarded goes to the agent, the rest back.
extension LedgerState {
  func decide(_ command: CreateAppeal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let withdrawal = findWithdrawal(command.withdrawal, in: command.scope) else {
      return .rejected(.withdrawalNotFound)
    }
    do throws(Denial) {
      try requireAppealable(command, withdrawal)
      return .record(
        .appealCreated(
          AppealCreated(
            key: command.key, partner: partnerLabel(withdrawal), id: nextAppealID, withdrawal: command.withdrawal,
            kind: command.kind, disputedMinorUnits: command.disputedMinorUnits,
            firstAnswerDue: time.advanced(by: firstAnswer(withdrawal, policy, time)), text: command.text)))
    } catch { return denied(error, command.key, withdrawal, .createAppeal, policy, time) }
  }

  private func requireAppealable(_ command: CreateAppeal, _ withdrawal: UInt64) throws(Denial) {
    let row = withdrawals[withdrawal]
    guard command.disputedMinorUnits >= 0 else { throw .rejected(.amountNotPositive) }
    // Before it is paid, the money is held or the agent's own: there is nothing to freeze.
    let isPaid = row.state == .paid || row.state == .confirmed
    let needsPayment = command.kind == .notArrived || command.kind == .wrongAmount || command.disputedMinorUnits > 0
    guard isPaid || !needsPayment else { throw .refused(.appealNotPossible(state: row.state)) }
    var count: UInt16 = 0
    var appeal = newestAppeal(withdrawal)
    while appeal != 0, count < AppealLimits.perWithdrawalMaximum {
      guard !appeals[appeal].state.isOpen else { throw .refused(.appealOpen) }
      count += 1
      appeal = appeals[appeal].previous
    }
    let awarded = awarded(withdrawal)
    guard count < AppealLimits.perWithdrawalMaximum else { throw .refused(.tooManyAppeals(maximum: count)) }
    guard command.disputedMinorUnits <= row.amount - awarded else {
      throw .refused(.disputedTooMuch(maximum: row.amount - awarded, requested: command.disputedMinorUnits))
    }
    if case .outOfRange = obstacle(.freeze(command.disputedMinorUnits), placeOfMoney(withdrawal)) {
      throw .rejected(.balanceOverflow)
    }
  }

  /// What appeals about a withdrawal gave its agent so far.
  func awarded(_ withdrawal: UInt64) -> Int64 {
    var sum: Int64 = 0
    var appeal = newestAppeal(withdrawal)
    while appeal != 0 {
      // Never more than the amount in all; were it so, nothing more would be given.
      let (new, overflow) = sum.addingReportingOverflow(appeals[appeal].awarded)
      sum = overflow ? .max : new
      appeal = appeals[appeal].previous
    }
    return sum
  }

  /// Agents with a large turnover hear sooner.
  private func firstAnswer(_ withdrawal: UInt64, _ policy: any Policy, _ time: Timestamp) -> Int64 {
    let place = placeOfMoney(withdrawal)
    let used = limitsUsed(place, on: limitDay(place, policy, time)).monthAmount
    return used > AppealLimits.vipMonthMinorUnits
      ? AppealLimits.vipFirstAnswerMicroseconds : AppealLimits.firstAnswerMicroseconds
  }

  func decide(_ command: ActOnAppeal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let appeal = findAppeal(command.appeal, in: command.scope) else { return .rejected(.appealNotFound) }
    let withdrawal = appeals[appeal].withdrawal
    do throws(Denial) {
      try requireAct(command.action, on: appeal, by: command.key.caller.person)
      try requireDecidable(command.action, on: appeal, by: command.key.caller.person)
      return .record(
        .appealActed(
          AppealActed(
            key: command.key, partner: partnerLabel(withdrawal), id: command.appeal, action: command.action)))
    } catch { return denied(error, command.key, withdrawal, .actOnAppeal, policy, time) }
  }

  private func requireAct(_ action: AppealAction, on appeal: UInt64, by person: Person?) throws(Denial) {
    let row = appeals[appeal]
    guard row.state.isOpen else { throw .refused(.appealClosed(state: row.state)) }
    switch action {
    case .addEvidence:
      guard row.evidenceCount < AppealLimits.evidenceMaximum else {
        throw .refused(.tooMuchEvidence(maximum: AppealLimits.evidenceMaximum))
      }
    case .assign(let assignee):
      guard person != nil else { throw .rejected(.appealNotFound) }
      guard !labels.holds(assignee, at: row.assignee) || row.state == .open else { throw .rejected(.nothingToChange) }
    case .resolve(let isUpheld, let awarded, _):
      guard let person else { throw .rejected(.appealNotFound) }
      guard awarded >= 0, isUpheld || awarded == 0 else { throw .rejected(.amountNotPositive) }
      guard awarded <= row.disputed else {
        throw .refused(.disputedTooMuch(maximum: row.disputed, requested: awarded))
      }
      // Money needs two people: who looked into it, and who says yes.
      if awarded > 0 {
        guard row.state == .assigned else { throw .refused(.appealNotAssigned) }
        guard !labels.holds(person.name, at: row.assignee) else { throw .refused(.makerMayNotDecide) }
      }
      if case .outOfRange = obstacle(.award(awarded, of: row.disputed), placeOfMoney(row.withdrawal)) {
        throw .rejected(.balanceOverflow)
      }
    }
  }

  /// Who decides today has more to mind; records from before that still apply.
  private func requireDecidable(_ action: AppealAction, on appeal: UInt64, by person: Person?) throws(Denial) {
    switch action {
    case .addEvidence: break
    case .assign(let assignee):
      // Whoever could name another as the one who looked into it would need nobody to award money.
      guard person?.name == assignee else { throw .refused(.assigneeNotCaller) }
    case .resolve(_, let awarded, _):
      // Its money came back, and the agent has all that was owed.
      let state = withdrawals[appeals[appeal].withdrawal].state
      guard awarded == 0 || state != .returned else { throw .refused(.appealNotPossible(state: state)) }
    }
  }

  func placeOfMoney(_ withdrawal: UInt64) -> MoneyPlace {
    let account = withdrawals[withdrawal].account
    return MoneyPlace(book: accounts[account].book, account: account)
  }
}

// Records.
extension LedgerState {
  mutating func evolve(_ fact: AppealCreated, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.withdrawal, of: partner)
    let newestEpoch = appeals.count == 0 ? 0 : appeals[appeals.count].epoch
    let previous = newestAppeal(withdrawal)
    guard fact.id.shard == shard, fact.id.ordinal == appeals.count + 1, fact.id.epoch >= newestEpoch,
      fact.id.epoch <= epoch, previous == 0 || !appeals[previous].state.isOpen, fact.disputedMinorUnits >= 0,
      fact.disputedMinorUnits <= withdrawals[withdrawal].amount
    else { throw .appeal(fact.id) }
    let place = placeOfMoney(withdrawal)
    try requireNoObstacle(.freeze(fact.disputedMinorUnits), place)

    let appeal = addAppeal(
      AppealRow(
        withdrawal: withdrawal, kind: fact.kind, epoch: fact.id.epoch, disputed: fact.disputedMinorUnits,
        text: labels.append(fact.text), createTime: moment.time, createSequence: moment.sequence,
        firstAnswerDue: fact.firstAnswerDue, previous: previous))
    if fact.disputedMinorUnits > 0 {
      move(.freeze(fact.disputedMinorUnits), account: place.account, moment)
      addHiddenEntry(.disputed, subject: appeal)
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .appealCreated, subject: appeal)
  }

  mutating func evolve(_ fact: AppealActed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    guard let appeal = findAppeal(fact.id, in: .all), partnerLabel(appeals[appeal].withdrawal) == fact.partner else {
      throw .appeal(fact.id)
    }
    do throws(Denial) { try requireAct(fact.action, on: appeal, by: fact.key.caller.person) } catch {
      throw .appeal(fact.id)
    }

    switch fact.action {
    case .addEvidence(let note, let hash):
      addEvidence(
        EvidenceRow(
          appeal: appeal, person: labels.append(fact.key.caller.person?.name ?? .none), note: labels.append(note),
          hash: labels.append(hash), time: moment.time, sequence: moment.sequence,
          previous: appeals[appeal].newestEvidence))
    case .assign(let assignee):
      let reference = labels.append(assignee)
      appeals.update(appeal) {
        $0.assignee = reference
        $0.state = .assigned
        if $0.firstAnswerTime.microseconds == 0 { $0.firstAnswerTime = moment.time }
      }
    case .resolve(let isUpheld, let awarded, let answer):
      resolve(appeal, isUpheld: isUpheld, awarded: awarded, labels.append(answer), moment)
    }
    appeals.update(appeal) { $0.lastSequence = moment.sequence }
    return keep(fact.key, labels.append(fact.key.id), at: key, .appealActed, subject: appeal)
  }

  private mutating func resolve(
    _ appeal: UInt64, isUpheld: Bool, awarded: Int64, _ answer: LabelArena.Reference, _ moment: Moment
  ) {
    appeals.update(appeal) {
      $0.state = isUpheld ? .upheld : .rejected
      $0.awarded = awarded
      $0.answer = answer
      $0.resolveTime = moment.time
      $0.resolveSequence = moment.sequence
      if $0.firstAnswerTime.microseconds == 0 { $0.firstAnswerTime = moment.time }
    }
    let row = appeals[appeal]
    guard row.disputed > 0 else { return }
    let account = withdrawals[row.withdrawal].account
    move(.award(awarded, of: row.disputed), account: account, moment)
    if awarded > 0 {
      addEntry(.awarded, subject: appeal, agent: accounts[account].agent)
    } else {
      addHiddenEntry(.disputeRejected, subject: appeal)
    }
  }
}

// Rows, and appeals as callers know them.
extension LedgerState {
  var nextAppealID: AppealID { AppealID(epoch: epoch, shard: shard, ordinal: appeals.count + 1) }

  func appealID(_ ordinal: UInt64) -> AppealID {
    AppealID(epoch: appeals[ordinal].epoch, shard: shard, ordinal: ordinal)
  }

  func findAppeal(_ id: AppealID, in scope: Scope) -> UInt64? {
    guard id.shard == shard, appeals.contains(id.ordinal), appeals[id.ordinal].epoch == id.epoch,
      findWithdrawal(withdrawalID(appeals[id.ordinal].withdrawal), in: scope) != nil
    else { return nil }
    return id.ordinal
  }

  /// 0 when there was none.
  func newestAppeal(_ withdrawal: UInt64) -> UInt64 {
    let first = firstAppeal(withdrawal)
    return first == 0 ? 0 : appeals[first].newest
  }

  private func firstAppeal(_ withdrawal: UInt64) -> UInt64 {
    appeals.count == 0 ? 0 : appealIndex.find(hash(withdrawal, .none)) { appeals[$0].withdrawal == withdrawal }
  }

  mutating func addAppeal(_ row: AppealRow) -> UInt64 {
    let first = firstAppeal(row.withdrawal)
    let appeal = appeals.append(row)
    if first == 0 { appealIndex.insert(hash(row.withdrawal, .none), appeal) }
    appeals.update(first == 0 ? appeal : first) { $0.newest = appeal }
    return appeal
  }

  mutating func addEvidence(_ row: EvidenceRow) {
    let ordinal = evidence.append(row)
    appeals.update(row.appeal) {
      $0.newestEvidence = ordinal
      $0.evidenceCount += 1
    }
  }

  func appeal(_ ordinal: UInt64, at time: Timestamp) -> Appeal {
    let row = appeals[ordinal]
    let account = accounts[withdrawals[row.withdrawal].account]
    var shown: [Appeal.Evidence] = []
    var next = row.newestEvidence
    while next != 0 {
      let piece = evidence[next]
      shown.append(
        Appeal.Evidence(
          person: labels.label(piece.person), time: piece.time, note: labels.label(piece.note),
          hash: labels.label(piece.hash)))
      next = piece.previous
    }
    return Appeal(
      id: appealID(ordinal), partner: partnerLabel(row.withdrawal), agent: agentLabel(row.withdrawal),
      withdrawal: withdrawalID(row.withdrawal), kind: row.kind, state: row.state,
      disputed: Money(minorUnits: row.disputed, currency: books[account.book].currency),
      awardedMinorUnits: row.awarded, text: labels.label(row.text), evidence: shown.reversed(),
      assignee: labels.label(row.assignee), createTime: row.createTime, firstAnswerDue: row.firstAnswerDue,
      due: row.due, firstAnswerTime: row.firstAnswerTime, resolveTime: row.resolveTime,
      isEscalated: isEscalated(row, at: time), answer: labels.label(row.answer), lastSequence: row.lastSequence)
  }

  /// A clock went over while it was open; so it stays known of those that were resolved too late.
  private func isEscalated(_ row: AppealRow, at time: Timestamp) -> Bool {
    let end = row.state.isOpen ? time : row.resolveTime
    let answered = row.firstAnswerTime.microseconds == 0 ? end : row.firstAnswerTime
    return end > row.due || answered > row.firstAnswerDue
  }

  /// Oldest first among the open ones, which is by when they are due; then the others, newest first. Rests on all there is.
  func answerAppeals(_ filter: AppealFilter, at time: Timestamp) -> (Answer, UInt64) {
    let limit = min(max(filter.limit, 1), AnswerLimits.itemsMaximum)
    var found: [Appeal] = []
    var looked = 0
    var walk = AppealWalk(position: filter.after ?? 0)
    while true {
      let before = walk
      guard let ordinal = walk.next(of: appeals.count, openOnly: filter.openOnly) else {
        return (.appeals(found, next: nil), lastSequence)
      }
      guard looked < AnswerLimits.rowsScannedMaximum else {
        return (.appeals(found, next: before.position), lastSequence)
      }
      looked += 1
      guard appeals[ordinal].state.isOpen == walk.isOfOpenOnes else { continue }
      let appeal = appeal(ordinal, at: time)
      guard filter.partner == nil || appeal.partner == filter.partner, !filter.escalatedOnly || appeal.isEscalated
      else { continue }
      guard found.count < limit else { return (.appeals(found, next: before.position), lastSequence) }
      found.append(appeal)
    }
  }
}

/// Where a list of appeals stands. The direction is part of the position, so that appeals which come between two pages move
/// neither walk.
private enum AppealWalk {
  /// Over the open ones: those up to this ordinal were looked at.
  case upwards(after: UInt64)
  /// Over the others: this ordinal and those above it were looked at.
  case downwards(below: UInt64)

  init(position: UInt64) {
    self = position & 1 == 0 ? .upwards(after: position >> 1) : .downwards(below: position >> 1)
  }

  /// Any number is one: a position that was never handed out leads to some place of the list, or to its end.
  var position: UInt64 {
    switch self {
    case .upwards(let after): after << 1
    case .downwards(let below): below << 1 | 1
    }
  }

  var isOfOpenOnes: Bool {
    switch self {
    case .upwards: true
    case .downwards: false
    }
  }

  /// The next ordinal to look at; nil at the end.
  mutating func next(of count: UInt64, openOnly: Bool) -> UInt64? {
    if case .upwards(let after) = self {
      if after < count {
        self = .upwards(after: after + 1)
        return after + 1
      }
      if openOnly { return nil }
      self = .downwards(below: count + 1)
    }
    guard case .downwards(let below) = self, below > 1, !openOnly else { return nil }
    let ordinal = min(below - 1, count)
    guard ordinal > 0 else { return nil }
    self = .downwards(below: ordinal)
    return ordinal
  }
}
