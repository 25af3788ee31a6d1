internal import GRDB

/// The tables of DATA/webhooks.sqlite. Times are microseconds since 1970.
///
///     ledger    one row: whose changes these are, and through which one they are in the queue
///     endpoint  receivers; `lag` where one is behind the ledger's cursor: it is queued through that sequence only
///     request   request ids of changes of endpoints, for ever
///     message   what is told of a change, once for all endpoints
///     delivery  the queue: one row for each message and endpoint
///     change    who changed which endpoint: only added to, for ever
enum WebhookSchema {
  /// What a new file begins with; `migrator` brings it to `version`.
  static let firstVersion: Int64 = 2
  static let version: Int64 = 3

  /// Changes of the tables since then. Each one sets the version, so that a program that does not know it leaves the file.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("3: deliveries sent again by hand, lists without sorting") { db in
      try db.execute(
        sql: """
          ALTER TABLE delivery ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
          CREATE INDEX delivery_listed ON delivery (endpoint, ordinal);
          PRAGMA user_version = 3;
          """)
    }
    return migrator
  }

  static let statements = queueStatements + changeStatements

  /// Endpoints are configuration, not the ledger's facts, so what is done to them is no record of the journal. It is written
  /// down in the transaction that does it: there is no change without its row, and no row without its change. The database
  /// refuses to alter or remove a row; unlike a record of the journal it is not sealed, so whoever can write the file can
  /// forge it.
  static let changeStatements = """
    CREATE TABLE change (
      ordinal INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, kind INTEGER NOT NULL, partner TEXT NOT NULL,
      endpoint TEXT NOT NULL, actor TEXT NOT NULL, certificate INTEGER NOT NULL, request TEXT NOT NULL,
      details TEXT NOT NULL);
    CREATE INDEX change_partner ON change (partner, ordinal);
    CREATE TRIGGER change_fixed BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'what happened is not altered'); END;
    CREATE TRIGGER change_kept BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'what happened is not removed'); END;
    """

  private static let queueStatements = """
    CREATE TABLE ledger (
      number INTEGER PRIMARY KEY CHECK (number = 1), identity TEXT NOT NULL, epoch INTEGER NOT NULL,
      cursor INTEGER NOT NULL);
    CREATE TABLE endpoint (
      number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, partner TEXT NOT NULL, url TEXT NOT NULL,
      state INTEGER NOT NULL, create_time INTEGER NOT NULL, since INTEGER NOT NULL, lag INTEGER,
      secret BLOB NOT NULL, secret_time INTEGER NOT NULL, secret_request TEXT NOT NULL,
      old_secret BLOB, old_until INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX endpoint_partner ON endpoint (partner);
    CREATE TABLE request (
      name TEXT PRIMARY KEY, content TEXT NOT NULL, endpoint TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE message (
      id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, withdrawal TEXT NOT NULL, time INTEGER NOT NULL,
      body BLOB NOT NULL);
    CREATE INDEX message_time ON message (time);
    CREATE TABLE delivery (
      ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
      endpoint INTEGER NOT NULL REFERENCES endpoint (number) ON DELETE CASCADE,
      message TEXT NOT NULL REFERENCES message (id), sequence INTEGER NOT NULL, state INTEGER NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
      last_try INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL, last_status INTEGER NOT NULL DEFAULT 0,
      last_error TEXT NOT NULL DEFAULT '', UNIQUE (endpoint, message));
    CREATE INDEX delivery_message ON delivery (message);
    CREATE INDEX delivery_waiting ON delivery (endpoint, next_try, ordinal) WHERE state = 1;
    CREATE INDEX delivery_ended ON delivery (state, last_try) WHERE state <> 1;
    CREATE INDEX delivery_dead ON delivery (endpoint) WHERE state = 3;

    """
}

/// Values stand in the database and on the wire.
package enum WebhookDeliveryState: Int64, Sendable, Hashable, CaseIterable {
  case waiting = 1
  case delivered = 2
  case dead = 3
}

/// Values stand in the database.
package enum WebhookEndpointState: Int64, Sendable, Hashable, CaseIterable {
  case enabled = 0
  /// By a person.
  case disabled = 1
  /// It answered 410.
  case gone = 2
}

/// Values stand in the database.
package enum WebhookChangeKind: Int64, Sendable, Hashable, CaseIterable {
  case created = 1
  case secretRotated = 2
  case enabled = 3
  case disabled = 4
  case deleted = 5
  case redelivered = 6
  /// It answered 410 and is off.
  case gone = 7
}

extension UInt64 {
  /// SQLite's integers are signed; sequences are far below 2^63.
  var stored: Int64 { Int64(clamping: self) }
  init(stored: Int64) { self = UInt64(clamping: stored) }
}
