internal import GRPCProto
internal import Ledger
internal import LedgerCore
internal import RPC
internal import Rules
internal import SettlementProto
internal import SwiftProtobuf

/// QuoteWithdrawal: what a submission would cost and meet now, and a promise of its fee for a while. Nothing is held and
/// nothing is recorded.
struct QuoteWithdrawal: Sendable {
  let ledger: Ledger
  let access: Access
  let rules: any RulesSource
  let tokens: QuoteTokens

  func quote(
    _ request: Settlement_V1_QuoteWithdrawalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_WithdrawalQuote {
    let principal = try access.principal(of: context.peer, calling: .quoteWithdrawal)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let question = violations.question(request, of: principal)
    try violations.throwIfAny()

    let reply = try await ledger.ask(.query(.quote(question)))
    guard case .quote(let quote) = reply.answer else { throw .strangeAnswer }
    let standing = try await ledger.ask(.query(.agent(partner: question.partner, agent: question.agent)))
    guard case .agent(let agent) = standing.answer else { throw .strangeAnswer }
    // Read last: it may be newer than what the ledger answered by, never older for long, and only explains.
    let document = rules.current.document

    var response = Settlement_V1_WithdrawalQuote(quote, of: question.amount)
    let validUntil = document.validUntil(quote.time)
    if quote.obstacle == nil {
      response.quote = tokens.text(Promise(question, quote, validUntil: validUntil))
      response.validUntil = Google_Protobuf_Timestamp(validUntil)
    }
    let application = Application(
      amount: question.amount, speed: question.speed, acceleration: question.acceleration,
      tier: agent.standing.tier.isNone ? document.defaultTier : agent.standing.tier,
      creditGrade: agent.standing.creditGrade, time: quote.time)
    response.offers = document.explainSpeeds(application).map { Settlement_V1_SpeedOffer($0, of: question.amount) }
    if let window = document.maintenanceWindow {
      response.maintenanceBegin = window.beginText
      response.maintenanceEnd = window.endText
    }
    response.calendarMissing = document.isCalendarMissing(day: quote.terms.settlementDay)
    return response
  }
}

extension RulesDocument {
  fileprivate func validUntil(_ time: Timestamp) -> Timestamp {
    let (end, overflow) = time.microseconds.addingReportingOverflow(Int64(quoteValidityMinutes) * 60_000_000)
    return Timestamp(microseconds: overflow ? .max : end)
  }
}

extension Promise {
  init(_ question: QuoteQuestion, _ quote: Quote, validUntil: Timestamp) {
    self.init(
      partner: question.partner, agent: question.agent, amount: question.amount, payee: question.payee,
      speed: quote.terms.speed, acceleration: question.acceleration,
      terms: QuotedTerms(
        feeMinorUnits: quote.terms.feeMinorUnits, points: quote.terms.points, validUntil: validUntil),
      rulesVersion: quote.rulesVersion)
  }
}

extension FieldViolations {
  fileprivate mutating func question(
    _ request: Settlement_V1_QuoteWithdrawalRequest, of principal: Principal
  ) -> QuoteQuestion {
    let partner = partner(request.partner, of: principal)
    let agent = label("agent", request.agent)
    let amount = money("amount", currency: request.amount.currencyCode, minorUnits: request.amount.minorUnits)
    let payee = request.payee.isEmpty ? .none : label("payee", request.payee)
    let speed = speed("speed", request.speed.rawValue)
    let acceleration = acceleration("acceleration", request.acceleration.rawValue)
    var (device, address) = (request.device, request.address)
    let origin: Origin? = device.withUTF8 { device in
      address.withUTF8 { address in
        self.origin(device: UnsafeRawBufferPointer(device), address: UnsafeRawBufferPointer(address))
      }
    }
    return QuoteQuestion(
      partner: partner, agent: agent, amount: amount, payee: payee, speed: speed, acceleration: acceleration,
      origin: origin)
  }
}
