/// How an attempt at a payout stands. Raw values are those of the wire enum and of the journal, never renumbered.
///
///     SENT -> ACCEPTED | AWAITING_PAYEE | UNKNOWN | MISMATCH      open: money may move, or has moved
///     any of them -> PAID | PAYEE_FAILURE | TRY_AGAIN | TRY_ELSEWHERE | REFUSED | CANCELLED | LAPSED      closed by proof
package enum AttemptState: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// Stored, and perhaps sent: nobody has answered.
  case sent = 1
  /// The channel works on it.
  case accepted = 2
  /// The payee has to confirm in the wallet.
  case awaitingPayee = 3
  /// No answer, or one that says nothing. Only proof ends it.
  case unknown = 4
  /// Paid, but another amount, currency or payee than ours: people decide.
  case mismatch = 5
  case paid = 6
  /// Proven: the payee's data are wrong, no money moved.
  case payeeFailure = 7
  /// Proven technical failure; the same channel may try again.
  case tryAgain = 8
  /// Proven technical failure; another channel should.
  case tryElsewhere = 9
  /// Proven: this payout will not be made by anybody (law, the channel's rules).
  case refused = 10
  /// The channel confirmed our cancel.
  case cancelled = 11
  /// The payee did not confirm in time; no money moved.
  case lapsed = 12

  package var isOpen: Bool {
    switch self {
    case .sent, .accepted, .awaitingPayee, .unknown, .mismatch: true
    case .paid, .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled, .lapsed: false
    }
  }

  /// Closed, and the money stayed with us.
  package var isFailure: Bool { !isOpen && self != .paid }
}

/// Why a payout did not arrive, in our words. Raw values are those of the wire enum and of the journal, never renumbered.
package enum PayoutReason: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case none = 0
  case accountWrong = 1
  case accountClosed = 2
  case accountBlocked = 3
  case nameMismatch = 4
  /// A limit of the payee's account or of the wallet.
  case payeeLimit = 5
  /// The payee has not finished the wallet's real-name check.
  case payeeUnverified = 6
  case notConfirmedInTime = 7
  /// Our balance at the channel does not suffice.
  case channelFundsShort = 8
  case channelUnavailable = 9
  /// A limit of ours at the channel: per day, per payee, per second.
  case channelLimit = 10
  case amountNotTaken = 11
  case regulatory = 12
  /// The channel knows the key with another content.
  case duplicate = 13
  case cancelledByUs = 14
  case requestMalformed = 15
  case returnedByBank = 16
  case unspecified = 17

  /// ISO 20022 external status reason code; empty for `none`.
  package var isoCode: String {
    switch self {
    case .none: ""
    case .accountWrong: "AC01"
    case .accountClosed: "AC04"
    case .accountBlocked: "AC06"
    case .nameMismatch: "BE01"
    case .payeeLimit: "AM14"
    case .payeeUnverified: "BE05"
    case .notConfirmedInTime: "TM01"
    case .channelFundsShort: "AM04"
    case .channelUnavailable: "AB08"
    case .channelLimit: "AM13"
    case .amountNotTaken: "AM02"
    case .regulatory: "RR04"
    case .duplicate: "AM05"
    case .cancelledByUs: "CUST"
    case .requestMalformed: "FF01"
    case .returnedByBank: "MD07"
    case .unspecified: "MS03"
    }
  }
}

/// Who told a result. Raw values stand in the journal and are never renumbered.
package enum ResultSource: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// The answer to the send.
  case answer = 1
  case query = 2
  /// A file or statement of the channel.
  case statement = 3
  /// Two people, with evidence.
  case people = 4
  /// Ours: nothing came.
  case timer = 5
}

/// What a channel was found to have done with an attempt.
package struct AttemptResult: Hashable, Sendable {
  /// Any but `sent`.
  package var state: AttemptState
  package var source: ResultSource
  package var reason: PayoutReason
  /// The channel's own number of the payment (网联 serial, bill number); `Label.none` while it has told none.
  package var channelReference: Label
  /// The channel's own code, as it came; `Label.none` where it told none.
  package var code: Label
  /// Minor units that moved; of `paid` and `mismatch`, else 0.
  package var paidMinorUnits: Int64
  /// Minor units that the channel takes for it; of `paid`, else 0.
  package var channelFeeMinorUnits: Int64
  /// Until when the payee may confirm; 1970 where that is not known or not needed.
  package var confirmUntil: Timestamp
  /// Of `awaitingPayee` only: what the payee confirms with, where the channel told it.
  package var confirmation: PayeeConfirmation?

  package init(
    _ state: AttemptState, source: ResultSource, reason: PayoutReason = .none, channelReference: Label = .none,
    code: Label = .none, paidMinorUnits: Int64 = 0, channelFeeMinorUnits: Int64 = 0,
    confirmUntil: Timestamp = Timestamp(microseconds: 0), confirmation: PayeeConfirmation? = nil
  ) {
    self.state = state
    self.source = source
    self.reason = reason
    self.channelReference = channelReference
    self.code = code
    self.paidMinorUnits = paidMinorUnits
    self.channelFeeMinorUnits = channelFeeMinorUnits
    self.confirmUntil = confirmUntil
    self.confirmation = confirmation
  }
}
