internal import LedgerCore

extension RiskCode {
  /// As replies write it. Static, so that writing it copies nothing but its bytes.
  var wireName: StaticString {
    switch self {
    case .newAgent: "NEW_AGENT"
    case .firstPayoutToPayee: "FIRST_PAYOUT_TO_PAYEE"
    case .payeeShared: "PAYEE_SHARED"
    case .deviceShared: "DEVICE_SHARED"
    case .addressShared: "ADDRESS_SHARED"
    case .velocity10Minutes: "VELOCITY_10_MINUTES"
    case .velocityHour: "VELOCITY_HOUR"
    case .velocityDay: "VELOCITY_DAY"
    case .amountUnusual: "AMOUNT_UNUSUAL"
    case .nightSurge: "NIGHT_SURGE"
    case .fastInOut: "FAST_IN_OUT"
    case .scatteredIn: "SCATTERED_IN"
    case .splitBelowThreshold: "SPLIT_BELOW_THRESHOLD"
    case .dormantThenActive: "DORMANT_THEN_ACTIVE"
    case .repeatedFailures: "REPEATED_FAILURES"
    case .agentBlacklisted: "AGENT_BLACKLISTED"
    case .payeeBlacklisted: "PAYEE_BLACKLISTED"
    case .deviceBlacklisted: "DEVICE_BLACKLISTED"
    case .addressBlacklisted: "ADDRESS_BLACKLISTED"
    case .agentWhitelisted: "AGENT_WHITELISTED"
    case .payeeWhitelisted: "PAYEE_WHITELISTED"
    case .largeAmount: "LARGE_AMOUNT"
    case .abnormalHistory: "ABNORMAL_HISTORY"
    case .newDevice: "NEW_DEVICE"
    case .drainsBalance: "DRAINS_BALANCE"
    }
  }

  /// No name is longer; a test walks them all.
  static let longestWireName = 24
}

extension RiskResult {
  /// Nothing spoke for or against: the reply leaves it out.
  var isSilent: Bool { verdict == .approve && score == 0 && reasonCount == 0 }
}
