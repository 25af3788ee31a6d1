package import LedgerCore
package import Routing

/// What the rest of the program asks of whoever sends payouts.
package protocol PayoutDesk: Sendable {
  /// In the order of the configuration.
  var manifests: [ChannelManifest] { get }

  /// nil: there is no such channel.
  func activity(of channel: Label) async -> ChannelActivity?

  /// How a payout would be routed now: one candidate for each channel, the chosen one (if any) marked.
  func explain(amount: Money, rail: Rail?, speed: Speed) async -> [RouteCandidate]

  /// A channel's callback says that something became of a key: it is asked, and nothing is believed.
  ///
  /// - Returns: whether the channel need not tell it again, since no crash can make us forget it: an open payout is asked
  ///   about anyway; of one that is closed here the question was answered, and the answer is durable.
  func takeNotice(of key: PayoutKey, from channel: Label) async -> Bool

  /// Somebody funded a channel, or changed what it may do: waiting payouts are looked at again.
  func channelsChanged()
}

/// What a channel is doing.
package struct ChannelActivity: Sendable, Hashable {
  package var health: HealthReport
  /// Calls under way.
  package var inFlight: Int
  package var inDoubt: Int
  /// A code, empty when nothing went wrong since the start; and when.
  package var lastError: String
  package var lastErrorTime: Timestamp?

  package init(health: HealthReport, inFlight: Int, inDoubt: Int, lastError: String, lastErrorTime: Timestamp?) {
    self.health = health
    self.inFlight = inFlight
    self.inDoubt = inDoubt
    self.lastError = lastError
    self.lastErrorTime = lastErrorTime
  }
}

/// Told of everything that happens to payouts, for logs, metrics and alarms. Called from any task; must not block.
package protocol PayoutObserver: Sendable {
  func observe(_ event: PayoutEvent)
}

package enum PayoutEvent: Sendable, Hashable {
  case sent(PayoutKey, channel: Label)
  /// A channel answered, so many milliseconds after it was asked.
  case answered(PayoutKey, channel: Label, AttemptState, milliseconds: Int64)
  /// The money is out, so many milliseconds after the withdrawal was submitted.
  case paid(PayoutKey, channel: Label, Money, sinceSubmit: Int64)
  case failed(PayoutKey, channel: Label, AttemptState, PayoutReason, code: Label)
  case inDoubt(PayoutKey, channel: Label)
  case returned(PayoutKey, channel: Label)
  /// Money came back, but not what was paid.
  case returnDiffered(PayoutKey, channel: Label, returnedMinorUnits: Int64)
  /// A statement has a payment of another sum than was proven.
  case paymentDiffered(PayoutKey, channel: Label, bookedMinorUnits: Int64)
  /// Money left although the attempt counts as failed.
  case strayed(PayoutKey, channel: Label, minorUnits: Int64)
  case mismatched(PayoutKey, channel: Label, paidMinorUnits: Int64)
  /// A channel takes back what it had proven.
  case conflicted(PayoutKey, channel: Label)
  case breakerChanged(channel: Label, HealthReport.Breaker)
  case floatLow(channel: Label, available: Int64, needed: Int64)
  /// A callback or a statement names a payout that this ledger never gave to that channel.
  case unknownPayout(PayoutKey, channel: Label)
  /// The channel knows a payout that this ledger has not made: an older backup was started. Nothing more is sent.
  case ledgerOlderThanChannel(PayoutKey, channel: Label)
  /// It does not say whether it knows such payouts, and gets none until it does; and then it did.
  case channelSilent(channel: Label, code: Label)
  case channelHeard(channel: Label)
  /// So many payouts are open at a channel that is not configured any more: nobody asks about them.
  case channelMissing(channel: Label, openPayouts: Int)
  case bankFile(channel: Label, BankFileEvent)
}
