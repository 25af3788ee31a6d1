package import HTTPStreams
package import Ledger
package import RPC
internal import SettlementProto

/// Everything that callers of the services share, over all loops. Make one for the program and register it on each
/// loop's routes.
package final class SettlementServices: Sendable {
  package let ledger: Ledger
  private let access: Access
  private let accounts: AccountService
  private let lists: ListWithdrawals
  private let watches: WatchWithdrawals

  /// - Parameter domain: trust domain of the URI names in client certificates, as in "spiffe://<domain>/partner/<id>".
  package init(ledger: Ledger, domain: String, watchTiming: WatchTiming = WatchTiming()) {
    self.ledger = ledger
    access = Access(domain: domain)
    accounts = AccountService(ledger: ledger, access: access)
    lists = ListWithdrawals(ledger: ledger, access: access)
    watches = WatchWithdrawals(ledger: ledger, access: access, timing: watchTiming, watchers: WatcherQuota())
  }

  /// Adds all methods to the routes of `loop`'s server.
  package func register(on routes: inout Routes, loop: any StreamLoop) {
    let gateway = LedgerGateway(loop: loop, ledger: ledger)
    registerHotMethods(on: &routes, gateway: gateway)
    registerTypedMethods(on: &routes)
  }

  private func registerHotMethods(on routes: inout Routes, gateway: LedgerGateway) {
    routes.unary(
      Method.submitWithdrawal.path,
      handler: WithdrawalHandler(SubmitWithdrawalRequest.self, access: access, gateway: gateway))
    routes.unary(
      Method.getWithdrawal.path, handler: WithdrawalHandler(GetWithdrawalRequest.self, access: access, gateway: gateway)
    )
    routes.unary(
      Method.cancelWithdrawal.path,
      handler: WithdrawalHandler(CancelWithdrawalRequest.self, access: access, gateway: gateway))
    routes.unary(
      Method.batchSubmitWithdrawals.path, handler: BatchSubmitWithdrawalsHandler(access: access, gateway: gateway))
  }

  private func registerTypedMethods(on routes: inout Routes) {
    let limit = RPCLimits.smallMessageBytes
    routes.unary(Method.listWithdrawals.path, messageLimit: limit) { [lists] in try await lists.list($0, $1) }
    routes.serverStreaming(Method.watchWithdrawals.path, messageLimit: limit) { [watches] in
      try await watches.watch($0, $1, $2)
    }
    routes.unary(Method.createAgent.path, messageLimit: limit) { [accounts] in try await accounts.createAgent($0, $1) }
    routes.unary(Method.getAgent.path, messageLimit: limit) { [accounts] in try await accounts.getAgent($0, $1) }
    routes.unary(Method.getBalance.path, messageLimit: limit) { [accounts] in try await accounts.getBalance($0, $1) }
    routes.unary(Method.listEntries.path, messageLimit: limit) { [accounts] in try await accounts.listEntries($0, $1) }
    routes.unary(Method.deposit.path, messageLimit: limit) { [accounts] in try await accounts.deposit($0, $1) }
  }
}
