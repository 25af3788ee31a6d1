import Journal
import RPC
import SettlementClient
import SettlementProto

/// The main job, told step by step through real TLS connections. Each step checks what it shows.
struct DemoStory {
  let partner: SettlementClient
  /// Accounts of the agents, by agent.
  let payees: [String: Settlement_V1_PayeeAccount]

  static func say(_ text: String) { Console.line(text) }

  private static func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws(Failure) {
    guard condition else { throw Failure(.internalError, "the demonstration went wrong: \(what())") }
  }

  // MARK: Submit, query, watch, cancel

  /// The id of the withdrawal.
  func submitQueryWatchCancel() async throws -> String {
    let before = try await partner.listWithdrawals(Settlement_V1_ListWithdrawalsRequest())

    let submitted = try await partner.submitWithdrawal(submit("r1", agent: "a1", 50_00))
    Self.say("  submitted: \(submitted.id) is \(submitted.state.shortName), \(submitted.amount.text) held")
    Self.say("             on disk as record \(submitted.receipt.sequence) before this answer was given")
    try Self.expect(submitted.state == .approved, "the withdrawal is \(submitted.state.shortName), not APPROVED")

    let found = try await withdrawal(submitted.id)
    Self.say("  queried:   \(found.id) is \(found.state.shortName)")
    try Self.expect(found == submitted, "the query tells something else than the submit")

    var cancel = Settlement_V1_CancelWithdrawalRequest()
    cancel.requestID = "c1"
    cancel.id = submitted.id
    let cancelled = try await partner.cancelWithdrawal(cancel)
    Self.say("  cancelled: \(cancelled.id) is \(cancelled.state.shortName), the money is available again")
    try Self.expect(cancelled.state == .cancelled, "the withdrawal is \(cancelled.state.shortName), not CANCELLED")

    try await watch(from: before.cursor, id: submitted.id)
    return submitted.id
  }

  /// From a cursor of before the submit, so that both changes come whenever the watch begins.
  private func watch(from cursor: String, id: String) async throws {
    var request = Settlement_V1_WatchWithdrawalsRequest()
    request.cursor = cursor
    request.id = id
    var states: [String] = []
    for try await event in partner.watchWithdrawals(request) {
      guard case .change(let change) = event.event else { continue }
      Self.say("  watched:   \(change.time.text)  \(change.state.shortName)")
      states.append(change.state.shortName)
      if states.count == 2 { break }
    }
    try Self.expect(states == ["APPROVED", "CANCELLED"], "the watch told \(states)")
  }

  // MARK: Refusals and repetitions

  func refusedOverdraft() async throws {
    do throws(SettlementError) {
      _ = try await partner.submitWithdrawal(submit("r2", agent: "a2", 500_01))
    } catch {
      try Self.expect(error.reason == "INSUFFICIENT_FUNDS", "the overdraft ended with \(error)")
      Self.say("  refused: \(error.reason ?? "")")
      Self.say("           \(error.status.message)")
      Self.say("           \(error.localizedMessage ?? "")")
      let available = try await balance("a2")
      Self.say("  balance of a2: \(available.availableText), unchanged")
      return try Self.expect(available.available == 500_00, "the refusal changed the balance")
    }
    throw Failure(.internalError, "the demonstration went wrong: an overdraft was accepted")
  }

  func repeatedRequest(of id: String) async throws {
    let again = try await partner.submitWithdrawal(submit("r1", agent: "a1", 50_00))
    Self.say("  the same request once more: \(again.id), \(again.state.shortName): the first one, not a second")
    try Self.expect(again.id == id, "the repetition made \(again.id)")
    do throws(SettlementError) {
      _ = try await partner.submitWithdrawal(submit("r1", agent: "a1", 60_00))
    } catch {
      Self.say("  the same request id for another amount: \(error.reason ?? "") (nothing is done)")
      return try Self.expect(error.reason == "REQUEST_ID_REUSED", "it ended with \(error)")
    }
    throw Failure(.internalError, "the demonstration went wrong: a request id was taken for two requests")
  }

  // MARK: Restart

  /// What must be the same after a restart.
  struct Picture: Equatable {
    let withdrawals: [Settlement_V1_Withdrawal]
    let balances: [Settlement_V1_Balance]
  }

  func picture() async throws -> Picture {
    var balances: [Settlement_V1_Balance] = []
    for agent in ["a1", "a2"] { balances.append(try await balance(agent)) }
    let list = try await partner.listWithdrawals(Settlement_V1_ListWithdrawalsRequest())
    return Picture(withdrawals: list.withdrawals, balances: balances)
  }

  func submitBeforeRestart() async throws {
    let open = try await partner.submitWithdrawal(submit("r3", agent: "a2", 120_50))
    Self.say("  submitted: \(open.id) is \(open.state.shortName), \(open.amount.text)")
  }

  func compare(_ before: Picture) async throws {
    let after = try await picture()
    for withdrawal in after.withdrawals {
      Self.say("  \(withdrawal.id)  \(withdrawal.state.shortName)  \(withdrawal.amount.text)")
    }
    for balance in after.balances {
      Self.say("  agent \(balance.agent): available \(balance.availableText)")
    }
    try Self.expect(after == before, "the states after the restart are not those of before")
  }

  // MARK: Requests

  private func submit(_ id: String, agent: String, _ minorUnits: Int64) -> Settlement_V1_SubmitWithdrawalRequest {
    var request = Settlement_V1_SubmitWithdrawalRequest()
    request.requestID = id
    request.agent = agent
    request.amount = Settlement_V1_Money(currency: "CNY", minorUnits)
    request.payee = payees[agent]?.id ?? ""
    return request
  }

  private func withdrawal(_ id: String) async throws -> Settlement_V1_Withdrawal {
    var request = Settlement_V1_GetWithdrawalRequest()
    request.id = id
    return try await partner.getWithdrawal(request)
  }

  private func balance(_ agent: String) async throws -> Settlement_V1_Balance {
    var request = Settlement_V1_GetBalanceRequest()
    request.agent = agent
    return try await partner.getBalance(request)
  }
}

extension Settlement_V1_Balance {
  fileprivate var availableText: String {
    Settlement_V1_Money(currency: currencyCode, available).text
  }
}
