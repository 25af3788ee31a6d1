import HTTPStreams
import RPCTesting
import Testing

@testable import RPC

/// Deadlines, cancellation and stale ids of unary handlers (rule 7).
struct DeadlineTests {
  private func waitingClient() -> (RawClient, EchoHandler) {
    let handler = EchoHandler()
    handler.answersAtOnce = false
    return (RawClient(echoRoutes(handler)), handler)
  }

  @Test func aPassedDeadlineCancelsTheHandler() {
    let (client, handler) = waitingClient()
    _ = client.call([("grpc-timeout", "100m")], body: [framed([1])])
    let call = handler.waiting[0]
    client.loop.advance(nanoseconds: 99_999_999)
    #expect(client.response(call.stream).status == nil)
    client.loop.advance(nanoseconds: 1)
    #expect(client.response(call.stream).status == "4")
    #expect(handler.cancelledTokens == [1])
    client.loop.run { call.reply(([1] as [UInt8]).span.bytes) }  // too late: nothing happens
    #expect(client.response(call.stream).body.isEmpty)
  }

  @Test func aDeadlineAlsoEndsARequestThatDoesNotCome() throws {
    let (client, handler) = waitingClient()
    let stream = try #require(client.open([("grpc-timeout", "1S")]))
    client.loop.advance(nanoseconds: 1_000_000_000)
    #expect(client.response(stream).status == "4")
    #expect(handler.messages.isEmpty)
  }

  @Test func aResetCancelsTheHandler() throws {
    let (client, handler) = waitingClient()
    let stream = try #require(client.open())
    client.loop.run {
      client.pipe.client.write(framed([1]).span.bytes, on: stream)
      client.pipe.client.finish(nil, on: stream)
    }
    client.loop.run { client.pipe.client.reset(.cancel, on: stream) }
    #expect(handler.cancelledTokens == [1])
    #expect(client.pipe.server.openStreams == 0)
  }

  @Test func aLostConnectionCancelsTheHandler() {
    let (client, handler) = waitingClient()
    _ = client.call([("grpc-timeout", "1S")], body: [framed([1])])
    client.loop.run { client.pipe.cut() }
    #expect(handler.cancelledTokens == [1])
    client.loop.run { handler.waiting[0].reply(([1] as [UInt8]).span.bytes) }
    client.loop.advance(nanoseconds: 2_000_000_000)
    #expect(handler.cancelledTokens == [1])
  }

  /// A slot is used again; the first call's deadline must not end the second call.
  @Test func aDeadlineOfAnEarlierCallInTheSlotDoesNothing() {
    let (client, handler) = waitingClient()
    _ = client.call([("grpc-timeout", "1S")], body: [framed([1])])
    client.loop.run { handler.waiting[0].reply(([1] as [UInt8]).span.bytes) }
    _ = client.call([("grpc-timeout", "5S")], body: [framed([2])])
    #expect(handler.waiting[0].stream.slot == handler.waiting[1].stream.slot)
    client.loop.advance(nanoseconds: 2_000_000_000)
    #expect(client.response(handler.waiting[1].stream).status == nil)
    client.loop.advance(nanoseconds: 3_000_000_000)
    #expect(client.response(handler.waiting[1].stream).status == "4")
  }

  /// The deadlines of a lost connection were looked up in the one that took its index, which had fewer slots: the first
  /// client to reconnect after many calls brought the server down.
  @Test func deadlinesOfALostConnectionDoNothingToTheNextOne() throws {
    let handler = EchoHandler()
    handler.answersAtOnce = false
    let loop = ManualLoop()
    let server = RPCServer(loop: loop, routes: echoRoutes(handler))
    func connect() -> InMemoryPipe {
      let pipe = InMemoryPipe(loop: loop)
      pipe.server.handler = server.accept(pipe.server)
      return pipe
    }
    func open(_ pipe: InMemoryPipe, count: Int) {
      for _ in 0..<count {
        loop.run { _ = pipe.client.request(RawClient.head([("grpc-timeout", "1S")]), endStream: false) }
      }
    }
    let first = connect()
    open(first, count: 80)
    loop.run { first.cut() }
    let second = connect()
    open(second, count: 2)  // rebuilds the queue
    #expect(second.server.openStreams == 2)
    open(second, count: 70)
    let third = connect()
    loop.run { second.cut() }
    let fourth = connect()
    open(fourth, count: 1)
    loop.advance(nanoseconds: 2_000_000_000)
    #expect(fourth.server.openStreams == 0)
    #expect(third.server.openStreams == 0)
  }

  /// One wake-up however many calls; it moves forward when an earlier deadline comes.
  @Test func oneWakeUpServesAllCalls() throws {
    let (client, _) = waitingClient()
    let late = try #require(client.open([("grpc-timeout", "3S")]))
    let early = try #require(client.open([("grpc-timeout", "1S")]))
    let middle = try #require(client.open([("grpc-timeout", "2S")]))
    #expect(client.loop.scheduledCount == 1)
    for (seconds, statuses) in [(1, [nil, "4", nil]), (2, [nil, "4", "4"]), (3, ["4", "4", "4"])] {
      client.loop.advance(nanoseconds: 1_000_000_000)
      #expect([late, early, middle].map { client.response($0).status } == statuses, "after \(seconds) s")
    }
    #expect(client.loop.scheduledCount == 0)
  }

  /// Calls that ended long before their deadline leave nothing that grows.
  @Test func deadEntriesAreBounded() {
    var queue = DeadlineQueue()
    for call in 0..<10_000 {
      queue.insert(DeadlineQueue.Entry(deadline: Int64(1_000_000 + call), connection: 0, slot: call)) { _ in false }
      queue.callEnded()
      #expect(queue.count <= 70)
    }
  }

  @Test func entriesComeOutInOrder() {
    var queue = DeadlineQueue()
    var generator = SystemRandomNumberGenerator()
    let seed = generator.next()
    var value = seed
    var expected: [Int64] = []
    for slot in 0..<500 {
      value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let deadline = Int64(value >> 40)
      expected.append(deadline)
      queue.insert(DeadlineQueue.Entry(deadline: deadline, connection: 0, slot: slot)) { _ in true }
    }
    var seen: [Int64] = []
    while let entry = queue.popDue(.max) { seen.append(entry.deadline) }
    #expect(seen == expected.sorted(), "seed \(seed)")
  }

  @Test(
    arguments: [
      ("1n", 1), ("1u", 1_000), ("1m", 1_000_000), ("1S", 1_000_000_000), ("1M", 60_000_000_000),
      ("1H", 3_600_000_000_000), ("0S", 0), ("00000001S", 1_000_000_000), ("99999999S", 99_999_999_000_000_000),
      ("99999999H", Int64.max), ("99999999M", 5_999_999_940_000_000_000), ("", nil), ("1", nil), ("S", nil),
      ("123456789S", nil), ("+1S", nil), ("1 S", nil), (" 1S", nil), ("1.5S", nil), ("1s", nil), ("１S", nil),
    ] as [(String, Int64?)])
  func timeouts(_ text: String, _ nanoseconds: Int64?) {
    #expect(RequestTimeout.parse(Array(text.utf8)[...]) == nanoseconds)
  }

  @Test(arguments: [1, 99_999_999, 100_000_000, 1_500_000_000, 86_400_000_000_000, Int64.max])
  func formattedTimeoutsAreNeverShorter(_ nanoseconds: Int64) {
    let text = RequestTimeout.format(nanoseconds: nanoseconds)
    let parsed = RequestTimeout.parse(Array(text.utf8)[...]) ?? 0
    #expect(parsed >= nanoseconds)
    #expect(parsed - nanoseconds <= nanoseconds / 1_000_000)
  }
}
