import SettlementProto

// The wire enums of payouts without their prefixes.

extension Settlement_V1_AttemptState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
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
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}

extension Settlement_V1_ChannelState: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .enabled: "ENABLED"
    case .draining: "DRAINING"
    case .disabled: "DISABLED"
    case .UNRECOGNIZED(let number): "STATE_\(number)"
    }
  }
}

extension Settlement_V1_RouteVerdict: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .chosen: "CHOSEN"
    case .eligible: "ELIGIBLE"
    case .wrongRail: "WRONG_RAIL"
    case .wrongCurrency: "WRONG_CURRENCY"
    case .amountOutOfRange: "AMOUNT_OUT_OF_RANGE"
    case .wrongSpeed: "WRONG_SPEED"
    case .outOfHours: "OUT_OF_HOURS"
    case .notEnabled: "NOT_ENABLED"
    case .floatLow: "FLOAT_LOW"
    case .breakerOpen: "BREAKER_OPEN"
    case .triedBefore: "TRIED_BEFORE"
    case .dailyLimit: "DAILY_LIMIT"
    case .UNRECOGNIZED(let number): "VERDICT_\(number)"
    }
  }
}

extension Settlement_V1_DoubtVerdict: WireNamed {
  var shortName: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .paid: "PAID"
    case .notPaid: "NOT_PAID"
    case .failed: "FAILED"
    case .strayed: "STRAYED"
    case .UNRECOGNIZED(let number): "VERDICT_\(number)"
    }
  }
}
