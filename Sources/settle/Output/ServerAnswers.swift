import RPC
import SettlementClient

/// How an error of the client ends the program.
extension Failure {
  init(_ error: SettlementError) {
    var message = "\(error.method) \(Self.verdict(error.kind))"
    if let reason = error.reason { message += " (\(shown(reason)))" }
    message += ": \(shown(error.status.message))"
    for violation in error.violations {
      message += "\n  \(shown(violation.field)): \(shown(violation.description))"
    }
    let figures = error.figures.sorted { $0.key < $1.key }
    if !figures.isEmpty {
      message += "\n  " + figures.map { "\(shown($0.key)) \(shown($0.value))" }.joined(separator: ", ")
    }
    if let localized = error.localizedMessage { message += "\n  \(shown(localized))" }
    self.init(Self.exit(error.kind), message, advice: Self.advice(error), facts: Self.facts(error))
  }

  private static func exit(_ kind: SettlementError.Kind) -> ExitReason {
    switch kind {
    case .refused: .refused
    case .invalid: .badData
    case .notFound: .notFound
    case .notPermitted: .notPermitted
    case .overloaded: .tryLater
    case .unreachable: .unreachable
    case .outcomeUnknown, .cancelled: .outcomeUnknown
    case .failed: .internalError
    }
  }

  private static func verdict(_ kind: SettlementError.Kind) -> String {
    switch kind {
    case .refused: "was refused"
    case .invalid: "was not accepted"
    case .notFound: "found nothing"
    case .notPermitted: "is not permitted"
    case .overloaded: "was turned away"
    case .unreachable: "did not reach the server"
    case .outcomeUnknown: "got no answer"
    case .cancelled: "was interrupted"
    case .failed: "failed"
    }
  }

  private static func advice(_ error: SettlementError) -> String? {
    switch error.kind {
    case .unreachable: "Nothing was changed. Check --server and that `settle serve` runs there."
    case .outcomeUnknown, .cancelled:
      "It may have taken effect. Repeat it with the same --request-id: the first answer comes back."
    case .overloaded: "Nothing was changed. Try again later."
    case .notPermitted: "Check --ca, --cert and --key: the certificate decides who you are and what you may do."
    case .refused, .invalid, .notFound, .failed: nil
    }
  }

  private static func facts(_ error: SettlementError) -> [JSON.Member] {
    var members = [
      JSON.Member("method", .text(error.method)),
      JSON.Member("code", .text(error.status.code.wireName)),
      JSON.Member("attempts", .integer(Int64(error.attempts))),
    ]
    if let reason = error.reason { members.append(JSON.Member("reason", .text(reason))) }
    let figures = error.figures.sorted { $0.key < $1.key }
    if !figures.isEmpty {
      members.append(
        JSON.Member("metadata", .object(figures.map { JSON.Member($0.key, .text($0.value)) })))
    }
    if let localized = error.localizedMessage { members.append(JSON.Member("message_zh", .text(localized))) }
    if !error.violations.isEmpty {
      let list: [JSON] = error.violations.map {
        .object(["field": .text($0.field), "description": .text($0.description)])
      }
      members.append(JSON.Member("violations", .array(list)))
    }
    return members
  }
}

extension RPCStatus.Code {
  /// As in grpc/grpc doc/statuscodes.md.
  var wireName: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}
