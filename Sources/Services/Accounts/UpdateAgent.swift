internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto

/// UpdateAgent: what is set changes, what is absent stays.
extension AccountService {
  func updateAgent(
    _ request: Settlement_V1_UpdateAgentRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Agent {
    let principal = try access.principal(of: context.peer, calling: .updateAgent)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    let partner = violations.partner(request.partner, of: principal)
    let agent = violations.label("agent", request.agent)
    let tier = request.hasTier ? violations.labelOrNone("tier", request.tier) : nil
    let parent = request.hasParent ? violations.labelOrNone("parent", request.parent) : nil
    let grade = violations.creditGrade("credit_grade", request.creditGrade)
    let openViolations = request.hasOpenViolations ? violations.count("open_violations", request.openViolations) : nil
    let limits = request.hasLimits ? violations.limits("limits", request.limits) : nil
    let reason = violations.label("reason", request.reason)
    try violations.throwIfAny()
    let content = ContentFingerprint.updateAgent(
      partner: partner, agent: agent, tier: tier, frozen: request.hasFrozen ? request.frozen : nil, grade: grade,
      openViolations: openViolations, limits: limits, parent: parent, reason: reason)
    let reply = try await ledger.ask(
      .command(
        .updateAgent(
          UpdateAgent(
            key: principal.key(requestID, content), partner: partner, agent: agent, tier: tier,
            frozen: request.hasFrozen ? request.frozen : nil, creditGrade: grade, openViolations: openViolations,
            limits: limits, parent: parent, reason: reason))))
    return try agentMessage(reply)
  }
}

extension ContentFingerprint {
  static func updateAgent(
    partner: Label, agent: Label, tier: Label?, frozen: Bool?, grade: CreditGrade?, openViolations: UInt16?,
    limits: LimitOverride?, parent: Label?, reason: Label
  ) -> Fingerprint128 {
    var fields = ContentFields(.updateAgent)
    fields.add(2, partner)
    fields.add(3, agent)
    if let tier { fields.addPresent(4, tier) }
    if let frozen { fields.addPresent(5, frozen ? 1 : 0) }
    fields.add(6, UInt64(grade?.rawValue ?? 0))
    if let openViolations { fields.addPresent(7, UInt64(openViolations)) }
    if let limits {
      fields.add(8) { inner in
        inner.add(1, UInt64(bitPattern: limits.payoutMaximum))
        inner.add(2, UInt64(bitPattern: limits.dayAmount))
        inner.add(3, UInt64(bitPattern: limits.monthAmount))
        inner.add(4, UInt64(bitPattern: limits.dayCount))
      }
    }
    if let parent { fields.addPresent(9, parent) }
    fields.add(10, reason)
    return fields.fingerprint
  }
}

extension FieldViolations {
  /// Empty is `Label.none`.
  mutating func labelOrNone(_ field: String, _ text: String) -> Label {
    text.isEmpty ? .none : label(field, text)
  }

  /// nil where it stays as it is.
  fileprivate mutating func creditGrade(_ field: String, _ wire: Settlement_V1_CreditGrade) -> CreditGrade? {
    guard wire != .unspecified else { return nil }
    if let grade = UInt8(exactly: wire.rawValue).flatMap(CreditGrade.init(rawValue:)) { return grade }
    add(field, "CREDIT_GRADE_UNKNOWN", "is \(wire.rawValue), which is no credit grade: 1 (poor) to 4 (excellent)")
    return nil
  }

  fileprivate mutating func count(_ field: String, _ number: UInt32) -> UInt16 {
    if let count = UInt16(exactly: number) { return count }
    add(field, "TOO_LARGE", "is \(number); must be 0 to \(UInt16.max)")
    return 0
  }

  fileprivate mutating func limits(_ field: String, _ wire: Settlement_V1_LimitOverride) -> LimitOverride {
    let limits = [
      ("payout_maximum", wire.payoutMaximum), ("day_amount", wire.dayAmount), ("month_amount", wire.monthAmount),
      ("day_count", wire.dayCount),
    ]
    for (name, value) in limits where value < 0 {
      add("\(field).\(name)", "NEGATIVE", "is \(value); must be at least 1, or 0 for the tier's own")
    }
    return LimitOverride(
      payoutMaximum: wire.payoutMaximum, dayAmount: wire.dayAmount, monthAmount: wire.monthAmount,
      dayCount: wire.dayCount)
  }
}
