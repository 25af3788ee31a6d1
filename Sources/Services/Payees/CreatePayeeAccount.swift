internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import Vault

/// CreatePayeeAccount: normalise, judge the form, verify, fingerprint, mask, seal, record; in this order, so that what is
/// wrong costs no key and what is recorded is never in the clear.
extension PayeeService {
  func create(
    _ request: Settlement_V1_CreatePayeeAccountRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_PayeeAccount {
    let principal = try access.principal(of: context.peer, calling: .createPayeeAccount)
    try principal.requireOwn(partner: request.partner)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let account = violations.account(request, privateData)
    try violations.throwIfAny()
    guard let account else { throw .strangeAnswer }

    // Whoever is not there is not asked about outside.
    _ = try await ledger.ask(.query(.agent(partner: partner, agent: agent)))
    let isVerified = try await isVerified(account.details)
    let place = PrivatePlace(kind: .payee, partner: partner, agent: agent, requestID: requestID)
    let fresh = try await privateData.seal(
      PrivatePair(number: account.details.number, name: account.details.holderName), in: place, of: ledger.identity)
    let content = ContentFingerprint.createPayeeAccount(
      partner: partner, agent: agent, rail: account.details.rail, numberHash: account.numberHash,
      nameHash: account.nameHash)
    let command = CreatePayee(
      key: principal.key(requestID, content), partner: partner, agent: agent,
      rail: account.details.rail, numberHash: account.numberHash, nameHash: account.nameHash,
      maskedNumber: account.maskedNumber, maskedName: account.maskedName, bank: account.bank, isVerified: isVerified,
      sealed: fresh.data)
    let reply = try await privateData.record(.createPayee(command), fresh, in: ledger) { answer in
      guard case .payee(let payee) = answer.answer else { return false }
      return payee.sealed == fresh.data
    }
    return try payeeMessage(reply)
  }

  /// An account that nobody could be asked about is created and can be verified later; one that is known to be wrong is
  /// not created.
  private func isVerified(_ details: PayeeDetails) async throws(RPCStatus) -> Bool {
    switch await privateData.payeeVerifier.verify(details) {
    case .verified: return true
    case .unavailable: return false
    case .refused(let defects): throw RPCStatus(payeeRefused: defects)
    }
  }
}

/// What is recorded of an account, and what is sealed of it.
private struct NewAccount {
  let details: PayeeDetails
  let numberHash: Fingerprint128
  let nameHash: Fingerprint128
  let maskedNumber: Label
  let maskedName: Label
  let bank: Label
}

extension FieldViolations {
  /// nil after noting what is wrong, without a word about the content.
  fileprivate mutating func account(
    _ request: Settlement_V1_CreatePayeeAccountRequest, _ privateData: PrivateData
  ) -> NewAccount? {
    let before = list.count
    let rail = rail("rail", request.rail)
    atMost(PrivatePair.numberBytesMaximum, "number", request.number)
    atMost(PrivatePair.nameBytesMaximum, "holder_name", request.holderName)
    if let reason = PersonName.defect(request.holderName) {
      let defect = ElementDefect(.holderName, reason)
      add("holder_name", defect.code, defect.english)
    }
    guard let rail else { return nil }
    let number = PayeeNumber.normalized(request.number, rail: rail)
    if let defect = PayeeNumber.defect(number, rail: rail) { add("number", defect.reason, defect.english) }
    guard list.count == before else { return nil }
    return NewAccount(
      details: PayeeDetails(rail: rail, number: number, holderName: request.holderName),
      numberHash: privateData.fingerprint(number, .payeeNumber),
      nameHash: privateData.fingerprint(PersonName.normalized(request.holderName), .holderName),
      maskedNumber: label("number", PayeeNumber.masked(number, rail: rail)),
      maskedName: label("holder_name", Masking.name(request.holderName)),
      bank: labelOrNone("number", PayeeNumber.bank(number, rail: rail) ?? ""))
  }
}

extension ContentFingerprint {
  static func createPayeeAccount(
    partner: Label, agent: Label, rail: Rail, numberHash: Fingerprint128, nameHash: Fingerprint128
  ) -> Fingerprint128 {
    var fields = ContentFields(.createPayeeAccount)
    fields.add(2, partner)
    fields.add(3, agent)
    fields.add(4, UInt64(rail.rawValue))
    fields.add(5, keyed: numberHash)
    fields.add(6, keyed: nameHash)
    return fields.fingerprint
  }
}

extension RPCStatus {
  /// The bank or the wallet says that this is not so.
  init(payeeRefused defects: [ElementDefect]) {
    let english = defects.map { "\($0.elementName) \($0.english)" }.joined(separator: "; ")
    self.init(
      .failedPrecondition, "the account did not pass its verification: \(english)",
      details: [
        Self.reason(
          "PAYEE_REFUSED", ["defects": defects.map { "\($0.elementName):\($0.code)" }.joined(separator: ",")]),
        .preconditionFailure(defects.map { (type: $0.code, subject: $0.elementName, description: $0.english) }),
        .localizedMessage(locale: Self.agentLocale, defects.map(\.chinese).joined(separator: "；")),
      ])
  }
}
