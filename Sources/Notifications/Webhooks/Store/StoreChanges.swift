internal import GRDB
internal import LedgerCore

/// Who changed which endpoint.
extension WebhookStore {
  /// In the transaction that does it.
  ///
  /// - Parameter key: of the request; nil: the house did it by itself.
  func record(
    _ kind: WebhookChangeKind, of endpoint: Int64, by key: RequestKey?, details: String, at time: Timestamp,
    _ db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO change (time, kind, partner, endpoint, actor, certificate, request, details)
          SELECT ?, ?, partner, id, ?, ?, ?, ? FROM endpoint WHERE number = ?
        """,
      arguments: [
        time.microseconds, kind.rawValue, key.map(Self.actor) ?? Self.house,
        Int64(bitPattern: key?.caller.certificate ?? 0), key?.id.description ?? "", details, endpoint,
      ])
  }

  /// Newest first; also of endpoints that are no more.
  ///
  /// - Parameters:
  ///   - partner: nil: of all.
  ///   - endpoint: nil: all of them.
  func changes(
    of partner: Label?, endpoint: String?, before: UInt64?, limit: Int
  ) async throws(WebhookFailure) -> [WebhookChange] {
    try await read { db in
      // A partner's own lie in an index, which a condition that may be none would not use.
      let own = partner == nil ? "" : "partner = ?1 AND"
      return try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM change WHERE \(own) (?2 IS NULL OR endpoint = ?2) AND ordinal < ?3
          ORDER BY ordinal DESC LIMIT ?4
          """, arguments: [partner?.description, endpoint, before?.stored ?? .max, limit]
      ).compactMap(Self.change)
    }
  }

  private static func change(_ row: Row) -> WebhookChange? {
    guard let kind = WebhookChangeKind(rawValue: row["kind"]), let partner = Label.stored(row["partner"]) else {
      return nil
    }
    let certificate: Int64 = row["certificate"]
    return WebhookChange(
      ordinal: UInt64(stored: row["ordinal"]), time: Timestamp(microseconds: row["time"]), kind: kind,
      partner: partner, endpointID: row["endpoint"], actor: row["actor"],
      certificate: UInt64(bitPattern: certificate), requestID: row["request"], details: row["details"])
  }

  private static let house = "house"

  /// As the audit of the journal writes it.
  private static func actor(_ key: RequestKey) -> String {
    if let person = key.caller.person { return "staff/\(person.role.certificateName)/\(person.name)" }
    switch key.namespace {
    case .partner(let id): return "partner/\(id)"
    case .staff: return "staff"
    }
  }
}

extension StaffRole {
  /// As in the URI of a certificate. Text in the database, which auditors may read without this program.
  fileprivate var certificateName: String {
    switch self {
    case .reader: "reader"
    case .reviewer: "reviewer"
    case .finance: "finance"
    case .operator: "operator"
    case .compliance: "compliance"
    case .auditor: "auditor"
    }
  }
}
