import GRPCProto
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

/// A ledger's port that answers what a test says.
private final class ScriptedDoor: LedgerDoor {
  struct State {
    var parcels: [[LedgerRequest]] = []
    var cancelled: [UInt32] = []
    var replies: [LedgerReply] = []
    var wake: (@Sendable () -> Void)?
  }
  let state = Mutex(State())

  func send(_ requests: [LedgerRequest]) { state.withLock { $0.parcels.append(requests) } }
  func cancel(_ ticket: UInt32) { state.withLock { $0.cancelled.append(ticket) } }
  func takeReplies() -> [LedgerReply] {
    state.withLock { state in
      defer { state.replies = [] }
      return state.replies
    }
  }

  var parcels: [[LedgerRequest]] { state.withLock { $0.parcels } }
  var tickets: [UInt32] { parcels.flatMap { $0.map(\.ticket) } }

  func answer(_ replies: [LedgerReply]) {
    let wake = state.withLock { state in
      state.replies += replies
      return state.wake
    }
    wake?()
  }
}

/// The gateway alone: between a caller in memory and a scripted ledger.
private final class Desk {
  let loop = ManualLoop()
  let door = ScriptedDoor()
  let clock = HandClock()
  let pipe: InMemoryPipe
  let client: RPCClient
  let server: RPCServer

  init(streams: Int = 100) throws {
    let (loop, door, clock) = (loop, door, clock)
    let peer = Peer(
      address: "in memory", uriNames: [], certificateDigest: [],
      identity: Principal(role: .partner, name: try Label("demo")))
    var options = InMemoryPipe.Options()
    options.maximumStreams = streams
    let pipe = InMemoryPipe(loop: loop, clientPeer: peer, options: options)
    let quotes = try QuoteTokens.ofTests()
    (server, client) = loop.run {
      let gateway = LedgerGateway(loop: loop, clock: clock) { wake in
        door.state.withLock { $0.wake = wake }
        return door
      }
      var routes = Routes()
      let access = Access(domain: "settle.test")
      routes.unary(
        Method.getWithdrawal.path,
        handler: WithdrawalHandler(GetWithdrawalRequest.self, access: access, gateway: gateway, quotes: quotes))
      routes.unary(
        Method.batchSubmitWithdrawals.path,
        handler: BatchSubmitWithdrawalsHandler(access: access, gateway: gateway, quotes: quotes))
      let server = RPCServer(loop: loop, routes: routes)
      pipe.server.handler = server.accept(pipe.server)
      let connection = RPCClientConnection(connection: pipe.client, authority: "test")
      pipe.client.handler = connection
      return (server, RPCClient(connection, on: loop))
    }
    self.pipe = pipe
  }

  /// Starts a query of its own; its end comes with the task.
  func query(timeoutNanoseconds: Int64? = nil) -> Task<RPCStatus, Never> {
    let client = client
    return Task {
      do {
        _ = try await client.unary(
          Method.getWithdrawal.path, bytes: try Requests.get(id: "wd_00000000000000").serializedBytes(),
          CallOptions(timeoutNanoseconds: timeoutNanoseconds))
        return .ok
      } catch {
        return (error as? RPCFailure)?.status ?? RPCStatus(.unknown, "\(error)")
      }
    }
  }

  func end(of call: Task<RPCStatus, Never>) async throws -> RPCStatus { try await loop.drive { await call.value } }
}

@Suite struct LedgerGatewayTests {
  private func withdrawal() -> Withdrawal {
    var random = SeededRandom("gateway")
    return random.withdrawal()
  }

  @Test func everyOutcomeHasItsStatus() async throws {
    let receipt = Receipt.none
    let table: [(LedgerOutcome, RPCStatus.Code, String?, retries: Bool)] = [
      (.answered(.withdrawal(withdrawal())), .ok, nil, false),
      (.answered(.refused(.notCancelable(state: .paid))), .failedPrecondition, "NOT_CANCELABLE", false),
      (
        .answered(.refused(.amountOutOfBounds(minimum: 1, maximum: 2, requested: 3))), .failedPrecondition,
        "AMOUNT_OUT_OF_BOUNDS", false
      ),
      (.answered(.rejected(.withdrawalNotFound)), .notFound, "WITHDRAWAL_NOT_FOUND", false),
      (
        .answered(.rejected(.tooManyRefusals(retryAfterMicroseconds: 5))), .resourceExhausted, "TOO_MANY_REFUSALS",
        true
      ),
      (
        .answered(.rejected(.tooManyRefusals(retryAfterMicroseconds: .max))), .resourceExhausted, "TOO_MANY_REFUSALS",
        true
      ),
      (.answered(.withdrawals([], next: nil)), .internal, "INTERNAL", false),
      (.page(.withdrawals([], next: nil), []), .internal, "INTERNAL", false),
      (.batch([], []), .internal, "INTERNAL", false),
      (.deadlineExceeded, .deadlineExceeded, "DEADLINE_BEFORE_TURN", false),
      (.cancelled, .cancelled, nil, false),
      (.overloaded(.mailboxFull), .resourceExhausted, "MAILBOX_FULL", true),
      (.overloaded(.journalFull), .resourceExhausted, "JOURNAL_FULL", true),
      (.stopping, .unavailable, "STOPPING", true),
      (.outcomeUnknown, .unavailable, "OUTCOME_UNKNOWN", false),
    ]
    for (outcome, code, reason, retries) in table {
      let desk = try Desk()
      let call = desk.query()
      await desk.loop.wait { !desk.door.parcels.isEmpty }
      desk.door.answer([LedgerReply(ticket: desk.door.tickets[0], outcome: outcome, receipt: receipt)])
      let status = try await desk.end(of: call)
      #expect(status.code == code, "\(outcome)")
      #expect(status.reason == reason, "\(outcome)")
      #expect((status.detail(Google_Rpc_RetryInfo.self) != nil) == retries, "\(outcome)")
    }
  }

  /// What one turn of the loop brings goes to the ledger as one parcel, and one wake-up answers many.
  @Test func oneParcelForEachTurn() async throws {
    let desk = try Desk()
    let calls = (0..<40).map { _ in desk.query() }
    await desk.loop.wait { desk.door.tickets.count == 40 }
    #expect(desk.door.parcels.count <= 40 && Set(desk.door.tickets).count == 40)
    let receipt = Receipt.none
    let one = withdrawal()
    desk.door.answer(
      desk.door.tickets.reversed().map {
        LedgerReply(ticket: $0, outcome: .answered(.withdrawal(one)), receipt: receipt)
      })
    for call in calls { #expect(try await desk.end(of: call) == .ok) }
    // Entries are used again.
    let next = desk.query()
    await desk.loop.wait { desk.door.tickets.count == 41 }
    #expect(desk.door.tickets[40] < 40)
    desk.door.answer([LedgerReply(ticket: desk.door.tickets[40], outcome: .cancelled)])
    #expect(try await desk.end(of: next).code == .cancelled)
  }

  @Test func aCallerThatGoesAwayIsCancelledAtTheLedger() async throws {
    let desk = try Desk()
    let call = desk.query(timeoutNanoseconds: 1_000)
    await desk.loop.wait { !desk.door.parcels.isEmpty }
    let request = desk.door.parcels[0][0]
    // On the ledger's clock, whatever the loop's began at.
    #expect(request.deadlineNanoseconds == desk.clock.monotonicNanoseconds() + 1_000)
    desk.loop.advance(nanoseconds: 2_000)
    #expect(try await desk.end(of: call).code == .deadlineExceeded)
    #expect(desk.door.state.withLock { $0.cancelled } == [request.ticket])
    // The reply still comes; it frees the entry and goes nowhere. Another one for it is ignored.
    for _ in 0..<2 { desk.door.answer([LedgerReply(ticket: request.ticket, outcome: .cancelled)]) }
    desk.door.answer([LedgerReply(ticket: 77_777, outcome: .cancelled)])
    desk.loop.runPending()
    let next = desk.query()
    await desk.loop.wait { desk.door.tickets.count == 2 }
    #expect(desk.door.tickets[1] == request.ticket)
    desk.door.answer([LedgerReply(ticket: request.ticket, outcome: .stopping)])
    #expect(try await desk.end(of: next).reason == "STOPPING")
  }

  @Test func aLostConnectionLeavesNothingBehind() async throws {
    let desk = try Desk()
    let calls = (0..<10).map { _ in desk.query() }
    await desk.loop.wait { desk.door.tickets.count == 10 }
    desk.loop.run { desk.pipe.cut() }
    for call in calls { #expect(try await desk.end(of: call) != .ok) }
    #expect(Set(desk.door.state.withLock { $0.cancelled }) == Set(desk.door.tickets))
    desk.door.answer(desk.door.tickets.map { LedgerReply(ticket: $0, outcome: .cancelled) })
    desk.loop.runPending()
  }

  @Test func tooManyPendingItemsAreTurnedAway() async throws {
    let desk = try Desk()
    var batch = Settlement_V1_BatchSubmitWithdrawalsRequest()
    batch.items = (0..<8_192).map { Requests.submit("a", 1, requestID: "r\($0)") }
    let bytes: [UInt8] = try batch.serializedBytes()
    let client = desk.client
    let fits = LedgerGateway.maximumPendingItems / 8_192
    let calls = (0..<fits).map { _ in
      Task { try await client.unary(Method.batchSubmitWithdrawals.path, bytes: bytes) }
    }
    await desk.loop.wait { desk.door.tickets.count == fits }
    let status = try await desk.end(of: desk.query())
    #expect(status.code == .resourceExhausted && status.reason == "TOO_MANY_PENDING_CALLS")
    #expect(status.detail(Google_Rpc_RetryInfo.self) != nil)
    desk.door.answer(desk.door.tickets.map { LedgerReply(ticket: $0, outcome: .overloaded(.mailboxFull)) })
    for call in calls {
      await #expect(throws: RPCFailure.self) { try await desk.loop.drive { try await call.value } }
    }
    let next = desk.query()
    await desk.loop.wait { desk.door.tickets.count == fits + 1 }
    desk.door.answer([LedgerReply(ticket: desk.door.tickets[fits], outcome: .stopping)])
    #expect(try await desk.end(of: next).reason == "STOPPING")
  }
}
