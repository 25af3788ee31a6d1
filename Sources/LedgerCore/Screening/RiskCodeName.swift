extension RiskCode {
  /// As replies, lists and audits write it: "NEW_AGENT". Static, so that writing it copies nothing but its bytes.
  package var name: StaticString {
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
  package static let longestName = 24

  /// nil for a code that this program does not know yet.
  package init?(name: String) {
    guard let code = Self.allCases.first(where: { $0.name.description == name }) else { return nil }
    self = code
  }
}
