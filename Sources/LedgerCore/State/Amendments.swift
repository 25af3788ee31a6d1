internal import Digests

// Another payee, where the partner was asked for it. Screened again, and for people to decide again: who asked is not
// overruled by a better score.
extension LedgerState {
  func decide(_ command: AmendWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let withdrawal = findWithdrawal(command.id, in: command.scope) else {
      return .rejected(.withdrawalNotFound)
    }
    let current = lastSequence(ofWithdrawal: withdrawal)
    if let expected = command.expectedSequence, expected != current {
      return .rejected(.etagMismatch(current: current))
    }
    do throws(Denial) {
      if withdrawals[withdrawal].state == .actionRequired {
        return .record(try rework(command.key, withdrawal, payee: command.payee, policy, time))
      }
      let review = try requireReview(withdrawal)
      let row = reviews.rows[review]
      guard row.question != 0 else { throw .refused(.noInformationRequested) }
      var screening = try screenAgain(withdrawal, payee: command.payee, policy, time)
      let state: WithdrawalState
      switch screening.risk.verdict {
      case .reject: state = .rejected
      case .review, .approve:
        state = .pendingReview
        // An amendment asks for no fewer people than before.
        screening.checkers = max(row.required, screening.checkers)
      }
      // The clock goes on with what was left when it was stopped.
      if state == .pendingReview { screening.reviewDue = time.advanced(by: row.rest) }
      return .record(
        .withdrawalAmended(
          WithdrawalAmended(
            key: command.key, partner: partnerLabel(withdrawal), id: command.id, payee: command.payee,
            screening: screening, state: state)))
    } catch { return denied(error, command.key, withdrawal, .amendWithdrawal, policy, time) }
  }

  mutating func evolve(_ fact: WithdrawalAmended, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.id, of: partner)
    let review = reviews.find(withdrawal)
    guard review != 0, isAllowed(.amended, by: .none, on: review) else { throw .reviewAct(fact.id) }
    let row = withdrawals[withdrawal]
    let stored = screenings[withdrawal]
    guard fact.screening.terms.feeMinorUnits == row.fee, fact.screening.terms.points == stored.points else {
      throw .amount(row.amount, fee: fact.screening.terms.feeMinorUnits)
    }
    guard fact.screening.limitDay == stored.limitDay else { throw .limitDay(fact.screening.limitDay) }
    switch fact.state {
    case .pendingReview: break
    case .rejected: try requireReleasable(withdrawal, to: .rejected)
    case .submitted, .approved, .expired, .cancelled, .processing, .awaitingPayee, .inDoubt, .actionRequired,
      .cancelling, .paid, .confirmed, .returned, .failed:
      throw .transition(from: row.state, to: fact.state)
    }

    let agent = accounts[row.account].agent
    replacePayee(withdrawal, fact.payee, fact.screening, moment)
    let act = addAct(
      .amended, on: withdrawal, by: fact.key.caller.person, .none, moment, figure: fact.screening.checkers,
      due: fact.screening.reviewDue)
    if fact.state == .rejected {
      _ = release(withdrawal, to: .rejected, moment)
      profiles.update(agent) { $0.failed(at: moment.time) }
    } else {
      _ = enter(withdrawal, .pendingReview, moment)
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .reviewActed, subject: act)
  }

  /// Money goes there from now on, as it was judged.
  mutating func replacePayee(_ withdrawal: UInt64, _ label: Label, _ screening: Screening, _ moment: Moment) {
    let stored = screenings[withdrawal]
    let agent = accounts[withdrawals[withdrawal].account].agent
    let payee = findPayee(label, of: agent)
    if !labels.holds(label, at: withdrawals[withdrawal].payee) {
      let reference = labels.append(label)
      withdrawals.update(withdrawal) { $0.payee = reference }
    }
    screenings.update(withdrawal) {
      $0 = ScreeningRow(screening, payee: payee, device: stored.device, address: stored.address)
    }
    links.see(.payee, payeeKey(label, account: payee), agent: agent, at: moment.time)
  }
}
