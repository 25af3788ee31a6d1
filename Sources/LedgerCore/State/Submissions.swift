/// Why a command goes no further.
enum Denial: Error {
  /// For a business reason: recorded.
  case refused(Refusal)
  /// Without a trace.
  case rejected(Rejection)
}

// A submission meets its guards in this order: known, payable, agent, standing, payee, quote, terms, limits, funds, risk.
extension LedgerState {
  func decide(_ command: SubmitWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    do throws(Denial) {
      let screening = try screen(command, partner, policy, time)
      return .record(
        .withdrawalSubmitted(
          WithdrawalSubmitted(
            key: command.key, id: nextWithdrawalID, partner: command.partner, agent: command.agent,
            payee: command.payee, amount: command.amount, state: Self.state(after: screening.risk.verdict),
            screening: screening, origin: command.origin)))
    } catch {
      switch error {
      case .rejected(let rejection): return .rejected(rejection)
      case .refused(let refusal):
        return refuse(
          command.key, command.partner, agent: command.agent, .submitWithdrawal, refusal, policy, time)
      }
    }
  }

  @inline(__always)
  private func screen(
    _ command: SubmitWithdrawal, _ partner: UInt64, _ policy: any Policy, _ time: Timestamp
  ) throws(Denial) -> Screening {
    let amount = command.amount
    try requirePayable(amount, policy)
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { throw .rejected(.agentNotFound) }
    try requireGoodStanding(agent, policy)
    let payee = try requirePayee(command.payee, of: agent, policy)
    if let quoted = command.quoted, time > quoted.validUntil { throw .refused(.quoteExpired(at: quoted.validUntil)) }
    let application = Application(
      amount: amount, speed: command.speed, acceleration: command.acceleration, tier: tier(of: agent, policy),
      creditGrade: standings[agent].creditGrade, time: time)
    let terms = try terms(of: application, quoted: command.quoted, policy)
    let place = findMoney(agent: agent, amount.currency)
    let day = limitDay(place, policy, time)
    guard let limits = limits(of: agent, tier: application.tier, policy) else { throw .refused(.unknownTier) }
    try requireWithin(limits, amount.minorUnits, place, on: day)
    try requireFunds(amount, terms, agent: agent, place)
    let facts = riskFacts(
      of: application, agent: agent, place, payee: payeeKey(command.payee, account: payee), origin: command.origin)
    return Self.screening(facts, terms, day, policy)
  }

  func requirePayable(_ amount: Money, _ policy: any Policy) throws(Denial) {
    guard amount.currency != .points, policy.acceptsPayout(in: amount.currency) else {
      throw .rejected(.currencyNotSupported(amount.currency))
    }
    guard amount.minorUnits > 0 else { throw .rejected(.amountNotPositive) }
  }

  @inline(__always)
  func requireGoodStanding(_ agent: UInt64, _ policy: any Policy) throws(Denial) {
    let standing = standings[agent]
    guard !standing.isFrozen else { throw .refused(.agentFrozen) }
    guard standing.openViolations == 0 else { throw .refused(.openViolations(count: standing.openViolations)) }
    if policy.admission.needsVerifiedAgent { try requireVerified(agent) }
  }

  /// All three elements.
  func requireVerified(_ agent: UInt64) throws(Denial) {
    let missing = VerifiedElements.all.subtracting(standings[agent].verified)
    guard missing.isEmpty else { throw .refused(.agentNotVerified(missing: missing)) }
  }

  /// - Parameter quoted: fee and points that were promised; they take the place of what the rules ask for now.
  @inline(__always)
  func terms(
    of application: Application, quoted: QuotedTerms?, _ policy: any Policy
  ) throws(Denial) -> Terms {
    let amount = application.amount.minorUnits
    var terms: Terms
    switch policy.terms(of: application) {
    case .success(let found): terms = found
    case .failure(.unknownTier): throw .refused(.unknownTier)
    case .failure(.speedUnavailable(let speed)): throw .refused(.speedUnavailable(speed))
    case .failure(.pointsNotTaken(let speed)): throw .refused(.pointsNotTaken(speed))
    case .failure(.amountBelowFee(let fee)): throw .refused(.amountBelowFee(fee: fee, requested: amount))
    }
    if let quoted {
      terms.feeMinorUnits = quoted.feeMinorUnits
      terms.points = quoted.points
    }
    guard terms.feeMinorUnits >= 0, terms.feeMinorUnits <= amount, terms.points >= 0 else {
      throw .refused(.amountBelowFee(fee: terms.feeMinorUnits, requested: amount))
    }
    return terms
  }

  @inline(__always)
  func requireFunds(_ amount: Money, _ terms: Terms, agent: UInt64, _ place: MoneyPlace) throws(Denial) {
    let fee = terms.feeMinorUnits
    switch obstacle(.hold(net: amount.minorUnits - fee, fee: fee), place) {
    case .none: break
    case .outOfRange: throw .rejected(.balanceOverflow)
    case .belowFloor:
      throw .refused(.insufficientFunds(available: available(place), requested: amount.minorUnits))
    }
    guard terms.points > 0 else { return }
    let pointsPlace = findMoney(agent: agent, .points)
    switch obstacle(.holdPoints(terms.points), pointsPlace) {
    case .none: break
    case .outOfRange: throw .rejected(.balanceOverflow)
    case .belowFloor:
      throw .refused(.insufficientPoints(available: available(pointsPlace), requested: terms.points))
    }
  }

  /// A stored account is never below its floor; were it so, nothing would be available.
  @inline(__always)
  func available(_ place: MoneyPlace) -> Int64 {
    place.account == 0 ? 0 : accounts[place.account].balances.available ?? 0
  }
}

extension LedgerState {
  mutating func evolve(_ fact: WithdrawalSubmitted, _ moment: Moment) throws(CorruptRecord) -> UInt64 {
    let partner = findPartner(fact.partner)
    let key = try requireNew(fact.key, fact.partner, partner)
    // Ids of an earlier epoch come first, in an older part of the journal.
    let newestEpoch = withdrawals.count == 0 ? 0 : withdrawals[withdrawals.count].epoch
    guard fact.id.shard == shard, fact.id.ordinal == withdrawals.count + 1, fact.id.epoch >= newestEpoch,
      fact.id.epoch <= epoch
    else { throw .withdrawalID(expected: nextWithdrawalID, found: fact.id) }
    let agent = findAgent(partner: partner, fact.agent)
    guard agent != 0 else { throw .agentUnknown }
    guard Self.isEnteredAtOnce(fact.state) else { throw .transition(from: .submitted, to: fact.state) }
    let place = try requireAdmissible(fact, agent: agent)

    let payee = findPayee(fact.payee, of: agent)
    let ordinal = withdrawals.append(
      WithdrawalRow(
        account: place.account, epoch: fact.id.epoch, firstState: fact.state, amount: fact.amount.minorUnits,
        fee: fact.feeMinorUnits, createTime: moment.time, createSequence: moment.sequence,
        payee: labels.append(fact.payee), requestID: labels.append(fact.key.id),
        previousOfAgent: agents[agent].newestWithdrawal, previousOfPartner: partners[partner].newestWithdrawal))
    addScreening(fact, payee: payee, agent: agent)
    payouts.append()
    stateCounts[Int(fact.state.rawValue)] += 1
    if fact.state == .approved { enterLane(ordinal) }
    if fact.state != .rejected { reserve(ordinal, place, agent: agent, moment) }
    agents.update(agent) { $0.newestWithdrawal = ordinal }
    partners.update(partner) { $0.newestWithdrawal = ordinal }
    learn(fact, payee: payee, agent: agent, moment)
    if fact.state == .pendingReview { openReview(ordinal, fact.screening, moment) }
    return keep(fact.key, withdrawals[ordinal].requestID, at: key, .submitted, subject: ordinal)
  }

  /// The account that the money is held in. What is rejected holds nothing, but had money before it was judged.
  private func requireAdmissible(
    _ fact: WithdrawalSubmitted, agent: UInt64
  ) throws(CorruptRecord) -> MoneyPlace {
    let amount = fact.amount
    guard amount.currency.isWellFormed, amount.currency != .points else { throw .currency(amount.currency.code) }
    guard amount.minorUnits > 0, fact.feeMinorUnits >= 0, fact.feeMinorUnits <= amount.minorUnits else {
      throw .amount(amount.minorUnits, fee: fact.feeMinorUnits)
    }
    let points = fact.screening.terms.points
    guard points >= 0 else { throw .amount(points, fee: points) }
    let place = findMoney(agent: agent, amount.currency)
    guard place.account != 0 else { throw .balanceBelowFloor }
    guard fact.state != .rejected else { return place }
    try requireNoObstacle(.hold(net: amount.minorUnits - fact.feeMinorUnits, fee: fact.feeMinorUnits), place)
    if points > 0 { try requireNoObstacle(.holdPoints(points), findMoney(agent: agent, .points)) }
    guard accounts[place.account].usage.canReserve(amount.minorUnits, on: fact.screening.limitDay) else {
      throw .limitDay(fact.screening.limitDay)
    }
    return place
  }

  private mutating func addScreening(_ fact: WithdrawalSubmitted, payee: UInt64, agent: UInt64) {
    let previous = agents[agent].newestWithdrawal
    let device = place(fact.origin?.device, orAs: previous == 0 ? .none : screenings[previous].device)
    let address = place(fact.origin?.address, orAs: previous == 0 ? .none : screenings[previous].address)
    screenings.append(ScreeningRow(fact.screening, payee: payee, device: device, address: address))
  }

  /// An agent mostly comes from where it came from before: the label is kept once.
  mutating func place(_ label: Label?, orAs known: LabelArena.Reference) -> LabelArena.Reference {
    guard let label, !label.isNone else { return .none }
    return labels.holds(label, at: known) ? known : labels.append(label)
  }

  private mutating func reserve(_ withdrawal: UInt64, _ place: MoneyPlace, agent: UInt64, _ moment: Moment) {
    let row = withdrawals[withdrawal]
    let screening = screenings[withdrawal]
    move(.hold(net: row.amount - row.fee, fee: row.fee), account: place.account, moment)
    accounts.update(place.account) { $0.usage.reserve(row.amount, on: screening.limitDay) }
    addEntry(.held, subject: withdrawal, agent: agent)
    guard screening.points > 0 else { return }
    move(.holdPoints(screening.points), account: findMoney(agent: agent, .points).account, moment)
    addEntry(.heldPoints, subject: withdrawal, agent: agent)
  }

  /// What later submissions will be judged by.
  private mutating func learn(_ fact: WithdrawalSubmitted, payee: UInt64, agent: UInt64, _ moment: Moment) {
    let risk = fact.screening.risk
    profiles.update(agent) { $0.submitted(fact.amount.minorUnits, verdict: risk.verdict, at: moment.time) }
    links.see(.payee, payeeKey(fact.payee, account: payee), agent: agent, at: moment.time)
    guard let origin = fact.origin else { return }
    if !origin.device.isNone { links.see(.device, origin.device, agent: agent, at: moment.time) }
    if !origin.address.isNone { links.see(.address, origin.address, agent: agent, at: moment.time) }
    if risk.listAddressUntil > moment.time { listAddress(origin.address, risk, moment) }
  }

  /// Never over an entry that holds, which may be a person's, and never beyond what the lists may have.
  private mutating func listAddress(_ address: Label, _ risk: RiskResult, _ moment: Moment) {
    guard !address.isNone, lists.listing(.address, address, at: moment.time) != .black, hasListRoom(for: 1) else {
      return
    }
    lists.put(
      ListEntry(
        subject: .address, colour: .black, partner: .none, name: address, until: risk.listAddressUntil,
        reason: ListEntry.sharedAddressReason, isAutomatic: true, time: moment.time, sequence: moment.sequence))
  }
}

extension ListEntry {
  /// Of entries that the risk rules make by themselves: the code of the rule.
  static let sharedAddressReason: Label = {
    let name: StaticString = "ADDRESS_SHARED"
    return Label(trusted: name.utf8Start, count: name.utf8CodeUnitCount)
  }()
}
