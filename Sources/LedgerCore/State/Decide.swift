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
    // Not by record time: that may be ahead, after a clock that was wrong has been set right.
    case .expireReview: decideExpiry(min(now, time))
    case .lapseAction: decideLapse(min(now, time))
    case .setChannelState(let command): decide(command, policy, time)
    case .fundChannel(let command): decide(command, policy, time)
    case .beginAttempt(let command): decide(command, policy, time)
    case .recordResult(let command): decide(command, time)
    case .recordReturn(let command): decide(command)
    case .confirmPayout(let command): decide(command)
    case .retryWithdrawal(let command): decide(command, policy, time)
    case .createAppeal(let command): decide(command, policy, time)
    case .actOnAppeal(let command): decide(command, policy, time)
    }
  }

  /// Record time: never before the last record, nor before 1970.
  package func recordTime(_ now: Timestamp) -> Timestamp { max(now, lastTime) }

  private func decide(_ command: Deposit, _ policy: any Policy, _ time: Timestamp) -> Decision {
    let partner = findPartner(command.partner)
    if let known = decideKnown(command.key, findPlace(command.key, command.partner, partner)) { return known }
    let amount = command.amount
    guard policy.acceptsDeposit(in: amount.currency) else { return .rejected(.currencyNotSupported(amount.currency)) }
    guard amount.minorUnits > 0 else { return .rejected(.amountNotPositive) }
    let agent = findAgent(partner: partner, command.agent)
    guard agent != 0 else { return .rejected(.agentNotFound) }
    guard findDeposit(partner: partner, externalReference: command.externalReference) == 0 else {
      return refuse(
        command.key, command.partner, agent: command.agent, .deposit, .externalReferenceUsed, policy, time)
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

  /// - Parameter agent: whom it was about; its profile remembers submissions that were refused.
  func refuse(
    _ key: RequestKey, _ partner: Label, agent: Label = .none, _ method: RequestRefused.Method, _ refusal: Refusal,
    _ policy: any Policy, _ time: Timestamp
  ) -> Decision {
    let recorded = findNamespace(key.namespace).map { refusalMeters[$0 + 1].count(at: time) } ?? 0
    guard recorded < Int64(policy.recordedRefusalsPerHour) else {
      return .rejected(.tooManyRefusals(retryAfterMicroseconds: RefusalMeter.restMicroseconds(at: time)))
    }
    return .record(
      .requestRefused(RequestRefused(key: key, partner: partner, agent: agent, method: method, refusal: refusal)))
  }

  var nextWithdrawalID: WithdrawalID {
    WithdrawalID(epoch: epoch, shard: shard, ordinal: withdrawals.count + 1)
  }
}
