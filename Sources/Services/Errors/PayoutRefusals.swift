internal import LedgerCore
internal import RPC

/// Payouts that cannot go on as asked.
extension RefusalWords {
  static func notActionRequired(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NOT_ACTION_REQUIRED", subject: "id",
      english: "a withdrawal in state \(state.wireName) cannot be retried: only one in ACTION_REQUIRED waits for that; "
        + "read it again, and submit another one if it has failed",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，不能重试。请刷新查看最新状态；如已失败，请重新申请。",
      figures: [("state", state.wireName), ("required", "ACTION_REQUIRED")])
  }

  static let payoutBlocked = RefusalWords(
    reason: "PAYOUT_BLOCKED", subject: "id",
    english: "money left for an earlier attempt that counts as failed: two people of finance have to settle that "
      + "(ResolveInDoubt) before anything more is done; ask support",
    chinese: "该笔提现的打款结果正在人工核实，暂不能操作。请等待核实结果，或联系客服。",
    figures: [("blocked", "true"), ("required", "false")])

  static func attemptsUsedUp(_ maximum: UInt8) -> RefusalWords {
    RefusalWords(
      reason: "ATTEMPTS_USED_UP", subject: "id",
      english: "it was tried \(maximum) times, and no more are possible: cancel it and submit another one",
      chinese: "该笔提现已尝试 \(maximum) 次，不能再重试。请撤销后重新申请。",
      figures: [("attempts", "\(maximum)"), ("maximum", "\(maximum)")])
  }

  static func channelFundsShort(_ available: Int64, _ requested: Int64) -> RefusalWords {
    RefusalWords(
      reason: "CHANNEL_FUNDS_SHORT", subject: "amount",
      english: "the account that the money would come from has \(DecimalAmount.text(available)) and "
        + "\(DecimalAmount.text(requested)) was asked for: move less, or book what is missing there first",
      chinese: "转出账户可用余额为 \(DecimalAmount.text(available)) 元，本次需要 \(DecimalAmount.text(requested)) 元。"
        + "请减少金额，或先补足余额。",
      figures: [("available", "\(available)"), ("requested", "\(requested)")], currency: .cny)
  }

  static func moneyHasLeft(_ paid: Int64) -> RefusalWords {
    RefusalWords(
      reason: "MONEY_HAS_LEFT", subject: "verdict",
      english:
        "the channel proved that \(paid) minor units left: decide whether the payee has it (PAID) or somebody "
        + "else (STRAYED), and say how much",
      chinese: "通道已证明有 \(paid) 个最小货币单位打出，不能裁定为未打款。请核实款项去向后裁定为已到账或误付，并填写金额。",
      figures: [("paid", "\(paid)"), ("required", "PAID or STRAYED")])
  }

  static func notInDoubt(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NOT_IN_DOUBT", subject: "withdrawal_id",
      english: "a withdrawal in state \(state.wireName) is not in doubt: people decide only what no channel tells; "
        + "read it again, its channel may have answered by now",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，不是待核实状态，不能人工裁定。请刷新查看，通道可能已返回结果。",
      figures: [("state", state.wireName), ("required", "IN_DOUBT, or blocked")])
  }

  /// Of a question about routing: nothing is recorded.
  static func neverSent(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NEVER_SENT", subject: "withdrawal_id",
      english: "a withdrawal in state \(state.wireName) was never sent and does not wait for a channel: "
        + "ask about another one, or with a question",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，从未打款，也不在等待打款。请查询其他提现。",
      figures: [("state", state.wireName), ("required", "PENDING_REVIEW, APPROVED, or one that was sent")])
  }
}
