internal import Digests
internal import GRDB
internal import Glibc
internal import Ledger
internal import LedgerCore
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The queue on disk, and how far the feed is in it. An event becomes rows and the cursor moves in one transaction, so that
/// after any crash every change is in the queue exactly once.
///
/// One connection, which does one thing after the other: each method is a step that no other one comes between.
final class WebhookStore: Sendable {
  private let database: DatabaseQueue
  private let identity: LedgerIdentity
  private let outcomes = OutcomeQueue()
  /// Through which change everything is queued. May be ahead of the row on disk by changes that nobody is told of; read and
  /// written only between two steps of the connection.
  private let position: Mutex<UInt64>
  /// What is on disk is renewed after so many, so that a start need not look at them all again.
  private static let unsavedMaximum: UInt64 = 100_000

  /// Opens or makes the file.
  ///
  /// - Parameter end: the ledger's last durable sequence: where a new queue begins.
  init(path: String, identity: LedgerIdentity, end: UInt64, now: Timestamp) throws(WebhookFailure) {
    self.identity = identity
    do throws(WebhookFailure) {
      try Self.ensurePrivate(path)
      var configuration = Configuration()
      configuration.label = "settle.webhooks"
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        // What is acknowledged to a partner, or sent, survives a loss of power.
        try db.execute(sql: "PRAGMA synchronous = FULL")
      }
      let settings = configuration
      let queue = try Self.attempt { try DatabaseQueue(path: path, configuration: settings) }
      database = queue
      let cursor = try Self.attempt { try queue.write { try Self.open($0, identity, end, now) } }.get()
      position = Mutex(cursor)
    } catch {
      throw .trouble("cannot use \(path): \(error)")
    }
  }

  /// SQLite's other files get the mode of this one.
  private static func ensurePrivate(_ path: String) throws(WebhookFailure) {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .trouble(String(cString: strerror(errno))) }
    defer { Glibc.close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .trouble(String(cString: strerror(errno))) }
    guard status.st_mode & 0o077 == 0 else {
      throw .trouble("others can read it: its mode must be 0600 (chmod 600 it, and rotate the secrets)")
    }
  }

  private static func open(
    _ db: Database, _ identity: LedgerIdentity, _ end: UInt64, _ now: Timestamp
  ) throws -> Result<UInt64, WebhookFailure> {
    switch try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0 {
    case 0:
      try db.execute(sql: WebhookSchema.statements)
      try db.execute(sql: "PRAGMA user_version = \(WebhookSchema.version)")
      try db.execute(
        sql: "INSERT INTO ledger VALUES (1, ?, ?, ?)",
        arguments: [identity.id.hexadecimal, Int64(identity.epoch), end.stored])
      return .success(end)
    case WebhookSchema.version: break
    case let other:
      return .failure(
        .trouble(
          "it has version \(other), this program knows version \(WebhookSchema.version): use the program that wrote it")
      )
    }
    guard let row = try Row.fetchOne(db, sql: "SELECT identity, epoch, cursor FROM ledger") else {
      return .failure(.trouble("it does not say whose changes it has; remove it and create the endpoints again"))
    }
    let (found, epoch, cursor): (String, Int64, Int64) = (row["identity"], row["epoch"], row["cursor"])
    guard found == identity.id.hexadecimal else {
      return .failure(
        .trouble(
          "it belongs to the ledger \(found), not to \(identity.id.hexadecimal): put the right file in its place"))
    }
    if epoch != Int64(identity.epoch) { return .success(try restored(db, identity, end, now)) }
    guard cursor <= end.stored else {
      return .failure(
        .trouble(
          "it has changes through \(cursor), and the journal ends at \(end): an older journal was put back; restore it "
            + "with `settle journal restore`, which tells the two apart"))
    }
    return .success(UInt64(stored: cursor))
  }

  /// The ledger is a backup's: changes after its end never were, and new ones take their sequences.
  private static func restored(
    _ db: Database, _ identity: LedgerIdentity, _ end: UInt64, _ now: Timestamp
  ) throws -> UInt64 {
    try db.execute(
      sql: "UPDATE ledger SET epoch = ?, cursor = MIN(cursor, ?)", arguments: [Int64(identity.epoch), end.stored])
    try db.execute(
      sql: "UPDATE endpoint SET since = MIN(since, ?), lag = MIN(lag, ?)", arguments: [end.stored, end.stored])
    try db.execute(
      sql: """
        UPDATE delivery SET state = 3, last_try = ?, last_error = 'the ledger was restored and does not have this change'
        WHERE state = 1 AND sequence > ?
        """, arguments: [now.microseconds, end.stored])
    return UInt64(stored: try Int64.fetchOne(db, sql: "SELECT cursor FROM ledger") ?? 0)
  }

  func close() {
    // Nothing is lost by a file that stays open: the process ends.
    try? database.close()
  }

  // MARK: Steps

  private static func attempt<T>(_ work: () throws -> T) throws(WebhookFailure) -> T {
    do { return try work() } catch { throw .trouble("\(error)") }
  }

  /// In a transaction. Not cancelled half way: a task of its own waits for it.
  private func write<T: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Result<T, WebhookFailure>
  ) async throws(WebhookFailure) -> T {
    let database = database
    let result: Result<T, WebhookFailure> = await Task {
      do {
        var result: Result<T, WebhookFailure>?
        result = try await database.write { db in try work(db) }
        return result ?? .failure(.trouble("the database gave no answer"))
      } catch {
        return .failure(.trouble("\(error)"))
      }
    }.value
    return try result.get()
  }

  private func read<T: Sendable>(_ work: @escaping @Sendable (Database) throws -> T) async throws(WebhookFailure) -> T {
    try await write { .success(try work($0)) }
  }

  // MARK: Intake

  /// How far it is, and which partners have endpoints that take part.
  struct IntakeState: Sendable {
    let cursor: UInt64
    let partners: Set<Label>
  }

  func intakeState() async throws(WebhookFailure) -> IntakeState {
    try await read { [self] db in
      let partners = try String.fetchAll(
        db, sql: "SELECT DISTINCT partner FROM endpoint WHERE state = 0 AND lag IS NULL")
      return IntakeState(cursor: position.withLock { $0 }, partners: Set(partners.compactMap(Self.label)))
    }
  }

  struct Behind: Sendable {
    let endpoint: String
    let through: UInt64
  }

  enum Taken: Sendable {
    /// Endpoints with new deliveries, and those of them that had no room for all.
    case taken(changed: [Int64], behind: [Behind])
    /// An endpoint of a partner that was not asked for has come: make its messages too.
    case partnersChanged
  }

  /// Everything through `cursor`, for endpoints that are not behind.
  ///
  /// - Parameters:
  ///   - messages: of `partners`, in order.
  ///   - partners: whose changes were looked for.
  func take(
    _ messages: [WebhookMessage], through cursor: UInt64, partners: Set<Label>, now: Timestamp
  ) async throws(WebhookFailure) -> Taken {
    try await write { [self] db in
      let before = position.withLock { $0 }
      guard before < cursor else { return .success(.taken(changed: [], behind: [])) }
      let rows = try Row.fetchAll(
        db, sql: "SELECT id, number, partner, since FROM endpoint WHERE state = 0 AND lag IS NULL ORDER BY number")
      let endpoints: [(id: String, number: Int64, partner: Label, since: Int64)] = rows.compactMap { row in
        Self.label(row["partner"]).map { (row["id"], row["number"], $0, row["since"]) }
      }
      guard endpoints.allSatisfy({ partners.contains($0.partner) || $0.since >= cursor.stored }) else {
        return .success(.partnersChanged)
      }
      var changed: [Int64] = []
      var behind: [Behind] = []
      for (id, number, partner, since) in endpoints {
        let own = messages.filter { $0.partner == partner && $0.sequence.stored > since }
        guard !own.isEmpty else { continue }
        let taken = try Self.enqueue(own, for: number, now, db)
        if taken < own.count {
          let lag = Self.lag(own, taken, since: since, before: before)
          try db.execute(sql: "UPDATE endpoint SET lag = ? WHERE number = ?", arguments: [lag, number])
          behind.append(Behind(endpoint: id, through: UInt64(stored: lag)))
        }
        changed.append(number)
      }
      try moveCursor(cursor, isLazy: messages.isEmpty, db)
      return .success(.taken(changed: changed, behind: behind))
    }
  }

  /// Through which sequence an endpoint is queued that had no room for all of `messages`.
  private static func lag(_ messages: [WebhookMessage], _ taken: Int, since: Int64, before: UInt64) -> Int64 {
    taken > 0 ? messages[taken - 1].sequence.stored : max(since, before.stored)
  }

  /// - Returns: how many of the messages there was room for, from the first on.
  private static func enqueue(
    _ messages: [WebhookMessage], for endpoint: Int64, _ now: Timestamp, _ db: Database
  ) throws -> Int {
    let waiting = try count(db, "SELECT COUNT(*) FROM delivery WHERE endpoint = ? AND state = 1", endpoint)
    let room = max(0, WebhookLimits.waitingMaximum - waiting)
    for message in messages.prefix(room) {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?)").execute(
        arguments: [
          message.id, message.sequence.stored, message.withdrawal.description, now.microseconds, Data(message.body),
        ])
      try db.cachedStatement(
        sql: "INSERT OR IGNORE INTO delivery (endpoint, message, sequence, state, next_try) VALUES (?, ?, ?, 1, ?)"
      ).execute(arguments: [endpoint, message.id, message.sequence.stored, now.microseconds])
    }
    return min(room, messages.count)
  }

  private static func count(_ db: Database, _ sql: String, _ endpoint: Int64) throws -> Int {
    Int(try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [endpoint]) ?? 0)
  }

  /// - Parameter isLazy: nothing else is written with it, so that it need not be on disk but now and then.
  private func moveCursor(_ cursor: UInt64, isLazy: Bool, _ db: Database) throws {
    let stored = UInt64(stored: try Int64.fetchOne(db, sql: "SELECT cursor FROM ledger") ?? 0)
    if !isLazy || cursor > stored &+ Self.unsavedMaximum {
      try db.execute(sql: "UPDATE ledger SET cursor = ?", arguments: [cursor.stored])
    }
    db.afterNextTransaction(
      onCommit: { [self] _ in position.withLock { $0 = max($0, cursor) } }, onRollback: { _ in })
  }

  // MARK: Endpoints that are behind

  /// An endpoint that is behind catches up: its own changes through `cursor`.
  ///
  /// - Returns: how many of them there was room for; nil where it is not behind any more, or not at `lag`.
  func catchUp(
    _ endpoint: Int64, from lag: UInt64, _ messages: [WebhookMessage], through cursor: UInt64, now: Timestamp
  ) async throws(WebhookFailure) -> Int? {
    try await write { db in
      guard
        try Int64.fetchOne(db, sql: "SELECT lag FROM endpoint WHERE number = ? AND state = 0", arguments: [endpoint])
          == lag.stored
      else { return .success(nil) }
      let taken = try Self.enqueue(messages, for: endpoint, now, db)
      let through =
        taken == messages.count
        ? cursor.stored : Self.lag(messages, taken, since: lag.stored, before: lag)
      try db.execute(sql: "UPDATE endpoint SET lag = ? WHERE number = ?", arguments: [through, endpoint])
      return .success(taken)
    }
  }

  /// An endpoint that has caught up takes part again, if nothing came in between.
  func join(_ endpoint: Int64, at lag: UInt64) async throws(WebhookFailure) -> Bool {
    try await write { [self] db in
      guard position.withLock({ $0 }) <= lag else { return .success(false) }
      try db.execute(
        sql: "UPDATE endpoint SET lag = NULL, since = ? WHERE number = ? AND state = 0 AND lag = ?",
        arguments: [lag.stored, endpoint, lag.stored])
      let joined = db.changesCount > 0
      if joined { try skipSilence(db) }
      return .success(joined)
    }
  }

  /// What is before the first endpoint's beginning is for nobody.
  private func skipSilence(_ db: Database) throws {
    guard let since = try Int64.fetchOne(db, sql: "SELECT MIN(since) FROM endpoint WHERE state = 0 AND lag IS NULL")
    else { return }
    let cursor = UInt64(stored: since)
    guard position.withLock({ $0 }) < cursor else { return }
    try moveCursor(cursor, isLazy: false, db)
  }

  // MARK: Lanes

  func laneNumbers() async throws(WebhookFailure) -> [Int64] {
    try await read { db in try Int64.fetchAll(db, sql: "SELECT number FROM endpoint ORDER BY number") }
  }

  /// nil: it was deleted.
  func lane(_ endpoint: Int64, now: Timestamp) async throws(WebhookFailure) -> LaneFacts? {
    try await read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM endpoint WHERE number = ?", arguments: [endpoint]),
        let partner = Self.label(row["partner"]), let state = WebhookEndpointState(rawValue: row["state"])
      else { return nil }
      let old: Data? = row["old_secret"]
      let oldUntil: Int64 = row["old_until"]
      let lag: Int64? = row["lag"]
      return LaneFacts(
        id: row["id"], partner: partner, url: row["url"], state: state, lag: lag.map { UInt64(stored: $0) },
        waiting: try Self.count(db, "SELECT COUNT(*) FROM delivery WHERE endpoint = ? AND state = 1", endpoint),
        secret: Array(row["secret"] as Data),
        oldSecret: now.microseconds < oldUntil ? old.map { Array($0) } : nil)
    }
  }

  struct Due: Sendable {
    let deliveries: [DueDelivery]
    /// Of the first one that is not due yet.
    let next: Timestamp?
  }

  /// Oldest first, none of those under way.
  func due(
    _ endpoint: Int64, now: Timestamp, limit: Int, without underWay: Set<Int64>
  ) async throws(WebhookFailure) -> Due {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT d.ordinal, d.message, d.tries, d.failures, m.body FROM delivery d JOIN message m ON m.id = d.message
          WHERE d.endpoint = ? AND d.state = 1 AND d.next_try <= ? ORDER BY d.next_try, d.ordinal LIMIT ?
          """, arguments: [endpoint, now.microseconds, limit + underWay.count])
      let next = try Int64.fetchOne(
        db, sql: "SELECT MIN(next_try) FROM delivery WHERE endpoint = ? AND state = 1 AND next_try > ?",
        arguments: [endpoint, now.microseconds])
      let deliveries = rows.map {
        DueDelivery(
          ordinal: $0["ordinal"], messageID: $0["message"], body: Array($0["body"] as Data), tries: $0["tries"],
          failures: $0["failures"])
      }
      return Due(
        deliveries: Array(deliveries.filter { !underWay.contains($0.ordinal) }.prefix(limit)),
        next: next.map { Timestamp(microseconds: $0) })
    }
  }

  /// Returns when it is durable. What ends while another one is written is written together.
  func record(_ outcome: DeliveryOutcome) async throws(WebhookFailure) {
    let result = await withCheckedContinuation { continuation in
      if outcomes.add(outcome, continuation) { Task { await writeOutcomes() } }
    }
    try result.get()
  }

  private func writeOutcomes() async {
    while let batch = outcomes.next() {
      let outcomes = batch.map(\.outcome)
      var result = Result<Void, WebhookFailure>.success(())
      do throws(WebhookFailure) {
        try await write { [self] db in
          for outcome in outcomes { try write(outcome, db) }
          return .success(())
        }
      } catch {
        result = .failure(error)
      }
      for entry in batch { entry.continuation.resume(returning: result) }
    }
  }

  private func write(_ outcome: DeliveryOutcome, _ db: Database) throws {
    let (state, next, failures): (WebhookDeliveryState, Timestamp, Int64)
    switch outcome.verdict {
    case .delivered: (state, next, failures) = (.delivered, outcome.time, 0)
    case .again(let time), .gone(let time): (state, next, failures) = (.waiting, time, 1)
    case .dead: (state, next, failures) = (.dead, outcome.time, 1)
    }
    try db.cachedStatement(
      sql: """
        UPDATE delivery SET state = ?, tries = tries + 1, failures = failures + ?, last_try = ?, next_try = ?,
          last_status = ?, last_error = ? WHERE ordinal = ?
        """
    ).execute(
      arguments: [
        state.rawValue, failures, outcome.time.microseconds, next.microseconds, Int64(outcome.status), outcome.error,
        outcome.ordinal,
      ])
    if case .gone = outcome.verdict { try switchOff(outcome.endpoint, .gone, db) }
  }

  /// It keeps its place in the feed, and goes on from there when it is switched on again.
  private func switchOff(_ endpoint: Int64, _ state: WebhookEndpointState, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE endpoint SET state = ?, lag = COALESCE(lag, MAX(since, ?)) WHERE number = ? AND state = 0",
      arguments: [state.rawValue, position.withLock { $0 }.stored, endpoint])
  }

  /// Old rows of what has ended; true where there may be more.
  func prune(now: Timestamp) async throws(WebhookFailure) -> Bool {
    try await write { db in
      var deleted = 0
      for (state, kept) in [
        (WebhookDeliveryState.delivered, WebhookLimits.deliveredKeptMicroseconds),
        (.dead, WebhookLimits.deadKeptMicroseconds),
      ] {
        try db.execute(
          sql: """
            DELETE FROM delivery WHERE ordinal IN
              (SELECT ordinal FROM delivery WHERE state = ? AND state <> 1 AND last_try < ? LIMIT ?)
            """, arguments: [state.rawValue, now.microseconds - kept, WebhookLimits.prunedAtOnce])
        deleted += db.changesCount
      }
      // Messages that nobody needs: of deleted endpoints, or delivered to all. Not those of the last week: an endpoint that
      // is behind must find the same bytes under the same id.
      try db.execute(
        sql: """
          DELETE FROM message WHERE id IN
            (SELECT id FROM message m WHERE time < ? AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = m.id) LIMIT ?)
          """, arguments: [now.microseconds - WebhookLimits.deliveredKeptMicroseconds, WebhookLimits.prunedAtOnce])
      deleted += db.changesCount
      return .success(deleted >= WebhookLimits.prunedAtOnce)
    }
  }

  // MARK: Endpoints as their partners manage them

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
      switch try Self.repeated(key, now, db) {
      case .new: break
      case .made(let made): return .success(made)
      case .failed(let failure): return .failure(failure)
      }
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
      try skipSilence(db)
      guard let endpoint = try endpoint(new.id, .all, db) else { return .failure(.endpointNotFound) }
      return .success(Made(endpoint: endpoint.value, number: number, secret: new.secret, isRepeated: false))
    }
  }

  /// - Parameter secret: encrypted, the new one.
  func rotate(
    _ id: String, _ scope: Scope, secret: [UInt8], key: RequestKey, now: Timestamp
  ) async throws(WebhookFailure) -> Made {
    try await write { [self] db in
      switch try Self.repeated(key, now, db) {
      case .new: break
      case .made(let made): return .success(made)
      case .failed(let failure): return .failure(failure)
      }
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

  func delete(_ id: String, _ scope: Scope) async throws(WebhookFailure) -> Int64 {
    try await write { [self] db in
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      try db.execute(sql: "DELETE FROM endpoint WHERE number = ?", arguments: [found.number])
      return .success(found.number)
    }
  }

  func setEnabled(
    _ id: String, _ scope: Scope, _ isEnabled: Bool
  ) async throws(WebhookFailure) -> (endpoint: WebhookEndpoint, number: Int64) {
    try await write { [self] db in
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      if isEnabled {
        // It is behind now, and catches up.
        try db.execute(sql: "UPDATE endpoint SET state = 0 WHERE number = ?", arguments: [found.number])
      } else {
        try switchOff(found.number, .disabled, db)
      }
      guard let now = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      return .success((now.value, now.number))
    }
  }

  /// Newest first.
  func deliveries(
    of id: String, _ scope: Scope, state: WebhookDeliveryState?, before: UInt64?, limit: Int
  ) async throws(WebhookFailure) -> [WebhookDelivery] {
    try await write { [self] db in
      guard let found = try endpoint(id, scope, db) else { return .failure(.endpointNotFound) }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT d.*, m.withdrawal FROM delivery d JOIN message m ON m.id = d.message
          WHERE d.endpoint = ? AND (? = 0 OR d.state = ?) AND d.ordinal < ? ORDER BY d.ordinal DESC LIMIT ?
          """,
        arguments: [
          found.number, state?.rawValue ?? 0, state?.rawValue ?? 0, before?.stored ?? .max, limit,
        ])
      return .success(rows.compactMap { Self.delivery($0, endpointID: id) })
    }
  }

  /// Due at once, from the beginning of its schedule, whatever became of it before.
  func redeliver(
    _ messageID: String, to id: String, _ scope: Scope, now: Timestamp
  ) async throws(WebhookFailure) -> (delivery: WebhookDelivery, number: Int64) {
    try await write { [self] db in
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
      guard try row() != nil else { return .failure(.deliveryNotFound) }
      guard found.value.state == .enabled else { return .failure(.endpointDisabled) }
      try db.execute(
        sql: "UPDATE delivery SET state = 1, failures = 0, next_try = ? WHERE endpoint = ? AND message = ?",
        arguments: [now.microseconds, found.number, messageID])
      guard let changed = try row() else { return .failure(.deliveryNotFound) }
      return .success((changed, found.number))
    }
  }

  // MARK: Rows

  private enum Repetition {
    case new
    case made(Made)
    case failed(WebhookFailure)
  }

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

  /// The same request again gets what it got, the secret only while it may have been lost on the way.
  private static func repeated(_ key: RequestKey, _ now: Timestamp, _ db: Database) throws -> Repetition {
    guard
      let row = try Row.fetchOne(
        db, sql: "SELECT content, endpoint FROM request WHERE name = ?", arguments: [name(key)])
    else { return .new }
    guard row["content"] == key.content.hexadecimal else { return .failed(.requestIDReused) }
    let id: String = row["endpoint"]
    guard let found = try Row.fetchOne(db, sql: "SELECT * FROM endpoint WHERE id = ?", arguments: [id]),
      let endpoint = try endpoint(found, db)
    else { return .failed(.endpointNotFound) }
    let secretTime: Int64 = found["secret_time"]
    let isShown =
      found["secret_request"] == name(key) && now.microseconds - secretTime < WebhookLimits.secretShownMicroseconds
    return .made(
      Made(
        endpoint: endpoint.value, number: endpoint.number, secret: isShown ? Array(found["secret"] as Data) : nil,
        isRepeated: true))
  }

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
    guard let partner = label(row["partner"]), let state = WebhookEndpointState(rawValue: row["state"]) else {
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

  private static func label(_ text: String) -> Label? {
    do throws(Label.Defect) { return try Label(text) } catch { return nil }
  }
}

/// Outcomes that wait to be written; one writer takes them all.
private final class OutcomeQueue: Sendable {
  struct Entry: Sendable {
    let outcome: DeliveryOutcome
    let continuation: CheckedContinuation<Result<Void, WebhookFailure>, Never>
  }

  private struct State {
    /// At most one for each attempt under way.
    var entries: [Entry] = []
    var isWritten = false
  }

  private let state = Mutex(State())

  /// True: the caller is to start the writer.
  func add(_ outcome: DeliveryOutcome, _ continuation: CheckedContinuation<Result<Void, WebhookFailure>, Never>) -> Bool
  {
    state.withLock { state in
      state.entries.append(Entry(outcome: outcome, continuation: continuation))
      defer { state.isWritten = true }
      return !state.isWritten
    }
  }

  /// nil: there is nothing left, and the writer ends.
  func next() -> [Entry]? {
    state.withLock { state in
      guard !state.entries.isEmpty else {
        state.isWritten = false
        return nil
      }
      defer { state.entries = [] }
      return state.entries
    }
  }
}
