internal import GRPCProto
package import RPC

/// Why a call of `SettlementClient` brought no result.
package struct SettlementError: Error, Hashable, Sendable {
  /// What it means for the caller.
  package enum Kind: Hashable, Sendable {
    /// The server decided against it (balance, state, reused request_id, etag). Final for this request_id.
    case refused
    /// A field of the request is wrong in form or out of range. Nothing was done.
    case invalid
    case notFound
    /// The certificate is not accepted, or its role may not do this. Nothing was done.
    case notPermitted
    /// The server is at a limit, also after the retries. Nothing was done.
    case overloaded
    /// No connection, also after the retries. Nothing was done.
    case unreachable
    /// It may have taken effect: the same request_id gives the final word.
    case outcomeUnknown
    /// The caller cancelled it; a mutation may have taken effect.
    case cancelled
    /// A mistake of the server or of this client.
    case failed
  }

  package let kind: Kind
  /// "SubmitWithdrawal"
  package let method: String
  /// The server's last answer, or what stands for it when there was none.
  package let status: RPCStatus
  package let attempts: Int

  package init(kind: Kind, method: String, status: RPCStatus, attempts: Int) {
    self.kind = kind
    self.method = method
    self.status = status
    self.attempts = attempts
  }
}

extension SettlementError {
  /// What programs decide on, for example INSUFFICIENT_FUNDS.
  package var reason: String? { status.reason }

  /// Figures that come with the reason, for example `available` and `requested`.
  package var figures: [String: String] {
    let info: Google_Rpc_ErrorInfo? = status.detail()
    return info?.metadata ?? [:]
  }

  /// What an agent will read, in the server's language for agents (zh-CN).
  package var localizedMessage: String? {
    let localized: Google_Rpc_LocalizedMessage? = status.detail()
    return localized?.message
  }

  package struct Violation: Hashable, Sendable {
    package let field: String
    package let description: String
  }

  /// The fields that are wrong.
  package var violations: [Violation] {
    let bad: Google_Rpc_BadRequest? = status.detail()
    return (bad?.fieldViolations ?? []).map { Violation(field: $0.field, description: $0.description_p) }
  }
}

extension SettlementError: CustomStringConvertible {
  package var description: String {
    let what = reason ?? "\(status.code)"
    return "\(method) \(kind) (\(what)): \(status.message)"
  }
}

/// What is known about the effect of a call while its attempts go on.
enum Effect: Hashable, Sendable {
  /// No attempt can have done anything.
  case none
  /// An attempt ended without an answer.
  case possible

  /// After one more failed attempt.
  func after(_ failure: AttemptFailure) -> Effect {
    switch failure {
    case .unreachable, .handshakeRefused, .notProcessed: self
    case .lost, .cancelled: .possible
    case .answered(let status): status.leavesEffectOpen ? .possible : self
    }
  }
}

extension RPCStatus {
  /// Whether the call may have taken effect although it ended in this way. The server says where it is certain.
  fileprivate var leavesEffectOpen: Bool {
    switch code {
    case .unavailable: reason != "STOPPING"
    case .deadlineExceeded: reason != "DEADLINE_BEFORE_TURN"
    case .cancelled, .unknown, .internal, .dataLoss: true
    case .ok, .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .resourceExhausted,
      .failedPrecondition, .aborted, .outOfRange, .unimplemented, .unauthenticated:
      false
    }
  }
}

extension SettlementError {
  /// How a call ends whose last attempt failed like this.
  init(_ failure: AttemptFailure, method: SettlementMethod, effect: Effect, attempts: Int) {
    let status: RPCStatus
    var kind: Kind
    switch failure {
    case .unreachable(let text), .notProcessed(let text): (kind, status) = (.unreachable, RPCStatus(.unavailable, text))
    case .lost(let text): (kind, status) = (.unreachable, RPCStatus(.unavailable, text))
    case .handshakeRefused(let text): (kind, status) = (.notPermitted, RPCStatus(.unauthenticated, text))
    case .cancelled: (kind, status) = (.cancelled, RPCStatus(.cancelled, "the caller gave up"))
    case .answered(let answer): (kind, status) = (Self.kind(of: answer), answer)
    }
    // A read that brought nothing has no effect to wonder about.
    let wonders: Bool =
      switch method.effect {
      case .read: false
      case .mutation: effect == .possible
      }
    switch kind {
    case .unreachable, .overloaded, .failed: if wonders { kind = .outcomeUnknown }
    // An answer to a later attempt is the answer to the first.
    case .refused, .invalid, .notFound, .notPermitted, .outcomeUnknown, .cancelled: break
    }
    self.init(kind: kind, method: method.name, status: status, attempts: attempts)
  }

  private static func kind(of status: RPCStatus) -> Kind {
    switch status.code {
    case .failedPrecondition, .alreadyExists, .aborted: .refused
    case .invalidArgument, .outOfRange: .invalid
    case .notFound: .notFound
    case .permissionDenied, .unauthenticated: .notPermitted
    case .resourceExhausted: .overloaded
    case .unavailable, .deadlineExceeded: .unreachable
    case .ok, .cancelled, .unknown, .unimplemented, .internal, .dataLoss: .failed
    }
  }
}
