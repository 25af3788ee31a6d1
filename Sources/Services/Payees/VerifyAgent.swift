internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import Vault

/// VerifyAgent: the real-name check of an agent. What passed is recorded, with name and ID number sealed; what failed is
/// told with its reason. Where nothing passed, or less than before, nothing is recorded.
struct VerifyAgent: Sendable {
  let ledger: Ledger
  let access: Access
  let privateData: PrivateData

  func verify(
    _ request: Settlement_V1_VerifyAgentRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_VerifyAgentResponse {
    let principal = try access.principal(of: context.peer, calling: .verifyAgent)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    violations.atMost(PrivatePair.nameBytesMaximum, "name", request.name)
    violations.atMost(PrivatePair.numberBytesMaximum, "id_number", request.idNumber)
    violations.atMost(PrivatePair.numberBytesMaximum, "card_number", request.cardNumber)
    try violations.throwIfAny()

    // Whoever is not there is not asked about outside.
    let before = try await ledger.ask(.query(.agent(partner: partner, agent: agent)))
    let defects = try await defects(of: request)
    let passed = VerifiedElements(lacking: defects)
    guard !passed.isEmpty else { return try response(before, defects) }

    let idNumber = NumberText.normalized(request.idNumber)
    let nameHash = privateData.fingerprint(PersonName.normalized(request.name), .holderName)
    let idHash = privateData.fingerprint(idNumber, .idNumber)
    let cardHash = privateData.fingerprint(NumberText.normalized(request.cardNumber), .payeeNumber)
    var maskedViolations = FieldViolations()
    let maskedName = maskedViolations.label("name", Masking.name(request.name))
    try maskedViolations.throwIfAny()

    let place = PrivatePlace(kind: .agent, partner: partner, agent: agent, requestID: requestID)
    // A record of this request is later than everything that is there now.
    let end = ledger.feed.lastSequence
    let fresh = try await privateData.seal(
      PrivatePair(number: idNumber, name: request.name), in: place, of: ledger.identity)
    let content = ContentFingerprint.verifyAgent(
      partner: partner, agent: agent, nameHash: nameHash, idHash: idHash, cardHash: cardHash)
    let command = RecordVerification(
      key: principal.key(requestID, content), partner: partner, agent: agent, elements: passed,
      nameHash: nameHash, idHash: idHash, maskedName: maskedName, sealed: fresh.data)
    // The answer does not show what was sealed. One that rests on an older record is about an earlier request; in the rare
    // case that something else changed the agent meanwhile, the surplus key waits for the reconciliation.
    let reply = try await privateData.record(.recordVerification(command), fresh, in: ledger) { answer in
      answer.receipt.sequence > end
    }
    return try response(reply, defects)
  }

  private func defects(of request: Settlement_V1_VerifyAgentRequest) async throws(RPCStatus) -> [ElementDefect] {
    let elements = Elements(
      name: request.name, idNumber: request.idNumber, cardNumber: request.cardNumber, holderName: request.name)
    switch await privateData.verifier.verify(elements) {
    case .verified: return []
    case .refused(let defects): return defects
    case .unavailable: throw .verifierUnavailable
    }
  }

  private func response(
    _ reply: LedgerAnswer, _ defects: [ElementDefect]
  ) throws(RPCStatus) -> Settlement_V1_VerifyAgentResponse {
    guard case .agent(let agent) = reply.answer else { throw .strangeAnswer }
    var response = Settlement_V1_VerifyAgentResponse()
    response.agent = Settlement_V1_Agent(agent, reply.receipt)
    // The holder that was asked about is the name itself: one slip need not be told twice.
    let namedAlready = defects.contains { $0.element == .name }
    response.defects = defects.filter { $0.element != .holderName || !namedAlready }
      .map { Settlement_V1_ElementDefect($0) }
    return response
  }
}

extension VerifiedElements {
  /// Those that nothing speaks against. A card whose holder is another person's is no proof of this one.
  fileprivate init(lacking defects: [ElementDefect]) {
    var passed = VerifiedElements.all
    for defect in defects {
      switch defect.element {
      case .name: passed.remove(.name)
      case .idNumber: passed.remove(.idNumber)
      case .cardNumber, .holderName: passed.remove(.card)
      }
    }
    self = passed
  }
}

extension ContentFingerprint {
  static func verifyAgent(
    partner: Label, agent: Label, nameHash: Fingerprint128, idHash: Fingerprint128, cardHash: Fingerprint128
  ) -> Fingerprint128 {
    var fields = ContentFields(.verifyAgent)
    fields.add(2, partner)
    fields.add(3, agent)
    fields.add(4, keyed: nameHash)
    fields.add(5, keyed: idHash)
    fields.add(6, keyed: cardHash)
    return fields.fingerprint
  }
}

extension FieldViolations {
  /// For private texts: what is wrong is told without the text.
  mutating func atMost(_ maximumBytes: Int, _ field: String, _ text: String) {
    if text.utf8.count > maximumBytes {
      add(field, "TOO_LONG", "has \(text.utf8.count) bytes; must be at most \(maximumBytes)")
    }
  }
}
