internal import LedgerCore
internal import RPC

/// Requests name a partner for staff's use; a partner's own requests mean itself.
extension FieldViolations {
  /// The partner meant by a request's `partner` field, or `Label.none` after noting what is wrong with it.
  mutating func partner(_ text: String, of principal: Principal) -> Label {
    switch principal.scope {
    case .all: return label("partner", text)
    case .partner(let own):
      if !text.isEmpty, text != own.description {
        add("partner", "STAFF_ONLY", "is for staff: leave it empty, your own is meant")
      }
      return own
    }
  }
}

extension Principal {
  /// A partner that asks for an agent of another one learns what it would learn of one that does not exist.
  func requireOwn(partner text: String) throws(RPCStatus) {
    guard case .partner(let own) = scope, !text.isEmpty, text != own.description else { return }
    throw RPCStatus(.agentNotFound)
  }
}
