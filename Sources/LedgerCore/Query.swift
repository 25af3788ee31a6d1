package import Digests

/// What can be asked without changing anything.
package enum Query: Sendable {
  case withdrawal(WithdrawalID, Scope)
  /// By the request_id that submitted it.
  case request(Namespace, Label, Scope)
  case agent(partner: Label, agent: Label)
  case balance(partner: Label, agent: Label, Currency)
  case withdrawals(WithdrawalFilter)
  case entries(partner: Label, agent: Label, before: UInt64?, limit: Int)
  case quote(QuoteQuestion)
  case limits(partner: Label, agent: Label, Currency)
  case payee(PayeeID, Scope)
  /// Newest first; `before` is the ordinal to go on below.
  case payees(partner: Label, agent: Label, before: UInt64?, limit: Int)
  /// Accounts with this keyed hash of their number.
  case payeesWithNumber(Fingerprint128, before: UInt64?, limit: Int)
  /// Open reviews, oldest first; `after` is the withdrawal's ordinal to go on above.
  case reviews(ReviewFilter)
  case proposal(ProposalID)
  /// Open ones only if asked so; newest first.
  case proposals(openOnly: Bool, before: UInt64?, limit: Int)
  /// nil: all subjects. In order of ordinals; `after` is the ordinal to go on above.
  case listEntries(ListSubject?, after: UInt64?, limit: Int)
  case profile(partner: Label, agent: Label)
  /// Withdrawals that risk did not approve at once, or that were reported abnormal later, oldest first.
  case riskLog(after: UInt64?, limit: Int)
  case rules
  /// Withdrawals that may be sent now, the most urgent first. `after`: the last one of the page before that was left where
  /// it is; nil begins at the front.
  case duePayouts(after: WithdrawalID?, limit: Int)
  /// Withdrawals with an open attempt, oldest first; `after` as above.
  case openPayouts(after: WithdrawalID?, limit: Int)
  case payout(WithdrawalID)
  case channels
  case payoutFigures
  /// What channels were asked to pay by attempts that began at this time or later, whatever became of them; `below` is the
  /// attempt to go on below. At most `AnswerLimits.rowsScannedMaximum` of them are looked at.
  case sent(since: Timestamp, below: UInt64?)
  case appeal(AppealID, Scope)
  case appeals(AppealFilter)
}

/// Newest first.
package struct WithdrawalFilter: Sendable {
  package var partner: Label
  package var agent: Label?
  package var state: WithdrawalState?
  /// Ordinal to go on below; nil starts at the newest.
  package var before: UInt64?
  package var limit: Int
  package init(partner: Label, agent: Label?, state: WithdrawalState?, before: UInt64?, limit: Int) {
    self.partner = partner
    self.agent = agent
    self.state = state
    self.before = before
    self.limit = limit
  }
}

/// What would become of a submission like this one, now.
package struct QuoteQuestion: Sendable {
  package var partner: Label
  package var agent: Label
  package var amount: Money
  /// `Label.none`: not chosen yet.
  package var payee: Label
  package var speed: Speed?
  package var acceleration: Acceleration
  package var origin: Origin?
  package init(
    partner: Label, agent: Label, amount: Money, payee: Label, speed: Speed?, acceleration: Acceleration,
    origin: Origin?
  ) {
    self.partner = partner
    self.agent = agent
    self.amount = amount
    self.payee = payee
    self.speed = speed
    self.acceleration = acceleration
    self.origin = origin
  }
}

package struct ReviewFilter: Sendable {
  /// nil: of all partners.
  package var partner: Label?
  package var escalatedOnly: Bool
  /// nil: whoever has claimed them, or nobody.
  package var claimedBy: Label?
  package var minimumMinorUnits: Int64
  package var after: UInt64?
  package var limit: Int
  package init(
    partner: Label?, escalatedOnly: Bool, claimedBy: Label?, minimumMinorUnits: Int64, after: UInt64?, limit: Int
  ) {
    self.partner = partner
    self.escalatedOnly = escalatedOnly
    self.claimedBy = claimedBy
    self.minimumMinorUnits = minimumMinorUnits
    self.after = after
    self.limit = limit
  }
}
