import Digests
import LedgerCore

/// The ledger said plainly, with dictionaries: what the model test compares the real one with.
struct Reference {
  struct Payout: Equatable {
    var partner: Label
    var agent: Label
    var amount: Int64
    var isCancelled = false
    var lastSequence: UInt64
  }
  enum Result: Equatable {
    case agent(Label, Label)
    case deposit(Int64)
    case payout(UInt64)
    case refused(Refusal)
  }
  struct Name: Hashable {
    var namespace: Namespace
    var id: Label
  }
  struct AgentName: Hashable {
    var partner: Label
    var agent: Label
  }
  struct Money: Equatable {
    var deposited: Int64 = 0
    var held: Int64 = 0
    var available: Int64 { deposited - held }
  }

  var agents: [AgentName: Money] = [:]
  var references: Set<AgentName> = []
  var payouts: [Payout] = []
  var requests: [Name: (content: Fingerprint128, result: Result)] = [:]
  var sequence: UInt64 = 0

  enum Outcome: Equatable {
    case result(Result)
    case rejected(Rejection)
  }

  mutating func perform(_ command: Command, _ policy: TestPolicy) -> Outcome {
    let key =
      switch command {
      case .createAgent(let command): command.key
      case .deposit(let command): command.key
      case .submitWithdrawal(let command): command.key
      case .cancelWithdrawal(let command): command.key
      case .amendWithdrawal, .updateAgent, .recordVerification, .createPayee, .recordPayeeVerification, .erasePayee,
        .review, .hold, .reportOutcome, .propose, .confirm, .recordReveal, .changeList, .activateRules, .expireReview,
        .lapseAction, .setChannelState, .fundChannel, .beginAttempt, .recordResult, .recordReturn, .confirmPayout,
        .retryWithdrawal, .createAppeal, .actOnAppeal:
        preconditionFailure("the generator makes no such command")
      }
    let name = Name(namespace: key.namespace, id: key.id)
    if let known = requests[name] {
      return known.content == key.content ? .result(known.result) : .rejected(.requestIDReused)
    }
    let outcome = decide(command, policy)
    if case .result(let result) = outcome {
      sequence += 1
      requests[name] = (key.content, result)
      if case .payout(let ordinal) = result { payouts[Int(ordinal) - 1].lastSequence = sequence }
    }
    return outcome
  }

  private mutating func decide(_ command: Command, _ policy: TestPolicy) -> Outcome {
    switch command {
    case .createAgent(let command):
      let name = AgentName(partner: command.partner, agent: command.agent)
      if agents[name] != nil { return .rejected(.agentExists) }
      agents[name] = Money()
      return .result(.agent(command.partner, command.agent))
    case .deposit(let command):
      let name = AgentName(partner: command.partner, agent: command.agent)
      let reference = AgentName(partner: command.partner, agent: command.externalReference)
      if command.amount.currency != .cny { return .rejected(.currencyNotSupported(command.amount.currency)) }
      if command.amount.minorUnits <= 0 { return .rejected(.amountNotPositive) }
      guard let money = agents[name] else { return .rejected(.agentNotFound) }
      if references.contains(reference) { return .result(.refused(.externalReferenceUsed)) }
      // Sums beyond 64 bits: of all agents together, since all is in custody.
      var all = command.amount.minorUnits
      for other in agents.values {
        let (sum, overflow) = all.addingReportingOverflow(other.deposited)
        if overflow { return .rejected(.balanceOverflow) }
        all = sum
      }
      references.insert(reference)
      agents[name] = Money(deposited: money.deposited + command.amount.minorUnits, held: money.held)
      return .result(.deposit(command.amount.minorUnits))
    case .submitWithdrawal(let command):
      let name = AgentName(partner: command.partner, agent: command.agent)
      let amount = command.amount.minorUnits
      if command.amount.currency != .cny { return .rejected(.currencyNotSupported(command.amount.currency)) }
      if amount <= 0 { return .rejected(.amountNotPositive) }
      guard let money = agents[name] else { return .rejected(.agentNotFound) }
      if amount > policy.payoutMaximumMinorUnits || amount < policy.payoutMinimumMinorUnits {
        return .result(
          .refused(
            .amountOutOfBounds(
              minimum: policy.payoutMinimumMinorUnits, maximum: policy.payoutMaximumMinorUnits, requested: amount)))
      }
      if amount > money.available {
        return .result(.refused(.insufficientFunds(available: money.available, requested: amount)))
      }
      agents[name] = Money(deposited: money.deposited, held: money.held + amount)
      payouts.append(Payout(partner: command.partner, agent: command.agent, amount: amount, lastSequence: 0))
      return .result(.payout(UInt64(payouts.count)))
    case .cancelWithdrawal(let command):
      let index = Int(command.id.ordinal) - 1
      guard payouts.indices.contains(index), command.id.epoch == 1, command.id.shard == 0 else {
        return .rejected(.withdrawalNotFound)
      }
      let payout = payouts[index]
      if case .partner(let partner) = command.scope, partner != payout.partner {
        return .rejected(.withdrawalNotFound)
      }
      if let expected = command.expectedSequence, expected != payout.lastSequence {
        return .rejected(.etagMismatch(current: payout.lastSequence))
      }
      if payout.isCancelled { return .result(.refused(.notCancelable(state: .cancelled))) }
      payouts[index].isCancelled = true
      agents[AgentName(partner: payout.partner, agent: payout.agent)]?.held -= payout.amount
      return .result(.payout(command.id.ordinal))
    case .amendWithdrawal, .updateAgent, .recordVerification, .createPayee, .recordPayeeVerification, .erasePayee,
      .review, .hold, .reportOutcome, .propose, .confirm, .recordReveal, .changeList, .activateRules, .expireReview,
      .lapseAction, .setChannelState, .fundChannel, .beginAttempt, .recordResult, .recordReturn, .confirmPayout,
      .retryWithdrawal, .createAppeal, .actOnAppeal:
      preconditionFailure("the generator makes no such command")
    }
  }
}
