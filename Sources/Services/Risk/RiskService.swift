internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf

/// settlement.v1.RiskService: lists, profiles, and what was learnt afterwards.
struct RiskService: Sendable {
  let ledger: Ledger
  let access: Access
  let privateData: PrivateData
  let timing: WatchTiming

  func listEntries(
    _ request: Settlement_V1_ListListEntriesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListListEntriesResponse {
    _ = try access.principal(of: context.peer, calling: .listListEntries)
    var violations = FieldViolations()
    let subject = violations.listSubject("subject", request.subject)
    let limit = PageSize.limit(request.pageSize, &violations)
    var binding = OpaqueToken.Binding()
    binding.add(subject?.rawValue ?? 0)
    let token = violations.pageToken(request.pageToken, .listEntriesPage, binding, of: ledger.identity)
    try violations.throwIfAny()
    let page = try await page(subject, after: token?.position, limit: limit)
    var response = Settlement_V1_ListListEntriesResponse()
    response.entries = page.entries.map { Settlement_V1_ListEntry($0, $1) }
    if let next = page.next {
      response.nextPageToken = OpaqueToken(position: next).text(.listEntriesPage, binding, of: ledger.identity)
    }
    return response
  }

  func page(
    _ subject: ListSubject?, after: UInt64?, limit: Int
  ) async throws(RPCStatus) -> (entries: [(ListEntry, Receipt)], next: UInt64?) {
    let reply = try await ledger.ask(.query(.listEntries(subject, after: after, limit: limit)))
    guard case .listEntries(let entries, let next) = reply.answer, entries.count == reply.itemReceipts.count else {
      throw .strangeAnswer
    }
    return (Array(zip(entries, reply.itemReceipts)), next)
  }

  /// Teaches the profile and the lists.
  func reportOutcome(
    _ request: Settlement_V1_ReportOutcomeRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_Withdrawal {
    let principal = try access.principal(of: context.peer, calling: .reportOutcome)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    var text = request.id
    let id = text.withUTF8 { violations.withdrawalID("id", UnsafeRawBufferPointer($0)) }
    let outcome = violations.outcome("outcome", request.outcome)
    let listed = violations.listSubjects("blacklist", request.blacklist)
    if outcome == .cleared, !request.blacklist.isEmpty {
      violations.add("blacklist", "NOT_FOR_CLEARED", "must be empty where the outcome is that all was honest")
    }
    let note = violations.label("note", request.note)
    try violations.throwIfAny()
    guard let outcome else { throw .strangeAnswer }
    var content = ContentFields(.reportOutcome)
    content.add(2, id.description)
    content.add(3, UInt64(outcome.rawValue))
    for subject in listed { content.add(4, UInt64(subject.rawValue)) }
    content.add(5, note)
    let reply = try await ledger.ask(
      .command(
        .reportOutcome(
          ReportOutcome(
            key: principal.key(requestID, content.fingerprint), id: id, outcome: outcome,
            listed: listed, note: note))))
    guard case .withdrawal(let withdrawal) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_Withdrawal(withdrawal, reply.receipt, for: .staff)
  }

  func profile(
    _ request: Settlement_V1_GetRiskProfileRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_RiskProfile {
    _ = try access.principal(of: context.peer, calling: .getRiskProfile)
    var violations = FieldViolations()
    let partner = violations.label("partner", request.partner)
    let agent = violations.label("agent", request.agent)
    try violations.throwIfAny()
    let reply = try await ledger.ask(.query(.profile(partner: partner, agent: agent)))
    guard case .profile(let found, let profile) = reply.answer else { throw .strangeAnswer }
    return Settlement_V1_RiskProfile(found, profile, at: ledger.clock.now())
  }
}

extension Settlement_V1_RiskProfile {
  init(_ agent: Agent, _ profile: AgentProfile, at time: Timestamp) {
    self.init()
    partner = agent.partner.description
    self.agent = agent.agent.description
    submissions = UInt64(profile.submissions)
    let habit = profile.amountHabit
    medianAmount = habit.median
    amountSpread = habit.spread
    submissionsLastDay = UInt32(clamping: profile.submitted(within: Self.daySeconds, of: time).count)
    failuresLastDay = UInt32(clamping: profile.failures(within: Self.daySeconds, of: time))
    abnormalOutcomes = UInt32(profile.abnormalOutcomes)
    if let seconds = profile.secondsSinceSubmission(time) {
      let (last, overflow) = time.microseconds.subtractingReportingOverflow(Int64(seconds) * 1_000_000)
      if !overflow { lastSubmission = Google_Protobuf_Timestamp(Timestamp(microseconds: last)) }
    }
  }

  private static let daySeconds: UInt32 = 24 * 3_600
}

extension FieldViolations {
  /// nil after noting what is wrong.
  fileprivate mutating func outcome(_ field: String, _ wire: Settlement_V1_ReviewOutcome) -> ReviewOutcome? {
    if let outcome = UInt8(exactly: wire.rawValue).flatMap(ReviewOutcome.init(rawValue:)) { return outcome }
    add(
      field, wire == .unspecified ? "FIELD_MISSING" : "OUTCOME_UNKNOWN",
      "is \(wire.rawValue); must be 1 (cleared), 2 (fraud), 3 (stolen card) or 4 (laundering)")
    return nil
  }

  /// Each once, in the order of their numbers: the order in a request means nothing.
  fileprivate mutating func listSubjects(_ field: String, _ wire: [Settlement_V1_ListSubject]) -> [ListSubject] {
    var found: Set<UInt8> = []
    for (index, subject) in wire.enumerated() {
      if subject == .unspecified {
        add("\(field)[\(index)]", "FIELD_MISSING", "must be 1 (agent), 2 (payee), 3 (device) or 4 (address)")
      } else if let subject = listSubject("\(field)[\(index)]", subject) {
        found.insert(subject.rawValue)
      }
    }
    return found.sorted().compactMap(ListSubject.init(rawValue:))
  }
}
