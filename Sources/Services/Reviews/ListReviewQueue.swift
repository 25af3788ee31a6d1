internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// ListReviewQueue: open reviews, oldest first, for those who decide and those who watch over them.
extension ReviewService {
  func list(
    _ request: Settlement_V1_ListReviewQueueRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListReviewQueueResponse {
    let principal = try access.principal(of: context.peer, calling: .listReviewQueue)
    var violations = FieldViolations()
    let partner: Label? = request.partner.isEmpty ? nil : violations.label("partner", request.partner)
    let claimedBy: Label? = request.claimedBy.isEmpty ? nil : violations.label("claimed_by", request.claimedBy)
    if request.minimumMinorUnits < 0 {
      violations.add(
        "minimum_minor_units", "NEGATIVE", "is \(request.minimumMinorUnits); must be 0 (which means all) or more")
    }
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding(partner ?? .none, claimedBy ?? .none)
    binding.add(request.escalatedOnly ? 1 : 0)
    binding.add(figure: request.minimumMinorUnits)
    let token = violations.pageToken(request.pageToken, .reviewsPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let reply = try await ledger.ask(
      .query(
        .reviews(
          ReviewFilter(
            partner: partner, escalatedOnly: request.escalatedOnly, claimedBy: claimedBy,
            minimumMinorUnits: request.minimumMinorUnits, after: token?.position, limit: limit))))
    guard case .withdrawals(let withdrawals, let next) = reply.answer, withdrawals.count == reply.itemReceipts.count
    else {
      throw .strangeAnswer
    }
    var response = Settlement_V1_ListReviewQueueResponse()
    response.withdrawals = zip(withdrawals, reply.itemReceipts).map {
      Settlement_V1_Withdrawal($0, $1, for: principal.audience)
    }
    if let next {
      response.nextPageToken = OpaqueToken(position: next).text(.reviewsPage, binding, of: ledger.identity)
    }
    return response
  }
}
