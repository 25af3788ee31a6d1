internal import LedgerCore

/// What an agent and a payee must be before money is paid out.
extension RefusalWords {
  static let agentFrozen = RefusalWords(
    reason: "AGENT_FROZEN", subject: "agent",
    english: "the agent is frozen: when an operator or compliance has lifted that, ask again under a new request_id",
    chinese: "该代理账户已被冻结，暂不能提现。请联系平台客服，解除冻结后重新申请。",
    figures: [("frozen", "true"), ("required", "false")])

  static func openViolations(_ count: UInt16) -> RefusalWords {
    RefusalWords(
      reason: "OPEN_VIOLATIONS", subject: "agent",
      english: "the agent has \(count) open violations and may have 0: "
        + "when they are settled, ask again under a new request_id",
      chinese: "该代理有 \(count) 条违规尚未处理（须为 0 条），暂不能提现。请处理后重新申请。",
      figures: [("open_violations", "\(count)"), ("maximum", "0")])
  }

  static func agentNotVerified(_ missing: VerifiedElements) -> RefusalWords {
    let absent = missing.names
    return RefusalWords(
      reason: "AGENT_NOT_VERIFIED", subject: "agent",
      english: "the agent's real-name check has not passed \(absent.map(\.english).joined(separator: ", ")): "
        + "verify the agent (VerifyAgent), then ask again under a new request_id",
      chinese: "代理尚未完成实名认证，缺少：\(absent.map(\.chinese).joined(separator: "、"))。请完成实名认证后重新申请。",
      figures: [
        ("missing", absent.map(\.wire).joined(separator: ",")),
        ("required", VerifiedElements.all.names.map(\.wire).joined(separator: ",")),
      ])
  }

  static let payeeNotVerified = RefusalWords(
    reason: "PAYEE_NOT_VERIFIED", subject: "payee",
    english: "the payee account is not verified: verify it (VerifyPayeeAccount) or name a verified one, "
      + "under a new request_id",
    chinese: "收款账户尚未通过验证。请先验证该账户，或改用已验证的收款账户后重新申请。",
    figures: [("state", "UNVERIFIED"), ("required", "VERIFIED")])

  static let payeeOfOtherAgent = RefusalWords(
    reason: "PAYEE_OF_OTHER_AGENT", subject: "payee",
    english: "the payee account belongs to another agent: name an account of this agent, under a new request_id",
    chinese: "该收款账户属于其他代理。请改用本代理名下的收款账户后重新申请。",
    figures: [("owner", "another agent"), ("required", "this agent")])

  static let payeeErased = RefusalWords(
    reason: "PAYEE_ERASED", subject: "payee",
    english: "the payee account was erased and cannot be paid any more: create it again and name the new one",
    chinese: "该收款账户已被删除，无法再使用。请重新添加收款账户后申请。",
    figures: [("state", "ERASED"), ("required", "VERIFIED")])

  static let holderDiffers = RefusalWords(
    reason: "HOLDER_DIFFERS", subject: "payee",
    english: "the holder of the payee account is not the person that the agent was verified as: "
      + "name an account of that person, under a new request_id",
    chinese: "收款账户户名与代理实名不一致。请改用本人名下的收款账户后重新申请。",
    figures: [("holder", "another name"), ("required", "the agent's verified name")])
}

extension VerifiedElements {
  /// Each element of the set.
  fileprivate var names: [(wire: String, english: String, chinese: String)] {
    let all: [(VerifiedElements, String, String, String)] = [
      (.name, "NAME", "the name", "姓名"), (.idNumber, "ID_NUMBER", "the ID number", "身份证号"),
      (.card, "CARD", "the bank card", "银行卡"),
    ]
    return all.filter { contains($0.0) }.map { ($0.1, $0.2, $0.3) }
  }
}
