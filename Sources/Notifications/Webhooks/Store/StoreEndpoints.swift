internal import Digests
internal import GRDB
internal import LedgerCore
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Endpoints as their partners manage them.
extension WebhookStore {
  struct NewEndpoint: Sendable {
    let id: String
    let partner: Label
    let url: String
    let secret: [UInt8]
  }

  struct Made: Sendable {
    let endpoint: WebhookEndpoint
    let number: Int64
    /// Encrypted; nil where it is not shown again.
    let secret: [UInt8]?
    /// The request was repeated: nothing was made now.
    let isRepeated: Bool
  }

  /// - Parameter end: the ledger's last durable sequence: changes after it are told.
  func create(
    _ new: NewEndpoint, key: RequestKey, end: UInt64, now: Timestamp
  ) async throws(WebhookFailure) -> Made {
    try await write { [self] db in
      if let known = try Self.endpoint(repeatedBy: key, db) { return try made(again: known, key, now, db) }
      let count = try Int64.fetchOne(
        db, sql: "SELECT COUNT(*) FROM endpoint WHERE partner = ?", arguments: [new.partner.description])
      guard Int(count ?? 0) < WebhookLimits.endpointsMaximum else {
        return .failure(.tooManyEndpoints(limit: WebhookLimits.endpointsMaximum))
      }
      let since = max(end, position.withLock { $0 })
      try db.execute(
        sql: """
          INSERT INTO endpoint (id, partner, url, state, create_time, since, secret, secret_time, secret_request)
          VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?)
          """,
        arguments: [
          new.id, new.partner.description, new.url, now.microseconds, since.stored, Data(new.secret), now.microseconds,
          Self.name(key),
        ])
      let number = db.lastInsertedRowID
      try Self.remember(key, new.id, db)
      try record(.created, of: number, by: key, details: new.url, at: now, db)
      try skipSilence(db)
      guard let endpoint = try endpoint(new.id, .all, db) else { return .failure(.endpointNotFound) }
      return .success(Made(endpoint: endpoint.value, number: number, secret: new.secret, isRepeated: false))
    }
  }

  /// What a request has made already; nil: it is new.
  func made(by key: RequestKey, now: Timestamp) async throws(WebhookFailure) -> Made? {
    try await write { [self] db in
      guard let known = try Self.endpoint(repeatedBy: key, db) else { return .success(nil) }
      return try made(again: known, key, now, db).map { Optional($0) }
    }
  }

  /// - Parameter secret: encrypted, the new one.
  func rotate(
    _ id: String, _ scope: Scope, secret: [UInt8], key: RequestKey, now: Timestamp
  ) async throws(WebhookFailure) -> Made {
    try await write { [self] db in
      if let known = try Self.endpoint(repeatedBy: key, db) { return try made(again: known, key, now, db) }
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      try db.execute(
        sql: """
          UPDATE endpoint SET old_secret = secret, old_until = ?, secret = ?, secret_time = ?, secret_request = ?
          WHERE number = ?
          """,
        arguments: [
          now.microseconds + WebhookLimits.rotationMicroseconds, Data(secret), now.microseconds, Self.name(key),
          found.number,
        ])
      try Self.remember(key, id, db)
      try record(.secretRotated, of: found.number, by: key, details: "", at: now, db)
      return .success(Made(endpoint: found.value, number: found.number, secret: secret, isRepeated: false))
    }
  }

  func endpoints(of partner: Label) async throws(WebhookFailure) -> [WebhookEndpoint] {
    try await read { [self] db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM endpoint WHERE partner = ? ORDER BY number", arguments: [partner.description])
      return try rows.compactMap { try endpoint($0, db)?.value }
    }
  }

  /// - Returns: its number; nil: the request was repeated.
  func delete(
    _ id: String, _ scope: Scope, key: RequestKey, now: Timestamp
  ) async throws(WebhookFailure) -> Int64? {
    try await write { [self] db in
      if let known = try Self.endpoint(repeatedBy: key, db) { return known.map { _ in nil } }
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      try record(.deleted, of: found.number, by: key, details: found.value.url, at: now, db)
      try Self.remember(key, id, db)
      try db.execute(sql: "DELETE FROM endpoint WHERE number = ?", arguments: [found.number])
      return .success(found.number)
    }
  }

  /// The request of a member of staff or a partner, repeated too: the endpoint as it is then.
  func setEnabled(
    _ id: String, _ scope: Scope, _ isEnabled: Bool, key: RequestKey, now: Timestamp
  ) async throws(WebhookFailure) -> (endpoint: WebhookEndpoint, number: Int64) {
    try await write { [self] db in
      let known = try Self.endpoint(repeatedBy: key, db)
      if case .failure(let failure)? = known { return .failure(failure) }
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      if known == nil {
        try Self.remember(key, id, db)
        if try set(found.number, isEnabled, db) {
          try record(isEnabled ? .enabled : .disabled, of: found.number, by: key, details: "", at: now, db)
        }
      }
      guard let changed = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      return .success((changed.value, changed.number))
    }
  }

  /// - Returns: whether that changed anything.
  private func set(_ endpoint: Int64, _ isEnabled: Bool, _ db: Database) throws -> Bool {
    guard isEnabled else { return try switchOff(endpoint, .disabled, db) }
    // It is behind now, and catches up.
    try db.execute(sql: "UPDATE endpoint SET state = 0 WHERE number = ? AND state <> 0", arguments: [endpoint])
    return db.changesCount > 0
  }

  static let deliveriesNewestFirst = """
    SELECT d.*, m.withdrawal FROM delivery d JOIN message m ON m.id = d.message
    WHERE d.endpoint = ? AND (? = 0 OR d.state = ?) AND d.ordinal < ? ORDER BY d.ordinal DESC LIMIT ?
    """

  /// Newest first.
  func deliveries(
    of id: String, _ scope: Scope, state: WebhookDeliveryState?, before: UInt64?, limit: Int
  ) async throws(WebhookFailure) -> [WebhookDelivery] {
    try await write { [self] db in
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      let rows = try Row.fetchAll(
        db,
        sql: Self.deliveriesNewestFirst,
        arguments: [
          found.number, state?.rawValue ?? 0, state?.rawValue ?? 0, before?.stored ?? .max, limit,
        ])
      return .success(rows.compactMap { Self.delivery($0, endpointID: id) })
    }
  }

  /// Due at once, from the beginning of its schedule, whatever became of it before; a repeated request changes nothing.
  func redeliver(
    _ messageID: String, to id: String, _ scope: Scope, key: RequestKey, now: Timestamp
  ) async throws(WebhookFailure) -> (delivery: WebhookDelivery, number: Int64) {
    try await write { [self] db in
      let known = try Self.endpoint(repeatedBy: key, db)
      if case .failure(let failure)? = known { return .failure(failure) }
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      func row() throws -> WebhookDelivery? {
        try Row.fetchOne(
          db,
          sql: """
            SELECT d.*, m.withdrawal FROM delivery d JOIN message m ON m.id = d.message
            WHERE d.endpoint = ? AND d.message = ?
            """, arguments: [found.number, messageID]
        ).flatMap { Self.delivery($0, endpointID: id) }
      }
      guard let delivery = try row() else { return .failure(.deliveryNotFound) }
      if known != nil { return .success((delivery, found.number)) }
      guard found.value.state == .enabled else { return .failure(.endpointDisabled) }
      try db.execute(
        sql: """
          UPDATE delivery SET state = 1, failures = 0, generation = generation + 1, next_try = ?
          WHERE endpoint = ? AND message = ?
          """,
        arguments: [now.microseconds, found.number, messageID])
      try Self.remember(key, id, db)
      try record(.redelivered, of: found.number, by: key, details: messageID, at: now, db)
      guard let changed = try row() else { return .failure(.deliveryNotFound) }
      return .success((changed, found.number))
    }
  }

  // MARK: Requests

  private static func name(_ key: RequestKey) -> String {
    switch key.namespace {
    case .staff: "staff/\(key.id)"
    case .partner(let partner): "partner/\(partner.count)/\(partner)/\(key.id)"
    }
  }

  private static func remember(_ key: RequestKey, _ endpoint: String, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO request VALUES (?, ?, ?)", arguments: [name(key), key.content.hexadecimal, endpoint])
  }

  /// What a request was about that has been done already; nil: it is new.
  private static func endpoint(
    repeatedBy key: RequestKey, _ db: Database
  ) throws -> Result<String, WebhookFailure>? {
    guard
      let row = try Row.fetchOne(
        db, sql: "SELECT content, endpoint FROM request WHERE name = ?", arguments: [name(key)])
    else { return nil }
    return row["content"] == key.content.hexadecimal ? .success(row["endpoint"]) : .failure(.requestIDReused)
  }

  /// The same request again gets what it got, the secret only while it may have been lost on the way.
  private func made(
    again known: Result<String, WebhookFailure>, _ key: RequestKey, _ now: Timestamp, _ db: Database
  ) throws -> Result<Made, WebhookFailure> {
    let id: String
    switch known {
    case .success(let endpoint): id = endpoint
    case .failure(let failure): return .failure(failure)
    }
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM endpoint WHERE id = ?", arguments: [id]),
      let found = try Self.endpoint(row, db)
    else { return .failure(.endpointNotFound) }
    let secretTime: Int64 = row["secret_time"]
    let isShown =
      row["secret_request"] == Self.name(key)
      && now.microseconds - secretTime < WebhookLimits.secretShownMicroseconds
    return .success(
      Made(
        endpoint: found.value, number: found.number, secret: isShown ? Array(row["secret"] as Data) : nil,
        isRepeated: true))
  }

  // MARK: Rows

  private func endpoint(
    _ id: String, _ scope: Scope, _ db: Database
  ) throws -> (value: WebhookEndpoint, number: Int64)? {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM endpoint WHERE id = ?", arguments: [id]),
      let found = try Self.endpoint(row, db)
    else { return nil }
    switch scope {
    case .all: return found
    case .partner(let partner): return found.value.partner == partner ? found : nil
    }
  }

  private func endpoint(_ row: Row, _ db: Database) throws -> (value: WebhookEndpoint, number: Int64)? {
    guard var found = try Self.endpoint(row, db) else { return nil }
    // An endpoint that is not behind was told everything that was for nobody, too.
    if found.value.waiting == 0, found.value.state == .enabled, row["lag"] == nil {
      found.value.deliveredThrough = max(found.value.deliveredThrough, position.withLock { $0 })
    }
    return found
  }

  private static func endpoint(_ row: Row, _ db: Database) throws -> (value: WebhookEndpoint, number: Int64)? {
    let number: Int64 = row["number"]
    guard let partner = Label.stored(row["partner"]), let state = WebhookEndpointState(rawValue: row["state"]) else {
      return nil
    }
    let since: Int64 = row["since"]
    let lag: Int64? = row["lag"]
    let firstWaiting = try Int64.fetchOne(
      db, sql: "SELECT MIN(sequence) FROM delivery WHERE endpoint = ? AND state = 1", arguments: [number])
    let cursor = try Int64.fetchOne(db, sql: "SELECT cursor FROM ledger") ?? 0
    return (
      WebhookEndpoint(
        id: row["id"], partner: partner, url: row["url"], state: state,
        createTime: Timestamp(microseconds: row["create_time"]),
        deliveredThrough: UInt64(stored: firstWaiting.map { $0 - 1 } ?? lag ?? max(since, cursor)),
        waiting: try count(db, "SELECT COUNT(*) FROM delivery WHERE endpoint = ? AND state = 1", number),
        deadLetters: try count(db, "SELECT COUNT(*) FROM delivery WHERE endpoint = ? AND state = 3", number)),
      number
    )
  }

  private static func delivery(_ row: Row, endpointID: String) -> WebhookDelivery? {
    guard let state = WebhookDeliveryState(rawValue: row["state"]) else { return nil }
    let (lastTry, nextTry): (Int64, Int64) = (row["last_try"], row["next_try"])
    return WebhookDelivery(
      ordinal: UInt64(stored: row["ordinal"]), messageID: row["message"], endpointID: endpointID,
      withdrawalID: row["withdrawal"], sequence: UInt64(stored: row["sequence"]), state: state, tries: row["tries"],
      lastTry: lastTry == 0 ? nil : Timestamp(microseconds: lastTry),
      nextTry: state == .waiting ? Timestamp(microseconds: nextTry) : nil, lastStatus: row["last_status"],
      lastError: row["last_error"])
  }
}
