internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// settlement.v1.AccountService: agents and what they are owed.
struct AccountService: Sendable {
  let ledger: Ledger
  let access: Access

  func createAgent(
    _ request: Settlement_V1_CreateAgentRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Agent {
    let principal = try access.principal(of: context.peer, calling: .createAgent)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let parent = violations.labelOrNone("parent", request.parent)
    try violations.throwIfAny()
    let content = ContentFingerprint.createAgent(partner: partner, agent: agent, parent: parent)
    let reply = try await ledger.ask(
      .command(
        .createAgent(
          CreateAgent(
            key: principal.key(requestID, content), partner: partner, agent: agent,
            parent: parent))))
    return try agentMessage(reply)
  }

  func getAgent(
    _ request: Settlement_V1_GetAgentRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Agent {
    let principal = try access.principal(of: context.peer, calling: .getAgent)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    try violations.throwIfAny()
    return try agentMessage(try await ledger.ask(.query(.agent(partner: partner, agent: agent))))
  }

  func getBalance(
    _ request: Settlement_V1_GetBalanceRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Balance {
    let principal = try access.principal(of: context.peer, calling: .getBalance)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let currency = violations.currencyOrCNY("currency_code", request.currencyCode)
    try violations.throwIfAny()
    let reply = try await ledger.ask(.query(.balance(partner: partner, agent: agent, currency)))
    guard case .balance(let balance) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Balance(balance, reply.receipt)
  }

  func listEntries(
    _ request: Settlement_V1_ListEntriesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListEntriesResponse {
    let principal = try access.principal(of: context.peer, calling: .listEntries)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let limit = PageSize.limit(request.pageSize, &violations)
    let binding = OpaqueToken.Binding(partner, agent)
    let token = violations.pageToken(request.pageToken, .entriesPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let reply = try await ledger.ask(
      .query(.entries(partner: partner, agent: agent, before: token?.position, limit: limit)))
    guard case .entries(let entries, let next) = reply.answer else { throw .strangeAnswer }
    var response = Settlement_V1_ListEntriesResponse()
    response.entries = entries.map { Settlement_V1_Entry($0) }
    if let next {
      response.nextPageToken = OpaqueToken(position: next).text(.entriesPage, binding, of: ledger.identity)
    }
    return response
  }

  func deposit(
    _ request: Settlement_V1_DepositRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_DepositReceipt {
    let principal = try access.principal(of: context.peer, calling: .deposit)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let amount = violations.money(
      "amount", currency: request.amount.currencyCode, minorUnits: request.amount.minorUnits)
    let reference: Label? =
      request.externalReference.isEmpty ? nil : violations.label("external_reference", request.externalReference)
    try violations.throwIfAny()
    let content = ContentFingerprint.deposit(
      partner: partner, agent: agent, amount: amount, externalReference: reference)
    let reply = try await ledger.ask(
      .command(
        .deposit(
          Deposit(
            key: principal.key(requestID, content), partner: partner, agent: agent,
            amount: amount, externalReference: reference ?? requestID))))
    guard case .deposit(let deposit) = reply.answer, reply.itemReceipts.count == 2 else { throw .strangeAnswer }
    return Settlement_V1_DepositReceipt(deposit, reply.itemReceipts[0], balance: reply.itemReceipts[1])
  }

  func getLimits(
    _ request: Settlement_V1_GetLimitsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_LimitStanding {
    let principal = try access.principal(of: context.peer, calling: .getLimits)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let currency = violations.currencyOrCNY("currency_code", request.currencyCode)
    try violations.throwIfAny()
    let reply = try await ledger.ask(.query(.limits(partner: partner, agent: agent, currency)))
    guard case .limits(let standing) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_LimitStanding(standing, currency)
  }

  func agentMessage(_ reply: LedgerAnswer) throws(RPCStatus) -> Settlement_V1_Agent {
    guard case .agent(let agent) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Agent(agent, reply.receipt)
  }
}
