import LedgerCore

/// The reason codes of risk decisions, by their names on the wire and in the words of people.
extension RiskCode {
  /// "NEW_AGENT"
  var shortName: String {
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

  /// What it says about a withdrawal, in English.
  var english: String {
    switch self {
    case .newAgent: "the agent is new"
    case .firstPayoutToPayee: "it is the first payout to this payee"
    case .payeeShared: "other agents are paid to the same payee account"
    case .deviceShared: "other agents use the same device"
    case .addressShared: "other agents submit from the same network address"
    case .velocity10Minutes: "many submissions within ten minutes"
    case .velocityHour: "many submissions within an hour"
    case .velocityDay: "many submissions within a day"
    case .amountUnusual: "the amount is far from the agent's usual ones"
    case .nightSurge: "much more than usual at night"
    case .fastInOut: "the money came in only a short time ago"
    case .scatteredIn: "many small amounts came in and go out as one"
    case .splitBelowThreshold: "the amount lies just below a threshold, repeatedly"
    case .dormantThenActive: "the agent was dormant for long and is active again"
    case .repeatedFailures: "several submissions failed before"
    case .agentBlacklisted: "the agent is on the black list"
    case .payeeBlacklisted: "the payee is on the black list"
    case .deviceBlacklisted: "the device is on the black list"
    case .addressBlacklisted: "the network address is on the black list"
    case .agentWhitelisted: "the agent is on the white list"
    case .payeeWhitelisted: "the payee is on the white list"
    case .largeAmount: "the amount is large"
    case .abnormalHistory: "earlier payouts of the agent turned out to be abnormal"
    case .newDevice: "the agent has not used this device before"
    case .drainsBalance: "it takes nearly all of the balance"
    }
  }

  var chinese: String {
    switch self {
    case .newAgent: "代理商注册时间短"
    case .firstPayoutToPayee: "首次向该收款账户提现"
    case .payeeShared: "该收款账户被多个代理商使用"
    case .deviceShared: "该设备被多个代理商使用"
    case .addressShared: "该网络地址有多个代理商提交申请"
    case .velocity10Minutes: "10 分钟内申请次数过多"
    case .velocityHour: "1 小时内申请次数过多"
    case .velocityDay: "1 天内申请次数过多"
    case .amountUnusual: "金额明显偏离该代理商的历史水平"
    case .nightSurge: "夜间金额异常增加"
    case .fastInOut: "资金快进快出"
    case .scatteredIn: "资金分散转入、集中转出"
    case .splitBelowThreshold: "多次申请金额略低于审核门槛，疑似拆分"
    case .dormantThenActive: "长期未使用后突然活跃"
    case .repeatedFailures: "近期多次申请失败"
    case .agentBlacklisted: "代理商在黑名单中"
    case .payeeBlacklisted: "收款账户在黑名单中"
    case .deviceBlacklisted: "设备在黑名单中"
    case .addressBlacklisted: "网络地址在黑名单中"
    case .agentWhitelisted: "代理商在白名单中"
    case .payeeWhitelisted: "收款账户在白名单中"
    case .largeAmount: "金额较大"
    case .abnormalHistory: "该代理商曾有异常提现记录"
    case .newDevice: "首次使用该设备"
    case .drainsBalance: "几乎提取全部余额"
    }
  }

  /// nil for a code that this program does not know yet.
  init?(shortName: String) {
    guard let code = Self.allCases.first(where: { $0.shortName == shortName }) else { return nil }
    self = code
  }
}
