internal import Digests

// Dual control: one person proposes, another confirms, and in the record of the confirmation it takes effect. Only members
// of staff propose and confirm; for all others the payees, agents and proposals they name are not there.
extension LedgerState {
  func decide(_ command: Propose, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    let partner: Label
    switch command.subject {
    case .revealPayee(let id):
      guard command.key.caller.person != nil, let payee = findPayee(id, in: .all) else {
        return .rejected(.payeeNotFound)
      }
      let agent = agents[payees[payee].agent]
      partner = labels.label(partners[agent.partner].label)
      guard payees[payee].state != .erased else {
        return refuse(
          command.key, partner, agent: labels.label(agent.label), .propose, .payeeErased, policy, time)
      }
    case .adjustment(let of, let agent, let amount, _):
      guard command.key.caller.person != nil, findAgent(partner: findPartner(of), agent) != 0 else {
        return .rejected(.agentNotFound)
      }
      guard policy.acceptsDeposit(in: amount.currency) else {
        return .rejected(.currencyNotSupported(amount.currency))
      }
      guard amount.minorUnits != 0 else { return .rejected(.amountNotPositive) }
      guard amount.minorUnits != .min else { return .rejected(.balanceOverflow) }
      partner = of
    case .resolveDoubt(let resolution):
      guard command.key.caller.person != nil, let withdrawal = findWithdrawal(resolution.id, in: .all) else {
        return .rejected(.withdrawalNotFound)
      }
      do throws(Denial) { _ = try requireDecidableDoubt(resolution) } catch {
        return denied(error, command.key, withdrawal, .propose, policy, time)
      }
      partner = partnerLabel(withdrawal)
    }
    return .record(
      .proposed(Proposed(key: command.key, partner: partner, id: nextProposalID, subject: command.subject)))
  }

  func decide(_ command: ConfirmProposal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let proposal = findProposal(command.proposal), let person = command.key.caller.person else {
      return .rejected(.proposalNotFound)
    }
    do throws(Denial) {
      let row = proposals[proposal]
      switch state(ofProposal: row, at: time) {
      case .open: break
      case .confirmed: throw .refused(.proposalClosed(.confirmed))
      case .expired:
        if row.confirmSequence != 0 { throw .refused(.proposalClosed(.expired)) }
        throw .refused(.proposalExpired(at: Self.end(ofProposal: row)))
      }
      guard !labels.holds(person.name, at: row.proposer) else { throw .refused(.makerMayNotDecide) }
      guard command.digest == proposalDigest(proposal) else { throw .refused(.digestOutdated) }
      if case .resolveDoubt(let resolution) = subject(ofProposal: row) {
        return .record(try resolve(resolution, command, time))
      }
      try requireEffect(row)
      return .record(
        .proposalConfirmed(
          ProposalConfirmed(
            key: command.key, partner: partnerLabel(ofProposal: row), id: command.proposal, digest: command.digest)))
    } catch { return deniedProposal(error, command.key, proposal, .confirmProposal, policy, time) }
  }

  /// A reveal is for those two who agreed on it, and for minutes. A request that is repeated is answered to the same
  /// person only; whether anything may still be shown then, the proposal's state tells.
  func decide(_ command: RecordReveal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let place = findPlace(command.key.namespace, command.key.id)
    if let known = decideKnown(command.key, place) {
      guard let place, isRevealed(findRequest(place, command.key.id), toOtherThan: command.key.caller.person) else {
        return known
      }
      return .rejected(.requestIDReused)
    }
    guard let proposal = findProposal(command.proposal), let person = command.key.caller.person else {
      return .rejected(.proposalNotFound)
    }
    do throws(Denial) {
      let row = proposals[proposal]
      guard row.kind == .revealPayee, row.confirmSequence != 0 else {
        throw .refused(.proposalClosed(state(ofProposal: row, at: time)))
      }
      guard isParty(person.name, to: row) else { throw .refused(.proposalOfOthers) }
      let end = Self.end(ofProposal: row)
      guard time <= end else { throw .refused(.proposalExpired(at: end)) }
      try requireEffect(row)
      return .record(
        .payeeRevealed(
          PayeeRevealed(key: command.key, partner: partnerLabel(ofProposal: row), id: command.proposal)))
    } catch { return deniedProposal(error, command.key, proposal, .revealPayee, policy, time) }
  }

  /// What the confirmation does can be done.
  private func requireEffect(_ row: ProposalRow) throws(Denial) {
    switch row.kind {
    case .revealPayee:
      guard payees[row.subject].state != .erased else { throw .refused(.payeeErased) }
    case .adjustment:
      let place = findMoney(agent: row.subject, row.currency)
      switch obstacle(.adjustment(row.amount), place) {
      case .none: break
      case .outOfRange: throw .rejected(.balanceOverflow)
      case .belowFloor:
        throw .refused(.insufficientFunds(available: available(place), requested: 0 &- row.amount))
      }
    case .doubtPaid, .doubtNotPaid, .doubtFailed, .doubtStrayed: break  // looked at by `resolve`
    }
  }

  private func isRevealed(_ request: UInt64, toOtherThan person: Person?) -> Bool {
    guard request != 0, requests[request].outcome == .payeeRevealed else { return false }
    guard let person else { return true }
    return !labels.holds(person.name, at: reveals[requests[request].subject].person)
  }

  private func isParty(_ person: Label, to row: ProposalRow) -> Bool {
    labels.holds(person, at: row.proposer) || labels.holds(person, at: row.confirmer)
  }

  private func deniedProposal(
    _ denial: Denial, _ key: RequestKey, _ proposal: UInt64, _ method: RequestRefused.Method, _ policy: any Policy,
    _ time: Timestamp
  ) -> Decision {
    switch denial {
    case .rejected(let rejection): return .rejected(rejection)
    case .refused(let refusal):
      let agent = agents[agent(ofProposal: proposals[proposal])]
      return refuse(
        key, labels.label(partners[agent.partner].label), agent: labels.label(agent.label), method, refusal, policy,
        time)
    }
  }
}

// Records.
extension LedgerState {
  mutating func evolve(_ fact: Proposed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let newestEpoch = proposals.count == 0 ? 0 : proposals[proposals.count].epoch
    guard fact.id.shard == shard, fact.id.ordinal == proposals.count + 1, fact.id.epoch >= newestEpoch,
      fact.id.epoch <= epoch, let person = fact.key.caller.person
    else { throw .proposal(fact.id) }
    let (kind, subject, money, reason) = try requireSubject(fact, partner)

    let proposal = proposals.append(
      ProposalRow(
        kind: kind, epoch: fact.id.epoch, subject: subject, amount: money.minorUnits, currency: money.currency,
        reason: labels.append(reason), proposer: labels.append(person.name), nobody: labels.append(.none),
        createTime: moment.time, createSequence: moment.sequence))
    return keep(fact.key, labels.append(fact.key.id), at: key, .proposed, subject: proposal)
  }

  private func requireSubject(
    _ fact: Proposed, _ partner: UInt64
  ) throws(CorruptRecord) -> (ProposalRow.Kind, subject: UInt64, Money, reason: Label) {
    switch fact.subject {
    case .revealPayee(let id):
      guard let payee = findPayee(id, in: .all), agents[payees[payee].agent].partner == partner else {
        throw .payeeUnknown(id)
      }
      return (.revealPayee, payee, Money(minorUnits: 0, currency: Currency(code: 0)), .none)
    case .adjustment(let of, let name, let amount, let reason):
      let agent = findAgent(partner: partner, name)
      guard of == fact.partner, agent != 0 else { throw .agentUnknown }
      guard amount.currency.isWellFormed else { throw .currency(amount.currency.code) }
      guard amount.minorUnits != 0, amount.minorUnits != .min else { throw .amount(amount.minorUnits, fee: 0) }
      return (.adjustment, agent, amount, reason)
    case .resolveDoubt(let resolution):
      let withdrawal = try requireWithdrawal(resolution.id, of: partner)
      let currency = books[accounts[withdrawals[withdrawal].account].book].currency
      guard resolution.paidMinorUnits >= 0 else { throw .amount(resolution.paidMinorUnits, fee: 0) }
      return (
        ProposalRow.Kind(resolution.verdict), withdrawal,
        Money(minorUnits: resolution.paidMinorUnits, currency: currency), resolution.evidence
      )
    }
  }

  mutating func evolve(_ fact: ProposalConfirmed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let (key, proposal, person) = try requireProposal(fact.id, fact.partner, fact.key)
    let row = proposals[proposal]
    guard row.confirmSequence == 0, !labels.holds(person.name, at: row.proposer), row.kind.verdict == nil else {
      throw .proposal(fact.id)
    }
    if row.kind == .adjustment {
      try requireNoObstacle(.adjustment(row.amount), findMoney(agent: row.subject, row.currency))
    }

    confirm(proposal, by: person, moment)
    if row.kind == .adjustment { post(proposal, moment) }
    return keep(fact.key, labels.append(fact.key.id), at: key, .proposalConfirmed, subject: proposal)
  }

  mutating func evolve(_ fact: PayeeRevealed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let (key, proposal, person) = try requireProposal(fact.id, fact.partner, fact.key)
    let row = proposals[proposal]
    guard row.kind == .revealPayee, row.confirmSequence != 0, isParty(person.name, to: row) else {
      throw .proposal(fact.id)
    }
    let reveal = reveals.append(
      RevealRow(proposal: proposal, person: labels.append(person.name), sequence: moment.sequence))
    proposals.update(proposal) { $0.lastSequence = moment.sequence }
    return keep(fact.key, labels.append(fact.key.id), at: key, .payeeRevealed, subject: reveal)
  }

  mutating func confirm(_ proposal: UInt64, by person: Person, _ moment: Moment) {
    let confirmer = labels.append(person.name)
    proposals.update(proposal) {
      $0.confirmer = confirmer
      $0.confirmerRole = person.role.rawValue
      $0.confirmTime = moment.time
      $0.confirmSequence = moment.sequence
      $0.lastSequence = moment.sequence
    }
  }

  /// Dr suspense / Cr available, or the other way round.
  private mutating func post(_ proposal: UInt64, _ moment: Moment) {
    let row = proposals[proposal]
    let account = openAccount(agent: row.subject, row.currency)
    move(.adjustment(row.amount), account: account, moment)
    proposals.update(proposal) { $0.account = account }
    addEntry(.adjusted, subject: proposal, agent: row.subject)
  }

  func requireProposal(
    _ id: ProposalID, _ partner: Label, _ key: RequestKey
  ) throws(CorruptRecord) -> (RequestPlace?, UInt64, Person) {
    let known = findPartner(partner)
    let place = try requireNew(key, partner, known)
    guard let proposal = findProposal(id), let person = key.caller.person,
      agents[agent(ofProposal: proposals[proposal])].partner == known
    else { throw .proposal(id) }
    return (place, proposal, person)
  }
}
