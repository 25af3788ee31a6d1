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
/// | absent, or another partner's | NOT_FOUND | AGENT_, WITHDRAWAL_, PAYEE_, CHANNEL_, ..., REQUEST_NOT_FOUND |
/// | request_id used with other content | ALREADY_EXISTS | REQUEST_ID_REUSED |
/// | agent, external reference taken | ALREADY_EXISTS | AGENT_EXISTS, EXTERNAL_REFERENCE_USED |
/// | above a balance or a limit, wrong state, wrong person, ... | FAILED_PRECONDITION | one for each `Refusal` |
/// | a quote for something else | FAILED_PRECONDITION | QUOTE_MISMATCH |
/// | nothing to change, a loop of agents, no room | FAILED_PRECONDITION | NOTHING_TO_CHANGE, PARENT_LOOP, LIST_FULL, ... |
/// | other version | ABORTED | ETAG_MISMATCH |
/// | sums beyond 64 bits, cursors beyond the end | OUT_OF_RANGE | BALANCE_OVERFLOW, CURSOR_BEYOND_END |
/// | overload | RESOURCE_EXHAUSTED | MAILBOX_FULL, JOURNAL_FULL, TOO_MANY_REFUSALS, ... |
/// | effect unknown | UNAVAILABLE | OUTCOME_UNKNOWN |
///
/// `RefusalStatus.swift` and `RejectionStatus.swift` have the words of what the ledger says.
///
/// A balance that would overflow is OUT_OF_RANGE, not INVALID_ARGUMENT: the same amount fits another balance.
extension RPCStatus {
  static let errorDomain = "settlement"
  /// BCP 47 tag of the messages that agents read.
  static let agentLocale = "zh-CN"

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

  // MARK: What kept the ledger from answering

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
