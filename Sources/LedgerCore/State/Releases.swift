// How a withdrawal leaves a state: giving everything back, or only entering another.
extension LedgerState {
  func decide(_ command: CancelWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let ordinal = findWithdrawal(command.id, in: command.scope) else { return .rejected(.withdrawalNotFound) }
    let current = lastSequence(ofWithdrawal: ordinal)
    if let expected = command.expectedSequence, expected != current {
      return .rejected(.etagMismatch(current: current))
    }
    let row = withdrawals[ordinal]
    let agent = agents[accounts[row.account].agent]
    let partner = labels.label(partners[agent.partner].label)
    func refused(_ refusal: Refusal) -> Decision {
      refuse(command.key, partner, agent: labels.label(agent.label), .cancelWithdrawal, refusal, policy, time)
    }
    guard row.state.isCancelable else { return refused(.notCancelable(state: row.state)) }
    guard !isHeld(ordinal) || command.key.caller.person?.role == .compliance else { return refused(.onHold) }
    guard !payouts.rows[ordinal].isBlocked else { return refused(.payoutBlocked) }
    if row.state == .awaitingPayee {
      return .record(.cancelBegun(CancelBegun(key: command.key, partner: partner, id: command.id)))
    }
    return .record(.withdrawalCancelled(WithdrawalCancelled(key: command.key, id: command.id, partner: partner)))
  }

  mutating func evolve(_ fact: WithdrawalCancelled, _ moment: Moment) throws(CorruptRecord) -> UInt64 {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let ordinal = try requireWithdrawal(fact.id, of: partner)
    guard openAttempt(ordinal) == 0 else { throw .transition(from: withdrawals[ordinal].state, to: .cancelled) }
    try requireReleasable(ordinal, to: .cancelled)

    _ = release(ordinal, to: .cancelled, moment)
    return keep(fact.key, labels.append(fact.key.id), at: key, .cancelled, subject: ordinal)
  }

  /// - Parameter partner: ordinal of the one that the record names, 0 for an unknown one.
  func requireWithdrawal(_ id: WithdrawalID, of partner: UInt64) throws(CorruptRecord) -> UInt64 {
    guard let ordinal = findWithdrawal(id, in: .all) else { throw .withdrawalUnknown(id) }
    guard agents[accounts[withdrawals[ordinal].account].agent].partner == partner else { throw .partnerMismatch(id) }
    return ordinal
  }

  /// Everything that `release` needs to be so. Changes nothing.
  func requireReleasable(_ withdrawal: UInt64, to state: WithdrawalState) throws(CorruptRecord) {
    let row = withdrawals[withdrawal]
    guard Self.isTransition(from: row.state, to: state), Self.isReleasing(state) else {
      throw .transition(from: row.state, to: state)
    }
    let account = accounts[row.account]
    try requireNoObstacle(
      .release(net: row.amount - row.fee, fee: row.fee), MoneyPlace(book: account.book, account: row.account))
    let points = screenings[withdrawal].points
    if points > 0 { try requireNoObstacle(.releasePoints(points), findMoney(agent: account.agent, .points)) }
  }

  /// Voids H1, H2 and the points, gives back what was used of the limits, and enters `state`.
  /// - Returns: the event.
  mutating func release(_ withdrawal: UInt64, to state: WithdrawalState, _ moment: Moment) -> UInt64 {
    let row = withdrawals[withdrawal]
    let screening = screenings[withdrawal]
    let agent = accounts[row.account].agent
    move(.release(net: row.amount - row.fee, fee: row.fee), account: row.account, moment)
    accounts.update(row.account) { $0.usage.release(row.amount, on: screening.limitDay) }
    let event = enter(withdrawal, state, moment)
    addEntry(.released, subject: event, agent: agent)
    guard screening.points > 0 else { return event }
    move(.releasePoints(screening.points), account: findMoney(agent: agent, .points).account, moment)
    addEntry(.releasedPoints, subject: event, agent: agent)
    return event
  }

  /// Enters a state without any posting. `isTransition` allows it.
  /// - Returns: the event.
  mutating func enter(_ withdrawal: UInt64, _ state: WithdrawalState, _ moment: Moment) -> UInt64 {
    addEvent(EventRow(withdrawal: withdrawal, state: state, time: moment.time, sequence: moment.sequence))
  }
}

// The transitions of design: a record may make no other.
extension LedgerState {
  /// What a submit may lead to in the same record.
  static func isEnteredAtOnce(_ state: WithdrawalState) -> Bool {
    state == .approved || state == .pendingReview || state == .rejected
  }

  static func isTransition(from old: WithdrawalState, to new: WithdrawalState) -> Bool {
    switch old {
    // Again in review, with another payee.
    case .pendingReview: new == .approved || new == .pendingReview || isReleasing(new) && new != .failed
    case .approved: new == .processing || new == .pendingReview || new == .cancelled
    // CANCELLED where that was asked for before.
    case .processing, .inDoubt:
      isUnderWay(new) && new != .cancelling && new != old || isPayoutsEnd(new) || new == .approved || new == .cancelled
    case .awaitingPayee:
      isUnderWay(new) && new != .processing && new != old || isPayoutsEnd(new) || new == .cancelled
    case .cancelling: isUnderWay(new) && new != .processing && new != old || isPayoutsEnd(new) || new == .cancelled
    case .actionRequired:
      new == .approved || new == .pendingReview || new == .rejected || new == .cancelled || new == .failed
    case .paid: new == .confirmed || new == .returned
    case .confirmed: new == .returned
    case .submitted, .rejected, .expired, .cancelled, .returned, .failed: false
    }
  }

  /// A channel may have the money, or get it.
  private static func isUnderWay(_ state: WithdrawalState) -> Bool {
    switch state {
    case .processing, .awaitingPayee, .inDoubt, .cancelling: true
    case .submitted, .pendingReview, .approved, .rejected, .expired, .cancelled, .actionRequired, .paid, .confirmed,
      .returned, .failed:
      false
    }
  }

  private static func isPayoutsEnd(_ state: WithdrawalState) -> Bool {
    state == .paid || state == .actionRequired || state == .failed
  }

  /// Entering it after something was held gives everything back.
  static func isReleasing(_ state: WithdrawalState) -> Bool {
    switch state {
    case .rejected, .expired, .cancelled, .failed: true
    case .submitted, .pendingReview, .approved, .processing, .awaitingPayee, .inDoubt, .actionRequired, .cancelling,
      .paid, .confirmed, .returned:
      false
    }
  }
}
