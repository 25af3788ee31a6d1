/// What `decide` asks of the business: everything that may change without a change of what is recorded. Pure: the same
/// question always gets the same answer. What was answered goes into the record, so that replaying it asks nobody.
package protocol Policy: Sendable {
  /// Recorded with every decision.
  var version: UInt32 { get }
  /// Refusals are kept for ever, about 140 bytes each; a namespace (a partner, or staff) has this cap for an hour.
  var recordedRefusalsPerHour: UInt32 { get }
  var admission: Admission { get }
  /// Of agents that were given no other.
  var defaultTier: Label { get }

  func acceptsDeposit(in currency: Currency) -> Bool
  func acceptsPayout(in currency: Currency) -> Bool
  func day(at time: Timestamp) -> LimitDay
  func terms(of application: Application) -> Result<Terms, TermsRefusal>
  /// nil: there is no such tier.
  func limits(tier: Label) -> Limits?
  func assess(_ facts: borrowing RiskFacts) -> RiskResult
  /// For an amount that goes to review at `time`.
  func review(of amount: Money, at time: Timestamp) -> ReviewTerms
}

/// What an agent and a payee must be before money is paid out to them.
package struct Admission: Hashable, Sendable {
  /// The agent's name, ID number and card were checked.
  package var needsVerifiedAgent: Bool
  /// The payee is a verified account of this agent. Otherwise any reference of the platform's is taken.
  package var needsPayeeAccount: Bool

  package static let open = Admission(needsVerifiedAgent: false, needsPayeeAccount: false)

  package init(needsVerifiedAgent: Bool, needsPayeeAccount: Bool) {
    self.needsVerifiedAgent = needsVerifiedAgent
    self.needsPayeeAccount = needsPayeeAccount
  }
}

/// What somebody asks terms for.
package struct Application: Hashable, Sendable {
  package var amount: Money
  /// nil: the rules' own choice.
  package var speed: Speed?
  package var acceleration: Acceleration
  package var tier: Label
  package var creditGrade: CreditGrade
  package var time: Timestamp

  package init(
    amount: Money, speed: Speed?, acceleration: Acceleration, tier: Label, creditGrade: CreditGrade, time: Timestamp
  ) {
    self.amount = amount
    self.speed = speed
    self.acceleration = acceleration
    self.tier = tier
    self.creditGrade = creditGrade
    self.time = time
  }
}

/// What a withdrawal costs and when its money comes.
package struct Terms: Hashable, Sendable, BitwiseCopyable {
  package var speed: Speed
  /// Minor units of the amount's currency, 0...amount.
  package var feeMinorUnits: Int64
  /// Points taken besides; 0 for none.
  package var points: Int64
  /// Local day on which it is sent, days since 1970-01-01.
  package var settlementDay: Int32
  package var expectedArrival: Timestamp

  package init(speed: Speed, feeMinorUnits: Int64, points: Int64, settlementDay: Int32, expectedArrival: Timestamp) {
    self.speed = speed
    self.feeMinorUnits = feeMinorUnits
    self.points = points
    self.settlementDay = settlementDay
    self.expectedArrival = expectedArrival
  }
}

package enum TermsRefusal: Error, Hashable, Sendable {
  /// The rules have no such tier: an operator must give the agent one that exists.
  case unknownTier
  /// Not offered for this agent, amount or tier.
  case speedUnavailable(Speed)
  /// Points were offered for a speed that has no price in points.
  case pointsNotTaken(Speed)
  /// The fee would be more than the amount.
  case amountBelowFee(fee: Int64)
}

/// Bounds of a tier, or of one agent. Amounts in minor units of the payout's currency, all inclusive.
package struct Limits: Hashable, Sendable, BitwiseCopyable {
  package var payoutMinimum: Int64
  package var payoutMaximum: Int64
  package var dayAmount: Int64
  package var monthAmount: Int64
  package var dayCount: Int64

  package init(
    payoutMinimum: Int64, payoutMaximum: Int64, dayAmount: Int64, monthAmount: Int64, dayCount: Int64
  ) {
    self.payoutMinimum = payoutMinimum
    self.payoutMaximum = payoutMaximum
    self.dayAmount = dayAmount
    self.monthAmount = monthAmount
    self.dayCount = dayCount
  }
}

/// Takes the place of a tier's limits for one agent, field by field; 0 leaves the tier's.
package struct LimitOverride: Hashable, Sendable, BitwiseCopyable {
  package var payoutMaximum: Int64 = 0
  package var dayAmount: Int64 = 0
  package var monthAmount: Int64 = 0
  package var dayCount: Int64 = 0

  package init(payoutMaximum: Int64 = 0, dayAmount: Int64 = 0, monthAmount: Int64 = 0, dayCount: Int64 = 0) {
    self.payoutMaximum = payoutMaximum
    self.dayAmount = dayAmount
    self.monthAmount = monthAmount
    self.dayCount = dayCount
  }

  package func applied(to limits: Limits) -> Limits {
    var limits = limits
    if payoutMaximum > 0 { limits.payoutMaximum = payoutMaximum }
    if dayAmount > 0 { limits.dayAmount = dayAmount }
    if monthAmount > 0 { limits.monthAmount = monthAmount }
    if dayCount > 0 { limits.dayCount = dayCount }
    return limits
  }
}

/// Which limit. Raw values stand in the journal and are never renumbered.
package enum LimitKind: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case dayAmount = 1
  case monthAmount = 2
  case dayCount = 3
}

/// What people have to do with a withdrawal in review.
package struct ReviewTerms: Hashable, Sendable, BitwiseCopyable {
  /// Different people who must approve, 1 to `checkersMaximum`.
  package var checkers: UInt8
  /// Undecided by then, it expires and its money is released.
  package var due: Timestamp

  package static let checkersMaximum: UInt8 = 4

  package init(checkers: UInt8, due: Timestamp) {
    self.checkers = checkers
    self.due = due
  }
}
