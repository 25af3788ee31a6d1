internal import Digests

extension LedgerState {
  func decide(_ command: CreatePayee, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { return .rejected(.agentNotFound) }
    guard standings[agent].openPayees < AgentLimits.payeesMaximum else {
      return .rejected(.tooManyPayees(limit: AgentLimits.payeesMaximum))
    }
    if policy.admission.needsVerifiedAgent {
      do throws(Denial) {
        try requireVerified(agent)
        guard standings[agent].nameHash == command.nameHash else { throw .refused(.holderDiffers) }
      } catch {
        switch error {
        case .rejected(let rejection): return .rejected(rejection)
        case .refused(let refusal):
          return refuse(command.key, command.partner, agent: command.agent, .createPayee, refusal, policy, time)
        }
      }
    }
    return .record(
      .payeeCreated(
        PayeeCreated(
          key: command.key, partner: command.partner, id: nextPayeeID, agent: command.agent, rail: command.rail,
          numberHash: command.numberHash, nameHash: command.nameHash, maskedNumber: command.maskedNumber,
          maskedName: command.maskedName, bank: command.bank, isVerified: command.isVerified,
          sealed: command.sealed)))
  }

  func decide(_ command: RecordPayeeVerification, _ policy: any Policy, _ time: Timestamp) -> Decision {
    decide(command.key, command.payee, command.scope, .verifyPayee, policy, time) { partner in
      .payeeVerified(
        PayeeVerified(key: command.key, partner: partner, id: command.payee, isVerified: command.isVerified))
    }
  }

  func decide(_ command: ErasePayee, _ policy: any Policy, _ time: Timestamp) -> Decision {
    decide(command.key, command.payee, command.scope, .erasePayee, policy, time) { partner in
      .payeeErased(PayeeErased(key: command.key, partner: partner, id: command.payee, reason: command.reason))
    }
  }

  /// What both have in common: the account is there, in the scope, and not erased.
  private func decide(
    _ key: RequestKey, _ id: PayeeID, _ scope: Scope, _ method: RequestRefused.Method, _ policy: any Policy,
    _ time: Timestamp, record: (_ partner: Label) -> Record
  ) -> Decision {
    if let known = decideKnown(key, findPlace(key.namespace, key.id)) { return known }
    guard let payee = findPayee(id, in: scope) else { return .rejected(.payeeNotFound) }
    let agent = agents[payees[payee].agent]
    let partner = labels.label(partners[agent.partner].label)
    guard payees[payee].state != .erased else {
      return refuse(key, partner, agent: labels.label(agent.label), method, .payeeErased, policy, time)
    }
    return .record(record(partner))
  }

  /// The account that money is to go to; 0 where the payee is the platform's own reference.
  @inline(__always)
  func requirePayee(_ label: Label, of agent: UInt64, _ policy: any Policy) throws(Denial) -> UInt64 {
    let needsAccount = policy.admission.needsPayeeAccount
    guard let id = PayeeID(label), let payee = findPayee(id, of: agents[agent].partner) else {
      if needsAccount { throw .rejected(.payeeNotFound) }
      return 0
    }
    let row = payees[payee]
    guard row.agent == agent else {
      if needsAccount { throw .refused(.payeeOfOtherAgent) }
      return 0
    }
    switch row.state {
    case .verified: break
    case .unverified: if needsAccount { throw .refused(.payeeNotVerified) }
    case .erased: throw .refused(.payeeErased)
    }
    // The agent may have been verified as another person since the account was made.
    if needsAccount, policy.admission.needsVerifiedAgent, row.nameHash != standings[agent].nameHash {
      throw .refused(.holderDiffers)
    }
    return payee
  }

  var nextPayeeID: PayeeID { PayeeID(epoch: epoch, shard: shard, ordinal: payees.count + 1) }
}

extension LedgerState {
  mutating func evolve(_ fact: PayeeCreated, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let newestEpoch = payees.count == 0 ? 0 : payees[payees.count].epoch
    guard fact.id.shard == shard, fact.id.ordinal == payees.count + 1, fact.id.epoch >= newestEpoch,
      fact.id.epoch <= epoch
    else { throw .payeeID(expected: nextPayeeID, found: fact.id) }
    let agent = findAgent(partner: partner, fact.agent)
    guard agent != 0 else { throw .agentUnknown }

    let requestID = labels.append(fact.key.id)
    let payee = addPayee(
      PayeeRow(
        agent: agent, numberHash: fact.numberHash, nameHash: fact.nameHash,
        maskedNumber: labels.append(fact.maskedNumber), maskedName: labels.append(fact.maskedName),
        bank: labels.append(fact.bank), requestID: requestID, sealed: sealed.append(fact.sealed),
        createTime: moment.time, createSequence: moment.sequence, lastSequence: moment.sequence,
        previousOfAgent: standings[agent].newestPayee, previousWithNumber: newestPayee(withNumber: fact.numberHash),
        newestWithNumber: 0, epoch: fact.id.epoch, rail: fact.rail, state: fact.isVerified ? .verified : .unverified))
    return keep(fact.key, requestID, at: key, .payeeCreated, subject: payee)
  }

  mutating func evolve(_ fact: PayeeVerified, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let payee = try requireOpenPayee(fact.id, of: partner)

    payees.update(payee) {
      $0.state = fact.isVerified ? .verified : .unverified
      $0.lastSequence = moment.sequence
    }
    return keep(fact.key, labels.append(fact.key.id), at: key, .payeeVerified, subject: payee)
  }

  mutating func evolve(_ fact: PayeeErased, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    let payee = try requireOpenPayee(fact.id, of: partner)

    payees.update(payee) {
      $0.state = .erased
      $0.lastSequence = moment.sequence
    }
    standings.update(payees[payee].agent) { $0.openPayees -= 1 }
    return keep(fact.key, labels.append(fact.key.id), at: key, .payeeErased, subject: payee)
  }

  private func requireOpenPayee(_ id: PayeeID, of partner: UInt64) throws(CorruptRecord) -> UInt64 {
    guard partner != 0, let payee = findPayee(id, of: partner), payees[payee].state != .erased else {
      throw .payeeUnknown(id)
    }
    return payee
  }

  /// With its links and its place in the index. The snapshot reader uses it too.
  mutating func addPayee(_ row: PayeeRow) -> UInt64 {
    let first = firstPayee(withNumber: row.numberHash)
    let payee = payees.append(row)
    if first == 0 {
      payeeIndex.insert(hash(row.numberHash.first, .none), payee)
      payees.update(payee) { $0.newestWithNumber = payee }
    } else {
      payees.update(first) { $0.newestWithNumber = payee }
    }
    standings.update(row.agent) {
      $0.newestPayee = payee
      if row.state != .erased { $0.openPayees += 1 }
    }
    return payee
  }
}

// Finding accounts: 0 or nil when there is none.
extension LedgerState {
  private func firstPayee(withNumber hash: Fingerprint128) -> UInt64 {
    payeeIndex.find(self.hash(hash.first, .none)) { payees[$0].numberHash == hash }
  }

  func newestPayee(withNumber hash: Fingerprint128) -> UInt64 {
    let first = firstPayee(withNumber: hash)
    return first == 0 ? 0 : payees[first].newestWithNumber
  }

  func findPayee(_ id: PayeeID, in scope: Scope) -> UInt64? {
    guard id.shard == shard, payees.contains(id.ordinal), payees[id.ordinal].epoch == id.epoch else { return nil }
    switch scope {
    case .all: return id.ordinal
    case .partner(let label):
      let partner = partners[agents[payees[id.ordinal].agent].partner]
      return labels.holds(label, at: partner.label) ? id.ordinal : nil
    }
  }

  /// - Parameter partner: ordinal.
  private func findPayee(_ id: PayeeID, of partner: UInt64) -> UInt64? {
    guard let payee = findPayee(id, in: .all), agents[payees[payee].agent].partner == partner else { return nil }
    return payee
  }

  /// The account of this agent that the label is the id of.
  @inline(__always)
  func findPayee(_ label: Label, of agent: UInt64) -> UInt64 {
    guard let id = PayeeID(label), let payee = findPayee(id, in: .all), payees[payee].agent == agent else { return 0 }
    return payee
  }
}

extension LedgerState {
  func payee(_ ordinal: UInt64) -> Payee {
    let row = payees[ordinal]
    let agent = agents[row.agent]
    return Payee(
      id: PayeeID(epoch: row.epoch, shard: shard, ordinal: ordinal),
      partner: labels.label(partners[agent.partner].label), agent: labels.label(agent.label), rail: row.rail,
      state: row.state, maskedNumber: labels.label(row.maskedNumber), maskedName: labels.label(row.maskedName),
      bank: labels.label(row.bank), numberHash: row.numberHash, nameHash: row.nameHash,
      requestID: labels.label(row.requestID), sealed: sealed.sealed(row.sealed), createTime: row.createTime,
      lastSequence: row.lastSequence)
  }

  /// Newest first; `before` is the `next` of the page before. An agent's accounts are few, but erased ones stay.
  func answerPayees(_ partner: Label, _ agent: Label, before: UInt64?, limit: Int) -> (Answer, UInt64) {
    let agent = findAgent(partner: findPartner(partner), agent)
    guard agent != 0 else { return (.rejected(.agentNotFound), 0) }
    var first = standings[agent].newestPayee
    if let before {
      first = payees.contains(before) && payees[before].agent == agent ? payees[before].previousOfAgent : 0
    }
    return page(from: first, limit, agents[agent].createSequence) { $0.previousOfAgent }
  }

  /// Newest first, of all partners.
  func answerPayees(withNumber hash: Fingerprint128, before: UInt64?, limit: Int) -> (Answer, UInt64) {
    var first = newestPayee(withNumber: hash)
    if let before {
      first = payees.contains(before) && payees[before].numberHash == hash ? payees[before].previousWithNumber : 0
    }
    return page(from: first, limit, 0) { $0.previousWithNumber }
  }

  private func page(
    from first: UInt64, _ limit: Int, _ sequence: UInt64, next: (PayeeRow) -> UInt64
  ) -> (Answer, UInt64) {
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    var found: [Payee] = []
    var sequence = sequence
    var ordinal = first
    var last: UInt64 = 0
    while ordinal != 0, found.count < limit {
      found.append(payee(ordinal))
      sequence = max(sequence, payees[ordinal].lastSequence)
      last = ordinal
      ordinal = next(payees[ordinal])
    }
    return (.payees(found, next: ordinal == 0 ? nil : last), sequence)
  }
}
