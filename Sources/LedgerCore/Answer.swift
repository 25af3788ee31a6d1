/// What a command or a query comes back with. Single things are behind a pointer: most answers of a payout's commands are
/// `done`, and each is moved several times on its way.
package enum Answer: Sendable {
  indirect case withdrawal(Withdrawal)
  indirect case agent(Agent)
  indirect case balance(Balance)
  indirect case deposit(DepositReceipt)
  case withdrawals([Withdrawal], next: UInt64?)
  case entries([Entry], next: UInt64?)
  indirect case quote(Quote)
  indirect case limits(LimitStanding)
  indirect case payee(Payee)
  case payees([Payee], next: UInt64?)
  indirect case proposal(Proposal)
  case proposals([Proposal], next: UInt64?)
  indirect case listEntry(ListEntry)
  case listEntries([ListEntry], next: UInt64?)
  indirect case profile(Agent, AgentProfile)
  indirect case rules(RulesStanding)
  case payouts([Payout])
  indirect case payout(Payout)
  indirect case channel(ChannelStanding)
  case channels([ChannelStanding])
  indirect case payoutFigures(PayoutFigures)
  /// `next`: the attempt to go on below; nil when all were looked at.
  case sent([SentSum], next: UInt64?)
  indirect case appeal(Appeal)
  case appeals([Appeal], next: UInt64?)
  /// Done; there is nothing to show.
  case done
  /// Refused for a business reason: recorded, and answered again for the same request.
  case refused(Refusal)
  /// Turned away without a trace: nothing was recorded, the same request may succeed later.
  case rejected(Rejection)
}

package struct Agent: Hashable, Sendable {
  package var partner: Label
  package var agent: Label
  package var createTime: Timestamp
  package var lastSequence: UInt64
  package var standing: AgentStanding

  package init(
    partner: Label, agent: Label, createTime: Timestamp, lastSequence: UInt64,
    standing: AgentStanding = AgentStanding()
  ) {
    self.partner = partner
    self.agent = agent
    self.createTime = createTime
    self.lastSequence = lastSequence
    self.standing = standing
  }
}

/// What an agent may do.
package struct AgentStanding: Hashable, Sendable {
  /// `Label.none`: at the top.
  package var parent: Label = .none
  /// `Label.none`: the tier that the rules give to all.
  package var tier: Label = .none
  package var isFrozen = false
  package var creditGrade = CreditGrade.normal
  package var openViolations: UInt16 = 0
  package var limits = LimitOverride()
  /// Elements of the real-name check that passed.
  package var verified: VerifiedElements = []
  /// `Label.none` before the first check.
  package var maskedName: Label = .none

  package init() {}
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
    /// Of a confirmed adjustment; the amount is negative where it took money.
    case adjustment(ProposalID)
    /// Of a fee whose promise was not kept.
    case feeRefunded(WithdrawalID)
    /// What had been paid came back.
    case withdrawalReturned(WithdrawalID)
    case appealAwarded(AppealID)
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
