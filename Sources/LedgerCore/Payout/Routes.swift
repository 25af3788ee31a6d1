/// What routing found about one channel, as it is kept with the attempt. Raw values of `Verdict` are those of the wire enum
/// and of the journal, never renumbered.
package struct RouteCandidate: Hashable, Sendable {
  package enum Verdict: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
    case chosen = 1
    /// Could have been taken; its score is lower.
    case eligible = 2
    case wrongRail = 3
    case wrongCurrency = 4
    case amountOutOfRange = 5
    case wrongSpeed = 6
    case outOfHours = 7
    /// Draining or disabled by an operator.
    case notEnabled = 8
    /// Not enough free money at the channel.
    case floatLow = 9
    case breakerOpen = 10
    /// An attempt there failed so that another channel should try.
    case triedBefore = 11
    /// Its payouts of the day are used up.
    case dailyLimit = 12
  }
  package var channel: Label
  package var verdict: Verdict
  /// Minor units that the channel would take.
  package var feeMinorUnits: Int64
  /// 95 % of its payouts arrived within this.
  package var arrivalP95Milliseconds: UInt32
  /// Of its payouts in the sliding window, without payees' mistakes.
  package var successPermille: UInt16
  /// Higher is better; what it consists of stands in Routing. 0 where it was not eligible.
  package var score: Int32

  /// Kept with an attempt: more than any platform has for one rail.
  package static let countMaximum = 16

  package init(
    channel: Label, verdict: Verdict, feeMinorUnits: Int64, arrivalP95Milliseconds: UInt32, successPermille: UInt16,
    score: Int32
  ) {
    self.channel = channel
    self.verdict = verdict
    self.feeMinorUnits = feeMinorUnits
    self.arrivalP95Milliseconds = arrivalP95Milliseconds
    self.successPermille = successPermille
    self.score = score
  }
}

/// The exact business request of an attempt, as it is stored before it is sent: whatever happens, these bytes are sent
/// again, or asked about, and no others.
package struct StoredRequest: Hashable, Sendable {
  /// Longest, in bytes: a transfer of every rail fits with its names twice.
  package static let maximumBytes = 4_096
  package let bytes: [UInt8]
  /// Under the key of the payee account. Requests for platforms' own references name nobody and are not.
  package let isSealed: Bool
  /// nil beyond `maximumBytes`.
  package init?(_ bytes: [UInt8], isSealed: Bool) {
    guard bytes.count <= Self.maximumBytes else { return nil }
    self.bytes = bytes
    self.isSealed = isSealed
  }
}

/// What an operator lets a channel do. Raw values are those of the wire enum and of the journal, never renumbered.
package enum ChannelState: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case enabled = 1
  /// No new payouts; what is under way goes on.
  case draining = 2
  /// The same, until a person has looked at it.
  case disabled = 3
}
