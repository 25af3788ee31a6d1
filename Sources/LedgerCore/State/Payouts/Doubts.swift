internal import Digests

// What two people decide about a payout whose channel does not: a proposal, and its confirmation by another.
extension LedgerState {
  /// It may be proposed, and confirmed: the payout is in doubt, or money left for an attempt that counts as failed.
  /// - Parameter proposed: sequence of the proposal that is confirmed: what it is about was there already. What people found
  ///   out about one attempt says nothing about the next.
  func requireDoubt(_ resolution: DoubtResolution, proposed: UInt64 = .max) throws(Denial) -> UInt64 {
    guard let withdrawal = findWithdrawal(resolution.id, in: .all) else { throw .rejected(.withdrawalNotFound) }
    let state = withdrawals[withdrawal].state
    guard resolution.paidMinorUnits >= 0 else { throw .rejected(.amountNotPositive) }
    let tellsAmount = resolution.verdict == .paid || resolution.verdict == .strayed
    guard tellsAmount == (resolution.paidMinorUnits > 0) else { throw .rejected(.amountNotPositive) }
    // A blocked one is only let go: what left is in suspense, and an adjustment brings it where it belongs.
    let attempt = openAttempt(withdrawal)
    if payouts.rows[withdrawal].isBlocked, resolution.verdict == .notPaid, attempt == 0 {
      guard payouts.rows[withdrawal].lastSequence < proposed else { throw .refused(.digestOutdated) }
      return withdrawal
    }
    guard state == .inDoubt, attempt != 0 else { throw .refused(.notInDoubt(state: state)) }
    guard attempts[attempt].beginSequence < proposed else { throw .refused(.digestOutdated) }
    return withdrawal
  }

  /// The record of a confirmation.
  func resolve(
    _ resolution: DoubtResolution, _ command: ConfirmProposal, _ time: Timestamp
  ) throws(Denial) -> Record {
    guard let proposal = findProposal(command.proposal) else { throw .rejected(.proposalNotFound) }
    let withdrawal = try requireDoubt(resolution, proposed: proposals[proposal].createSequence)
    let state = state(after: resolution.verdict, withdrawal)
    let refund = state == .paid ? refundForDelay(withdrawal, paidAt: time) : 0
    let attempt = openAttempt(withdrawal)
    if attempt != 0 {
      let result = result(of: resolution)
      guard isClosable(withdrawal, attempt, result, entering: state, refund: refund),
        resolution.verdict != .strayed || canStray(result, attempt)
      else { throw .rejected(.balanceOverflow) }
    }
    return .doubtResolved(
      DoubtResolved(
        key: command.key, partner: partnerLabel(withdrawal), id: command.proposal, digest: command.digest,
        withdrawal: resolution.id, state: state,
        feeRefundMinorUnits: refund,
        deadline: state == .actionRequired
          ? time.advanced(by: PayoutLimits.actionMicroseconds) : Timestamp(microseconds: 0)))
  }

  private func state(after verdict: DoubtVerdict, _ withdrawal: UInt64) -> WithdrawalState {
    guard openAttempt(withdrawal) != 0 else { return withdrawals[withdrawal].state }
    switch verdict {
    case .paid: return .paid
    case .notPaid: return hasTriesLeft(withdrawal) ? .approved : .actionRequired
    case .failed, .strayed: return .failed
    }
  }

  private func result(of resolution: DoubtResolution) -> AttemptResult {
    let state: AttemptState =
      switch resolution.verdict {
      case .paid: .paid
      case .notPaid: .tryElsewhere
      case .failed, .strayed: .refused
      }
    return AttemptResult(
      state, source: .people, reason: state == .paid ? .none : .unspecified,
      paidMinorUnits: resolution.paidMinorUnits)
  }

  mutating func evolve(_ fact: DoubtResolved, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let (key, proposal, person) = try requireProposal(fact.id, fact.partner, fact.key)
    let row = proposals[proposal]
    guard row.confirmSequence == 0, !labels.holds(person.name, at: row.proposer),
      case .resolveDoubt(let resolution) = subject(ofProposal: row), resolution.id == fact.withdrawal
    else { throw .proposal(fact.id) }
    let withdrawal: UInt64
    do throws(Denial) { withdrawal = try requireDoubt(resolution, proposed: row.createSequence) } catch {
      throw .proposal(fact.id)
    }
    guard fact.state == state(after: resolution.verdict, withdrawal) else { throw .proposal(fact.id) }
    let attempt = openAttempt(withdrawal)
    guard attempt != 0 else {
      confirm(proposal, by: person, moment)
      payouts.update(withdrawal) {
        $0.isBlocked = false
        $0.lastSequence = moment.sequence
      }
      enterLane(withdrawal)
      return keep(fact.key, labels.append(fact.key.id), at: key, .proposalConfirmed, subject: proposal)
    }
    let result = result(of: resolution)
    let closing = try requireClosable(
      withdrawal, attempt, result, entering: fact.state, refund: fact.feeRefundMinorUnits,
      payoutKey(ofAttempt: attempt))
    if resolution.verdict == .strayed, !canStray(result, attempt) { throw .balanceOutOfRange }

    confirm(proposal, by: person, moment)
    note(result, on: attempt, moment)
    close(closing, withdrawal, attempt, moment)
    if resolution.verdict == .strayed { stray(result, attempt, moment) }
    leave(withdrawal, to: fact.state, result, deadline: fact.deadline, moment)
    return keep(fact.key, labels.append(fact.key.id), at: key, .proposalConfirmed, subject: proposal)
  }
}
