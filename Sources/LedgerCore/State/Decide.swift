/// What becomes of a command.
package enum Decision: Sendable {
  /// To be applied with `evolve`, then written. Nothing has changed yet.
  case record(Record)
  /// The request is known: the resource as it stands now, or the refusal it got. It rests on `sequence`.
  case answered(Answer, sequence: UInt64)
  /// Nothing happens and nothing is kept.
  case rejected(Rejection)
}

extension LedgerState {
  /// - Parameter now: the clock; time never runs backwards here, so the last record's time is used when it is later.
  ///   The record must be applied with that later time.
  package func decide(_ command: Command, policy: any Policy, now: Timestamp) -> Decision {
    let time = recordTime(now)
    return switch command {
    case .createAgent(let command): decide(command)
    case .deposit(let command): decide(command, policy, time)
    case .submitWithdrawal(let command): decide(command, policy, time)
    case .cancelWithdrawal(let command): decide(command, policy, time)
    case .amendWithdrawal(let command): decide(command, policy, time)
    case .updateAgent(let command): decide(command, policy, time)
    case .recordVerification(let command): decide(command, policy, time)
    case .createPayee(let command): decide(command, policy, time)
    case .recordPayeeVerification(let command): decide(command, policy, time)
    case .erasePayee(let command): decide(command, policy, time)
    case .review(let command): decide(command, policy, time)
    case .hold(let command): decide(command, policy, time)
    case .reportOutcome(let command): decide(command, policy, time)
    case .propose(let command): decide(command, policy, time)
    case .confirm(let command): decide(command, policy, time)
    case .recordReveal(let command): decide(command, policy, time)
    case .changeList(let command): decide(command, policy, time)
    case .activateRules(let command): decide(command, policy, time)
    case .expireReview: decideExpiry(time)
    }
  }

  /// Record time: never before the last record, nor before 1970.
  package func recordTime(_ now: Timestamp) -> Timestamp { max(now, lastTime) }

  private func decide(_ command: CreateAgent) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    guard findAgent(partner: partner, command.agent) == 0 else { return .rejected(.agentExists) }
    return .record(.agentCreated(AgentCreated(key: command.key, partner: command.partner, agent: command.agent)))
  }

  private func decide(_ command: Deposit, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    let amount = command.amount
    guard policy.acceptsDeposit(in: amount.currency) else { return .rejected(.currencyNotSupported(amount.currency)) }
    guard amount.minorUnits > 0 else { return .rejected(.amountNotPositive) }
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { return .rejected(.agentNotFound) }
    guard findDeposit(partner: partner, externalReference: command.externalReference) == 0 else {
      return refuse(command.key, command.partner, .deposit, .externalReferenceUsed, policy, time)
    }
    switch obstacle(.deposit(amount.minorUnits), findMoney(agent: agent, amount.currency)) {
    case .none: break
    case .outOfRange, .belowFloor: return .rejected(.balanceOverflow)
    }
    return .record(
      .deposited(
        Deposited(
          key: command.key, partner: command.partner, agent: command.agent, amount: amount,
          externalReference: command.externalReference)))
  }

  private func decide(_ command: SubmitWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    let amount = command.amount
    guard policy.acceptsDeposit(in: amount.currency) else { return .rejected(.currencyNotSupported(amount.currency)) }
    guard amount.minorUnits > 0 else { return .rejected(.amountNotPositive) }
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { return .rejected(.agentNotFound) }
    let terms: Terms
    switch policy.terms(
      of: Application(
        amount: amount, speed: command.speed, acceleration: command.acceleration, tier: policy.defaultTier,
        creditGrade: .normal, time: time))
    {
    case .success(let found): terms = found
    case .failure: return .rejected(.nothingToChange)
    }
    if let limits = policy.limits(tier: policy.defaultTier),
      amount.minorUnits < limits.payoutMinimum || amount.minorUnits > limits.payoutMaximum
    {
      let refusal = Refusal.amountOutOfBounds(
        minimum: limits.payoutMinimum, maximum: limits.payoutMaximum, requested: amount.minorUnits)
      return refuse(command.key, command.partner, .submitWithdrawal, refusal, policy, time)
    }
    let fee = terms.feeMinorUnits
    let place = findMoney(agent: agent, amount.currency)
    switch obstacle(.hold(net: amount.minorUnits - fee, fee: fee), place) {
    case .none: break
    case .outOfRange: return .rejected(.balanceOverflow)
    case .belowFloor:
      // A stored account is never below its floor; were it so, nothing would be available.
      let available = place.account == 0 ? 0 : accounts[place.account].balances.available ?? 0
      let refusal = Refusal.insufficientFunds(available: available, requested: amount.minorUnits)
      return refuse(command.key, command.partner, .submitWithdrawal, refusal, policy, time)
    }
    let screening = Screening(
      rulesVersion: policy.version, terms: terms, limitDay: policy.day(at: time), risk: .approved, checkers: 0,
      reviewDue: Timestamp(microseconds: 0))
    return .record(
      .withdrawalSubmitted(
        WithdrawalSubmitted(
          key: command.key, id: nextWithdrawalID, partner: command.partner, agent: command.agent,
          payee: command.payee, amount: amount, state: .approved, screening: screening, origin: command.origin)))
  }

  private func decide(_ command: CancelWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    if let known = decideKnown(command.key, findPlace(command.key.namespace, command.key.id)) { return known }
    guard let ordinal = findWithdrawal(command.id, in: command.scope) else { return .rejected(.withdrawalNotFound) }
    let current = lastSequence(ofWithdrawal: ordinal)
    if let expected = command.expectedSequence, expected != current {
      return .rejected(.etagMismatch(current: current))
    }
    let row = withdrawals[ordinal]
    let partner = labels.label(partners[agents[accounts[row.account].agent].partner].label)
    guard row.state.isCancelable else {
      return refuse(command.key, partner, .cancelWithdrawal, .notCancelable(state: row.state), policy, time)
    }
    return .record(.withdrawalCancelled(WithdrawalCancelled(key: command.key, id: command.id, partner: partner)))
  }

  /// The answer to a request that was seen before; nil for a new one.
  @inline(__always)
  func decideKnown(_ key: RequestKey, _ place: RequestPlace?) -> Decision? {
    guard let place else { return nil }
    let request = findRequest(place, key.id)
    guard request != 0 else { return nil }
    guard requests[request].content == key.content else { return .rejected(.requestIDReused) }
    let (answer, sequence) = answer(toRequest: request)
    return .answered(answer, sequence: sequence)
  }

  func refuse(
    _ key: RequestKey, _ partner: Label, _ method: RequestRefused.Method, _ refusal: Refusal, _ policy: any Policy,
    _ time: Timestamp
  ) -> Decision {
    let recorded = findNamespace(key.namespace).map { refusalMeters[$0 + 1].count(at: time) } ?? 0
    guard recorded < Int64(policy.recordedRefusalsPerHour) else {
      return .rejected(.tooManyRefusals(retryAfterMicroseconds: RefusalMeter.restMicroseconds(at: time)))
    }
    return .record(.requestRefused(RequestRefused(key: key, partner: partner, method: method, refusal: refusal)))
  }

  var nextWithdrawalID: WithdrawalID {
    WithdrawalID(epoch: epoch, shard: shard, ordinal: withdrawals.count + 1)
  }
}
