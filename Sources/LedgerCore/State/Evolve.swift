internal import Digests

/// A record that does not follow from the state it is applied to. Only bytes from a disk can be such: the journal is not
/// this ledger's, or not whole, or was written by a program with a fault.
package enum CorruptRecord: Error, Hashable, Sendable {
  case sequence(expected: UInt64, found: UInt64)
  case timeRunsBackwards(last: Timestamp, found: Timestamp)
  case requestKnown
  case agentKnown
  case agentUnknown
  case partnerUnknown
  case externalReferenceKnown
  case withdrawalID(expected: WithdrawalID, found: WithdrawalID)
  case withdrawalUnknown(WithdrawalID)
  case partnerMismatch(WithdrawalID)
  /// Such a transition does not exist.
  case transition(from: WithdrawalState, to: WithdrawalState)
  case currency(UInt32)
  /// Not positive, or a fee outside 0...amount.
  case amount(Int64, fee: Int64)
  case balanceOutOfRange
  case balanceBelowFloor
  /// Limits are counted in newer buckets already.
  case limitDay(LimitDay)
  /// The parent is the agent itself or below it, or too far down.
  case parentLoop
  case payeeID(expected: PayeeID, found: PayeeID)
  /// Not there, another partner's, or erased.
  case payeeUnknown(PayeeID)
  /// An act that the review, or the hold, does not allow.
  case reviewAct(WithdrawalID)
  /// Not there, out of order, or not to be confirmed or used so.
  case proposal(ProposalID)
  /// No such entry of the lists.
  case listEntry
  /// Versions of the rules rise.
  case rulesVersion(UInt32)
  case tableFull
  /// Not there, not open, out of order, or with figures that do not fit.
  case attempt(PayoutKey)
  case channel(Label)
  /// Not there, out of order, closed, or with figures that do not fit.
  case appeal(AppealID)
}

/// What `evolve` made of a record; `answer(to:)` turns it into the reply.
package struct Applied: Sendable {
  /// nil where the house acted by itself.
  let request: UInt64?
}

extension LedgerState {
  /// Applies a record. A record that was decided against this state always applies. One that makes no sense throws, and
  /// then nothing has changed: everything is checked before anything is stored.
  @discardableResult
  package mutating func evolve(
    _ record: Record, sequence: UInt64, time: Timestamp
  ) throws(CorruptRecord) -> Applied {
    guard lastSequence < .max, sequence == lastSequence + 1 else {
      throw .sequence(expected: lastSequence &+ 1, found: sequence)
    }
    guard time >= lastTime else { throw .timeRunsBackwards(last: lastTime, found: time) }
    // One record adds at most four rows to any table.
    guard max(requests.count, entries.count, events.count, partners.count) < Ordinal.maximum - 4 else {
      throw .tableFull
    }
    let moment = Moment(sequence: sequence, time: time)
    let request: UInt64?
    switch record {
    case .agentCreated(let fact): request = try evolve(fact, moment)
    case .deposited(let fact): request = try evolve(fact, moment)
    case .withdrawalSubmitted(let fact): request = try evolve(fact, moment)
    case .withdrawalCancelled(let fact): request = try evolve(fact, moment)
    case .requestRefused(let fact): request = try evolve(fact, moment)
    case .agentUpdated(let fact): request = try evolve(fact, moment)
    case .agentVerified(let fact): request = try evolve(fact, moment)
    case .payeeCreated(let fact): request = try evolve(fact, moment)
    case .payeeVerified(let fact): request = try evolve(fact, moment)
    case .payeeErased(let fact): request = try evolve(fact, moment)
    case .reviewActed(let fact): request = try evolve(fact, moment)
    case .holdChanged(let fact): request = try evolve(fact, moment)
    case .withdrawalAmended(let fact): request = try evolve(fact, moment)
    case .reviewExpired(let fact): request = try evolve(fact, moment)
    case .outcomeReported(let fact): request = try evolve(fact, moment)
    case .proposed(let fact): request = try evolve(fact, moment)
    case .proposalConfirmed(let fact): request = try evolve(fact, moment)
    case .payeeRevealed(let fact): request = try evolve(fact, moment)
    case .listChanged(let fact): request = try evolve(fact, moment)
    case .rulesActivated(let fact): request = try evolve(fact, moment)
    case .channelStateSet(let fact): request = try evolve(fact, moment)
    case .channelFunded(let fact): request = try evolve(fact, moment)
    case .attemptBegun(let fact): request = try evolve(fact, moment)
    case .attemptUpdated(let fact): request = try evolve(fact, moment)
    case .payoutHeldBack(let fact): request = try evolve(fact, moment)
    case .strayPaid(let fact): request = try evolve(fact, moment)
    case .payoutReturned(let fact): request = try evolve(fact, moment)
    case .strayReturned(let fact): request = try evolve(fact, moment)
    case .payoutConfirmed(let fact): request = try evolve(fact, moment)
    case .withdrawalReworked(let fact): request = try evolve(fact, moment)
    case .actionLapsed(let fact): request = try evolve(fact, moment)
    case .cancelBegun(let fact): request = try evolve(fact, moment)
    case .doubtResolved(let fact): request = try evolve(fact, moment)
    case .appealCreated(let fact): request = try evolve(fact, moment)
    case .appealActed(let fact): request = try evolve(fact, moment)
    }
    lastSequence = sequence
    lastTime = time
    return Applied(request: request)
  }

  struct Moment {
    var sequence: UInt64
    var time: Timestamp
  }

  private mutating func evolve(_ fact: Deposited, _ moment: Moment) throws(CorruptRecord) -> UInt64 {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    guard fact.amount.currency.isWellFormed else { throw .currency(fact.amount.currency.code) }
    guard fact.amount.minorUnits > 0 else { throw .amount(fact.amount.minorUnits, fee: 0) }
    let agent = findAgent(partner: partner, fact.agent)
    guard agent != 0 else { throw .agentUnknown }
    guard findDeposit(partner: partner, externalReference: fact.externalReference) == 0 else {
      throw .externalReferenceKnown
    }
    let movement = Movement.deposit(fact.amount.minorUnits)
    let place = findMoney(agent: agent, fact.amount.currency)
    try requireNoObstacle(movement, place)

    let account = place.account != 0 ? place.account : openAccount(agent: agent, fact.amount.currency)
    move(movement, account: account, moment)
    let deposit = deposits.append(
      DepositRow(
        account: account, amount: fact.amount.minorUnits, externalReference: labels.append(fact.externalReference),
        time: moment.time, sequence: moment.sequence))
    depositIndex.insert(hash(partner, fact.externalReference), deposit)
    addEntry(.deposit, subject: deposit, agent: agent)
    if fact.amount.currency != .points {
      profiles.update(agent) { $0.deposited(fact.amount.minorUnits, at: moment.time) }
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .deposited, subject: deposit)
  }

  private mutating func evolve(_ fact: RequestRefused, _ moment: Moment) throws(CorruptRecord) -> UInt64 {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    // Who has no agent has nothing that a business reason could refuse.
    guard partner != 0 else { throw .partnerUnknown }
    let agent = fact.agent.isNone ? 0 : findAgent(partner: partner, fact.agent)
    guard agent != 0 || fact.agent.isNone else { throw .agentUnknown }

    let refusal = refusals.append(
      RefusalRow(partner: partner, method: fact.method, refusal: fact.refusal, sequence: moment.sequence))
    let request = keep(fact.key, labels.append(fact.key.id), at: key, .refused, subject: refusal)
    refusalMeters.update(requests[request].namespace + 1) { $0.add(at: moment.time) }
    if agent != 0, fact.method == .submitWithdrawal { profiles.update(agent) { $0.failed(at: moment.time) } }
    return request
  }
}

// Checks: these throw and change nothing.
extension LedgerState {
  /// - Parameter known: the ordinal of `partner`, 0 when it has none yet.
  func requireNew(
    _ key: RequestKey, _ partner: Label, _ known: UInt64
  ) throws(CorruptRecord) -> RequestPlace? {
    guard let place = findPlace(key, partner, known) else { return nil }
    guard findRequest(place, key.id) == 0 else { throw .requestKnown }
    return place
  }

  func requireNoObstacle(_ movement: Movement, _ place: MoneyPlace) throws(CorruptRecord) {
    switch obstacle(movement, place) {
    case .none: break
    case .outOfRange: throw .balanceOutOfRange
    case .belowFloor: throw .balanceBelowFloor
    }
  }
}

// Changes: these cannot fail. The snapshot reader uses them too.
extension LedgerState {
  mutating func internPartner(_ label: Label) -> UInt64 {
    let known = findPartner(label)
    if known != 0 { return known }
    let partner = partners.append(PartnerRow(label: labels.append(label)))
    partnerIndex.insert(hash(0, label), partner)
    refusalMeters.append(RefusalMeter())
    return partner
  }

  mutating func openAccount(agent: UInt64, _ currency: Currency) -> UInt64 {
    var book = findBook(currency)
    if book == 0 { book = books.append(BookRow(currency: currency)) }
    let known = findAccount(agent: agent, book: book)
    if known != 0 { return known }
    let account = accounts.append(AccountRow(agent: agent, book: book, nextOfAgent: agents[agent].firstAccount))
    agents.update(agent) { $0.firstAccount = account }
    return account
  }

  mutating func move(_ movement: Movement, account: UInt64, _ moment: Moment) {
    accounts.update(account) {
      movement.apply(to: &$0.balances)
      $0.lastSequence = moment.sequence
    }
    books.update(accounts[account].book) {
      movement.apply(to: &$0)
      // The arithmetic was checked before, so only a fault in this program can break double entry: stop before anything
      // wrong is acknowledged. Bytes from a disk cannot get here.
      precondition($0.isBalanced, "debits and credits differ")
      precondition($0.clearing.creditsPosted == $0.clearing.debitsPosted, "clearing keeps money")
    }
  }

  mutating func addEvent(_ event: EventRow) -> UInt64 {
    let ordinal = events.append(event)
    let left = withdrawals[event.withdrawal].state
    if left == .pendingReview, event.state != .pendingReview { closeReview(event.withdrawal) }
    let previous = withdrawals[event.withdrawal].lastEvent
    if previous != 0 { events.update(previous) { $0.next = ordinal } }
    withdrawals.update(event.withdrawal) {
      $0.state = event.state
      if previous == 0 { $0.firstEvent = ordinal }
      $0.lastEvent = ordinal
    }
    // While a snapshot is read, withdrawals are counted and lanes made when everything is there.
    guard payouts.rows.contains(event.withdrawal) else { return ordinal }
    stateCounts[Int(left.rawValue)] -= 1
    stateCounts[Int(event.state.rawValue)] += 1
    enterLane(event.withdrawal)
    return ordinal
  }

  mutating func addEntry(_ kind: EntryRow.Kind, subject: UInt64, agent: UInt64) {
    let entry = entries.append(
      EntryRow(kind, subject: subject, previousOfAgent: agents[agent].newestEntry))
    agents.update(agent) { $0.newestEntry = entry }
  }

  /// Remembers the request for ever.
  /// - Parameter place: as found; nil when its namespace is new.
  mutating func keep(
    _ key: RequestKey, _ id: LabelArena.Reference, at place: RequestPlace?, _ outcome: RequestRow.Outcome,
    subject: UInt64
  ) -> UInt64 {
    if let place { return keep(id, key.content, at: place, outcome, subject: subject) }
    let namespace =
      switch key.namespace {
      case .staff: staffNamespace
      case .partner(let label): internPartner(label)
      }
    let place = RequestPlace(namespace: namespace, hash: hash(namespace, key.id))
    return keep(id, key.content, at: place, outcome, subject: subject)
  }

  mutating func keep(
    _ id: LabelArena.Reference, _ content: Fingerprint128, at place: RequestPlace, _ outcome: RequestRow.Outcome,
    subject: UInt64
  ) -> UInt64 {
    let request = requests.append(
      RequestRow(id: id, content: content, namespace: place.namespace, outcome: outcome, subject: subject))
    requestIndex.insert(place.hash, request)
    return request
  }
}
