internal import HTTPStreams
internal import LedgerCore
internal import RPC

/// Every method there is, and the one place that says who may call it.
package enum Method: CaseIterable, Sendable {
  case submitWithdrawal
  case getWithdrawal
  case cancelWithdrawal
  case listWithdrawals
  case watchWithdrawals
  case batchSubmitWithdrawals
  case createAgent
  case getAgent
  case getBalance
  case listEntries
  case deposit

  package var service: String {
    switch self {
    case .submitWithdrawal, .getWithdrawal, .cancelWithdrawal, .listWithdrawals, .watchWithdrawals,
      .batchSubmitWithdrawals:
      "settlement.v1.WithdrawalService"
    case .createAgent, .getAgent, .getBalance, .listEntries, .deposit:
      "settlement.v1.AccountService"
    }
  }

  package var name: String {
    switch self {
    case .submitWithdrawal: "SubmitWithdrawal"
    case .getWithdrawal: "GetWithdrawal"
    case .cancelWithdrawal: "CancelWithdrawal"
    case .listWithdrawals: "ListWithdrawals"
    case .watchWithdrawals: "WatchWithdrawals"
    case .batchSubmitWithdrawals: "BatchSubmitWithdrawals"
    case .createAgent: "CreateAgent"
    case .getAgent: "GetAgent"
    case .getBalance: "GetBalance"
    case .listEntries: "ListEntries"
    case .deposit: "Deposit"
    }
  }

  /// As on the wire.
  package var path: String { "/\(service)/\(name)" }

  /// All staff read everything; what changes something is for those whose work it is. What a partner may see of it, its
  /// `Principal.scope` tells.
  func allows(_ role: Principal.Role) -> Bool {
    switch self {
    case .submitWithdrawal, .batchSubmitWithdrawals: role == .partner
    case .cancelWithdrawal, .createAgent: role == .partner || role == .operator
    case .deposit: role == .operator
    case .getWithdrawal, .listWithdrawals, .watchWithdrawals, .getAgent, .getBalance, .listEntries: true
    }
  }
}

/// The door of every method: who is it, and may they.
package struct Access: Sendable {
  /// Trust domain of the URI names in client certificates.
  package let domain: String

  package init(domain: String) { self.domain = domain }

  /// Called for each call. The connection's principal was made when it was accepted; without one the certificate is
  /// looked at again, to tell what is wrong with it.
  func principal(of peer: Peer, calling method: Method) throws(RPCStatus) -> Principal {
    let principal: Principal
    if let known = peer.identity as? Principal {
      principal = known
    } else {
      switch Principal.authenticate(uriNames: peer.uriNames, domain: domain) {
      case .success(let found): principal = found
      case .failure(let defect): throw RPCStatus(unauthenticated: defect)
      }
    }
    guard method.allows(principal.role) else { throw RPCStatus(denied: method, to: principal) }
    return principal
  }
}
