internal import Digests
internal import GRDB
internal import Glibc
internal import Ledger
internal import LedgerCore
internal import Synchronization

/// The queue on disk, and how far the feed is in it. An event becomes rows and the cursor moves in one transaction, so that
/// after any crash every change is in the queue exactly once.
///
/// One connection, which does one thing after the other: each method is a step that no other one comes between.
///
/// Here: the file and its transactions. What is done in them: `StoreIntake`, `StoreLanes`, `StoreEndpoints`, `StoreChanges`.
final class WebhookStore: Sendable {
  private let database: DatabaseQueue
  let outcomes = OutcomeQueue()
  /// Through which change everything is queued. May be ahead of the row on disk by changes that nobody is told of; read and
  /// written only between two steps of the connection.
  let position: Mutex<UInt64>
  /// Deliveries of one endpoint that may wait.
  let waitingMaximum: Int

  /// Opens or makes the file.
  ///
  /// - Parameter end: the ledger's last durable sequence: where a new queue begins.
  init(
    path: String, identity: LedgerIdentity, end: UInt64, waitingMaximum: Int = WebhookLimits.waitingMaximum,
    now: Timestamp
  ) throws(WebhookFailure) {
    self.waitingMaximum = waitingMaximum
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
      // After the file was found to be ours.
      try Self.attempt { try WebhookSchema.migrator.migrate(queue) }
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
      try db.execute(sql: "PRAGMA user_version = \(WebhookSchema.firstVersion)")
      try db.execute(
        sql: "INSERT INTO ledger VALUES (1, ?, ?, ?)",
        arguments: [identity.id.hexadecimal, Int64(identity.epoch), end.stored])
      return .success(end)
    case 1:
      // From before changes of endpoints were recorded: what was done until now nobody wrote down.
      try db.execute(sql: WebhookSchema.changeStatements)
      try db.execute(sql: "PRAGMA user_version = \(WebhookSchema.firstVersion)")
    case WebhookSchema.firstVersion, WebhookSchema.version: break
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
  func write<T: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Result<T, WebhookFailure>
  ) async throws(WebhookFailure) -> T {
    let database = database
    let result: Result<T, WebhookFailure> = await Task {
      do {
        return try await database.write { try work($0) }
      } catch {
        return .failure(.trouble("\(error)"))
      }
    }.value
    return try result.get()
  }

  func read<T: Sendable>(_ work: @escaping @Sendable (Database) throws -> T) async throws(WebhookFailure) -> T {
    try await write { .success(try work($0)) }
  }

  static func count(_ db: Database, _ sql: String, _ endpoint: Int64) throws -> Int {
    Int(try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [endpoint]) ?? 0)
  }
}

extension Label {
  /// nil: no label of ours; it came out of another program's hands.
  static func stored(_ text: String) -> Label? {
    do throws(Label.Defect) { return try Label(text) } catch { return nil }
  }
}
