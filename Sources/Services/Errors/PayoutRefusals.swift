internal import LedgerCore
internal import RPC

/// Payouts that cannot go on as asked.
extension RefusalWords {
  static func notActionRequired(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NOT_ACTION_REQUIRED", subject: "id",
      english: "a withdrawal in state \(state.wireName) cannot be retried: only one in ACTION_REQUIRED waits for that",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，无需重试。请刷新后查看最新状态。",
      figures: [("state", state.wireName), ("required", "ACTION_REQUIRED")])
  }

  static let payoutBlocked = RefusalWords(
    reason: "PAYOUT_BLOCKED", subject: "id",
    english: "money left for an earlier attempt that counts as failed: finance has to settle that before anything more is "
      + "done; ask support",
    chinese: "该笔提现的打款结果正在人工核实，暂不能操作。请联系客服。",
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
      english: "the account that the money would come from has \(DecimalAmount.text(available)): move less",
      chinese: "可调拨余额为 \(DecimalAmount.text(available))，请减少金额。",
      figures: [("available", "\(available)"), ("requested", "\(requested)")])
  }

  static func notInDoubt(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "NOT_IN_DOUBT", subject: "withdrawal_id",
      english: "a withdrawal in state \(state.wireName) is not in doubt: people decide only what no channel tells",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，不是待核实状态，不能人工裁定。",
      figures: [("state", state.wireName), ("required", "IN_DOUBT, or blocked")])
  }
}
