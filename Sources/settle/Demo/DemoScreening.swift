import RPC
import SettlementClient
import SettlementProto

/// How a submission becomes a decision, under the standard rules: at once, by two people, with a rejection, or not at all.
struct DemoScreening {
  let staff: DemoStaff
  /// Accounts of the agents, by agent.
  let payees: [String: Settlement_V1_PayeeAccount]

  private func say(_ text: String) { Console.line(text) }

  private func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws(Failure) {
    guard condition else { throw Failure(.internalError, "the demonstration went wrong: \(what())") }
  }

  private func submit(
    _ id: String, _ person: DemoPerson, _ minorUnits: Int64, device: String = "", quote: String = ""
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = id
    request.agent = person.agent
    request.amount = Settlement_V1_Money(currency: "CNY", minorUnits)
    request.payee = payees[person.agent]?.id ?? ""
    request.speed = .sameDay
    request.device = device
    request.quote = quote
    return try await staff.partner.submitWithdrawal(request)
  }

  /// nil when there was none.
  private func refusal(of call: () async throws(SettlementError) -> Void) async -> SettlementError? {
    do throws(SettlementError) {
      try await call()
      return nil
    } catch {
      return error
    }
  }

  // MARK: At once

  func approvedAtOnce() async throws {
    let person = DemoPerson.first
    var ask = Settlement_V1_QuoteWithdrawalRequest()
    ask.agent = person.agent
    ask.amount = Settlement_V1_Money(currency: "CNY", 120_00)
    ask.payee = payees[person.agent]?.id ?? ""
    ask.speed = .sameDay
    let quote = try await staff.partner.quoteWithdrawal(ask)
    say(
      "  quoted:    \(quote.amount.text) \(quote.speed.shortName) cost \(quote.fee.text), the payee gets \(quote.net.text)"
    )
    say("             expected \(quote.expectedArrival.text); the fee is promised until \(quote.validUntil.text)")
    let withdrawal = try await submit("s1", person, 120_00, quote: quote.quote)
    say(
      "  submitted: \(withdrawal.id) is \(withdrawal.state.shortName) at once, by rules version \(withdrawal.rulesVersion)"
    )
    say("             \(withdrawal.risk.text)")
    try expect(withdrawal.state == .approved, "it is \(withdrawal.state.shortName), not APPROVED")
    try expect(withdrawal.fee == quote.fee, "the fee is \(withdrawal.fee.text), not the quoted \(quote.fee.text)")
  }

  // MARK: By two people

  /// The id of the withdrawal.
  func reviewedByTwo() async throws -> String {
    let person = DemoPerson.third
    var update = Settlement_V1_UpdateAgentRequest()
    update.requestID = "raise-\(person.agent)"
    update.partner = DemoRegistration.partnerName
    update.agent = person.agent
    update.limits.payoutMaximum = 100_000_00
    update.limits.dayAmount = 100_000_00
    update.reason = "DEMONSTRATION"
    _ = try await staff.operations.updateAgent(update)
    say("  the operator lets agent \(person.agent) withdraw 100000.00 a day")

    let submitted = try await submit("s2", person, 60_000_00)
    say("  submitted: \(submitted.id) is \(submitted.state.shortName), \(submitted.amount.text) held")
    say("             \(submitted.risk.text)")
    try expect(submitted.state == .pendingReview, "it is \(submitted.state.shortName), not PENDING_REVIEW")
    try expect(submitted.review.approvalsRequired == 2, "\(submitted.review.approvalsRequired) people must approve it")

    let first = try await approve(submitted.id, by: staff.alice, "ok1")
    say("  alice:     approves what she saw; \(first.review.approvals.count) of 2, still \(first.state.shortName)")
    try expect(first.state == .pendingReview, "one person was enough")
    let twice = await refusal(of: { () async throws(SettlementError) in
      _ = try await approve(submitted.id, by: staff.alice, "ok2")
    })
    say("  alice:     once more is refused: \(twice?.reason ?? "") (\(twice?.localizedMessage ?? ""))")
    try expect(twice?.reason == "PERSON_DECIDED_ALREADY", "one person counted twice: \(String(describing: twice))")
    let second = try await approve(submitted.id, by: staff.bob, "ok3")
    say("  bob:       approves; it is \(second.state.shortName)")
    try expect(second.state == .approved, "it is \(second.state.shortName), not APPROVED")
    return submitted.id
  }

  /// Of exactly what the person reads.
  private func approve(
    _ id: String, by person: SettlementClient, _ requestID: String
  ) async throws(SettlementError) -> Settlement_V1_Withdrawal {
    var get = Settlement_V1_GetWithdrawalRequest()
    get.id = id
    var approve = Settlement_V1_ApproveWithdrawalRequest()
    approve.requestID = requestID
    approve.id = id
    approve.digest = try await person.getWithdrawal(get).review.digest
    return try await person.approveWithdrawal(approve)
  }

  // MARK: Not at all

  func rejectedWithReasons() async throws {
    let device = "a-stolen-phone"
    var entry = Settlement_V1_PutListEntryRequest()
    entry.requestID = "list-device"
    entry.subject = .device
    entry.colour = .black
    entry.name = device
    entry.reason = "REPORTED_STOLEN"
    _ = try await staff.compliance.putListEntry(entry)
    say("  compliance puts the device \(device) on the black list")

    let rejected = try await submit("s3", .third, 60_00, device: device)
    say("  submitted: \(rejected.id) is \(rejected.state.shortName), nothing is held")
    let explanation = Explanation(of: rejected)
    for (english, chinese) in zip(explanation.english, explanation.chinese) where english.hasPrefix("  ") {
      say("           \(english) / \(chinese.drop { $0 == " " })")
    }
    try expect(rejected.state == .rejected, "it is \(rejected.state.shortName), not REJECTED")
    try expect(
      rejected.risk.reasons.contains { $0.code == "DEVICE_BLACKLISTED" }, "the reasons are \(rejected.risk.text)")
  }

  func limitReached() async throws {
    let refused = await refusal(of: { () async throws(SettlementError) in
      _ = try await submit("s4", .third, 50_000_00)
    })
    say("  refused:   \(refused?.reason ?? "")")
    say("             \(refused?.status.message ?? "")")
    say("             \(refused?.localizedMessage ?? "")")
    try expect(refused?.reason == "LIMIT_EXCEEDED", "it ended with \(String(describing: refused))")
    var ask = Settlement_V1_GetLimitsRequest()
    ask.agent = DemoPerson.third.agent
    let standing = try await staff.partner.getLimits(ask)
    let left = Settlement_V1_Money(currency: standing.currencyCode, standing.dayAmountLeft)
    say("  limits:    agent \(ask.agent) has \(left.text) left for today")
  }
}
