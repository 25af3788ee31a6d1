internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// ListWithdrawals: pages, newest first, and where to watch from.
struct ListWithdrawals: Sendable {
  let ledger: Ledger
  let access: Access

  func list(
    _ request: Settlement_V1_ListWithdrawalsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListWithdrawalsResponse {
    let principal = try access.principal(of: context.peer, calling: .listWithdrawals)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    let agent: Label? = request.agent.isEmpty ? nil : violations.label("agent", request.agent)
    let state = violations.state("state", request.state)
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding(partner, agent ?? .none)
    binding.add(state?.rawValue ?? 0)
    let token = violations.pageToken(request.pageToken, .withdrawalsPage, binding, of: ledger.identity)
    try violations.throwIfAny()

    // The durable end before the first page was read: whoever watches from it misses no change of anything listed on
    // any page. Later pages carry it on in their token.
    let since = token?.since ?? ledger.feed.lastSequence
    let reply = try await ledger.ask(
      .query(
        .withdrawals(
          WithdrawalFilter(partner: partner, agent: agent, state: state, before: token?.position, limit: limit))))
    guard case .withdrawals(let withdrawals, let next) = reply.answer, withdrawals.count == reply.itemReceipts.count
    else {
      throw .strangeAnswer
    }
    var response = Settlement_V1_ListWithdrawalsResponse()
    response.withdrawals = zip(withdrawals, reply.itemReceipts).map {
      Settlement_V1_Withdrawal($0, $1, for: principal.audience)
    }
    if let next {
      response.nextPageToken = OpaqueToken(position: next, since: since)
        .text(.withdrawalsPage, binding, of: ledger.identity)
    }
    response.cursor = WatchCursor.text(since, partner: partner, of: ledger.identity)
    return response
  }
}

extension FieldViolations {
  /// nil: any state.
  fileprivate mutating func state(_ field: String, _ wire: Settlement_V1_WithdrawalState) -> WithdrawalState? {
    guard wire != .unspecified else { return nil }
    if let state = UInt8(exactly: wire.rawValue).flatMap(WithdrawalState.init(rawValue:)) { return state }
    add(field, "STATE_UNKNOWN", "is \(wire.rawValue), which is no state of a withdrawal")
    return nil
  }
}
