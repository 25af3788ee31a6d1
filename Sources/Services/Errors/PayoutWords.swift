internal import LedgerCore

// The names of the wire enums without their prefixes, and what agents read.

extension AttemptState {
  var wireName: String {
    switch self {
    case .sent: "SENT"
    case .accepted: "ACCEPTED"
    case .awaitingPayee: "AWAITING_PAYEE"
    case .unknown: "UNKNOWN"
    case .mismatch: "MISMATCH"
    case .paid: "PAID"
    case .payeeFailure: "PAYEE_FAILURE"
    case .tryAgain: "TRY_AGAIN"
    case .tryElsewhere: "TRY_ELSEWHERE"
    case .refused: "REFUSED"
    case .cancelled: "CANCELLED"
    case .lapsed: "LAPSED"
    }
  }
}

extension ChannelState {
  var wireName: String {
    switch self {
    case .enabled: "ENABLED"
    case .draining: "DRAINING"
    case .disabled: "DISABLED"
    }
  }
}

extension DoubtVerdict {
  var wireName: String {
    switch self {
    case .paid: "PAID"
    case .notPaid: "NOT_PAID"
    case .failed: "FAILED"
    case .strayed: "STRAYED"
    }
  }
}

extension PayoutReason {
  /// Empty for `none`.
  var wireName: String {
    switch self {
    case .none: ""
    case .accountWrong: "ACCOUNT_WRONG"
    case .accountClosed: "ACCOUNT_CLOSED"
    case .accountBlocked: "ACCOUNT_BLOCKED"
    case .nameMismatch: "NAME_MISMATCH"
    case .payeeLimit: "PAYEE_LIMIT"
    case .payeeUnverified: "PAYEE_UNVERIFIED"
    case .notConfirmedInTime: "NOT_CONFIRMED_IN_TIME"
    case .channelFundsShort: "CHANNEL_FUNDS_SHORT"
    case .channelUnavailable: "CHANNEL_UNAVAILABLE"
    case .channelLimit: "CHANNEL_LIMIT"
    case .amountNotTaken: "AMOUNT_NOT_TAKEN"
    case .regulatory: "REGULATORY"
    case .duplicate: "DUPLICATE"
    case .cancelledByUs: "CANCELLED_BY_US"
    case .requestMalformed: "REQUEST_MALFORMED"
    case .returnedByBank: "RETURNED_BY_BANK"
    case .unspecified: "UNSPECIFIED"
    }
  }
}
