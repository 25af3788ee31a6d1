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

/// The part of settlement.v1.AccountService that is about dual control: what one person of finance asks for, another one
/// confirms.
///
/// The person is part of each request's content: staff share their request ids, and a confirmation must never be taken for
/// that of another person who sends the same bytes.
struct ProposalService: Sendable {
  let ledger: Ledger
  let access: Access

  func create(
    _ request: Settlement_V1_CreateProposalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Proposal {
    let principal = try access.principal(of: context.peer, calling: .createProposal)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let subject = violations.subject(request)
    try violations.throwIfAny()
    return try await propose(subject, requestID, principal)
  }

  /// The same request as `create` with the same doubt: whichever of the two is sent again gets the first answer.
  func resolveInDoubt(
    _ request: Settlement_V1_ResolveInDoubtRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Proposal {
    let principal = try access.principal(of: context.peer, calling: .resolveInDoubt)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let resolution = violations.doubtResolution("doubt", request.doubt)
    try violations.throwIfAny()
    return try await propose(resolution.map { .resolveDoubt($0) }, requestID, principal)
  }

  /// - Parameter subject: nil only where what is wrong with it was noted before.
  private func propose(
    _ subject: ProposalSubject?, _ requestID: Label, _ principal: Principal
  ) async throws(RPCStatus) -> Settlement_V1_Proposal {
    guard let subject else { throw .strangeAnswer }
    let content = ContentFingerprint.createProposal(by: principal.name, subject)
    let key = principal.key(requestID, content)
    return try message(try await ledger.ask(.command(.propose(Propose(key: key, subject: subject)))))
  }

  func confirm(
    _ request: Settlement_V1_ConfirmProposalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Proposal {
    let principal = try access.principal(of: context.peer, calling: .confirmProposal)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let id = violations.proposalID("id", request.id)
    let digest = violations.digest("digest", request.digest)
    try violations.throwIfAny()
    var content = ContentFields(.confirmProposal)
    content.add(1, principal.name)
    content.add(2, id.description)
    content.add(3, digest)
    let key = principal.key(requestID, content.fingerprint)
    return try message(
      try await ledger.ask(.command(.confirm(ConfirmProposal(key: key, proposal: id, digest: digest)))))
  }

  func get(
    _ request: Settlement_V1_GetProposalRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Proposal {
    _ = try access.principal(of: context.peer, calling: .getProposal)
    var violations = FieldViolations()
    let id = violations.proposalID("id", request.id)
    try violations.throwIfAny()
    return try message(try await ledger.ask(.query(.proposal(id))))
  }

  func list(
    _ request: Settlement_V1_ListProposalsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListProposalsResponse {
    _ = try access.principal(of: context.peer, calling: .listProposals)
    var violations = FieldViolations()
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding()
    binding.add(UInt8(request.openOnly ? 1 : 0))
    let token = violations.pageToken(request.pageToken, .proposalsPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let reply = try await ledger.ask(
      .query(.proposals(openOnly: request.openOnly, before: token?.position, limit: limit)))
    guard case .proposals(let proposals, let next) = reply.answer, proposals.count == reply.itemReceipts.count else {
      throw .strangeAnswer
    }
    var response = Settlement_V1_ListProposalsResponse()
    response.proposals = zip(proposals, reply.itemReceipts).map { Settlement_V1_Proposal($0, $1) }
    if let next {
      response.nextPageToken = OpaqueToken(position: next).text(.proposalsPage, binding, of: ledger.identity)
    }
    return response
  }

  private func message(_ reply: LedgerAnswer) throws(RPCStatus) -> Settlement_V1_Proposal {
    guard case .proposal(let proposal) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Proposal(proposal, reply.receipt)
  }
}

extension ContentFingerprint {
  static func createProposal(by person: Label, _ subject: ProposalSubject) -> Fingerprint128 {
    var fields = ContentFields(.createProposal)
    fields.add(1, person)
    switch subject {
    case .revealPayee(let payee): fields.add(2) { $0.add(1, payee.description) }
    case .adjustment(let partner, let agent, let amount, let reason):
      fields.add(3) { inner in
        inner.add(1, partner)
        inner.add(2, agent)
        inner.add(3) { money in
          money.add(1, amount.currency.description)
          money.add(2, UInt64(bitPattern: amount.minorUnits))
        }
        inner.add(4, reason)
      }
    case .resolveDoubt(let resolution):
      fields.add(4) { inner in
        inner.add(1, resolution.id.description)
        inner.add(2, UInt64(resolution.verdict.rawValue))
        inner.add(3, UInt64(bitPattern: resolution.paidMinorUnits))
        inner.add(4, resolution.evidence)
      }
    }
    return fields.fingerprint
  }
}

extension FieldViolations {
  /// nil after noting what is wrong.
  fileprivate mutating func subject(_ request: Settlement_V1_CreateProposalRequest) -> ProposalSubject? {
    switch request.subject {
    case .reveal(let reveal): return .revealPayee(payeeID("reveal.payee_id", reveal.payeeID))
    case .adjustment(let adjustment):
      let partner = label("adjustment.partner", adjustment.partner)
      let agent = label("adjustment.agent", adjustment.agent)
      let currency = currency("adjustment.amount.currency_code", adjustment.amount.currencyCode)
      let minorUnits = adjustment.amount.minorUnits
      if minorUnits == 0 || minorUnits == .min {
        add(
          "adjustment.amount.minor_units", "AMOUNT_OUT_OF_RANGE",
          "is \(minorUnits); must be above 0 to credit the agent or below 0 to debit it, and negatable")
      }
      return .adjustment(
        partner: partner, agent: agent, amount: Money(minorUnits: minorUnits, currency: currency),
        reason: label("adjustment.reason", adjustment.reason))
    case .doubt(let doubt): return doubtResolution("doubt", doubt).map { .resolveDoubt($0) }
    case nil:
      add("subject", "FIELD_MISSING", "must be set: reveal, adjustment or doubt")
      return nil
    }
  }

  /// nil after noting what is wrong. Payouts are in one currency, so what left was in it: a proposal tells minor units only.
  mutating func doubtResolution(_ field: String, _ doubt: Settlement_V1_DoubtSubject) -> DoubtResolution? {
    let id = withdrawalID("\(field).withdrawal_id", doubt.withdrawalID)
    let evidence = evidence("\(field).evidence", doubt.evidence)
    guard let verdict = DoubtVerdict(rawValue: UInt8(clamping: doubt.verdict.rawValue)) else {
      add("\(field).verdict", "FIELD_MISSING", "must be PAID, NOT_PAID, FAILED or STRAYED")
      return nil
    }
    let paid = doubt.paid.minorUnits
    if verdict == .paid || verdict == .strayed {
      let currency = currency("\(field).paid.currency_code", doubt.paid.currencyCode)
      if currency != .cny {
        add("\(field).paid.currency_code", "CURRENCY_NOT_PAID_OUT", "is \(currency); payouts are in \(Currency.cny)")
      }
      positive("\(field).paid.minor_units", paid)
    } else if doubt.hasPaid {
      add(
        "\(field).paid", "NOT_EXPECTED",
        "must not be set: with \(verdict.wireName) nothing left, or nothing more is told")
    }
    return DoubtResolution(id: id, verdict: verdict, paidMinorUnits: paid, evidence: evidence)
  }

  /// As the ledger keeps it: 64 hexadecimal digits.
  private mutating func evidence(_ field: String, _ bytes: Data) -> Label {
    guard bytes.count == Digest256.byteCount else {
      add(
        field, bytes.isEmpty ? "FIELD_MISSING" : "DIGEST_MALFORMED",
        "has \(bytes.count) bytes; must be the \(Digest256.byteCount) bytes of the SHA-256 of what both persons have seen"
      )
      return .none
    }
    return label(field, bytes.withUnsafeBytes { Hexadecimal.encode($0) })
  }

  private mutating func currency(_ field: String, _ text: String) -> Currency {
    var text = text
    return text.withUTF8 { currency(field, UnsafeRawBufferPointer($0)) }
  }
}
