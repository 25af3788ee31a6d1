import HTTPStreams
import Ledger
import LedgerCore
import RPC
import RPCTesting
import SettlementProto
import SwiftProtobuf
import Synchronization
import Testing

@testable import Services

/// A clock whose sleepers wake when a test says so.
final class ManualSleeper: Clock, Sendable {
  struct Instant: InstantProtocol {
    var offset: Duration = .zero
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
  }

  private struct State {
    var now = Instant()
    var sleepers: [UInt64: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var next: UInt64 = 0
  }
  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .nanoseconds(1) }
  var sleeping: Int { state.withLock { $0.sleepers.count } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let isCancelled = state.withLock { state in
          if Task.isCancelled { return true }
          state.sleepers[id] = (deadline, continuation)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
    }
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map(\.continuation)
    }
    for continuation in due { continuation.resume() }
  }
}

/// The stream of one watch, read by a test message by message.
private final class Watching: Sendable {
  typealias Response = Settlement_V1_WatchWithdrawalsResponse
  private let house: UncheckedHouse
  private let stream: ResponseStream<Response>
  private let task: Task<Void, Never>

  /// Unchecked: the house is used from the one task of the test only.
  struct UncheckedHouse: @unchecked Sendable { let house: House }

  init(_ caller: Caller, cursor: String = "", partner: String = "", id: String = "") throws {
    var request = Settlement_V1_WatchWithdrawalsRequest()
    (request.cursor, request.partner, request.id) = (cursor, partner, id)
    let stream = try caller.client.serverStreaming(Method.watchWithdrawals.path, request, as: Response.self)
    house = UncheckedHouse(house: caller.house)
    self.stream = stream
    let (received, end, loop) = (Box(), Box(), caller.house.loop)
    responses = received
    ending = end
    task = Task {
      do {
        for try await response in stream {
          received.append(response)
          loop.execute {}
        }
        end.close(.ok)
      } catch {
        end.close((error as? RPCFailure)?.status ?? RPCStatus(.unknown, "\(error)"))
      }
      loop.execute {}
    }
  }

  private let responses: Box
  private let ending: Box

  private final class Box: Sendable {
    private let state = Mutex(([Response](), RPCStatus?.none))
    func append(_ response: Response) { state.withLock { $0.0.append(response) } }
    func close(_ status: RPCStatus) { state.withLock { $0.1 = status } }
    var list: [Response] { state.withLock { $0.0 } }
    var status: RPCStatus? { state.withLock { $0.1 } }
  }

  /// All so far, when there are `count` of them or the stream has ended.
  func first(_ count: Int) async -> [Response] {
    await house.house.loop.wait { responses.list.count >= count || ending.status != nil }
    return responses.list
  }

  func status() async -> RPCStatus? {
    await house.house.loop.wait { ending.status != nil }
    return ending.status
  }

  func cancel() { stream.cancel() }
}

@Suite struct WatchTests {
  private func timing(_ sleeper: ManualSleeper) -> WatchTiming {
    var timing = WatchTiming()
    timing.clock = sleeper
    return timing
  }

  @Test func everyChangeInOrderWithAHeartbeatFirst() async throws {
    let house = try House(watchTiming: timing(ManualSleeper()))
    try await house.open("a1")
    try await house.open("a1", partner: "other")
    let demo = house.partner()
    let watch = try Watching(demo)
    let hello = await watch.first(1)
    #expect(hello.first?.heartbeat.time.seconds == 1_790_000_000)

    let submitted = try await demo.submit("a1", 100, requestID: "r1")
    _ = try await house.partner("other").submit("a1", 100, requestID: "r1")
    let cancelled: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c1"))
    let responses = await watch.first(3)
    #expect(responses.dropFirst().map(\.change.state) == [.approved, .cancelled])
    #expect(responses.last?.change.withdrawal == cancelled)
    #expect(Set(responses.map(\.cursor)).count == 3)
    watch.cancel()

    // From every cursor on, exactly what followed it.
    for (index, response) in responses.enumerated() {
      let resumed = try Watching(house.partner(), cursor: response.cursor)
      let rest = await resumed.first(3 - index)
      #expect(rest.dropFirst().map(\.change.state) == responses.dropFirst(index + 1).map(\.change.state))
      #expect(rest.dropFirst().map(\.cursor) == responses.dropFirst(index + 1).map(\.cursor))
      resumed.cancel()
    }
    await house.close()
  }

  @Test func aListsCursorMissesNothing() async throws {
    let house = try House(watchTiming: timing(ManualSleeper()))
    try await house.open("a1")
    let demo = house.partner()
    for number in 0..<5 { _ = try await demo.submit("a1", 1, requestID: "r\(number)") }
    var list = Settlement_V1_ListWithdrawalsRequest()
    list.pageSize = 2
    var listed: [Settlement_V1_Withdrawal] = []
    var cursors: Set<String> = []
    var pages = 0
    repeat {
      let page: Settlement_V1_ListWithdrawalsResponse = try await demo.call(.listWithdrawals, list)
      listed += page.withdrawals
      cursors.insert(page.cursor)
      list.pageToken = page.nextPageToken
      pages += 1
      if pages == 1 {
        // Changed after it was listed: a watch from any page's cursor tells it.
        let _: Settlement_V1_Withdrawal = try await demo.call(
          .cancelWithdrawal, Requests.cancel(page.withdrawals[0].id, requestID: "c"))
      }
    } while !list.pageToken.isEmpty && pages < 10
    #expect(pages == 3 && listed.map(\.requestID) == ["r4", "r3", "r2", "r1", "r0"])
    #expect(cursors.count == 1)
    let watch = try Watching(demo, cursor: cursors.first ?? "")
    let responses = await watch.first(2)
    #expect(responses.last?.change.withdrawal.id == listed[0].id && responses.last?.change.state == .cancelled)
    watch.cancel()

    // Filters are part of the token.
    list.pageToken = ""
    let first: Settlement_V1_ListWithdrawalsResponse = try await demo.call(.listWithdrawals, list)
    list.pageToken = first.nextPageToken
    list.state = .approved
    #expect(try await demo.failure(.listWithdrawals, list).badFields == ["page_token"])
    list.pageToken = ""
    let approved: Settlement_V1_ListWithdrawalsResponse = try await demo.call(.listWithdrawals, list)
    #expect(approved.withdrawals.map(\.requestID) == ["r3", "r2"])
    await house.close()
  }

  @Test func oneWithdrawalOnly() async throws {
    let house = try House(watchTiming: timing(ManualSleeper()))
    try await house.open("a1")
    let demo = house.partner()
    let first = try await demo.submit("a1", 1, requestID: "r1")
    let watch = try Watching(demo, id: first.id)
    _ = await watch.first(1)
    _ = try await demo.submit("a1", 1, requestID: "r2")
    let _: Settlement_V1_Withdrawal = try await demo.call(.cancelWithdrawal, Requests.cancel(first.id, requestID: "c"))
    let responses = await watch.first(2)
    #expect(responses.count == 2 && responses.last?.change.withdrawal.id == first.id)
    watch.cancel()
    await house.close()
  }

  @Test func heartbeatsWhenNothingHappens() async throws {
    let sleeper = ManualSleeper()
    let house = try House(watchTiming: timing(sleeper))
    try await house.open("a1")
    let watch = try Watching(house.partner())
    for count in 1...3 {
      let responses = await watch.first(count)
      #expect(responses.count == count && responses.allSatisfy { $0.heartbeat.hasTime })
      // The watchdog sleeps, and the wait for the next event.
      await house.loop.wait {
        house.loop.execute {}
        return sleeper.sleeping == 2
      }
      sleeper.advance(by: WatchTiming().heartbeat)
    }
    watch.cancel()
    await house.close()
  }

  @Test func cursorsAreRefusedCleanly() async throws {
    let house = try House(watchTiming: timing(ManualSleeper()))
    try await house.open("a1")
    let demo = house.partner()
    let page: Settlement_V1_ListWithdrawalsResponse = try await demo.call(
      .listWithdrawals, Settlement_V1_ListWithdrawalsRequest())
    // Another partner's, altered, cut.
    let watches = [
      try Watching(house.partner("other"), cursor: page.cursor),
      try Watching(demo, cursor: "1" + page.cursor.dropFirst()),
      try Watching(demo, cursor: String(page.cursor.dropLast())),
      try Watching(demo, cursor: page.cursor.dropLast() + (page.cursor.hasSuffix("0") ? "1" : "0")),
    ]
    for watch in watches {
      let status = await watch.status()
      #expect(status?.code == .invalidArgument && status?.badFields == ["cursor"])
    }
    // Staff may use a partner's cursor for that partner.
    let staff = try Watching(house.staff(.reader), cursor: page.cursor, partner: "demo")
    #expect(await staff.first(1).count == 1)
    staff.cancel()

    let beyond = WatchCursor.text(
      house.ledger.feed.lastSequence + 1, partner: try Label("demo"), of: house.ledger.identity)
    let status = await (try Watching(demo, cursor: beyond)).status()
    #expect(status?.code == .outOfRange && status?.reason == "CURSOR_BEYOND_END")
    await house.close()
  }

  @Test func aReaderThatDoesNotReadIsClosed() async throws {
    let sleeper = ManualSleeper()
    let progress = WriteProgress()
    let watchdog = SlowReaderWatchdog(timing: timing(sleeper), progress: progress)
    progress.begin()
    let task = Task { try await watchdog.run() }
    while sleeper.sleeping == 0 { await Task.yield() }
    sleeper.advance(by: WatchTiming().slowestReader)
    let result = await task.result
    #expect(throws: RPCStatus.self) { try result.get() }
    if case .failure(let error as RPCStatus) = result {
      #expect(error.code == .resourceExhausted && error.reason == "WATCHER_TOO_SLOW")
    }
  }

  @Test func aReaderThatGoesOnIsLeftAlone() async throws {
    let sleeper = ManualSleeper()
    let progress = WriteProgress()
    let watchdog = SlowReaderWatchdog(timing: timing(sleeper), progress: progress)
    let task = Task { try await watchdog.run() }
    for round in 0..<4 {
      while sleeper.sleeping == 0 { await Task.yield() }
      // Always writing, always another message; and once not at all.
      if round == 2 { progress.end() } else { progress.begin() }
      sleeper.advance(by: WatchTiming().slowestReader)
    }
    while sleeper.sleeping == 0 { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func watchesOfAPartnerAreCapped() async throws {
    let quota = WatcherQuota()
    let (demo, other) = (
      Principal(role: .partner, name: try Label("demo")), Principal(role: .partner, name: try Label("other"))
    )
    for _ in 0..<WatcherQuota.maximumPerNamespace { try quota.enter(demo) }
    #expect {
      try quota.enter(demo)
    } throws: { error in
      (error as? RPCStatus)?.code == .resourceExhausted && (error as? RPCStatus)?.reason == "TOO_MANY_WATCHERS"
    }
    try quota.enter(other)
    quota.leave(demo)
    try quota.enter(demo)
  }

  /// A watch that ended, however, gives its place back.
  @Test func endedWatchesGiveTheirPlaceBack() async throws {
    let house = try House(watchTiming: timing(ManualSleeper()))
    try await house.open("a1")
    for _ in 0..<WatcherQuota.maximumPerNamespace + 5 {
      let watch = try Watching(house.partner())
      #expect(await watch.first(1).count == 1)
      watch.cancel()
      _ = await watch.status()
      house.loop.runPending()
    }
    await house.close()
  }

  @Test func stoppingTheLedgerEndsWatches() async throws {
    let house = try House(watchTiming: timing(ManualSleeper()))
    try await house.open("a1")
    let watch = try Watching(house.partner())
    _ = await watch.first(1)
    await house.close()
    let status = await watch.status()
    #expect(status?.code == .unavailable && status?.reason == "STOPPING")
  }
}
