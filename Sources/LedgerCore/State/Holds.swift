internal import Digests

// Compliance holds a withdrawal that is not final, and lets it go. While it is held nobody approves, only compliance
// cancels, and the clock of its review stands.
extension LedgerState {
  func decide(_ command: HoldWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    // For others than compliance there is nothing here to hold.
    guard let withdrawal = findWithdrawal(command.id, in: .all), command.key.caller.person?.role == .compliance else {
      return .rejected(.withdrawalNotFound)
    }
    func refused(_ refusal: Refusal) -> Decision {
      denied(.refused(refusal), command.key, withdrawal, .holdWithdrawal, policy, time)
    }
    let state = withdrawals[withdrawal].state
    guard !state.isFinal else { return refused(.notInReview(state: state)) }
    guard isHeld(withdrawal) != command.isHeld else { return refused(.holdUnchanged(isHeld: command.isHeld)) }
    return .record(
      .holdChanged(
        HoldChanged(
          key: command.key, partner: partnerLabel(withdrawal), id: command.id, isHeld: command.isHeld,
          reason: command.reason)))
  }

  mutating func evolve(_ fact: HoldChanged, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.id, of: partner)
    guard let person = fact.key.caller.person, !withdrawals[withdrawal].state.isFinal,
      isHeld(withdrawal) != fact.isHeld
    else { throw .reviewAct(fact.id) }
    let review = reviews.find(withdrawal)
    let held = review == 0 || fact.isHeld ? moment.time : reviews.acts[reviews.rows[review].hold].time

    let act = addAct(fact.isHeld ? .held : .lifted, on: withdrawal, by: person, fact.reason, moment)
    if !fact.isHeld { moveActionsEnd(withdrawal, heldSince: held, moment) }
    enterLane(withdrawal)
    return keep(fact.key, labels.append(fact.key.id), at: key, .reviewActed, subject: act)
  }
}
