internal import GRDB
internal import LedgerCore
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// How deliveries go out of the queue, and what becomes of them.
extension WebhookStore {
  func laneNumbers() async throws(WebhookFailure) -> [Int64] {
    try await read { db in try Int64.fetchAll(db, sql: "SELECT number FROM endpoint ORDER BY number") }
  }

  /// nil: it was deleted.
  func lane(_ endpoint: Int64, now: Timestamp) async throws(WebhookFailure) -> LaneFacts? {
    try await read { db in
      guard let row = try Row.fetchOne(db, sql: "SELECT * FROM endpoint WHERE number = ?", arguments: [endpoint]),
        let partner = Label.stored(row["partner"]), let state = WebhookEndpointState(rawValue: row["state"])
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
          SELECT d.ordinal, d.message, d.tries, d.failures, d.generation, m.body FROM delivery d JOIN message m ON m.id = d.message
          WHERE d.endpoint = ? AND d.state = 1 AND d.next_try <= ? ORDER BY d.next_try, d.ordinal LIMIT ?
          """, arguments: [endpoint, now.microseconds, limit + underWay.count])
      let next = try Int64.fetchOne(
        db, sql: "SELECT MIN(next_try) FROM delivery WHERE endpoint = ? AND state = 1 AND next_try > ?",
        arguments: [endpoint, now.microseconds])
      let deliveries = rows.map {
        DueDelivery(
          ordinal: $0["ordinal"], messageID: $0["message"], body: Array($0["body"] as Data), tries: $0["tries"],
          failures: $0["failures"], generation: $0["generation"])
      }
      return Due(
        deliveries: Array(deliveries.filter { !underWay.contains($0.ordinal) }.prefix(limit)),
        next: next.map { Timestamp(microseconds: $0) })
    }
  }

  /// Returns when it is durable. What ends while another one is written is written together.
  ///
  /// - Returns: false where the delivery was sent again by hand during the try: its outcome changes nothing.
  func record(_ outcome: DeliveryOutcome) async throws(WebhookFailure) -> Bool {
    let result = await withCheckedContinuation { continuation in
      if outcomes.add(outcome, continuation) { Task { await writeOutcomes() } }
    }
    return try result.get()
  }

  private func writeOutcomes() async {
    while let batch = outcomes.next() {
      let outcomes = batch.map(\.outcome)
      do throws(WebhookFailure) {
        let counted = try await write { [self] db in .success(try outcomes.map { try write($0, db) }) }
        for (entry, counts) in zip(batch, counted) { entry.continuation.resume(returning: .success(counts)) }
      } catch {
        for entry in batch { entry.continuation.resume(returning: .failure(error)) }
      }
    }
  }

  private func write(_ outcome: DeliveryOutcome, _ db: Database) throws -> Bool {
    let (state, next, failures): (WebhookDeliveryState, Timestamp, Int64)
    switch outcome.verdict {
    case .delivered: (state, next, failures) = (.delivered, outcome.time, 0)
    case .again(let time), .gone(let time): (state, next, failures) = (.waiting, time, 1)
    case .dead: (state, next, failures) = (.dead, outcome.time, 1)
    }
    try db.cachedStatement(
      sql: """
        UPDATE delivery SET state = ?, tries = tries + 1, failures = failures + ?, last_try = ?, next_try = ?,
          last_status = ?, last_error = ? WHERE ordinal = ? AND generation = ?
        """
    ).execute(
      arguments: [
        state.rawValue, failures, outcome.time.microseconds, next.microseconds, Int64(outcome.status), outcome.error,
        outcome.ordinal, outcome.generation,
      ])
    let counts = db.changesCount > 0
    guard case .gone = outcome.verdict, try switchOff(outcome.endpoint, .gone, db) else { return counts }
    try record(
      .gone, of: outcome.endpoint, by: nil, details: "its receiver answered 410", at: outcome.time, db)
    return counts
  }

  /// It keeps its place in the feed, and goes on from there when it is switched on again.
  ///
  /// - Returns: whether it was on.
  func switchOff(_ endpoint: Int64, _ state: WebhookEndpointState, _ db: Database) throws -> Bool {
    try db.execute(
      sql: "UPDATE endpoint SET state = ?, lag = COALESCE(lag, MAX(since, ?)) WHERE number = ? AND state = 0",
      arguments: [state.rawValue, position.withLock { $0 }.stored, endpoint])
    return db.changesCount > 0
  }

  struct Pruned: Sendable {
    let deliveries: Int
    let messages: Int
    var isAll: Bool { deliveries + messages < WebhookLimits.prunedAtOnce }
  }

  /// Removes old rows of what has ended, so many at once.
  func prune(now: Timestamp) async throws(WebhookFailure) -> Pruned {
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
      return .success(Pruned(deliveries: deleted, messages: db.changesCount))
    }
  }

  /// One walk over what waits: an index that holds nothing else.
  func figures() async throws(WebhookFailure) -> WebhookFigures {
    try await read { db in
      var figures = WebhookFigures()
      for row in try Row.fetchAll(
        db, sql: "SELECT state, COUNT(*) AS number, COUNT(lag) AS behind FROM endpoint GROUP BY state")
      {
        guard let state = WebhookEndpointState(rawValue: row["state"]) else { continue }
        figures.endpoints[state] = row["number"]
        if state == .enabled { figures.behind = row["behind"] }
      }
      for row in try Row.fetchAll(
        db,
        sql: """
          SELECT e.state, SUM(d.number) AS number, MIN(d.first) AS first
          FROM (SELECT endpoint, COUNT(*) AS number, MIN(ordinal) AS first FROM delivery WHERE state = 1
            GROUP BY endpoint) d
          JOIN endpoint e ON e.number = d.endpoint GROUP BY e.state
          """)
      {
        guard let state = WebhookEndpointState(rawValue: row["state"]) else { continue }
        figures.waiting[state] = row["number"]
        guard state == .enabled else { continue }
        let first: Int64 = row["first"]
        figures.oldest = try Int64.fetchOne(
          db, sql: "SELECT m.time FROM delivery d JOIN message m ON m.id = d.message WHERE d.ordinal = ?",
          arguments: [first]
        ).map { Timestamp(microseconds: $0) }
      }
      figures.deadLetters = Int(try Int64.fetchOne(db, sql: "SELECT COUNT(*) FROM delivery WHERE state = 3") ?? 0)
      return figures
    }
  }

  /// Endpoints that answered 410 and are still off.
  func goneEndpoints() async throws(WebhookFailure) -> [String] {
    try await read { db in
      try String.fetchAll(
        db, sql: "SELECT id FROM endpoint WHERE state = ? ORDER BY number",
        arguments: [WebhookEndpointState.gone.rawValue])
    }
  }

  /// Endpoints with deliveries that were given up, and how many.
  func deadLetters() async throws(WebhookFailure) -> [(endpoint: String, count: Int)] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT e.id, COUNT(*) AS number FROM delivery d JOIN endpoint e ON e.number = d.endpoint
          WHERE d.state = 3 GROUP BY e.number ORDER BY e.number
          """
      ).map { ($0["id"], $0["number"]) }
    }
  }
}
