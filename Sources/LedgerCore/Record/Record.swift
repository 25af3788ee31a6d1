/// One fact, as it stands in the journal. `decide` makes it, `evolve` applies it, and applying needs nothing else.
package enum Record: Sendable, Hashable {
  case agentCreated(AgentCreated)
  case deposited(Deposited)
  case withdrawalSubmitted(WithdrawalSubmitted)
  case withdrawalCancelled(WithdrawalCancelled)
  case requestRefused(RequestRefused)

  /// The request that led to it.
  package var key: RequestKey {
    switch self {
    case .agentCreated(let fact): fact.key
    case .deposited(let fact): fact.key
    case .withdrawalSubmitted(let fact): fact.key
    case .withdrawalCancelled(let fact): fact.key
    case .requestRefused(let fact): fact.key
    }
  }

  /// The withdrawal whose state it changes, for the feed; nil for every other fact.
  package var withdrawalChange: WithdrawalChange? {
    switch self {
    case .withdrawalSubmitted(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: fact.state)
    case .withdrawalCancelled(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: .cancelled)
    case .agentCreated, .deposited, .requestRefused: nil
    }
  }
}

package struct WithdrawalChange: Sendable, Hashable {
  package var id: WithdrawalID
  package var partner: Label
  /// Entered by this change.
  package var state: WithdrawalState

  package init(id: WithdrawalID, partner: Label, state: WithdrawalState) {
    self.id = id
    self.partner = partner
    self.state = state
  }
}

package struct AgentCreated: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label

  package init(key: RequestKey, partner: Label, agent: Label) {
    self.key = key
    self.partner = partner
    self.agent = agent
  }
}

/// Dr custody:bank / Cr available, posted.
package struct Deposited: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  package var amount: Money
  package var externalReference: Label

  package init(key: RequestKey, partner: Label, agent: Label, amount: Money, externalReference: Label) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.amount = amount
    self.externalReference = externalReference
  }
}

/// H1: pending Dr available / Cr payout:clearing (amount - fee). H2: pending Dr available / Cr income:withdrawal_fee (fee).
package struct WithdrawalSubmitted: Sendable, Hashable {
  package var key: RequestKey
  package var id: WithdrawalID
  package var partner: Label
  package var agent: Label
  package var payee: Label
  package var amount: Money
  package var feeMinorUnits: Int64
  /// Entered after SUBMITTED, at the same time.
  package var state: WithdrawalState
  package var rulesVersion: UInt32

  package init(
    key: RequestKey, id: WithdrawalID, partner: Label, agent: Label, payee: Label, amount: Money,
    feeMinorUnits: Int64, state: WithdrawalState, rulesVersion: UInt32
  ) {
    self.key = key
    self.id = id
    self.partner = partner
    self.agent = agent
    self.payee = payee
    self.amount = amount
    self.feeMinorUnits = feeMinorUnits
    self.state = state
    self.rulesVersion = rulesVersion
  }
}

/// Voids H1 and H2.
package struct WithdrawalCancelled: Sendable, Hashable {
  package var key: RequestKey
  package var id: WithdrawalID
  package var partner: Label

  package init(key: RequestKey, id: WithdrawalID, partner: Label) {
    self.key = key
    self.id = id
    self.partner = partner
  }
}

/// Nothing happened, and the same request gets the same answer for ever.
package struct RequestRefused: Sendable, Hashable {
  package var key: RequestKey
  /// Whose agent or withdrawal it was about.
  package var partner: Label
  package var method: Method
  package var refusal: Refusal

  package init(key: RequestKey, partner: Label, method: Method, refusal: Refusal) {
    self.key = key
    self.partner = partner
    self.method = method
    self.refusal = refusal
  }

  /// What was asked. Raw values stand in the journal and are never renumbered.
  package enum Method: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    case deposit = 1
    case submitWithdrawal = 2
    case cancelWithdrawal = 3
  }
}
