internal import Ledger
internal import LedgerCore
internal import RPC
internal import SettlementProto
internal import SwiftProtobuf
internal import Synchronization

/// Where a watcher stands: a sequence of the journal, bound to the partner that is watched.
enum WatchCursor {
  static func text(_ sequence: UInt64, partner: Label, of ledger: LedgerIdentity) -> String {
    OpaqueToken(position: sequence).text(.watch, OpaqueToken.Binding(partner), of: ledger)
  }

  static func sequence(_ text: String, partner: Label, of ledger: LedgerIdentity) throws(RPCStatus) -> UInt64 {
    do throws(OpaqueToken.Defect) {
      return try OpaqueToken(text, .watch, OpaqueToken.Binding(partner), of: ledger).position
    } catch {
      switch error {
      case .foreign:
        var violations = FieldViolations()
        violations.add(
          "cursor", "CURSOR_INVALID",
          "is not a cursor of this ledger for this partner: pass one as it was given, or list again and start from there"
        )
        throw RPCStatus(violations)
      case .otherEpoch:
        throw RPCStatus(
          .outOfRange,
          "the cursor is from before the ledger was restored from a backup: list again and start from its cursor",
          details: [RPCStatus.reason("CURSOR_OF_OTHER_EPOCH")])
      }
    }
  }
}

/// Times of a watch. Parameters, so that tests need not wait.
package struct WatchTiming: Sendable {
  /// Without anything to tell for so long, a heartbeat goes out: well below the minute after which proxies and mobile
  /// networks drop silent connections.
  package var heartbeat: Duration = .seconds(15)
  /// A message that could not be sent for so long means that the reader does not read; it resumes from its cursor.
  package var slowestReader: Duration = .seconds(30)
  package var clock: any Clock<Duration> = .continuous

  package init() {}
}

/// WatchWithdrawals: every committed change of a partner's withdrawals, from a cursor on.
struct WatchWithdrawals: Sendable {
  /// Events taken from the feed at once.
  private static let pageLimit = 256

  let ledger: Ledger
  let access: Access
  let timing: WatchTiming
  let watchers: WatcherQuota

  private typealias Writer = ResponseWriter<Settlement_V1_WatchWithdrawalsResponse>

  /// One watch: what it is of, where it stands, where it writes.
  private struct Watch: Sendable {
    let partner: Label
    let only: WithdrawalID?
    let scope: Scope
    let audience: Audience
    let writer: Writer
    let progress: WriteProgress
    var position: UInt64
    var lastWritten: Int64 = 0
  }

  func watch(
    _ request: Settlement_V1_WatchWithdrawalsRequest, _ writer: ResponseWriter<Settlement_V1_WatchWithdrawalsResponse>,
    _ context: ServerContext
  ) async throws {
    let principal = try access.principal(of: context.peer, calling: .watchWithdrawals)
    var violations = FieldViolations()
    let partner = violations.partner(request.partner, of: principal)
    var id = request.id
    let only: WithdrawalID? =
      id.isEmpty ? nil : id.withUTF8 { violations.withdrawalID("id", UnsafeRawBufferPointer($0)) }
    try violations.throwIfAny()
    if let only { try await requireVisible(only, of: partner) }
    let end = ledger.feed.lastSequence
    let position =
      request.cursor.isEmpty
      ? end : try WatchCursor.sequence(request.cursor, partner: partner, of: ledger.identity)
    guard position <= end else { throw RPCStatus(beyondEnd: end) }

    try watchers.enter(principal)
    defer { watchers.leave(principal) }
    let watch = Watch(
      partner: partner, only: only, scope: .partner(partner), audience: principal.audience, writer: writer,
      progress: WriteProgress(), position: position)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await run(watch) }
      group.addTask { try await SlowReaderWatchdog(timing: timing, progress: watch.progress).run() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// A watch of one withdrawal that is not there, or not this partner's, would be silent for ever.
  private func requireVisible(_ id: WithdrawalID, of partner: Label) async throws(RPCStatus) {
    _ = try await ledger.ask(.query(.withdrawal(id, .partner(partner))))
  }

  private func run(_ initial: Watch) async throws {
    var watch = initial
    try await heartbeat(&watch)
    while true {
      guard let page = try await nextPage(after: watch.position) else {
        try await heartbeat(&watch)
        continue
      }
      try await send(page, &watch)
      watch.position = page.next
      // Much of what others changed may have passed in silence.
      if ledger.clock.monotonicNanoseconds() &- watch.lastWritten >= timing.heartbeat.nanoseconds {
        try await heartbeat(&watch)
      }
    }
  }

  /// The next events, or nil when a heartbeat is due first.
  private func nextPage(after position: UInt64) async throws -> FeedPage? {
    if position < ledger.feed.lastSequence { return try await feedPage(after: position) }
    return try await withThrowingTaskGroup(of: FeedPage?.self) { group in
      group.addTask { try await feedPage(after: position) }
      group.addTask {
        try await timing.clock.sleep(for: timing.heartbeat)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }

  private func feedPage(after position: UInt64) async throws -> FeedPage {
    do throws(FeedError) {
      return try await ledger.feed.events(after: position, limit: Self.pageLimit)
    } catch {
      switch error {
      case .beyondEnd(let end): throw RPCStatus(beyondEnd: end)
      case .journalUnreadable:
        throw RPCStatus(
          .unavailable, "the journal could not be read back: watch again from the last cursor",
          details: [RPCStatus.reason("JOURNAL_UNREADABLE")])
      case .busy:
        throw RPCStatus(
          overloaded: "JOURNAL_READERS_BUSY", "more watchers are catching up than the journal serves at once")
      case .stopped: throw RPCStatus.stopping
      case .cancelled: throw CancellationError()
      }
    }
  }

  private func send(_ page: FeedPage, _ watch: inout Watch) async throws {
    let (partner, only) = (watch.partner, watch.only)
    let events = page.events.filter { $0.partner == partner && (only == nil || only == $0.withdrawal) }
    for (event, reply) in zip(events, try await currentStates(of: events, watch.scope)) {
      guard case .withdrawal(let withdrawal) = reply.answer else { throw RPCStatus.strangeAnswer }
      var change = Settlement_V1_WithdrawalChange()
      change.state = Settlement_V1_WithdrawalState(event.state)
      change.time = Google_Protobuf_Timestamp(event.time)
      change.withdrawal = Settlement_V1_Withdrawal(withdrawal, reply.receipt, for: watch.audience)
      watch.position = event.sequence
      try await write(.change(change), &watch)
    }
  }

  /// The withdrawals of a page as they stand now, in order. All are asked for at once, so that catching up waits for the
  /// ledger's thread once for each page.
  private func currentStates(of events: [FeedEvent], _ scope: Scope) async throws -> [LedgerAnswer] {
    let ledger = ledger
    return try await withThrowingTaskGroup(of: (Int, LedgerAnswer).self) { group in
      for (index, event) in events.enumerated() {
        group.addTask { (index, try await ledger.ask(.query(.withdrawal(event.withdrawal, scope)))) }
      }
      var found = [LedgerAnswer?](repeating: nil, count: events.count)
      for try await (index, reply) in group { found[index] = reply }
      return found.compactMap { $0 }
    }
  }

  private func heartbeat(_ watch: inout Watch) async throws {
    var heartbeat = Settlement_V1_Heartbeat()
    heartbeat.time = Google_Protobuf_Timestamp(ledger.clock.now())
    try await write(.heartbeat(heartbeat), &watch)
  }

  private func write(
    _ event: Settlement_V1_WatchWithdrawalsResponse.OneOf_Event, _ watch: inout Watch
  ) async throws {
    var response = Settlement_V1_WatchWithdrawalsResponse()
    response.cursor = WatchCursor.text(watch.position, partner: watch.partner, of: ledger.identity)
    response.event = event
    watch.progress.begin()
    try await watch.writer.write(response)
    watch.progress.end()
    watch.lastWritten = ledger.clock.monotonicNanoseconds()
  }
}

/// Ends a watch by throwing when one write is still the same after the time that a reader is given.
struct SlowReaderWatchdog: Sendable {
  let timing: WatchTiming
  let progress: WriteProgress

  func run() async throws {
    var seen = progress.waiting
    while true {
      try await timing.clock.sleep(for: timing.slowestReader)
      let now = progress.waiting
      if let now, now == seen {
        throw RPCStatus(
          .resourceExhausted, "the watcher reads too slowly: watch again from the last cursor that was read",
          details: [RPCStatus.reason("WATCHER_TOO_SLOW")])
      }
      seen = now
    }
  }
}

/// Which write a watch is in, seen from its watchdog.
final class WriteProgress: Sendable {
  private let state = Mutex((count: UInt64(0), isWriting: false))

  func begin() { state.withLock { $0 = ($0.count &+ 1, true) } }
  func end() { state.withLock { $0.isWriting = false } }

  /// The number of the write that has not returned; nil between writes.
  var waiting: UInt64? { state.withLock { $0.isWriting ? $0.count : nil } }
}

/// Counts the watches of each partner (and of staff together) over all loops.
final class WatcherQuota: Sendable {
  /// For one partner: a platform has a few processes that watch, each with one stream. Every watch costs two tasks and a
  /// look-up for each of its changes.
  static let maximumPerNamespace = 64

  private let counts = Mutex<[Namespace: Int]>([:])

  func enter(_ principal: Principal) throws(RPCStatus) {
    let isFull = counts.withLock { counts in
      let count = counts[principal.namespace, default: 0]
      guard count < Self.maximumPerNamespace else { return true }
      counts[principal.namespace] = count + 1
      return false
    }
    guard isFull else { return }
    throw RPCStatus(
      overloaded: "TOO_MANY_WATCHERS",
      "there are \(Self.maximumPerNamespace) watches open, the most that one partner may have",
      metadata: ["limit": "\(Self.maximumPerNamespace)"])
  }

  func leave(_ principal: Principal) {
    counts.withLock { counts in
      let count = counts[principal.namespace, default: 0]
      counts[principal.namespace] = count > 1 ? count - 1 : nil
    }
  }
}

extension RPCStatus {
  fileprivate init(beyondEnd end: UInt64) {
    self.init(
      .outOfRange, "the cursor lies beyond the end of the journal: list again and start from its cursor",
      details: [Self.reason("CURSOR_BEYOND_END", ["last_sequence": "\(end)"])])
  }
}

extension Duration {
  /// Saturates; for times of a configuration, which are far below 292 years.
  fileprivate var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflowed ? .max : sum
  }
}
