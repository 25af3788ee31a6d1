internal import LedgerCore
internal import RPC

extension RPCStatus {
  /// What was turned away without a trace. People read the Chinese text of what they can do something about; the rest is
  /// for the developers of a platform.
  init(_ rejection: Rejection) {
    switch rejection {
    case .agentNotFound:
      self.init(
        .notFound, "there is no such agent: create it first, or check its name",
        details: [Self.reason("AGENT_NOT_FOUND")])
    case .withdrawalNotFound:
      self.init(.notFound, "there is no such withdrawal: check its id", details: [Self.reason("WITHDRAWAL_NOT_FOUND")])
    case .requestNotFound:
      self.init(
        .notFound,
        "no withdrawal was submitted under this request_id; while a submit may still be in flight, only repeating it is final",
        details: [Self.reason("REQUEST_NOT_FOUND")])
    case .payeeNotFound:
      self.init(
        .notFound, "there is no such payee account: create it first, or check its id",
        details: [Self.reason("PAYEE_NOT_FOUND"), Self.chinese("收款账户不存在。请先添加收款账户，或核对账户编号。")])
    case .proposalNotFound:
      self.init(.notFound, "there is no such proposal: check its id", details: [Self.reason("PROPOSAL_NOT_FOUND")])
    case .originNotTold(let subject):
      self.init(
        missing: "ORIGIN_NOT_TOLD", of: "blacklist",
        "the withdrawal was submitted without its \(subject), so that cannot be listed: report the outcome without it",
        ["subject": "\(subject)"])
    case .listEntryNotFound:
      self.init(
        .notFound, "the list has no such entry: check subject, colour and value",
        details: [Self.reason("LIST_ENTRY_NOT_FOUND")])
    case .parentNotFound:
      self.init(
        .notFound, "the parent is no agent of this partner: create it first, or check its name",
        details: [
          Self.reason("PARENT_NOT_FOUND"),
          .badRequest([(field: "parent", description: "is no agent of this partner")]),
        ])
    case .tierNotFound(let tier):
      self.init(
        .notFound, "the rules in force have no tier \"\(tier)\": name one that they have, or add it to the rules first",
        details: [
          Self.reason("TIER_NOT_FOUND", ["tier": "\(tier)"]),
          .badRequest([(field: "tier", description: "\(tier) is no tier of the rules in force")]),
        ])
    case .requestIDReused:
      self.init(
        .alreadyExists, "this request_id was used for another request: take a new one for a new request",
        details: [Self.reason("REQUEST_ID_REUSED")])
    case .agentExists:
      self.init(
        .alreadyExists, "the partner already has an agent of this name: use it, or take another name",
        details: [Self.reason("AGENT_EXISTS")])
    case .etagMismatch(let current):
      self.init(
        .aborted, "the withdrawal has changed since: read it again, decide again",
        details: [Self.reason("ETAG_MISMATCH", ["current": ETag(sequence: current).string])])
    case .currencyNotSupported(let currency):
      self.init(
        .invalidArgument, "amounts in \(currency) are not taken here: use CNY",
        details: [
          Self.reason("CURRENCY_NOT_SUPPORTED", ["currency": "\(currency)"]),
          .badRequest([(field: "amount.currency_code", description: "\(currency) is not supported")]),
        ])
    case .amountNotPositive:
      self.init(
        .invalidArgument, "the amount must be at least 1 minor unit",
        details: [
          Self.reason("AMOUNT_NOT_POSITIVE"),
          .badRequest([(field: "amount.minor_units", description: "must be at least 1")]),
        ])
    case .balanceOverflow:
      self.init(
        .outOfRange, "the balance would leave the range of 64-bit minor units: book a smaller amount",
        details: [Self.reason("BALANCE_OVERFLOW", ["maximum": "\(Int64.max)", "unit": "minor"])])
    case .tooManyRefusals(let retryAfterMicroseconds):
      let (nanoseconds, overflow) = retryAfterMicroseconds.multipliedReportingOverflow(by: 1_000)
      self.init(
        .resourceExhausted,
        "too many requests of this partner were refused lately: find out why, and try again later",
        details: [
          Self.reason("TOO_MANY_REFUSALS"), .retryInfo(afterNanoseconds: overflow ? .max : max(nanoseconds, 0)),
        ])
    case .parentLoop:
      self.init(
        missing: "PARENT_LOOP", of: "parent",
        "the parent is the agent itself or below it, or there would be more than \(AgentLimits.levelsMaximum) levels: "
          + "name an agent above it",
        ["levels_maximum": "\(AgentLimits.levelsMaximum)"])
    case .nothingToChange:
      self.init(
        missing: "NOTHING_TO_CHANGE", of: "request",
        "the request would change nothing: everything is as it asks already, or it asks for nothing")
    case .nothingDue:
      self.init(missing: "NOTHING_DUE", of: "review", "no review is due")
    case .rulesVersionTaken(let active):
      self.init(
        missing: "RULES_VERSION_TAKEN", of: "version",
        "version \(active) of the rules is in force and this document is another one that does not follow it: "
          + "give the changed document a version above \(active)",
        ["active_version": "\(active)"])
    case .payoutNotDue, .payoutChanged, .attemptNotFound, .resultConflicts, .returnDiffers:
      // Only the dispatcher is told these.
      self = .strangeAnswer
    case .channelNotEnabled:
      self.init(
        .failedPrecondition, "the channel takes no payouts now: enable it first",
        details: [Self.reason("CHANNEL_NOT_ENABLED")])
    case .channelFloatShort(let available):
      self.init(
        .failedPrecondition,
        "the account that the money would come from has \(DecimalAmount.text(available)): move less, or fund it first",
        details: [Self.reason("CHANNEL_FUNDS_SHORT", ["available": "\(available)", "unit": "minor"])])
    case .tooManyPayees(let limit):
      self.init(
        missing: "TOO_MANY_PAYEES", of: "agent",
        "the agent has \(limit) payee accounts, the most that it may have: erase one that is not used any more",
        ["limit": "\(limit)"], chinese: "收款账户已达上限（\(limit) 个）。请先删除不再使用的收款账户。")
    case .listFull:
      self.init(missing: "LIST_FULL", of: "entry", "the lists are full: remove entries that have ended")
    }
  }

  /// Something that must be changed first.
  private init(
    missing reason: String, of subject: String, _ what: String, _ metadata: [String: String] = [:],
    chinese: String? = nil
  ) {
    self.init(
      .failedPrecondition, what,
      details: [
        Self.reason(reason, metadata), .preconditionFailure([(type: reason, subject: subject, description: what)]),
      ] + (chinese.map { [Self.chinese($0)] } ?? []))
  }

  static func chinese(_ text: String) -> StatusDetail { .localizedMessage(locale: agentLocale, text) }
}
