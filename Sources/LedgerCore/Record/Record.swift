/// One fact, as it stands in the journal. `decide` makes it, `evolve` applies it, and applying needs nothing else.
package enum Record: Sendable, Hashable {
  case agentCreated(AgentCreated)
  case deposited(Deposited)
  case withdrawalSubmitted(WithdrawalSubmitted)
  case withdrawalCancelled(WithdrawalCancelled)
  case requestRefused(RequestRefused)
  case agentUpdated(AgentUpdated)
  case agentVerified(AgentVerified)
  case payeeCreated(PayeeCreated)
  case payeeVerified(PayeeVerified)
  case payeeErased(PayeeErased)
  case reviewActed(ReviewActed)
  case holdChanged(HoldChanged)
  case withdrawalAmended(WithdrawalAmended)
  case reviewExpired(ReviewExpired)
  case outcomeReported(OutcomeReported)
  case proposed(Proposed)
  case proposalConfirmed(ProposalConfirmed)
  case payeeRevealed(PayeeRevealed)
  case listChanged(ListChanged)
  case rulesActivated(RulesActivated)
  case channelStateSet(ChannelStateSet)
  case channelFunded(ChannelFunded)
  case attemptBegun(AttemptBegun)
  case attemptUpdated(AttemptUpdated)
  case payoutHeldBack(PayoutHeldBack)
  case strayPaid(StrayPaid)
  case payoutReturned(PayoutReturned)
  case strayReturned(StrayReturned)
  case payoutConfirmed(PayoutConfirmed)
  case withdrawalReworked(WithdrawalReworked)
  case actionLapsed(ActionLapsed)
  case cancelBegun(CancelBegun)
  case doubtResolved(DoubtResolved)
  case appealCreated(AppealCreated)
  case appealActed(AppealActed)

  /// The request that led to it; nil where the house acted by itself.
  package var key: RequestKey? {
    switch self {
    case .agentCreated(let fact): fact.key
    case .deposited(let fact): fact.key
    case .withdrawalSubmitted(let fact): fact.key
    case .withdrawalCancelled(let fact): fact.key
    case .requestRefused(let fact): fact.key
    case .agentUpdated(let fact): fact.key
    case .agentVerified(let fact): fact.key
    case .payeeCreated(let fact): fact.key
    case .payeeVerified(let fact): fact.key
    case .payeeErased(let fact): fact.key
    case .reviewActed(let fact): fact.key
    case .holdChanged(let fact): fact.key
    case .withdrawalAmended(let fact): fact.key
    case .reviewExpired: nil
    case .outcomeReported(let fact): fact.key
    case .proposed(let fact): fact.key
    case .proposalConfirmed(let fact): fact.key
    case .payeeRevealed(let fact): fact.key
    case .listChanged(let fact): fact.key
    case .rulesActivated(let fact): fact.key
    case .channelStateSet(let fact): fact.key
    case .channelFunded(let fact): fact.key
    case .withdrawalReworked(let fact): fact.key
    case .cancelBegun(let fact): fact.key
    case .doubtResolved(let fact): fact.key
    case .appealCreated(let fact): fact.key
    case .appealActed(let fact): fact.key
    case .attemptBegun, .attemptUpdated, .payoutHeldBack, .strayPaid, .payoutReturned, .strayReturned,
      .payoutConfirmed, .actionLapsed:
      nil
    }
  }

  /// The withdrawal whose state it changes, for the feed; nil for every other fact.
  package var withdrawalChange: WithdrawalChange? {
    switch self {
    case .withdrawalSubmitted(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: fact.state)
    case .withdrawalCancelled(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: .cancelled)
    case .reviewActed(let fact):
      fact.state.map { WithdrawalChange(id: fact.id, partner: fact.partner, state: $0) }
    case .withdrawalAmended(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: fact.state)
    case .reviewExpired(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: .expired)
    case .attemptBegun(let fact):
      WithdrawalChange(id: fact.payoutKey.withdrawal, partner: fact.partner, state: .processing)
    case .attemptUpdated(let fact):
      fact.state.map { WithdrawalChange(id: fact.payoutKey.withdrawal, partner: fact.partner, state: $0) }
    case .payoutHeldBack(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: .pendingReview)
    case .payoutReturned(let fact):
      WithdrawalChange(id: fact.payoutKey.withdrawal, partner: fact.partner, state: .returned)
    case .payoutConfirmed(let fact):
      WithdrawalChange(id: fact.payoutKey.withdrawal, partner: fact.partner, state: .confirmed)
    case .withdrawalReworked(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: fact.state)
    case .actionLapsed(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: .failed)
    case .cancelBegun(let fact): WithdrawalChange(id: fact.id, partner: fact.partner, state: .cancelling)
    case .doubtResolved(let fact):
      WithdrawalChange(id: fact.withdrawal, partner: fact.partner, state: fact.state)
    case .agentCreated, .deposited, .requestRefused, .agentUpdated, .agentVerified, .payeeCreated, .payeeVerified,
      .payeeErased, .holdChanged, .outcomeReported, .proposed, .proposalConfirmed, .payeeRevealed, .listChanged,
      .rulesActivated,
      .channelStateSet, .channelFunded, .strayPaid, .strayReturned, .appealCreated, .appealActed:
      nil
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
  /// `Label.none`: at the top.
  package var parent: Label

  package init(key: RequestKey, partner: Label, agent: Label, parent: Label = .none) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.parent = parent
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
/// The same for points, all of them H2. REJECTED holds nothing. The fee is that of the terms.
package struct WithdrawalSubmitted: Sendable, Hashable {
  package var key: RequestKey
  package var id: WithdrawalID
  package var partner: Label
  package var agent: Label
  package var payee: Label
  package var amount: Money
  /// Entered after SUBMITTED, at the same time.
  package var state: WithdrawalState
  package var screening: Screening
  package var origin: Origin?

  package var feeMinorUnits: Int64 { screening.terms.feeMinorUnits }

  package init(
    key: RequestKey, id: WithdrawalID, partner: Label, agent: Label, payee: Label, amount: Money,
    state: WithdrawalState, screening: Screening, origin: Origin? = nil
  ) {
    self.key = key
    self.id = id
    self.partner = partner
    self.agent = agent
    self.payee = payee
    self.amount = amount
    self.state = state
    self.screening = screening
    self.origin = origin
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
  /// `Label.none` where it was about no agent.
  package var agent: Label
  package var method: Method
  package var refusal: Refusal

  package init(key: RequestKey, partner: Label, agent: Label = .none, method: Method, refusal: Refusal) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.method = method
    self.refusal = refusal
  }

  /// What was asked. Raw values stand in the journal and are never renumbered.
  package enum Method: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    case deposit = 1
    case submitWithdrawal = 2
    case cancelWithdrawal = 3
    case amendWithdrawal = 4
    case reviewWithdrawal = 5
    case holdWithdrawal = 6
    case createPayee = 7
    case verifyPayee = 8
    case erasePayee = 9
    case propose = 10
    case confirmProposal = 11
    case revealPayee = 12
    case reportOutcome = 13
    case setChannelState = 14
    case fundChannel = 15
    case retryWithdrawal = 16
    case createAppeal = 17
    case actOnAppeal = 18
  }
}
