internal import LedgerCore

/// Amounts against balances, limits, fees and terms.
extension RefusalWords {
  // The only currency that is paid out so far: the ledger rejects every other one, so a refusal's amounts are in it.
  private static let paid = Currency.cny

  static func insufficientFunds(_ available: Int64, _ requested: Int64) -> RefusalWords {
    let (has, wants) = (DecimalAmount.text(available), DecimalAmount.text(requested))
    return RefusalWords(
      reason: "INSUFFICIENT_FUNDS", subject: "amount",
      english: "the agent has \(has) \(paid) available and \(wants) was asked for: "
        + "ask for less, or again under a new request_id when there is more",
      chinese: "可提现余额不足：可提现 \(has) 元，申请提现 \(wants) 元。请减少提现金额后重新申请。",
      figures: [("available", "\(available)"), ("requested", "\(requested)")], currency: paid)
  }

  static func outOfBounds(_ minimum: Int64, _ maximum: Int64, _ requested: Int64) -> RefusalWords {
    let (least, most) = (DecimalAmount.text(minimum), DecimalAmount.text(maximum))
    let wants = DecimalAmount.text(requested)
    return RefusalWords(
      reason: "AMOUNT_OUT_OF_BOUNDS", subject: "amount",
      english: "the amount \(wants) \(paid) is outside of \(least) to \(most): "
        + "ask for an amount within, under a new request_id",
      chinese: "单笔提现金额须在 \(least) 元至 \(most) 元之间，本次申请 \(wants) 元。请调整金额后重新申请。",
      figures: [("minimum", "\(minimum)"), ("maximum", "\(maximum)"), ("requested", "\(requested)")], currency: paid)
  }

  static func limitExceeded(_ kind: LimitKind, _ bound: Int64, _ used: Int64, _ requested: Int64) -> RefusalWords {
    let left = max(0, bound.subtractingReportingOverflow(used).partialValue)
    let figures = [
      ("limit", kind.wireName), ("bound", "\(bound)"), ("used", "\(used)"), ("requested", "\(requested)"),
      ("left", "\(left)"),
    ]
    switch kind {
    case .dayAmount, .monthAmount:
      let (most, gone, wants) = (
        DecimalAmount.text(bound), DecimalAmount.text(used), DecimalAmount.text(requested)
      )
      let (span, chineseSpan) = kind == .dayAmount ? ("day", "当日") : ("month", "当月")
      return RefusalWords(
        reason: "LIMIT_EXCEEDED", subject: "amount",
        english: "the agent may withdraw \(most) \(paid) a \(span), has used \(gone), and \(wants) was asked for: "
          + "ask for \(DecimalAmount.text(left)) at most, or again the next \(span) under a new request_id",
        chinese: "超出\(chineseSpan)提现限额：限额 \(most) 元，已用 \(gone) 元，本次申请 \(wants) 元，"
          + "剩余 \(DecimalAmount.text(left)) 元。请减少金额，或在限额恢复后重新申请。",
        figures: figures, currency: paid)
    case .dayCount:
      return RefusalWords(
        reason: "LIMIT_EXCEEDED", subject: "agent",
        english: "the agent may withdraw \(bound) times a day and has done so \(used) times: "
          + "ask again the next day under a new request_id",
        chinese: "超出当日提现次数：每日限 \(bound) 次，已提现 \(used) 次。请次日重新申请。", figures: figures)
    }
  }

  static func insufficientPoints(_ available: Int64, _ requested: Int64) -> RefusalWords {
    RefusalWords(
      reason: "INSUFFICIENT_POINTS", subject: "acceleration",
      english: "the agent has \(available) points and this speed takes \(requested): "
        + "pay it by the fee, choose a slower speed, or earn points first",
      chinese: "积分不足：现有 \(available) 积分，本次加速需要 \(requested) 积分。请改用手续费加速，或选择普通到账。",
      figures: [("available", "\(available)"), ("requested", "\(requested)")], currency: .points)
  }

  static func belowFee(_ fee: Int64, _ requested: Int64) -> RefusalWords {
    let (costs, wants) = (DecimalAmount.text(fee), DecimalAmount.text(requested))
    return RefusalWords(
      reason: "AMOUNT_BELOW_FEE", subject: "amount",
      english:
        "the fee would be \(costs) \(paid), more than the amount \(wants): ask for more, or choose a slower speed",
      chinese: "手续费 \(costs) 元已超过提现金额 \(wants) 元。请提高提现金额，或选择普通到账。",
      figures: [("fee", "\(fee)"), ("requested", "\(requested)")], currency: paid)
  }

  static func quoteExpired(at end: Timestamp) -> RefusalWords {
    RefusalWords(
      reason: "QUOTE_EXPIRED", subject: "quote",
      english: "the quote was valid until \(end.utcText): ask for a new one, then submit under a new request_id",
      chinese: "报价已于 \(end.beijingText) 失效。请重新获取报价后再提交。", figures: [("valid_until", end.utcText)])
  }

  static let unknownTier = RefusalWords(
    reason: "UNKNOWN_TIER", subject: "agent",
    english: "the rules in force do not know the agent's tier: an operator must give the agent a tier that they know",
    chinese: "现行规则中没有该代理的等级，暂不能提现。请联系平台客服调整等级。",
    figures: [("tier", "not in the rules"), ("required", "a tier of the rules in force")])

  static func speedUnavailable(_ speed: Speed) -> RefusalWords {
    RefusalWords(
      reason: "SPEED_UNAVAILABLE", subject: "speed",
      english: "the speed \(speed.wireName) is not offered for this agent and amount: "
        + "choose another one (a quote tells which), under a new request_id",
      chinese: "该代理或该金额暂不支持“\(speed.chineseName)”。请选择其他到账方式后重新申请。",
      figures: [("speed", speed.wireName), ("required", "a speed that a quote offers")])
  }

  static func pointsNotTaken(_ speed: Speed) -> RefusalWords {
    RefusalWords(
      reason: "POINTS_NOT_TAKEN", subject: "acceleration",
      english: "the speed \(speed.wireName) has no price in points: pay it by the fee, under a new request_id",
      chinese: "“\(speed.chineseName)”不支持积分加速。请改用手续费后重新申请。",
      figures: [("speed", speed.wireName), ("acceleration", "POINTS"), ("required", "FEE")])
  }
}
