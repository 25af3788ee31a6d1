internal import LedgerCore
internal import RPC

extension RPCStatus {
  /// What was turned away without a trace: what is missing or in the way, and what to do, in both languages.
  init(_ rejection: Rejection) {
    switch rejection {
    case .agentNotFound:
      self.init(
        .notFound, "there is no such agent: create it first, or check its name",
        details: [Self.reason("AGENT_NOT_FOUND"), Self.chinese("代理不存在。请先创建代理，或核对代理名称。")])
    case .withdrawalNotFound:
      self.init(
        .notFound, "there is no such withdrawal: check its id",
        details: [Self.reason("WITHDRAWAL_NOT_FOUND"), Self.chinese("提现单不存在。请核对提现单号。")])
    case .requestNotFound:
      self.init(
        .notFound,
        "no withdrawal was submitted under this request_id; while a submit may still be in flight, only repeating it is final",
        details: [
          Self.reason("REQUEST_NOT_FOUND"), Self.chinese("没有该请求号对应的提现。如提交可能仍在处理，请以原请求号重新提交。"),
        ])
    case .payeeNotFound:
      self.init(
        .notFound, "there is no such payee account: create it first, or check its id",
        details: [Self.reason("PAYEE_NOT_FOUND"), Self.chinese("收款账户不存在。请先添加收款账户，或核对账户编号。")])
    case .appealNotFound:
      self.init(
        .notFound, "there is no such appeal: check its id",
        details: [Self.reason("APPEAL_NOT_FOUND"), Self.chinese("申诉不存在。请核对申诉编号。")])
    case .proposalNotFound:
      self.init(
        .notFound, "there is no such proposal: check its id",
        details: [Self.reason("PROPOSAL_NOT_FOUND"), Self.chinese("申请不存在。请核对申请编号。")])
    case .originNotTold(let subject):
      self.init(
        missing: "ORIGIN_NOT_TOLD", of: "blacklist",
        "the withdrawal was submitted without its \(subject), so that cannot be listed: report the outcome without it",
        ["subject": "\(subject)"], chinese: "提交该笔提现时未提供此项信息，无法列入名单。请不带此项重新提交结果。")
    case .listEntryNotFound:
      self.init(
        .notFound, "the list has no such entry: check subject, colour and value",
        details: [Self.reason("LIST_ENTRY_NOT_FOUND"), Self.chinese("名单中没有该条目。请核对类型、颜色和内容。")])
    case .parentNotFound:
      self.init(
        .notFound, "the parent is no agent of this partner: create it first, or check its name",
        details: [
          Self.reason("PARENT_NOT_FOUND"),
          .badRequest([(field: "parent", description: "is no agent of this partner")]),
          Self.chinese("上级代理不存在。请先创建上级代理，或核对名称。"),
        ])
    case .tierNotFound(let tier):
      self.init(
        .notFound, "the rules in force have no tier \"\(tier)\": name one that they have, or add it to the rules first",
        details: [
          Self.reason("TIER_NOT_FOUND", ["tier": "\(tier)"]),
          .badRequest([(field: "tier", description: "\(tier) is no tier of the rules in force")]),
          Self.chinese("现行规则中没有等级“\(tier)”。请使用已有等级，或先在规则中添加。"),
        ])
    case .requestIDReused:
      self.init(
        .alreadyExists, "this request_id was used for another request: take a new one for a new request",
        details: [Self.reason("REQUEST_ID_REUSED"), Self.chinese("该请求号已用于其他请求。新的请求请使用新的请求号。")])
    case .agentExists:
      self.init(
        .alreadyExists, "the partner already has an agent of this name: use it, or take another name",
        details: [Self.reason("AGENT_EXISTS"), Self.chinese("该名称的代理已存在。请直接使用，或更换名称。")])
    case .etagMismatch(let current):
      self.init(
        .aborted, "the withdrawal has changed since: read it again, decide again",
        details: [
          Self.reason("ETAG_MISMATCH", ["current": ETag(sequence: current).string]),
          Self.chinese("该笔提现在您查看后已发生变化。请重新查看后再操作。"),
        ])
    case .currencyNotSupported(let currency):
      self.init(
        .invalidArgument, "amounts in \(currency) are not taken here: use CNY",
        details: [
          Self.reason("CURRENCY_NOT_SUPPORTED", ["currency": "\(currency)"]),
          .badRequest([(field: "amount.currency_code", description: "\(currency) is not supported")]),
          Self.chinese("暂不支持币种 \(currency)。请使用人民币（CNY）。"),
        ])
    case .amountNotPositive:
      self.init(
        .invalidArgument, "the amount must be at least 1 minor unit",
        details: [
          Self.reason("AMOUNT_NOT_POSITIVE"),
          .badRequest([(field: "amount.minor_units", description: "must be at least 1")]),
          Self.chinese("金额至少为 0.01 元。请填写正确的金额。"),
        ])
    case .balanceOverflow:
      self.init(
        .outOfRange, "the balance would leave the range of 64-bit minor units: book a smaller amount",
        details: [
          Self.reason("BALANCE_OVERFLOW", ["maximum": "\(Int64.max)", "unit": "minor"]),
          Self.chinese("入账后余额将超出系统上限。请减少金额。"),
        ])
    case .tooManyRefusals(let retryAfterMicroseconds):
      let (nanoseconds, overflow) = retryAfterMicroseconds.multipliedReportingOverflow(by: 1_000)
      self.init(
        .resourceExhausted,
        "too many requests of this partner were refused lately: find out why, and try again later",
        details: [
          Self.reason("TOO_MANY_REFUSALS"), .retryInfo(afterNanoseconds: overflow ? .max : max(nanoseconds, 0)),
          Self.chinese("近期被拒绝的请求过多。请先查明原因，稍后再试。"),
        ])
    case .parentLoop:
      self.init(
        missing: "PARENT_LOOP", of: "parent",
        "the parent is the agent itself or below it, or there would be more than \(AgentLimits.levelsMaximum) levels: "
          + "name an agent above it",
        ["levels_maximum": "\(AgentLimits.levelsMaximum)"],
        chinese: "上级代理不能是该代理本身或其下级，且层级不超过 \(AgentLimits.levelsMaximum) 级。请选择其他上级代理。")
    case .nothingToChange:
      self.init(
        missing: "NOTHING_TO_CHANGE", of: "request",
        "the request would change nothing: everything is as it asks already, or it asks for nothing",
        chinese: "没有需要变更的内容。请刷新后查看当前状态。")
    case .nothingDue:
      self.init(missing: "NOTHING_DUE", of: "review", "no review is due", chinese: "当前没有到期的审核，无需处理。")
    case .rulesVersionTaken(let active):
      self.init(
        missing: "RULES_VERSION_TAKEN", of: "version",
        "version \(active) of the rules is in force and this document is another one that does not follow it: "
          + "give the changed document a version above \(active)",
        ["active_version": "\(active)"], chinese: "现行规则版本为 \(active)。请将修改后的规则版本号设为大于 \(active)。")
    case .payoutNotDue, .payoutChanged, .attemptNotFound, .resultConflicts, .returnDiffers, .alreadyConfirmed,
      .channelNotEnabled:
      // Only the dispatcher is told these.
      self = .strangeAnswer
    case .channelFloatShort(let available):
      let has = DecimalAmount.text(available)
      self.init(
        missing: "CHANNEL_FUNDS_SHORT", of: "amount",
        "the account that the money would come from has \(has) free (to a channel: custody; back from it: its float): "
          + "move \(has) at most, or book what is missing there first",
        ["available": "\(available)", "unit": "minor"], chinese: "转出账户可用余额为 \(has) 元。请减少金额，或先补足余额后再试。")
    case .tooManyPayees(let limit):
      self.init(
        missing: "TOO_MANY_PAYEES", of: "agent",
        "the agent has \(limit) payee accounts, the most that it may have: erase one that is not used any more",
        ["limit": "\(limit)"], chinese: "收款账户已达上限（\(limit) 个）。请先删除不再使用的收款账户。")
    case .listFull:
      self.init(
        missing: "LIST_FULL", of: "entry", "the lists are full: remove entries that have ended",
        chinese: "名单已满。请先移除已失效的条目。")
    }
  }

  /// Something that must be changed first.
  private init(
    missing reason: String, of subject: String, _ what: String, _ metadata: [String: String] = [:],
    chinese: String
  ) {
    self.init(
      .failedPrecondition, what,
      details: [
        Self.reason(reason, metadata), .preconditionFailure([(type: reason, subject: subject, description: what)]),
        Self.chinese(chinese),
      ])
  }

  static func chinese(_ text: String) -> StatusDetail { .localizedMessage(locale: agentLocale, text) }
}
