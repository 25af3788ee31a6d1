internal import Ledger
internal import LedgerCore
internal import Payouts
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

/// Why a channel was chosen, or would be: read from the record that began an attempt, or asked of the desk.
extension ChannelService {
  func explain(
    _ request: Settlement_V1_ExplainRoutingRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_RoutingExplanation {
    _ = try access.principal(of: context.peer, calling: .explainRouting)
    var violations = FieldViolations()
    switch request.subject {
    case .question(let question):
      let asked = violations.routeQuestion(question)
      try violations.throwIfAny()
      guard let asked else { throw .strangeAnswer }
      return await answer(asked)
    case .withdrawalID(let text):
      let id = violations.withdrawalID("withdrawal_id", text)
      try violations.throwIfAny()
      let withdrawal = try await withdrawal(id).value
      if let attempt = withdrawal.payout?.facts.attempts.last {
        return Settlement_V1_RoutingExplanation(
          try await beginning(of: attempt, id).candidates, withdrawal.amount.currency, at: attempt.beginTime)
      }
      return await answer(try await question(of: withdrawal))
    case nil:
      violations.add("subject", "FIELD_MISSING", "must be set: withdrawal_id or question")
      throw RPCStatus(violations)
    }
  }

  func listAttempts(
    _ request: Settlement_V1_ListAttemptsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListAttemptsResponse {
    let principal = try access.principal(of: context.peer, calling: .listAttempts)
    var violations = FieldViolations()
    let id = violations.withdrawalID("withdrawal_id", request.withdrawalID)
    try violations.throwIfAny()
    let withdrawal = try await withdrawal(id).value
    var response = Settlement_V1_ListAttemptsResponse()
    for (index, attempt) in (withdrawal.payout?.facts.attempts ?? []).enumerated() {
      let begun = try await beginning(of: attempt, id)
      var message = Settlement_V1_ExplainedAttempt()
      message.attempt = Settlement_V1_PayoutAttempt(withdrawal, index, attempt, for: principal.audience)
      message.candidates = begun.candidates.map { Settlement_V1_RouteCandidate($0, withdrawal.amount.currency) }
      message.receipt = Settlement_V1_Receipt(begun.receipt)
      response.attempts.append(message)
    }
    return response
  }

  private func withdrawal(_ id: WithdrawalID) async throws(RPCStatus) -> (value: Withdrawal, receipt: Receipt) {
    let reply = try await ledger.ask(.query(.withdrawal(id, .all)))
    guard case .withdrawal(let withdrawal) = reply.answer else { throw .strangeAnswer }
    return (withdrawal, reply.receipt)
  }

  /// What stands in the journal about an attempt's beginning.
  private func beginning(
    of attempt: Attempt, _ id: WithdrawalID
  ) async throws(RPCStatus) -> (candidates: [RouteCandidate], receipt: Receipt) {
    let stored: StoredRecord?
    do throws(FeedError) {
      stored = try await ledger.records(from: attempt.beginSequence, limit: 1).records.first
    } catch {
      throw RPCStatus(reading: error)
    }
    guard let stored, stored.sequence == attempt.beginSequence, case .attemptBegun(let begun) = stored.record,
      begun.payoutKey == PayoutKey(id, attempt: attempt.number)
    else {
      throw RPCStatus(reading: .journalUnreadable("record \(attempt.beginSequence) does not begin this attempt"))
    }
    return (begun.candidates, Receipt(sequence: stored.sequence, seal: stored.seal))
  }

  private func answer(_ asked: AskedRoute) async -> Settlement_V1_RoutingExplanation {
    let candidates = await desk?.explain(amount: asked.amount, rail: asked.rail, speed: asked.speed) ?? []
    return Settlement_V1_RoutingExplanation(candidates, asked.amount.currency, at: ledger.clock.now())
  }

  /// Of a withdrawal that was never sent, and may be.
  private func question(of withdrawal: Withdrawal) async throws(RPCStatus) -> AskedRoute {
    guard withdrawal.state == .approved || withdrawal.state == .pendingReview else {
      throw RPCStatus(RefusalWords.neverSent(withdrawal.state))
    }
    guard case .payout(let payout) = try await ledger.ask(.query(.payout(withdrawal.id))).answer else {
      throw .strangeAnswer
    }
    return AskedRoute(amount: payout.net, rail: payout.account?.rail, speed: payout.speed)
  }
}

/// A payout that looks for a channel.
struct AskedRoute {
  let amount: Money
  /// nil: a platform's own reference.
  let rail: Rail?
  let speed: Speed
}

extension Settlement_V1_RoutingExplanation {
  init(_ candidates: [RouteCandidate], _ currency: Currency, at time: Timestamp) {
    self.init()
    chosen = candidates.first { $0.verdict == .chosen }?.channel.description ?? ""
    self.candidates = candidates.map { Settlement_V1_RouteCandidate($0, currency) }
    self.time = Google_Protobuf_Timestamp(time)
  }
}

extension FieldViolations {
  /// nil after noting what is wrong.
  fileprivate mutating func routeQuestion(_ question: Settlement_V1_RouteQuestion) -> AskedRoute? {
    let amount = money(
      "question.amount", currency: question.amount.currencyCode, minorUnits: question.amount.minorUnits)
    let rail = Rail.allCases.first { $0.wireName == question.rail }
    if rail == nil, !question.rail.isEmpty {
      let known = Rail.allCases.map(\.wireName).joined(separator: ", ")
      add("question.rail", "RAIL_UNKNOWN", "must be \(known), or empty for a platform's own reference")
    }
    let speed = speed("question.speed", question.speed.rawValue)
    if question.speed == .unspecified {
      add("question.speed", "FIELD_MISSING", "must be 1 (express), 2 (same day) or 3 (next day)")
    }
    return speed.map { AskedRoute(amount: amount, rail: rail, speed: $0) }
  }
}
