package enum PayoutLimits {
  /// A payout that failed technically so often needs a person: the channels, or its data, are broken in a way we do not see.
  package static let attemptsMaximum: UInt8 = 5
  /// How long an agent has to mend what kept a payout from arriving: over a long weekend.
  package static let actionMicroseconds: Int64 = 72 * 3_600 * 1_000_000
}

/// An operator lets a channel work, drain or rest.
package struct SetChannelState: Sendable {
  package var key: RequestKey
  package var channel: Label
  package var state: ChannelState
  package var reason: Label
  package init(key: RequestKey, channel: Label, state: ChannelState, reason: Label) {
    self.key = key
    self.channel = channel
    self.state = state
    self.reason = reason
  }
}

/// Money of ours that was moved to a channel, or (negative) back from it. Dr float / Cr custody.
package struct FundChannel: Sendable {
  package var key: RequestKey
  package var channel: Label
  package var amount: Money
  /// Of the bank's transfer.
  package var reference: Label
  package init(key: RequestKey, channel: Label, amount: Money, reference: Label) {
    self.key = key
    self.channel = channel
    self.amount = amount
    self.reference = reference
  }
}

/// The dispatcher's own: from its record on, this channel may have paid. Nobody is sent anything before it is durable.
package struct BeginAttempt: Sendable {
  /// Its number must be the next one.
  package var payoutKey: PayoutKey
  package var channel: Label
  /// As the request names it: an amendment in between makes the request wrong.
  package var payee: Label
  package var request: StoredRequest
  /// Minor units that the channel is expected to take; reserved with the net amount.
  package var channelFeeMinorUnits: Int64
  package var candidates: [RouteCandidate]
  package init(
    payoutKey: PayoutKey, channel: Label, payee: Label, request: StoredRequest, channelFeeMinorUnits: Int64,
    candidates: [RouteCandidate]
  ) {
    self.payoutKey = payoutKey
    self.channel = channel
    self.payee = payee
    self.request = request
    self.channelFeeMinorUnits = channelFeeMinorUnits
    self.candidates = candidates
  }
}

/// The dispatcher's own: what was found out about an attempt. Telling it again changes nothing.
package struct RecordResult: Sendable {
  package var payoutKey: PayoutKey
  package var result: AttemptResult
  package init(payoutKey: PayoutKey, result: AttemptResult) {
    self.payoutKey = payoutKey
    self.result = result
  }
}

/// The dispatcher's own: money that had been paid came back.
package struct RecordReturn: Sendable {
  package var payoutKey: PayoutKey
  /// Minor units that came back: the net amount.
  package var minorUnits: Int64
  package var channelReference: Label
  package var code: Label
  package var reason: PayoutReason
  package init(
    payoutKey: PayoutKey, minorUnits: Int64, channelReference: Label, code: Label, reason: PayoutReason
  ) {
    self.payoutKey = payoutKey
    self.minorUnits = minorUnits
    self.channelReference = channelReference
    self.code = code
    self.reason = reason
  }
}

/// The dispatcher's own: a statement shows the money in the payee's account.
package struct ConfirmPayout: Sendable {
  package var payoutKey: PayoutKey
  /// What the statement has: another sum than was proven confirms nothing.
  package var minorUnits: Int64
  package var channelReference: Label
  package init(payoutKey: PayoutKey, minorUnits: Int64, channelReference: Label) {
    self.payoutKey = payoutKey
    self.minorUnits = minorUnits
    self.channelReference = channelReference
  }
}

/// Goes on with a withdrawal in ACTION_REQUIRED as it is.
package struct RetryWithdrawal: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var id: WithdrawalID
  /// nil: whatever its version.
  package var expectedSequence: UInt64?
  package init(key: RequestKey, scope: Scope, id: WithdrawalID, expectedSequence: UInt64?) {
    self.key = key
    self.scope = scope
    self.id = id
    self.expectedSequence = expectedSequence
  }
}

/// What two people found out about a payout whose channel does not say it. Raw values are those of the wire enum and of the
/// journal, never renumbered.
package enum DoubtVerdict: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// Paid; a difference to what was owed goes to suspense.
  case paid = 1
  /// Not paid, and it never will be: another attempt may be made.
  case notPaid = 2
  /// Not paid: the agent gets the money back.
  case failed = 3
  /// Money left, but not to our payee: it goes to suspense, and the agent gets the money back.
  case strayed = 4
}
