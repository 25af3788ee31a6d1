internal import LedgerCore

/// Who has to do something now. Raw values are those of the wire enum; a test walks them all.
enum NextAction: UInt8, CaseIterable {
  case none = 0
  case wait = 1
  case amendPayee = 2
  case retry = 3
  case contactSupport = 4
}

/// Why money did not arrive, for programs and for the agent's screen. Two texts, so that telling them costs no memory.
struct PayoutFailureWords {
  let reason: PayoutReason
  let action: NextAction
  /// "收款卡号错误或账户不存在。"
  let cause: String
  /// "请修改收款账户后继续打款。"
  let advice: String

  /// Most bytes that the two texts take together; a test walks them all.
  static let chineseMaximumBytes = 192
  /// Most bytes of `PayoutReason.wireName`, and of an ISO code.
  static let codeMaximumBytes = 24
  static let isoMaximumBytes = 4

  init(_ reason: PayoutReason, _ action: NextAction, _ advice: String) {
    self.reason = reason
    self.action = action
    cause = reason.chineseCause
    self.advice = advice
  }
}

extension PayoutFailureWords {
  /// Of an attempt that was followed by another one.
  static func superseded(_ attempt: Attempt) -> PayoutFailureWords {
    PayoutFailureWords(attempt.toldReason, .none, "系统已另行安排打款，无需操作。")
  }

  /// Of the last attempt, as the withdrawal stands now.
  init(last attempt: Attempt, of withdrawal: borrowing Withdrawal) {
    let reason = attempt.toldReason
    if withdrawal.payout?.facts.isBlocked ?? false {
      self.init(reason, .contactSupport, "打款结果正在人工核实，请勿重复申请，并联系客服。")
      return
    }
    switch withdrawal.state {
    case .actionRequired where withdrawal.review?.facts.holdReason.isNone ?? true:
      self.init(required: reason, attempt.state)
    case .actionRequired: self.init(reason, .contactSupport, "该笔提现已被暂停处理，请联系客服。")
    case .pendingReview: self.init(reason, .wait, "已重新提交审核，通过后将自动打款，无需操作。")
    case .submitted, .approved, .processing, .awaitingPayee, .inDoubt, .cancelling:
      self.init(reason, .wait, "系统将自动重新打款，无需操作。")
    case .cancelled: self.init(reason, .none, "款项已退回可提现余额，无需操作。")
    case .paid, .confirmed: self.init(reason, .none, "款项已打出，无需操作。")
    case .returned, .failed, .rejected, .expired:
      self.init(reason, .contactSupport, reason.chineseAfterwards)
    }
  }

  /// ACTION_REQUIRED, and free to go on.
  private init(required reason: PayoutReason, _ state: AttemptState) {
    switch reason {
    case .accountWrong, .accountClosed, .nameMismatch, .returnedByBank:
      self.init(reason, .amendPayee, "请核对并修改收款账户后继续打款。")
    case .accountBlocked: self.init(reason, .amendPayee, "请更换收款账户，或在账户恢复正常后重试。")
    case .payeeLimit: self.init(reason, .retry, "请收款人调整限额，或次日重试；也可更换收款账户。")
    case .payeeUnverified: self.init(reason, .retry, "请收款人完成实名认证后重试。")
    case .notConfirmedInTime: self.init(reason, .retry, "请重试，并提醒收款人及时确认收款。")
    case .channelFundsShort, .channelUnavailable, .channelLimit, .cancelledByUs:
      self.init(reason, .retry, "请稍后重试。")
    case .amountNotTaken: self.init(reason, .contactSupport, "请撤销后调整金额重新申请，或联系客服。")
    case .regulatory, .duplicate, .requestMalformed: self.init(reason, .contactSupport, "请联系客服处理，或撤销后重新申请。")
    case .none, .unspecified:
      // Proven to be about the payee, although nobody said what: as it is it would fail again.
      if state == .payeeFailure {
        self.init(reason, .amendPayee, "请核对并修改收款账户后继续打款。")
      } else {
        self.init(reason, .retry, "请稍后重试；多次未成功请联系客服。")
      }
    }
  }
}

extension Attempt {
  /// Where the channel gave no reason, what its end alone tells.
  var toldReason: PayoutReason {
    guard reason == .none else { return reason }
    switch state {
    case .cancelled: return .cancelledByUs
    case .lapsed: return .notConfirmedInTime
    // Money that was paid and came back.
    case .paid: return .returnedByBank
    case .sent, .accepted, .awaitingPayee, .unknown, .mismatch, .payeeFailure, .tryAgain, .tryElsewhere, .refused:
      return .unspecified
    }
  }
}

extension PayoutReason {
  /// What an agent reads first.
  var chineseCause: String {
    switch self {
    case .none, .unspecified: "打款未成功，通道未说明原因。"
    case .accountWrong: "收款卡号错误或账户不存在。"
    case .accountClosed: "收款账户已销户。"
    case .accountBlocked: "收款账户冻结或状态异常。"
    case .nameMismatch: "收款人姓名不符。"
    case .payeeLimit: "超出收款账户的收款限额。"
    case .payeeUnverified: "收款人尚未完成实名认证。"
    case .notConfirmedInTime: "收款人未在规定时间内确认收款。"
    case .channelFundsShort: "打款通道资金调拨中。"
    case .channelUnavailable: "打款通道维护中。"
    case .channelLimit: "打款通道限额已满。"
    case .amountNotTaken: "打款通道不支持该笔金额。"
    case .regulatory: "因监管或风控要求，该笔打款被拒绝。"
    case .duplicate: "打款通道提示订单重复。"
    case .cancelledByUs: "该笔打款已撤销。"
    case .requestMalformed: "打款信息格式有误。"
    case .returnedByBank: "收款银行已将款项退回。"
    }
  }

  /// What to do when the withdrawal is over and its money is free again.
  fileprivate var chineseAfterwards: String {
    switch self {
    case .accountWrong, .accountClosed, .accountBlocked, .nameMismatch, .returnedByBank:
      "款项已退回可提现余额，请核对收款账户后重新申请，或联系客服。"
    case .amountNotTaken, .payeeLimit: "款项已退回可提现余额，请调整金额后重新申请，或联系客服。"
    case .payeeUnverified, .notConfirmedInTime: "款项已退回可提现余额，请收款人完成操作后重新申请，或联系客服。"
    case .regulatory: "款项已退回可提现余额，请联系客服。"
    case .none, .channelFundsShort, .channelUnavailable, .channelLimit, .duplicate, .cancelledByUs, .requestMalformed,
      .unspecified:
      "款项已退回可提现余额，请重新申请，或联系客服。"
    }
  }
}
