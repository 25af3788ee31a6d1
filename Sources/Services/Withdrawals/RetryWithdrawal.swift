internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// RetryWithdrawal: goes on with a withdrawal in ACTION_REQUIRED as it is.
struct RetryWithdrawalMethod: Sendable {
  let ledger: Ledger
  let access: Access

  func retry(
    _ request: Settlement_V1_RetryWithdrawalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    let principal = try access.principal(of: context.peer, calling: .retryWithdrawal)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let id = violations.withdrawalID("id", request.id)
    var text = request.etag
    let etag = text.withUTF8 { violations.etag("etag", UnsafeRawBufferPointer($0)) }
    try violations.throwIfAny()
    let content = ContentFingerprint.retryWithdrawal(id: id, etag: etag)
    let reply = try await ledger.ask(
      .command(
        .retryWithdrawal(
          RetryWithdrawal(
            key: principal.key(requestID, content), scope: principal.scope, id: id,
            expectedSequence: etag?.sequence))))
    guard case .withdrawal(let withdrawal) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Withdrawal(withdrawal, reply.receipt, for: principal.audience)
  }
}
