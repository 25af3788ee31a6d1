internal import LedgerCore
internal import RPC

/// Appeals that cannot be made, or not decided so.
extension RefusalWords {
  static func appealNotPossible(_ state: WithdrawalState) -> RefusalWords {
    RefusalWords(
      reason: "APPEAL_NOT_POSSIBLE", subject: "withdrawal_id",
      english:
        "a withdrawal in state \(state.wireName) has paid nobody: appeal about money when it is PAID or CONFIRMED, "
        + "and cancel, amend or retry before",
      chinese: "该笔提现当前状态为“\(state.chineseName)”，款项尚未打出，不能就金额申诉。可撤销、修改或重试。",
      figures: [("state", state.wireName), ("required", "PAID or CONFIRMED")])
  }

  static let appealOpen = RefusalWords(
    reason: "APPEAL_OPEN", subject: "withdrawal_id",
    english: "an appeal about this withdrawal is open: add evidence to it, or wait for its answer",
    chinese: "该笔提现已有申诉正在处理。请补充证据，或等待处理结果。", figures: [("open", "1"), ("maximum", "1")])

  static func tooManyAppeals(_ maximum: UInt16) -> RefusalWords {
    RefusalWords(
      reason: "TOO_MANY_APPEALS", subject: "withdrawal_id",
      english: "there were \(maximum) appeals about this withdrawal already: ask support",
      chinese: "该笔提现已申诉 \(maximum) 次，不能再次申诉。请联系客服。", figures: [("appeals", "\(maximum)"), ("maximum", "\(maximum)")])
  }

  static func disputedTooMuch(_ maximum: Int64, _ requested: Int64) -> RefusalWords {
    RefusalWords(
      reason: "DISPUTED_TOO_MUCH", subject: "amount",
      english: "at most \(DecimalAmount.text(maximum)) can be asked for or awarded here: ask for less",
      chinese: "可申诉或赔付的金额最多为 \(DecimalAmount.text(maximum)) 元。请调整金额。",
      figures: [("maximum", "\(maximum)"), ("requested", "\(requested)")])
  }

  static func appealClosed(_ state: AppealState) -> RefusalWords {
    RefusalWords(
      reason: "APPEAL_CLOSED", subject: "id",
      english: "the appeal is decided (\(state.wireName)): make a new one if there is something new",
      chinese: "该申诉已有结果（\(state.chineseName)）。如有新情况，请重新申诉。",
      figures: [("state", state.wireName), ("required", "OPEN or ASSIGNED")])
  }

  static func tooMuchEvidence(_ maximum: UInt16) -> RefusalWords {
    RefusalWords(
      reason: "TOO_MUCH_EVIDENCE", subject: "id",
      english: "the appeal has \(maximum) pieces of evidence, and no more are taken: put the rest into one document",
      chinese: "该申诉的证据已达 \(maximum) 条上限。请将其余材料合并为一份文件。",
      figures: [("evidence", "\(maximum)"), ("maximum", "\(maximum)")])
  }

  static let appealNotAssigned = RefusalWords(
    reason: "APPEAL_NOT_ASSIGNED", subject: "id",
    english: "money is awarded by another person than the one who looked into it: assign it first",
    chinese: "涉及赔付的申诉需先指派人员核实，再由另一人裁定。", figures: [("state", "OPEN"), ("required", "ASSIGNED")])

  static let assigneeNotCaller = RefusalWords(
    reason: "ASSIGNEE_NOT_CALLER", subject: "assignee",
    english:
      "who looks into an appeal takes it, and nobody is given one: leave the assignee empty, or ask that person to",
    chinese: "申诉只能由本人领取，不能指派给他人。请留空处理人，或由对方自行领取。", figures: [("assignee", "another"), ("required", "the caller")])
}

extension AppealState {
  /// The name of the wire enum without its prefix.
  var wireName: String {
    switch self {
    case .open: "OPEN"
    case .assigned: "ASSIGNED"
    case .upheld: "UPHELD"
    case .rejected: "REJECTED"
    }
  }

  /// What an agent reads.
  var chineseName: String {
    switch self {
    case .open: "待处理"
    case .assigned: "处理中"
    case .upheld: "申诉成立"
    case .rejected: "申诉不成立"
    }
  }
}
