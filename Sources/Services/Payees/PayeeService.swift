internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf
internal import Vault

/// The part of settlement.v1.AccountService that is about where agents are paid.
struct PayeeService: Sendable {
  let ledger: Ledger
  let access: Access
  let privateData: PrivateData

  // MARK: Looking

  func get(
    _ request: Settlement_V1_GetPayeeAccountRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_PayeeAccount {
    let principal = try access.principal(of: context.peer, calling: .getPayeeAccount)
    var violations = FieldViolations()
    let id = violations.payeeID("id", request.id)
    try violations.throwIfAny()
    return try payeeMessage(try await ledger.ask(.query(.payee(id, principal.scope))))
  }

  func list(
    _ request: Settlement_V1_ListPayeeAccountsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListPayeeAccountsResponse {
    let principal = try access.principal(of: context.peer, calling: .listPayeeAccounts)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let limit = PageSize.limit(request.pageSize, &violations)
    let binding = OpaqueToken.Binding(partner, agent)
    let token = violations.pageToken(request.pageToken, .payeesPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let reply = try await ledger.ask(
      .query(.payees(partner: partner, agent: agent, before: token?.position, limit: limit)))
    return try listMessage(reply, .payeesPage, binding)
  }

  /// By keyed hash: the number itself is neither kept nor compared.
  func find(
    _ request: Settlement_V1_FindPayeeAccountsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListPayeeAccountsResponse {
    _ = try access.principal(of: context.peer, calling: .findPayeeAccounts)
    var violations = FieldViolations()
    let hash = violations.numberHash("number", request.number, privateData)
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding()
    binding.add(hash)
    let token = violations.pageToken(request.pageToken, .payeesWithNumberPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let reply = try await ledger.ask(.query(.payeesWithNumber(hash, before: token?.position, limit: limit)))
    return try listMessage(reply, .payeesWithNumberPage, binding)
  }

  // MARK: Changing

  /// Asks again about an account, with what was sealed when it was created.
  func verify(
    _ request: Settlement_V1_VerifyPayeeAccountRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_PayeeAccount {
    let principal = try access.principal(of: context.peer, calling: .verifyPayeeAccount)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let id = violations.payeeID("id", request.id)
    try violations.throwIfAny()
    let found = try await ledger.ask(.query(.payee(id, principal.scope)))
    guard case .payee(let payee) = found.answer else { throw .strangeAnswer }
    // Of an erased one nothing can be asked; the ledger has the word, and a request from before the erasure its answer.
    let isVerified = payee.state == .erased ? false : try await isVerified(payee)
    var content = ContentFields(.verifyPayeeAccount)
    content.add(2, id.description)
    let reply = try await ledger.ask(
      .command(
        .recordPayeeVerification(
          RecordPayeeVerification(
            key: principal.key(requestID, content.fingerprint), scope: principal.scope,
            payee: id, isVerified: isVerified))))
    return try payeeMessage(reply)
  }

  private func isVerified(_ payee: Payee) async throws(RPCStatus) -> Bool {
    let pair = try privateData.open(payee.sealed, in: PrivatePlace(payee), of: ledger.identity)
    let details = PayeeDetails(rail: payee.rail, number: pair.number, holderName: pair.name)
    switch await privateData.payeeVerifier.verify(details) {
    case .verified: return true
    case .refused: return false
    case .unavailable: throw .verifierUnavailable
    }
  }

  /// The record is durable before the key goes. A crash between the two is made good by repeating the request or by the
  /// reconciliation at the next start.
  func erase(
    _ request: Settlement_V1_ErasePayeeAccountRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_PayeeAccount {
    let principal = try access.principal(of: context.peer, calling: .erasePayeeAccount)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let id = violations.payeeID("id", request.id)
    let reason = violations.label("reason", request.reason)
    try violations.throwIfAny()
    var content = ContentFields(.erasePayeeAccount)
    content.add(2, id.description)
    content.add(3, reason)
    let command = ErasePayee(
      key: principal.key(requestID, content.fingerprint), scope: principal.scope, payee: id,
      reason: reason)
    let reply: LedgerAnswer
    do throws(RPCStatus) {
      reply = try await ledger.ask(.command(.erasePayee(command)))
    } catch {
      // Whatever was asked for, an account that is erased keeps no key.
      try await destroyKeyIfErased(id, principal.scope)
      throw error
    }
    guard case .payee(let payee) = reply.answer else { throw .strangeAnswer }
    if payee.state == .erased { try await privateData.destroy(payee.sealed) }
    return Settlement_V1_PayeeAccount(payee, reply.receipt)
  }

  private func destroyKeyIfErased(_ id: PayeeID, _ scope: Scope) async throws(RPCStatus) {
    let reply: LedgerAnswer
    do throws(RPCStatus) { reply = try await ledger.ask(.query(.payee(id, scope))) } catch { return }
    if case .payee(let payee) = reply.answer, payee.state == .erased { try await privateData.destroy(payee.sealed) }
  }

  // MARK: Messages

  func payeeMessage(_ reply: LedgerAnswer) throws(RPCStatus) -> Settlement_V1_PayeeAccount {
    guard case .payee(let payee) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_PayeeAccount(payee, reply.receipt)
  }

  private func listMessage(
    _ reply: LedgerAnswer, _ purpose: OpaqueToken.Purpose, _ binding: OpaqueToken.Binding
  ) throws(RPCStatus) -> Settlement_V1_ListPayeeAccountsResponse {
    guard case .payees(let payees, let next) = reply.answer, payees.count == reply.itemReceipts.count else {
      throw .strangeAnswer
    }
    var response = Settlement_V1_ListPayeeAccountsResponse()
    response.accounts = zip(payees, reply.itemReceipts).map { Settlement_V1_PayeeAccount($0, $1) }
    if let next { response.nextPageToken = OpaqueToken(position: next).text(purpose, binding, of: ledger.identity) }
    return response
  }
}

extension PrivatePlace {
  init(_ payee: Payee) {
    self.init(kind: .payee, partner: payee.partner, agent: payee.agent, requestID: payee.requestID)
  }
}

extension FieldViolations {
  /// The keyed hash of a number of any rail, which is what is searched for.
  mutating func numberHash(_ field: String, _ number: String, _ privateData: PrivateData) -> Fingerprint128 {
    if number.isEmpty {
      add(field, "FIELD_MISSING", "must be set: a card number, an Alipay account or a WeChat openid")
    }
    atMost(PrivatePair.numberBytesMaximum, field, number)
    guard number.utf8.count <= PrivatePair.numberBytesMaximum else { return Fingerprint128() }
    let normalized = PayeeNumber.normalized(number)
    if !number.isEmpty, !PayeeNumber.isOfSomeRail(normalized) {
      add(field, "NOT_A_NUMBER", "is no card number, Alipay account or WeChat openid: look for a slip")
    }
    return privateData.fingerprint(normalized, .payeeNumber)
  }
}

extension OpaqueToken.Binding {
  mutating func add(_ hash: Fingerprint128) {
    hash.withUnsafeBytes { for byte in $0 { add(byte) } }
  }
}
