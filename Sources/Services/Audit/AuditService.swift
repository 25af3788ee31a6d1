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

/// settlement.v1.AuditService: who did what, when, from which certificate, out of the journal itself.
struct AuditService: Sendable {
  /// Records that one call looks at, some milliseconds of reading: a filter that matches nothing must not hold up others
  /// who read the journal back.
  static let recordsMaximum = 20_000
  /// Of those, read at once.
  private static let readAtOnce = 2_000

  let ledger: Ledger
  let access: Access

  func listEvents(
    _ request: Settlement_V1_ListAuditEventsRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_ListAuditEventsResponse {
    _ = try access.principal(of: context.peer, calling: .listAuditEvents)
    var violations = FieldViolations()
    let limit = PageSize.limit(request.pageSize, &violations)
    let filter = violations.auditFilter(request)
    try violations.throwIfAny()

    var response = Settlement_V1_ListAuditEventsResponse()
    var looked = 0
    var next: UInt64? = max(request.fromSequence, 1)
    while let from = next, looked < Self.recordsMaximum, response.events.count < limit {
      let page = try await records(from: from)
      next = page.next
      for stored in page.records {
        looked += 1
        // Time never runs backwards in a journal: nothing behind it matches.
        if let end = filter.to, stored.time >= end {
          next = nil
          break
        }
        guard filter.matches(stored) else { continue }
        response.events.append(Settlement_V1_AuditEvent(stored))
        if response.events.count == limit {
          let (following, _) = stored.sequence.addingReportingOverflow(1)
          if stored.sequence != page.records.last?.sequence || page.next != nil { next = following }
          break
        }
      }
    }
    response.nextSequence = next ?? 0
    return response
  }

  /// Reads frames again and compares each with its checksum, its seal and the frame before it.
  func verifyChain(
    _ request: Settlement_V1_VerifyChainRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_VerifyChainResponse {
    _ = try access.principal(of: context.peer, calling: .verifyChain)
    let end = ledger.feed.lastSequence
    let first = max(request.fromSequence, 1)
    let last = request.toSequence == 0 ? end : request.toSequence
    guard last <= end, first <= max(end, 1) else { throw RPCStatus(beyondEndOfJournal: end) }
    guard end == 0 || first <= last else {
      var violations = FieldViolations()
      violations.add("from_sequence", "RANGE_EMPTY", "is \(first), which is behind to_sequence, \(last)")
      throw RPCStatus(violations)
    }
    let report: ChainReport
    do throws(FeedError) {
      report = try await ledger.verifyChain(from: first, through: last, recordsMaximum: Self.recordsMaximum)
    } catch {
      throw RPCStatus(reading: error)
    }
    var response = Settlement_V1_VerifyChainResponse()
    guard report.frames > 0 else { return response }
    response.fromSequence = report.first
    response.toSequence = report.last
    response.frames = report.frames
    response.records = report.records
    response.seal = report.seal.withUnsafeBytes { Data($0) }
    response.nextSequence = report.next ?? 0
    return response
  }

  private func records(from sequence: UInt64) async throws(RPCStatus) -> RecordPage {
    do throws(FeedError) {
      return try await ledger.records(from: sequence, limit: Self.readAtOnce)
    } catch {
      throw RPCStatus(reading: error)
    }
  }
}

/// What of the journal is asked for; nil matches all.
private struct AuditFilter {
  var partner: String?
  var actor: String?
  var kind: String?
  var withdrawal: WithdrawalID?
  var agent: String?
  var from: Timestamp?
  var to: Timestamp?

  func matches(_ stored: StoredRecord) -> Bool {
    if let from, stored.time < from { return false }
    let record = stored.record
    if let kind, kind != record.auditKind { return false }
    if let actor, actor != record.auditActor { return false }
    guard partner != nil || agent != nil || withdrawal != nil else { return true }
    let subject = record.auditSubject
    if let partner, partner != subject.partner.description { return false }
    if let agent, agent != subject.agent.description { return false }
    if let withdrawal, withdrawal != subject.withdrawal { return false }
    return true
  }
}

extension FieldViolations {
  fileprivate mutating func auditFilter(_ request: Settlement_V1_ListAuditEventsRequest) -> AuditFilter {
    func set(_ text: String) -> String? { text.isEmpty ? nil : text }
    if !request.kind.isEmpty, !Record.auditKinds.contains(request.kind) {
      add("kind", "KIND_UNKNOWN", "is none of \(Record.auditKinds.joined(separator: ", "))")
    }
    var id = request.withdrawalID
    return AuditFilter(
      partner: set(request.partner), actor: set(request.actor), kind: set(request.kind),
      withdrawal: id.isEmpty ? nil : id.withUTF8 { withdrawalID("withdrawal_id", UnsafeRawBufferPointer($0)) },
      agent: set(request.agent), from: request.hasFromTime ? time("from_time", request.fromTime) : nil,
      to: request.hasToTime ? time("to_time", request.toTime) : nil)
  }
}

extension RPCStatus {
  /// For staff who look into the past: they are told where the journal does not hold.
  init(reading error: FeedError) {
    switch error {
    case .beyondEnd(let end): self.init(beyondEndOfJournal: end)
    case .journalUnreadable(let finding):
      self.init(
        .dataLoss, "the journal could not be read back: \(finding)", details: [Self.reason("JOURNAL_UNREADABLE")])
    case .stopped: self = .stopping
    case .busy: self.init(overloaded: "JOURNAL_READERS_BUSY", "more readers wait for the journal than it serves")
    case .cancelled: self = .cancelledUndecided
    }
  }

  fileprivate init(beyondEndOfJournal end: UInt64) {
    self.init(
      .outOfRange, "the sequence lies beyond the journal's end, which is \(end)",
      details: [Self.reason("SEQUENCE_BEYOND_END", ["last_sequence": "\(end)"])])
  }
}
