internal import GRDB
internal import LedgerCore
internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// How changes come into the queue: by the intake for all, and for an endpoint that is behind by itself.
extension WebhookStore {
  /// What is on disk is renewed after so many, so that a start need not look at them all again.
  private static let unsavedMaximum: UInt64 = 100_000

  /// How far it is, and which partners have endpoints that take part.
  struct IntakeState: Sendable {
    let cursor: UInt64
    let partners: Set<Label>
  }

  func intakeState() async throws(WebhookFailure) -> IntakeState {
    try await read { [self] db in
      let partners = try String.fetchAll(
        db, sql: "SELECT DISTINCT partner FROM endpoint WHERE state = 0 AND lag IS NULL")
      return IntakeState(cursor: position.withLock { $0 }, partners: Set(partners.compactMap(Label.stored)))
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
        Label.stored(row["partner"]).map { (row["id"], row["number"], $0, row["since"]) }
      }
      guard endpoints.allSatisfy({ partners.contains($0.partner) || $0.since >= cursor.stored }) else {
        return .success(.partnersChanged)
      }
      var changed: [Int64] = []
      var behind: [Behind] = []
      for (id, number, partner, since) in endpoints {
        let own = messages.filter { $0.partner == partner && $0.sequence.stored > since }
        guard !own.isEmpty else { continue }
        let taken = try enqueue(own, for: number, now, db)
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
  private func enqueue(
    _ messages: [WebhookMessage], for endpoint: Int64, _ now: Timestamp, _ db: Database
  ) throws -> Int {
    let waiting = try Self.count(db, "SELECT COUNT(*) FROM delivery WHERE endpoint = ? AND state = 1", endpoint)
    let room = max(0, waitingMaximum - waiting)
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
    try await write { [self] db in
      guard
        try Int64.fetchOne(db, sql: "SELECT lag FROM endpoint WHERE number = ? AND state = 0", arguments: [endpoint])
          == lag.stored
      else { return .success(nil) }
      let taken = try enqueue(messages, for: endpoint, now, db)
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
  func skipSilence(_ db: Database) throws {
    guard let since = try Int64.fetchOne(db, sql: "SELECT MIN(since) FROM endpoint WHERE state = 0 AND lag IS NULL")
    else { return }
    let cursor = UInt64(stored: since)
    guard position.withLock({ $0 }) < cursor else { return }
    try moveCursor(cursor, isLazy: false, db)
  }
}
