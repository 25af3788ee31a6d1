package import HTTPStreams
package import Ledger
internal import LedgerCore
package import RPC

/// Everything that callers of the services share, over all loops. Make one for the program and register it on each
/// loop's routes.
package final class SettlementServices: Sendable {
  package let ledger: Ledger
  package let access: Access

  /// - Parameter domain: trust domain of the URI names in client certificates, as in "spiffe://<domain>/partner/<id>".
  package init(ledger: Ledger, domain: String) {
    self.ledger = ledger
    access = Access(domain: domain)
  }

  /// Adds all methods to the routes of `loop`'s server.
  package func register(on routes: inout Routes, loop: any StreamLoop) {
    let gateway = LedgerGateway(loop: loop, ledger: ledger)
    registerHotMethods(on: &routes, gateway: gateway)
  }

  func registerHotMethods(on routes: inout Routes, gateway: LedgerGateway) {
    routes.unary(
      Method.submitWithdrawal.path,
      handler: WithdrawalHandler(SubmitWithdrawalRequest.self, access: access, gateway: gateway))
    routes.unary(
      Method.getWithdrawal.path, handler: WithdrawalHandler(GetWithdrawalRequest.self, access: access, gateway: gateway))
    routes.unary(
      Method.cancelWithdrawal.path,
      handler: WithdrawalHandler(CancelWithdrawalRequest.self, access: access, gateway: gateway))
    routes.unary(
      Method.batchSubmitWithdrawals.path, handler: BatchSubmitWithdrawalsHandler(access: access, gateway: gateway))
  }
}
