internal import Digests

// ACTION_REQUIRED: the hold is kept while somebody mends what kept the payout from arriving. It goes on with another payee
// (amend) or as it is (retry), screened again; after `PayoutLimits.actionMicroseconds` it fails and the money goes back.
extension LedgerState {
  func decide(_ command: RetryWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let withdrawal = findWithdrawal(command.id, in: command.scope) else {
      return .rejected(.withdrawalNotFound)
    }
    let current = lastSequence(ofWithdrawal: withdrawal)
    if let expected = command.expectedSequence, expected != current {
      return .rejected(.etagMismatch(current: current))
    }
    do throws(Denial) {
      return .record(
        try rework(command.key, withdrawal, payee: labels.label(withdrawals[withdrawal].payee), policy, time))
    } catch { return denied(error, command.key, withdrawal, .retryWithdrawal, policy, time) }
  }

  /// For the amendment of a withdrawal in this state, too.
  func rework(
    _ key: RequestKey, _ withdrawal: UInt64, payee: Label, _ policy: any Policy, _ time: Timestamp
  ) throws(Denial) -> Record {
    let row = withdrawals[withdrawal]
    guard row.state == .actionRequired else { throw .refused(.notActionRequired(state: row.state)) }
    guard !isHeld(withdrawal) else { throw .refused(.onHold) }
    let payout = payouts.rows[withdrawal]
    guard !payout.isBlocked else { throw .refused(.payoutBlocked) }
    guard payout.attempts < PayoutKey.attemptMaximum else {
      throw .refused(.attemptsUsedUp(maximum: PayoutKey.attemptMaximum))
    }
    let screening = try screenAgain(withdrawal, payee: payee, policy, time)
    return .withdrawalReworked(
      WithdrawalReworked(
        key: key, partner: partnerLabel(withdrawal), id: withdrawalID(withdrawal), payee: payee,
        screening: screening, state: Self.state(after: screening.risk.verdict)))
  }

  mutating func evolve(_ fact: WithdrawalReworked, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.id, of: partner)
    let row = withdrawals[withdrawal]
    let stored = screenings[withdrawal]
    guard row.state == .actionRequired, !isHeld(withdrawal), Self.isEnteredAtOnce(fact.state) else {
      throw .transition(from: row.state, to: fact.state)
    }
    guard fact.screening.terms.feeMinorUnits == row.fee, fact.screening.terms.points == stored.points else {
      throw .amount(row.amount, fee: fact.screening.terms.feeMinorUnits)
    }
    guard fact.screening.limitDay == stored.limitDay else { throw .limitDay(fact.screening.limitDay) }
    if fact.state == .rejected { try requireReleasable(withdrawal, to: .rejected) }

    replacePayee(withdrawal, fact.payee, fact.screening, moment)
    payouts.update(withdrawal) {
      $0.tries = 0
      $0.deadline = Timestamp(microseconds: 0)
      $0.lastSequence = moment.sequence
    }
    switch fact.state {
    case .pendingReview:
      addAct(
        .reopened, on: withdrawal, by: fact.key.caller.person, .none, moment, figure: fact.screening.checkers,
        due: fact.screening.reviewDue)
      _ = enter(withdrawal, .pendingReview, moment)
    case .rejected:
      _ = release(withdrawal, to: .rejected, moment)
      profiles.update(accounts[row.account].agent) { $0.failed(at: moment.time) }
    case .approved, .submitted, .expired, .cancelled, .processing, .awaitingPayee, .inDoubt, .actionRequired,
      .cancelling, .paid, .confirmed, .returned, .failed:
      _ = enter(withdrawal, .approved, moment)
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .reworked, subject: withdrawal)
  }

  /// The one that has waited longest of those that are due. A hold moves the end, so one that is not due may stand in front.
  func decideLapse(_ time: Timestamp) -> Decision {
    var withdrawal = payouts.lane(.action)?.first ?? 0
    var scanned = 0
    while withdrawal != 0, scanned < AnswerLimits.rowsScannedMaximum {
      let row = payouts.rows[withdrawal]
      if row.deadline <= time, !isHeld(withdrawal), !row.isBlocked {
        return .record(
          .actionLapsed(ActionLapsed(partner: partnerLabel(withdrawal), id: withdrawalID(withdrawal))))
      }
      withdrawal = row.next
      scanned += 1
    }
    return .rejected(.nothingDue)
  }

  /// While it was held nobody could mend it.
  mutating func moveActionsEnd(_ withdrawal: UInt64, heldSince held: Timestamp, _ moment: Moment) {
    guard withdrawals[withdrawal].state == .actionRequired else { return }
    let entered = events[withdrawals[withdrawal].lastEvent].time
    let lost = moment.time.microseconds - max(held, entered).microseconds
    payouts.update(withdrawal) {
      $0.deadline = $0.deadline.advanced(by: lost)
      $0.lastSequence = moment.sequence
    }
  }

  mutating func evolve(_ fact: ActionLapsed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.id, of: findPartner(fact.partner))
    guard withdrawals[withdrawal].state == .actionRequired, payouts.rows[withdrawal].deadline <= moment.time,
      !isHeld(withdrawal), !payouts.rows[withdrawal].isBlocked
    else { throw .reviewAct(fact.id) }
    try requireReleasable(withdrawal, to: .failed)

    payouts.update(withdrawal) { $0.lastSequence = moment.sequence }
    _ = release(withdrawal, to: .failed, moment)
    return nil
  }

  mutating func evolve(_ fact: CancelBegun, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.id, of: partner)
    let state = withdrawals[withdrawal].state
    guard state == .awaitingPayee else { throw .transition(from: state, to: .cancelling) }

    payouts.update(withdrawal) {
      $0.isCancelAsked = true
      $0.lastSequence = moment.sequence
    }
    _ = enter(withdrawal, .cancelling, moment)
    return keep(fact.key, labels.append(fact.key.id), at: key, .cancelBegun, subject: withdrawal)
  }
}
