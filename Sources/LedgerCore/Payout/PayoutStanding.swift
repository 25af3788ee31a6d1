/// One attempt to pay a withdrawal over one channel.
package struct Attempt: Hashable, Sendable {
  /// From 1.
  package var number: UInt8
  package var channel: Label
  package var state: AttemptState
  package var reason: PayoutReason
  /// The channel's own; `Label.none` while it has told none.
  package var channelReference: Label
  package var code: Label
  /// Minor units.
  package var paidMinorUnits: Int64
  package var channelFeeMinorUnits: Int64
  package var beginTime: Timestamp
  package var updateTime: Timestamp
  /// Of the record that holds its request and why this channel was chosen.
  package var beginSequence: UInt64
  /// Money left although it counts as failed: it is in suspense.
  package var isStray: Bool
  /// What the payee confirms with; nil where there is none, or it is not needed any more.
  package var payeeConfirmation: PayeeConfirmation?

  package init(
    number: UInt8, channel: Label, state: AttemptState, reason: PayoutReason, channelReference: Label, code: Label,
    paidMinorUnits: Int64, channelFeeMinorUnits: Int64, beginTime: Timestamp, updateTime: Timestamp,
    beginSequence: UInt64, isStray: Bool, payeeConfirmation: PayeeConfirmation? = nil
  ) {
    self.number = number
    self.channel = channel
    self.state = state
    self.reason = reason
    self.channelReference = channelReference
    self.code = code
    self.paidMinorUnits = paidMinorUnits
    self.channelFeeMinorUnits = channelFeeMinorUnits
    self.beginTime = beginTime
    self.updateTime = updateTime
    self.beginSequence = beginSequence
    self.isStray = isStray
    self.payeeConfirmation = payeeConfirmation
  }
}

/// What was done to pay a withdrawal. One object, because it is copied with every answer.
package final class PayoutStanding: Hashable, Sendable {
  package struct Facts: Hashable, Sendable {
    /// Oldest first.
    package var attempts: [Attempt] = []
    /// Minor units of the withdrawal's fee that were given back.
    package var feeRefundedMinorUnits: Int64 = 0
    /// Of ACTION_REQUIRED: it fails then. Of AWAITING_PAYEE: the payee may confirm until then. Else 1970.
    package var deadline = Timestamp(microseconds: 0)
    /// Nothing more is paid before people have looked at it.
    package var isBlocked = false

    package init() {}
  }

  package let facts: Facts

  package init(_ facts: Facts) { self.facts = facts }

  package static func == (a: PayoutStanding, b: PayoutStanding) -> Bool { a.facts == b.facts }

  package func hash(into hasher: inout Hasher) { hasher.combine(facts) }
}

/// The payee account that money goes to, with what opening its sealed number and name needs.
package final class PayoutAccount: Hashable, Sendable {
  package let id: PayeeID
  package let rail: Rail
  /// `Label.none` for wallets and unknown banks.
  package let bank: Label
  /// Of the request that created it, to which the data is bound.
  package let requestID: Label
  package let sealed: SealedData

  package init(id: PayeeID, rail: Rail, bank: Label, requestID: Label, sealed: SealedData) {
    self.id = id
    self.rail = rail
    self.bank = bank
    self.requestID = requestID
    self.sealed = sealed
  }

  package static func == (a: PayoutAccount, b: PayoutAccount) -> Bool { a.id == b.id && a.sealed == b.sealed }

  package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// An attempt that was made, in few words.
package struct AttemptBrief: Hashable, Sendable {
  package var channel: Label
  package var state: AttemptState

  package init(channel: Label, state: AttemptState) {
    self.channel = channel
    self.state = state
  }
}

/// A withdrawal whose money may go out, or is under way, with all that paying it needs.
package struct Payout: Hashable, Sendable {
  package var id: WithdrawalID
  package var partner: Label
  package var agent: Label
  package var payee: Label
  /// nil where the payee is the platform's own reference.
  package var account: PayoutAccount?
  /// What the payee gets.
  package var net: Money
  package var speed: Speed
  package var expectedArrival: Timestamp
  package var createTime: Timestamp
  /// Oldest first; the last one is open where the payout is under way.
  package var attempts: [AttemptBrief]
  /// The open attempt, where there is one.
  package var open: OpenAttempt?

  /// The key of the open attempt, or of the one to come.
  package var key: PayoutKey {
    PayoutKey(id, attempt: UInt8(truncatingIfNeeded: open == nil ? attempts.count + 1 : attempts.count))
  }

  package init(
    id: WithdrawalID, partner: Label, agent: Label, payee: Label, account: PayoutAccount?, net: Money, speed: Speed,
    expectedArrival: Timestamp, createTime: Timestamp, attempts: [AttemptBrief], open: OpenAttempt?
  ) {
    self.id = id
    self.partner = partner
    self.agent = agent
    self.payee = payee
    self.account = account
    self.net = net
    self.speed = speed
    self.expectedArrival = expectedArrival
    self.createTime = createTime
    self.attempts = attempts
    self.open = open
  }
}

package struct OpenAttempt: Hashable, Sendable {
  package var channel: Label
  package var state: AttemptState
  package var beginTime: Timestamp
  /// Of the record that holds its request.
  package var beginSequence: UInt64
  /// Somebody asked to cancel it while the payee had not confirmed, whatever state it is in by now.
  package var isCancelling: Bool
  package var confirmUntil: Timestamp

  package init(
    channel: Label, state: AttemptState, beginTime: Timestamp, beginSequence: UInt64, isCancelling: Bool,
    confirmUntil: Timestamp
  ) {
    self.channel = channel
    self.state = state
    self.beginTime = beginTime
    self.beginSequence = beginSequence
    self.isCancelling = isCancelling
    self.confirmUntil = confirmUntil
  }
}

/// A channel as the ledger knows it.
package struct ChannelStanding: Hashable, Sendable {
  package var channel: Label
  package var state: ChannelState
  /// Why it is in this state; `Label.none` when nobody changed it.
  package var reason: Label
  package var floats: [FloatStanding]
  package var lastSequence: UInt64

  package init(channel: Label, state: ChannelState, reason: Label, floats: [FloatStanding], lastSequence: UInt64) {
    self.channel = channel
    self.state = state
    self.reason = reason
    self.floats = floats
    self.lastSequence = lastSequence
  }
}

/// Our money at a channel, minor units: an asset, so debits are what there is.
package struct FloatStanding: Hashable, Sendable {
  package var currency: Currency
  package var debitsPosted: Int64
  package var creditsPending: Int64
  package var creditsPosted: Int64
  /// Fees that the channel took so far.
  package var feesPosted: Int64

  package var available: Int64 { debitsPosted - creditsPosted - creditsPending }

  package init(
    currency: Currency, debitsPosted: Int64, creditsPending: Int64, creditsPosted: Int64, feesPosted: Int64
  ) {
    self.currency = currency
    self.debitsPosted = debitsPosted
    self.creditsPending = creditsPending
    self.creditsPosted = creditsPosted
    self.feesPosted = feesPosted
  }
}

/// What one channel was asked to pay in one currency, minor units without fees.
package struct SentSum: Hashable, Sendable {
  package var channel: Label
  package var currency: Currency
  package var minorUnits: Int64

  package init(channel: Label, currency: Currency, minorUnits: Int64) {
    self.channel = channel
    self.currency = currency
    self.minorUnits = minorUnits
  }
}

/// Figures over all withdrawals, for gauges and alarms.
package struct PayoutFigures: Hashable, Sendable {
  /// By raw value of `WithdrawalState`.
  package var counts: [UInt64]
  /// Of those that wait for a channel or for people to mend them; nil for none. By when they entered.
  package var oldestApproved: Timestamp?
  package var oldestUnderWay: Timestamp?
  package var oldestActionRequired: Timestamp?

  package init(
    counts: [UInt64], oldestApproved: Timestamp?, oldestUnderWay: Timestamp?, oldestActionRequired: Timestamp?
  ) {
    self.counts = counts
    self.oldestApproved = oldestApproved
    self.oldestUnderWay = oldestUnderWay
    self.oldestActionRequired = oldestActionRequired
  }
}
