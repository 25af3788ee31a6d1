internal import GRPCProto
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SwiftProtobuf

/// The one place that turns what went wrong into what a caller is told: a code, a message that says what was wrong,
/// where, and what to do, and details for programs (AIP-193).
///
/// | what | code | reason |
/// |---|---|---|
/// | bytes that are no message | INVALID_ARGUMENT | MALFORMED_MESSAGE |
/// | fields wrong in form | INVALID_ARGUMENT | INVALID_FIELDS, each field in BadRequest |
/// | no or a strange certificate name | UNAUTHENTICATED | of `Principal.Defect` |
/// | not for this role | PERMISSION_DENIED | ROLE_NOT_ALLOWED |
/// | absent, or another partner's | NOT_FOUND | AGENT_, WITHDRAWAL_, REQUEST_NOT_FOUND |
/// | request_id used with other content | ALREADY_EXISTS | REQUEST_ID_REUSED |
/// | agent, external reference taken | ALREADY_EXISTS | AGENT_EXISTS, EXTERNAL_REFERENCE_USED |
/// | above the balance, wrong state, out of bounds | FAILED_PRECONDITION | INSUFFICIENT_FUNDS, NOT_CANCELABLE, AMOUNT_OUT_OF_BOUNDS |
/// | other version | ABORTED | ETAG_MISMATCH |
/// | sums beyond 64 bits, cursors beyond the end | OUT_OF_RANGE | BALANCE_OVERFLOW, CURSOR_BEYOND_END |
/// | overload | RESOURCE_EXHAUSTED | MAILBOX_FULL, JOURNAL_FULL, TOO_MANY_REFUSALS, ... |
/// | effect unknown | UNAVAILABLE | OUTCOME_UNKNOWN |
///
/// A balance that would overflow is OUT_OF_RANGE, not INVALID_ARGUMENT: the same amount fits another balance.
extension RPCStatus {
  static let errorDomain = "settlement"
  /// BCP 47 tag of the messages that agents read.
  private static let agentLocale = "zh-CN"

  /// What overload tells callers to wait: a few frames of the journal on a slow disk.
  private static let overloadRetryNanoseconds: Int64 = 50_000_000

  static func reason(_ reason: String, _ metadata: [String: String] = [:]) -> StatusDetail {
    .errorInfo(reason: reason, domain: errorDomain, metadata: metadata)
  }

  // MARK: The request itself

  init(_ malformed: MalformedMessage) {
    let what =
      switch malformed.defect {
      case .truncated: "it ends inside a field"
      case .varintTooLong: "a number takes more than ten bytes"
      case .badTag: "a field has an impossible number or wire type"
      case .unbalancedGroup: "a group ends that was not open"
      case .nestedTooDeeply: "messages are nested too deeply"
      case .notUTF8: "a string is not UTF-8"
      }
    self.init(
      .invalidArgument, "the request is not a message of this method: \(what), near byte \(malformed.offset)",
      details: [Self.reason("MALFORMED_MESSAGE")])
  }

  init(_ violations: FieldViolations) {
    var bad = Google_Rpc_BadRequest()
    bad.fieldViolations = violations.list.map { violation in
      var field = Google_Rpc_BadRequest.FieldViolation()
      field.field = violation.field
      field.reason = violation.reason
      field.description_p = violation.description
      return field
    }
    let list = violations.list.map { "\($0.field) \($0.description)" }.joined(separator: "; ")
    self.init(
      .invalidArgument, list, details: [Self.reason("INVALID_FIELDS"), StatusDetail(bad)])
  }

  // MARK: Who may what

  init(unauthenticated defect: Principal.Defect) {
    let (reason, what): (String, String)
    switch defect {
    case .noURIName: (reason, what) = ("CERTIFICATE_WITHOUT_NAME", "has no URI name")
    case .severalURINames(let count):
      (reason, what) = ("CERTIFICATE_WITH_SEVERAL_NAMES", "has \(count) URI names; exactly one is allowed")
    case .otherDomain(let expected):
      (reason, what) = ("CERTIFICATE_OF_OTHER_DOMAIN", "names somebody outside of spiffe://\(expected)/")
    case .notAPrincipal:
      (reason, what) = ("CERTIFICATE_NAME_MALFORMED", "names neither /partner/<id> nor /staff/<role>/<name>")
    case .unknownRole: (reason, what) = ("CERTIFICATE_ROLE_UNKNOWN", "names a staff role that does not exist")
    }
    self.init(
      .unauthenticated, "the client certificate \(what): connect with one that was issued for this service",
      details: [Self.reason(reason)])
  }

  init(denied method: Method, to principal: Principal) {
    let allowed = Principal.Role.allCases.filter { method.allows($0) }.map(\.rawValue).joined(separator: ", ")
    self.init(
      .permissionDenied,
      "\(method.name) is not for the role \(principal.role.rawValue): call it as \(allowed)",
      details: [
        Self.reason("ROLE_NOT_ALLOWED", ["role": principal.role.rawValue, "method": method.name, "allowed": allowed])
      ])
  }

  // MARK: What the ledger said

  init(_ refusal: Refusal) {
    // The only currency the ledger keeps so far: it rejects every other one, so a refusal's figures are in it.
    let currency = Currency.cny
    switch refusal {
    case .insufficientFunds(let available, let requested):
      let figures = [
        "available": "\(available)", "requested": "\(requested)", "currency": "\(currency)", "unit": "minor",
      ]
      self.init(
        .failedPrecondition,
        "the agent has \(DecimalAmount.text(available)) \(currency) available and \(DecimalAmount.text(requested)) was asked for: "
          + "ask for less, or again under a new request_id when there is more",
        details: [
          Self.reason("INSUFFICIENT_FUNDS", figures),
          .preconditionFailure([
            (
              type: "INSUFFICIENT_FUNDS", subject: "amount",
              description: "available \(available), requested \(requested)"
            )
          ]),
          .localizedMessage(
            locale: Self.agentLocale,
            "可提现余额不足：可提现 \(DecimalAmount.text(available)) 元，申请提现 \(DecimalAmount.text(requested)) 元。请减少提现金额后重新申请。"),
        ])
    case .notCancelable(let state):
      self.init(
        .failedPrecondition,
        "a withdrawal in state \(state.wireName) cannot be cancelled any more",
        details: [
          Self.reason("NOT_CANCELABLE", ["state": state.wireName]),
          .preconditionFailure([(type: "NOT_CANCELABLE", subject: "id", description: "its state is \(state.wireName)")]
          ),
          .localizedMessage(locale: Self.agentLocale, "该笔提现当前状态为“\(state.chineseName)”，不能撤销。"),
        ])
    case .amountOutOfBounds(let minimum, let maximum, let requested):
      let figures = [
        "minimum": "\(minimum)", "maximum": "\(maximum)", "requested": "\(requested)", "currency": "\(currency)",
        "unit": "minor",
      ]
      self.init(
        .failedPrecondition,
        "the amount \(DecimalAmount.text(requested)) \(currency) is outside of \(DecimalAmount.text(minimum)) to "
          + "\(DecimalAmount.text(maximum)): ask for an amount within, under a new request_id",
        details: [
          Self.reason("AMOUNT_OUT_OF_BOUNDS", figures),
          .preconditionFailure([
            (
              type: "AMOUNT_OUT_OF_BOUNDS", subject: "amount",
              description: "minimum \(minimum), maximum \(maximum), requested \(requested)"
            )
          ]),
          .localizedMessage(
            locale: Self.agentLocale,
            "单笔提现金额须在 \(DecimalAmount.text(minimum)) 元至 \(DecimalAmount.text(maximum)) 元之间，本次申请 \(DecimalAmount.text(requested)) 元。"
          ),
        ])
    case .externalReferenceUsed:
      self.init(
        .alreadyExists,
        "another deposit of this partner has this external_reference: it may be booked already; look it up before you use another reference",
        details: [Self.reason("EXTERNAL_REFERENCE_USED")])
    }
  }

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
    }
  }

  init(_ overload: LedgerOverload) {
    switch overload {
    case .mailboxFull:
      self.init(overloaded: "MAILBOX_FULL", "the ledger has more requests waiting than it takes")
    case .journalFull:
      self.init(overloaded: "JOURNAL_FULL", "the journal has no space granted for more records")
    }
  }

  /// Nothing happened; the same request may be sent again after a while.
  init(overloaded reason: String, _ what: String, metadata: [String: String] = [:]) {
    self.init(
      .resourceExhausted, "\(what); nothing was done: send the same request again after a pause",
      details: [Self.reason(reason, metadata), .retryInfo(afterNanoseconds: Self.overloadRetryNanoseconds)])
  }

  /// The journal failed under the request.
  static let outcomeUnknown = RPCStatus(
    .unavailable,
    "the request may or may not have taken effect: send it again with the same request_id, and the first answer comes back",
    details: [reason("OUTCOME_UNKNOWN")])

  static let deadlinePassed = RPCStatus(
    .deadlineExceeded, "the deadline passed before the request had its turn; nothing was done",
    details: [reason("DEADLINE_BEFORE_TURN")])

  static let cancelledUndecided = RPCStatus(
    .cancelled, "the call was cancelled before the request had its turn; nothing was done")

  static let stopping = RPCStatus(
    .unavailable, "the server is stopping and takes no more requests; nothing was done: connect again and repeat it",
    details: [reason("STOPPING"), .retryInfo(afterNanoseconds: overloadRetryNanoseconds)])

  /// An answer of a kind that the question cannot have: a mistake of ours, told without a word about the inside.
  static let strangeAnswer = RPCStatus(
    .internal, "the server made a mistake; repeat the request with the same request_id",
    details: [reason("INTERNAL")])
}

/// Minor units of a currency with two decimals (CNY) as people read them: 123456 is "1234.56".
enum DecimalAmount {
  static func text(_ minorUnits: Int64) -> String {
    let (whole, cents) = minorUnits.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(minorUnits < 0 ? "-" : "")\(whole).\(cents < 10 ? "0" : "")\(cents)"
  }
}

extension WithdrawalState {
  /// The name of the wire enum without its prefix.
  var wireName: String {
    switch self {
    case .submitted: "SUBMITTED"
    case .pendingReview: "PENDING_REVIEW"
    case .approved: "APPROVED"
    case .rejected: "REJECTED"
    case .expired: "EXPIRED"
    case .cancelled: "CANCELLED"
    case .processing: "PROCESSING"
    case .awaitingPayee: "AWAITING_PAYEE"
    case .inDoubt: "IN_DOUBT"
    case .actionRequired: "ACTION_REQUIRED"
    case .cancelling: "CANCELLING"
    case .paid: "PAID"
    case .confirmed: "CONFIRMED"
    case .returned: "RETURNED"
    case .failed: "FAILED"
    }
  }

  /// What an agent reads.
  var chineseName: String {
    switch self {
    case .submitted: "已提交"
    case .pendingReview: "审核中"
    case .approved: "已通过"
    case .rejected: "已拒绝"
    case .expired: "已过期"
    case .cancelled: "已撤销"
    case .processing: "打款中"
    case .awaitingPayee: "待收款人确认"
    case .inDoubt: "结果确认中"
    case .actionRequired: "待修改"
    case .cancelling: "撤销中"
    case .paid: "已打款"
    case .confirmed: "已到账"
    case .returned: "已退回"
    case .failed: "打款失败"
    }
  }
}
