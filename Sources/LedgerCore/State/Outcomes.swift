internal import Digests

// What was found out about a withdrawal after it was decided: it teaches the agent's profile and the lists.
extension LedgerState {
  func decide(_ command: ReportOutcome, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let withdrawal = findWithdrawal(command.id, in: .all), command.key.caller.person != nil else {
      return .rejected(.withdrawalNotFound)
    }
    guard wasDecided(withdrawal) else {
      return denied(
        .refused(.notInReview(state: withdrawals[withdrawal].state)), command.key, withdrawal, .reportOutcome, policy,
        time)
    }
    guard outcome(of: withdrawal) != command.outcome else { return .rejected(.nothingToChange) }
    let listed = ListSubjects(command.listed)
    let names = listNames(withdrawal)
    for subject in ListSubject.allCases where listed.contains(subject) {
      // Its submission did not tell the device or the address.
      guard !names(subject).isNone else { return .rejected(.originNotTold(subject)) }
    }
    guard hasListRoom(for: UInt64(ListSubject.allCases.count)) || listed.rawValue == 0 else {
      return .rejected(.listFull)
    }
    return .record(
      .outcomeReported(
        OutcomeReported(
          key: command.key, partner: partnerLabel(withdrawal), id: command.id, outcome: command.outcome,
          listed: listed, note: command.note)))
  }

  mutating func evolve(_ fact: OutcomeReported, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let withdrawal = try requireWithdrawal(fact.id, of: partner)
    let names = listNames(withdrawal)
    guard let person = fact.key.caller.person, wasDecided(withdrawal),
      ListSubject.allCases.allSatisfy({ !fact.listed.contains($0) || !names($0).isNone })
    else { throw .reviewAct(fact.id) }

    // A withdrawal counts once, as what it is now.
    let wasAbnormal = outcome(of: withdrawal)?.isAbnormal ?? false
    if fact.outcome.isAbnormal != wasAbnormal {
      profiles.update(accounts[withdrawals[withdrawal].account].agent) { $0.reported(fact.outcome, at: moment.time) }
    }
    for subject in ListSubject.allCases where fact.listed.contains(subject) {
      lists.put(
        ListEntry(
          subject: subject, colour: .black, partner: subject == .agent ? fact.partner : .none, name: names(subject),
          until: nil, reason: fact.outcome.label, isAutomatic: false, time: moment.time, sequence: moment.sequence))
    }
    let act = addAct(
      .outcomeReported, on: withdrawal, by: person, fact.note, moment, figure: fact.outcome.rawValue)
    return keep(fact.key, labels.append(fact.key.id), at: key, .reviewActed, subject: act)
  }

  /// As it was reported last; nil for never.
  private func outcome(of withdrawal: UInt64) -> ReviewOutcome? {
    let review = reviews.find(withdrawal)
    return review == 0 ? nil : ReviewOutcome(rawValue: reviews.rows[review].outcome)
  }

  /// It was approved or rejected at some time, whatever became of it then.
  func wasDecided(_ withdrawal: UInt64, before sequence: UInt64 = .max) -> Bool {
    let row = withdrawals[withdrawal]
    func isDecision(_ state: WithdrawalState) -> Bool { state == .approved || state == .rejected }
    if isDecision(row.firstState) { return true }
    var event = row.firstEvent
    while event != 0, events[event].sequence < sequence {
      if isDecision(events[event].state) { return true }
      event = events[event].next
    }
    return false
  }

  /// By what the lists know the withdrawal's agent, payee, device and address; `Label.none` for what was not told.
  private func listNames(_ withdrawal: UInt64) -> (ListSubject) -> Label {
    let row = withdrawals[withdrawal]
    let screening = screenings[withdrawal]
    let agent = agentLabel(withdrawal)
    let payee = payeeKey(labels.label(row.payee), account: screening.payee)
    let (device, address) = (labels.label(screening.device), labels.label(screening.address))
    return { subject in
      switch subject {
      case .agent: agent
      case .payee: payee
      case .device: device
      case .address: address
      }
    }
  }
}

extension ReviewOutcome {
  /// The reason of what is listed because of it.
  fileprivate var label: Label {
    func label(_ name: StaticString) -> Label { Label(trusted: name.utf8Start, count: name.utf8CodeUnitCount) }
    return switch self {
    case .cleared: label("CLEARED")
    case .fraud: label("FRAUD")
    case .stolenCard: label("STOLEN_CARD")
    case .laundering: label("LAUNDERING")
    }
  }
}
