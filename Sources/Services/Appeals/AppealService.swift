internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// settlement.v1.AppealService: what an agent complains of, and what people make of it.
struct AppealService: Sendable {
  let ledger: Ledger
  let access: Access

  func create(
    _ request: Settlement_V1_CreateAppealRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Appeal {
    let principal = try access.principal(of: context.peer, calling: .createAppeal)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let withdrawal = violations.withdrawalID("withdrawal_id", request.withdrawalID)
    let text = violations.label("text", request.text)
    let kind = AppealKind(rawValue: UInt8(clamping: request.kind.rawValue))
    if kind == nil { violations.add("kind", "FIELD_MISSING", "must say what is wrong: NOT_ARRIVED, WRONG_AMOUNT, ...") }
    let disputed = violations.amountOrNone("disputed", request.hasDisputed ? request.disputed : nil)
    try violations.throwIfAny()
    guard let kind else { throw .strangeAnswer }
    if let disputed {
      let reply = try await ledger.ask(.query(.withdrawal(withdrawal, principal.scope)))
      guard case .withdrawal(let found) = reply.answer else { throw .strangeAnswer }
      try violations.expect(disputed, in: found.amount.currency, "disputed")
    }
    var content = ContentFields(.createAppeal)
    content.add(1, withdrawal.description)
    content.add(2, UInt64(kind.rawValue))
    content.add(3, UInt64(bitPattern: disputed?.minorUnits ?? 0))
    content.add(4, text)
    content.addUnlessCNY(5, disputed)
    let command = CreateAppeal(
      key: principal.key(requestID, content.fingerprint), scope: principal.scope, withdrawal: withdrawal, kind: kind,
      disputedMinorUnits: disputed?.minorUnits ?? 0, text: text)
    return try message(try await ledger.ask(.command(.createAppeal(command))), principal)
  }

  func get(
    _ request: Settlement_V1_GetAppealRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Appeal {
    let principal = try access.principal(of: context.peer, calling: .getAppeal)
    var violations = FieldViolations()
    let id = violations.appealID("id", request.id)
    try violations.throwIfAny()
    return try message(try await ledger.ask(.query(.appeal(id, principal.scope))), principal)
  }

  func addEvidence(
    _ request: Settlement_V1_AddEvidenceRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Appeal {
    let principal = try access.principal(of: context.peer, calling: .addEvidence)
    var violations = FieldViolations()
    let note = violations.label("note", request.note)
    let hash = request.sha256.isEmpty ? nil : violations.digest("sha256", request.sha256)
    let hashText = violations.labelOrNone("sha256", hash.map { "\($0)" } ?? "")
    return try await act(
      .addEvidence(note: note, hash: hashText), request.requestID, request.id, &violations, principal
    ) { content in
      content.add(3, note)
      content.add(4, hashText)
    }
  }

  func assign(
    _ request: Settlement_V1_AssignAppealRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Appeal {
    let principal = try access.principal(of: context.peer, calling: .assignAppeal)
    var violations = FieldViolations()
    let assignee = request.assignee.isEmpty ? principal.name : violations.label("assignee", request.assignee)
    return try await act(.assign(to: assignee), request.requestID, request.id, &violations, principal) { content in
      content.add(3, assignee)
    }
  }

  func resolve(
    _ request: Settlement_V1_ResolveAppealRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Appeal {
    let principal = try access.principal(of: context.peer, calling: .resolveAppeal)
    var violations = FieldViolations()
    let awarded = violations.amountOrNone("awarded", request.hasAwarded ? request.awarded : nil)
    let awardedMinorUnits = awarded?.minorUnits ?? 0
    if awardedMinorUnits > 0, !request.upheld {
      violations.add(
        "awarded", "AMOUNT_OUT_OF_RANGE", "is \(awardedMinorUnits); an appeal that is not upheld awards nothing")
    }
    if let awarded, violations.list.isEmpty, let id = AppealID(request.id) {
      let reply = try await ledger.ask(.query(.appeal(id, principal.scope)))
      guard case .appeal(let found) = reply.answer else { throw .strangeAnswer }
      try violations.expect(awarded, in: found.disputed.currency, "awarded")
    }
    let answer = violations.label("answer", request.answer)
    return try await act(
      .resolve(isUpheld: request.upheld, awardedMinorUnits: awardedMinorUnits, answer: answer), request.requestID,
      request.id, &violations, principal
    ) { content in
      content.add(3, request.upheld ? 1 : 0)
      content.add(4, UInt64(bitPattern: awardedMinorUnits))
      content.add(5, answer)
      content.addUnlessCNY(6, awarded)
    }
  }

  /// The person is part of the content: staff share their request ids.
  private func act(
    _ action: AppealAction, _ requestID: String, _ id: String, _ violations: inout FieldViolations,
    _ principal: Principal, _ fields: (inout ContentFields) -> Void
  ) async throws(RPCStatus) -> Settlement_V1_Appeal {
    let requestID = violations.label("request_id", requestID)
    let id = violations.appealID("id", id)
    try violations.throwIfAny()
    var content = ContentFields(.init(action))
    content.add(1, principal.name)
    content.add(2, id.description)
    fields(&content)
    let command = ActOnAppeal(
      key: principal.key(requestID, content.fingerprint), scope: principal.scope, appeal: id, action: action)
    return try message(try await ledger.ask(.command(.actOnAppeal(command))), principal)
  }

  func list(
    _ request: Settlement_V1_ListAppealsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListAppealsResponse {
    let principal = try access.principal(of: context.peer, calling: .listAppeals)
    var violations = FieldViolations()
    let partner: Label? =
      switch principal.scope {
      case .all where request.partner.isEmpty: nil
      case .all, .partner: violations.partner(request.partner, of: principal)
      }
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding(partner ?? .none)
    binding.add(request.openOnly ? 1 : 0)
    binding.add(request.escalatedOnly ? 1 : 0)
    let token = violations.pageToken(request.pageToken, .appealsPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let filter = AppealFilter(
      partner: partner, openOnly: request.openOnly, escalatedOnly: request.escalatedOnly, after: token?.position,
      limit: limit)
    let reply = try await ledger.ask(.query(.appeals(filter)))
    guard case .appeals(let appeals, let next) = reply.answer, appeals.count == reply.itemReceipts.count else {
      throw .strangeAnswer
    }
    var response = Settlement_V1_ListAppealsResponse()
    response.appeals = zip(appeals, reply.itemReceipts).map { Settlement_V1_Appeal($0, $1, for: principal.audience) }
    if let next {
      response.nextPageToken = OpaqueToken(position: next).text(.appealsPage, binding, of: ledger.identity)
    }
    return response
  }

  private func message(_ reply: LedgerAnswer, _ principal: Principal) throws(RPCStatus) -> Settlement_V1_Appeal {
    guard case .appeal(let appeal) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Appeal(appeal, reply.receipt, for: principal.audience)
  }
}

extension ContentFingerprint.Method {
  fileprivate init(_ action: AppealAction) {
    self =
      switch action {
      case .addEvidence: .addEvidence
      case .assign: .assignAppeal
      case .resolve: .resolveAppeal
      }
  }
}

extension FieldViolations {
  fileprivate mutating func appealID(_ field: String, _ text: String) -> AppealID {
    if let id = AppealID(text) { return id }
    addMalformedID(field, text, "an appeal", "ap_")
    return AppealID(rawValue: 0)
  }

  fileprivate mutating func amountOrNone(_ field: String, _ money: Settlement_V1_Money?) -> Money? {
    guard let money else { return nil }
    let currency = currencyOrCNY("\(field).currency_code", money.currencyCode)
    if money.minorUnits < 0 {
      add("\(field).minor_units", "NEGATIVE", "is \(money.minorUnits); must be 0 or more")
    }
    return Money(minorUnits: max(0, money.minorUnits), currency: currency)
  }

  /// An appeal is about the withdrawal's own currency, which never changes: it may be asked for before the command.
  fileprivate mutating func expect(_ money: Money, in currency: Currency, _ field: String) throws(RPCStatus) {
    guard money.currency != currency else { return }
    add("\(field).currency_code", "CURRENCY_MISMATCH", "is \(money.currency); the withdrawal is in \(currency)")
    try throwIfAny()
  }
}

extension ContentFields {
  /// Requests from before the currency counted were all taken for CNY: theirs keep their fingerprints.
  fileprivate mutating func addUnlessCNY(_ field: UInt8, _ money: Money?) {
    if let money, money.currency != .cny { add(field, "\(money.currency)") }
  }
}
