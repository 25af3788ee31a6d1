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

  /// The same for who decides today. Records from before this was asked for still apply.
  ///
  /// A verdict is on the channel's latest word: what people found out before it says nothing about it. And where money is
  /// known to have left, nobody decides that none did: another attempt, or the agent, would get it once more.
  func requireDecidableDoubt(_ resolution: DoubtResolution, proposed: UInt64 = .max) throws(Denial) -> UInt64 {
    let withdrawal = try requireDoubt(resolution, proposed: proposed)
    let attempt = openAttempt(withdrawal)
    guard attempt != 0 else { return withdrawal }
    let known = attempts[attempt]
    guard known.updateSequence < proposed else { throw .refused(.digestOutdated) }
    switch resolution.verdict {
    case .paid, .strayed: break
    case .notPaid, .failed:
      guard known.state != .mismatch || known.paid == 0 else { throw .refused(.moneyHasLeft(paid: known.paid)) }
    }
    return withdrawal
  }

  /// The record of a confirmation.
  func resolve(
    _ resolution: DoubtResolution, _ command: ConfirmProposal, _ time: Timestamp
  ) throws(Denial) -> Record {
    guard let proposal = findProposal(command.proposal) else { throw .rejected(.proposalNotFound) }
    let withdrawal = try requireDecidableDoubt(resolution, proposed: proposals[proposal].createSequence)
    let state = state(after: resolution.verdict, withdrawal, isCancelAsked: payouts.rows[withdrawal].isCancelAsked)
    let refund = state == .paid ? refundForDelay(withdrawal, paidAt: time) : 0
    let attempt = openAttempt(withdrawal)
    var fee: Int64 = 0
    if attempt != 0 {
      let holdable = fees(of: resolution.verdict, attempt).first { fee in
        isClosable(withdrawal, attempt, result(of: resolution, channelFee: fee), entering: state, refund: refund)
          && (resolution.verdict != .strayed
            || canStray(StrayFigures(paid: resolution.paidMinorUnits, channelFee: fee), attempt))
      }
      guard let holdable else { throw .rejected(.balanceOverflow) }
      fee = holdable
    }
    return .doubtResolved(
      DoubtResolved(
        key: command.key, partner: partnerLabel(withdrawal), id: command.proposal, digest: command.digest,
        withdrawal: resolution.id, state: state,
        feeRefundMinorUnits: refund,
        deadline: state == .actionRequired
          ? time.advanced(by: PayoutLimits.actionMicroseconds) : Timestamp(microseconds: 0),
        channelFeeMinorUnits: fee == 0 ? nil : fee))
  }

  /// What the channel took for what left, best first: as its proof told (of a mismatch, 0 is not told), as was reserved, and
  /// nothing where the books can hold neither.
  private func fees(of verdict: DoubtVerdict, _ attempt: UInt64) -> [Int64] {
    switch verdict {
    case .notPaid, .failed: return [0]
    case .paid, .strayed:
      let known = attempts[attempt]
      let isTold = known.state == .mismatch && known.channelFee > 0
      return (isTold ? [known.channelFee] : []) + [known.reservedFee, 0]
    }
  }

  private func state(
    after verdict: DoubtVerdict, _ withdrawal: UInt64, isCancelAsked: Bool
  ) -> WithdrawalState {
    guard openAttempt(withdrawal) != 0 else { return withdrawals[withdrawal].state }
    switch verdict {
    case .paid: return .paid
    case .notPaid: return isCancelAsked ? .cancelled : hasTriesLeft(withdrawal) ? .approved : .actionRequired
    case .failed: return isCancelAsked ? .cancelled : .failed
    case .strayed: return .failed
    }
  }

  /// A record may tell it; those from before a cancel outlived doubt tell the one without it.
  private func mayEnter(_ entered: WithdrawalState, after verdict: DoubtVerdict, _ withdrawal: UInt64) -> Bool {
    entered == state(after: verdict, withdrawal, isCancelAsked: payouts.rows[withdrawal].isCancelAsked)
      || entered == state(after: verdict, withdrawal, isCancelAsked: false)
  }

  private func result(of resolution: DoubtResolution, channelFee: Int64) -> AttemptResult {
    let state: AttemptState =
      switch resolution.verdict {
      case .paid: .paid
      case .notPaid: .tryElsewhere
      case .failed, .strayed: .refused
      }
    return AttemptResult(
      state, source: .people, reason: state == .paid ? .none : .unspecified,
      paidMinorUnits: resolution.paidMinorUnits, channelFeeMinorUnits: channelFee)
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
    let fee = fact.channelFeeMinorUnits ?? 0
    guard mayEnter(fact.state, after: resolution.verdict, withdrawal),
      fee == 0 || fee > 0 && (resolution.verdict == .paid || resolution.verdict == .strayed)
    else { throw .proposal(fact.id) }
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
    let result = result(of: resolution, channelFee: fee)
    let strayed = StrayFigures(paid: resolution.paidMinorUnits, channelFee: fee)
    let closing = try requireClosable(
      withdrawal, attempt, result, entering: fact.state, refund: fact.feeRefundMinorUnits,
      payoutKey(ofAttempt: attempt))
    if resolution.verdict == .strayed, !canStray(strayed, attempt) { throw .balanceOutOfRange }

    confirm(proposal, by: person, moment)
    note(result, on: attempt, moment)
    close(closing, withdrawal, attempt, moment)
    if resolution.verdict == .strayed { stray(strayed, result, attempt, moment) }
    leave(withdrawal, to: fact.state, result, deadline: fact.deadline, moment)
    return keep(fact.key, labels.append(fact.key.id), at: key, .proposalConfirmed, subject: proposal)
  }
}
