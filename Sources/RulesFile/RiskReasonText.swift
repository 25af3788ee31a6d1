package import LedgerCore

/// What each risk reason says to people.
package enum RiskReasonText {
  package static func of(_ code: RiskCode) -> ExplainedLine {
    let (english, chinese) = texts(code)
    return ExplainedLine(english: english, chinese: chinese)
  }

  private static func texts(_ code: RiskCode) -> (String, String) {
    switch code {
    case .newAgent: ("the agent is new", "新代理商")
    case .firstPayoutToPayee: ("first payout to this payee", "首次向该收款人提现")
    case .payeeShared: ("several agents use this payee", "多个代理商共用该收款人")
    case .deviceShared: ("several agents use this device", "多个代理商共用该设备")
    case .addressShared: ("several agents submit from this address", "多个代理商使用同一网络地址")
    case .velocity10Minutes: ("many withdrawals within 10 minutes", "10分钟内提现频繁")
    case .velocityHour: ("many withdrawals within an hour", "1小时内提现频繁")
    case .velocityDay: ("many withdrawals within a day", "1天内提现频繁")
    case .amountUnusual: ("the amount is unusual for this agent", "金额偏离该代理商的历史水平")
    case .nightSurge: ("far more at night than usual", "夜间提现激增")
    case .fastInOut: ("money goes out minutes after it came in", "资金快进快出")
    case .scatteredIn: ("many small amounts came in, a large one goes out", "资金分散转入、集中转出")
    case .splitBelowThreshold: ("amounts split just below a threshold", "疑似拆分金额规避门槛")
    case .dormantThenActive: ("active again after a long silence", "长期未活动后突然提现")
    case .repeatedFailures: ("repeated refusals before", "此前多次提现被拒")
    case .agentBlacklisted: ("the agent is on the black list", "代理商在黑名单中")
    case .payeeBlacklisted: ("the payee is on the black list", "收款人在黑名单中")
    case .deviceBlacklisted: ("the device is on the black list", "设备在黑名单中")
    case .addressBlacklisted: ("the address is on the black list", "网络地址在黑名单中")
    case .agentWhitelisted: ("the agent is on the white list", "代理商在白名单中")
    case .payeeWhitelisted: ("the payee is on the white list", "收款人在白名单中")
    case .largeAmount: ("a large amount", "大额提现")
    case .abnormalHistory: ("earlier payouts were reported abnormal", "历史提现曾被标记异常")
    case .newDevice: ("a device not seen with this agent before", "首次使用该设备")
    case .drainsBalance: ("takes nearly all of the balance", "几乎提空余额")
    }
  }
}
