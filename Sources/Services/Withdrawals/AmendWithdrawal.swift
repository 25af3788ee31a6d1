internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// AmendWithdrawal: another payee, where a reviewer asked for information.
struct AmendWithdrawalMethod: Sendable {
  let ledger: Ledger
  let access: Access

  func amend(
    _ request: Settlement_V1_AmendWithdrawalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    let principal = try access.principal(of: context.peer, calling: .amendWithdrawal)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let id = violations.withdrawalID("id", request.id)
    let payee = violations.label("payee", request.payee)
    var text = request.etag
    let etag = text.withUTF8 { violations.etag("etag", UnsafeRawBufferPointer($0)) }
    try violations.throwIfAny()
    let content = ContentFingerprint.amendWithdrawal(id: id, payee: payee, etag: etag)
    let reply = try await ledger.ask(
      .command(
        .amendWithdrawal(
          AmendWithdrawal(
            key: principal.key(requestID, content), scope: principal.scope, id: id, payee: payee,
            expectedSequence: etag?.sequence))))
    guard case .withdrawal(let withdrawal) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Withdrawal(withdrawal, reply.receipt, for: principal.audience)
  }
}
