internal import Digests

// What people do with a withdrawal in review. A command meets its guards in this order: known, there, in review, not held,
// and then those of the action: maker, person, digest, claim.
extension LedgerState {
  func decide(_ command: ReviewWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    // Only members of staff review. For all others there is nothing here.
    guard let withdrawal = findWithdrawal(command.id, in: .all), let person = command.key.caller.person else {
      return .rejected(.withdrawalNotFound)
    }
    do throws(Denial) {
      let review = try requireReview(withdrawal)
      let action = try recorded(command.action, by: person, on: review, time)
      let state = stateAfter(action.kind, by: person.role, on: review)
      return .record(
        .reviewActed(
          ReviewActed(
            key: command.key, partner: partnerLabel(withdrawal), id: command.id, action: action, state: state)))
    } catch { return denied(error, command.key, withdrawal, .reviewWithdrawal, policy, time) }
  }

  /// The review of a withdrawal that people may act on.
  func requireReview(_ withdrawal: UInt64) throws(Denial) -> UInt64 {
    let review = reviews.find(withdrawal)
    guard review != 0, reviews.rows[review].isOpen else {
      throw .refused(.notInReview(state: withdrawals[withdrawal].state))
    }
    guard reviews.rows[review].hold == 0 else { throw .refused(.onHold) }
    return review
  }

  /// What may have happened while it waited: the agent was frozen, or the payee erased.
  private func requireStillPayable(_ withdrawal: UInt64) throws(Denial) {
    guard !standings[accounts[withdrawals[withdrawal].account].agent].isFrozen else { throw .refused(.agentFrozen) }
    let payee = screenings[withdrawal].payee
    guard payee == 0 || payees[payee].state != .erased else { throw .refused(.payeeErased) }
  }

  private func recorded(
    _ action: ReviewAction, by person: Person, on review: UInt64, _ time: Timestamp
  ) throws(Denial) -> RecordedAction {
    switch action {
    case .claim:
      try requireUnclaimed(review, by: person, time)
      return RecordedAction(kind: .claim)
    case .release:
      try requireUnclaimed(review, by: person, time)
      guard isClaim(reviews.rows[review].claim, of: person.name) else { throw .rejected(.nothingToChange) }
      return RecordedAction(kind: .release)
    case .approve(let digest):
      guard !isMaker(person.name, of: review) else { throw .refused(.makerMayNotDecide) }
      guard !hasApproved(person.name, review) else { throw .refused(.personDecidedAlready) }
      let row = reviews.rows[review]
      guard digest == reviewDigest(row.withdrawal, version: row.version) else { throw .refused(.digestOutdated) }
      try requireUnclaimed(review, by: person, time)
      try requireStillPayable(row.withdrawal)
      return RecordedAction(kind: .approve, digest: digest)
    case .reject(let reason):
      guard !isMaker(person.name, of: review) else { throw .refused(.makerMayNotDecide) }
      try requireUnclaimed(review, by: person, time)
      return RecordedAction(kind: .reject, note: reason)
    case .requestInformation(let note):
      try requireUnclaimed(review, by: person, time)
      return RecordedAction(kind: .requestInformation, note: note)
    case .escalate(let reason):
      // Whoever sees that compliance is needed may say so, claimed or not.
      guard !reviews.rows[review].isEscalated else { throw .rejected(.nothingToChange) }
      return RecordedAction(kind: .escalate, note: reason)
    }
  }

  /// A claim keeps others away until it ends.
  private func requireUnclaimed(_ review: UInt64, by person: Person, _ time: Timestamp) throws(Denial) {
    let claim = reviews.rows[review].claim
    guard claim != 0, !isClaim(claim, of: person.name) else { return }
    let end = Self.end(ofClaim: reviews.acts[claim])
    guard time >= end else { throw .refused(.reviewClaimed(until: end)) }
  }

  private func isClaim(_ act: UInt64, of person: Label) -> Bool {
    act != 0 && labels.holds(person, at: reviews.acts[act].person)
  }

  /// The partner made the withdrawal. Persons are compared by name.
  private func isMaker(_ person: Label, of review: UInt64) -> Bool {
    person == partnerLabel(reviews.rows[review].withdrawal)
  }

  private func hasApproved(_ person: Label, _ review: UInt64) -> Bool {
    reviews.approvals(review).contains { labels.holds(person, at: reviews.acts[$0].person) }
  }

  /// What an action leads to; nil for nothing. The last approval that is needed approves; an escalated review needs
  /// somebody of compliance among those who approved.
  func stateAfter(_ kind: RecordedAction.Kind, by role: StaffRole, on review: UInt64) -> WithdrawalState? {
    switch kind {
    case .claim, .release, .requestInformation, .escalate: return nil
    case .reject: return .rejected
    case .approve:
      let row = reviews.rows[review]
      let approvals = reviews.approvals(review)
      guard approvals.count + 1 >= Int(row.required) else { return nil }
      let compliance = StaffRole.compliance
      guard row.isEscalated, role != compliance else { return .approved }
      return approvals.contains { reviews.acts[$0].role == compliance.rawValue } ? .approved : nil
    }
  }

  /// What can be seen of an act without any clock: whoever reads records or snapshots may rely on it.
  func isAllowed(_ kind: ReviewAct.Kind, by person: Label, on review: UInt64) -> Bool {
    let row = reviews.rows[review]
    switch kind {
    case .opened: return row.version == 0 && row.newest == 0
    case .claimed, .informationRequested: return row.isOpen && row.hold == 0
    case .released: return row.isOpen && row.hold == 0 && isClaim(row.claim, of: person)
    case .approved: return row.isOpen && row.hold == 0 && !isMaker(person, of: review) && !hasApproved(person, review)
    case .rejected: return row.isOpen && row.hold == 0 && !isMaker(person, of: review)
    case .escalated: return row.isOpen && row.hold == 0 && !row.isEscalated
    case .held: return row.hold == 0
    case .lifted: return row.hold != 0
    case .amended: return row.isOpen && row.hold == 0 && row.question != 0
    case .outcomeReported: return true
    case .reopened: return !row.isOpen && row.hold == 0
    }
  }
}

// Records.
extension LedgerState {
  mutating func evolve(_ fact: ReviewActed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.id, of: partner)
    let review = reviews.find(withdrawal)
    let kind = ReviewAct.Kind(fact.action.kind)
    guard review != 0, let person = fact.key.caller.person, isAllowed(kind, by: person.name, on: review),
      fact.state == stateAfter(fact.action.kind, by: person.role, on: review)
    else { throw .reviewAct(fact.id) }
    if fact.state == .rejected { try requireReleasable(withdrawal, to: .rejected) }

    let act = addAct(kind, on: withdrawal, by: person, fact.action.note, moment)
    if fact.state == .rejected {
      _ = release(withdrawal, to: .rejected, moment)
      profiles.update(accounts[withdrawals[withdrawal].account].agent) { $0.failed(at: moment.time) }
    } else if fact.state == .approved {
      _ = enter(withdrawal, .approved, moment)
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .reviewActed, subject: act)
  }

  /// A withdrawal enters PENDING_REVIEW.
  mutating func openReview(_ withdrawal: UInt64, _ screening: Screening, _ moment: Moment) {
    addAct(.opened, on: withdrawal, by: nil, .none, moment, figure: screening.checkers, due: screening.reviewDue)
  }

  /// A withdrawal left PENDING_REVIEW.
  mutating func closeReview(_ withdrawal: UInt64) { reviews.close(reviews.find(withdrawal)) }

  @discardableResult
  mutating func addAct(
    _ kind: ReviewAct.Kind, on withdrawal: UInt64, by person: Person?, _ note: Label, _ moment: Moment,
    figure: UInt8 = 0, due: Timestamp = Timestamp(microseconds: 0)
  ) -> UInt64 {
    reviews.add(
      ReviewAct(
        review: reviews.row(of: withdrawal), kind: kind, role: person?.role.rawValue ?? 0, figure: figure,
        person: labels.append(person?.name ?? .none), note: labels.append(note), time: moment.time,
        sequence: moment.sequence, due: due))
  }
}

// What the commands about one withdrawal share.
extension LedgerState {
  func partnerLabel(_ withdrawal: UInt64) -> Label {
    labels.label(partners[agents[accounts[withdrawals[withdrawal].account].agent].partner].label)
  }

  func agentLabel(_ withdrawal: UInt64) -> Label {
    labels.label(agents[accounts[withdrawals[withdrawal].account].agent].label)
  }

  func denied(
    _ denial: Denial, _ key: RequestKey, _ withdrawal: UInt64, _ method: RequestRefused.Method, _ policy: any Policy,
    _ time: Timestamp
  ) -> Decision {
    switch denial {
    case .rejected(let rejection): .rejected(rejection)
    case .refused(let refusal):
      refuse(
        key, partnerLabel(withdrawal), agent: agentLabel(withdrawal), method, refusal, policy, time)
    }
  }
}

extension ReviewAct.Kind {
  init(_ kind: RecordedAction.Kind) {
    switch kind {
    case .claim: self = .claimed
    case .release: self = .released
    case .approve: self = .approved
    case .reject: self = .rejected
    case .requestInformation: self = .informationRequested
    case .escalate: self = .escalated
    }
  }
}
