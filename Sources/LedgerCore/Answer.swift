/// What a command or a query comes back with.
package enum Answer: Sendable {
  case withdrawal(Withdrawal)
  case agent(Agent)
  case balance(Balance)
  case deposit(DepositReceipt)
  case withdrawals([Withdrawal], next: UInt64?)
  case entries([Entry], next: UInt64?)
  /// Refused for a business reason: recorded, and answered again for the same request.
  case refused(Refusal)
  /// Turned away without a trace: nothing was recorded, the same request may succeed later.
  case rejected(Rejection)
}

/// Business refusals. Raw values stand in the journal and are never renumbered.
package enum Refusal: Hashable, Sendable, BitwiseCopyable {
  /// Amount above what is available.
  case insufficientFunds(available: Int64, requested: Int64)
  /// The withdrawal's state allows no cancel.
  case notCancelable(state: WithdrawalState)
  /// The single amount lies outside the configured bounds.
  case amountOutOfBounds(minimum: Int64, maximum: Int64, requested: Int64)
  /// Another deposit of this partner already has the external reference.
  case externalReferenceUsed
}

package enum Rejection: Hashable, Sendable {
  case agentNotFound
  case withdrawalNotFound
  case requestNotFound
  /// Known request_id with other content.
  case requestIDReused
  case agentExists
  case etagMismatch(current: UInt64)
  case currencyNotSupported(Currency)
  case amountNotPositive
  /// Posting it would leave the range of 64-bit minor units.
  case balanceOverflow
  /// The partner has been refused too often in this hour; recorded refusals are capped so that memory stays bounded.
  case tooManyRefusals(retryAfterMicroseconds: Int64)
}

package struct Agent: Hashable, Sendable {
  package var partner: Label
  package var agent: Label
  package var createTime: Timestamp
  package var lastSequence: UInt64
  package init(partner: Label, agent: Label, createTime: Timestamp, lastSequence: UInt64) {
    self.partner = partner
    self.agent = agent
    self.createTime = createTime
    self.lastSequence = lastSequence
  }
}

/// An agent's available account; all amounts in minor units, none negative.
package struct Balance: Hashable, Sendable {
  package var partner: Label
  package var agent: Label
  package var currency: Currency
  package var debitsPending: Int64
  package var debitsPosted: Int64
  package var creditsPending: Int64
  package var creditsPosted: Int64
  /// 0 where nothing ever moved it.
  package var lastSequence: UInt64

  package var available: Int64 { creditsPosted - debitsPosted - debitsPending }

  package init(
    partner: Label, agent: Label, currency: Currency, debitsPending: Int64, debitsPosted: Int64,
    creditsPending: Int64, creditsPosted: Int64, lastSequence: UInt64
  ) {
    self.partner = partner
    self.agent = agent
    self.currency = currency
    self.debitsPending = debitsPending
    self.debitsPosted = debitsPosted
    self.creditsPending = creditsPending
    self.creditsPosted = creditsPosted
    self.lastSequence = lastSequence
  }
}

package struct DepositReceipt: Hashable, Sendable {
  package var partner: Label
  package var agent: Label
  package var amount: Money
  package var externalReference: Label
  package var time: Timestamp
  package var sequence: UInt64
  /// As it stands now.
  package var balance: Balance
  package init(
    partner: Label, agent: Label, amount: Money, externalReference: Label, time: Timestamp, sequence: UInt64,
    balance: Balance
  ) {
    self.partner = partner
    self.agent = agent
    self.amount = amount
    self.externalReference = externalReference
    self.time = time
    self.sequence = sequence
    self.balance = balance
  }
}

/// One movement of an agent's available account.
package struct Entry: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case deposit(externalReference: Label)
    case withdrawalHeld(WithdrawalID)
    case withdrawalReleased(WithdrawalID)
  }
  package var sequence: UInt64
  package var time: Timestamp
  package var amount: Money
  package var kind: Kind
  package init(sequence: UInt64, time: Timestamp, amount: Money, kind: Kind) {
    self.sequence = sequence
    self.time = time
    self.amount = amount
    self.kind = kind
  }
}
