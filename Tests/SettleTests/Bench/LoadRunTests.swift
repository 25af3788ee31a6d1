import HTTPStreams
import Histogram
import Testing

@testable import settle

@Suite("Runs of the load generator")
struct LoadRunTests {
  @Test("a closed loop keeps its streams busy, sends what it was asked to and counts refusals")
  func closedLoop() throws {
    let server = ScriptedServer()
    let result = try server.run(
      LoadPlan(
        work: .only(.submit), connections: 1, streamsPerConnection: 4, pace: .closedLoop, extent: .requests(10))
    ) { number in
      #expect(server.inFlight == min(4, 10 - number))
      server.scripted.nanoseconds += 1000
      server.answer(status: number == 3 ? "8" : "0")
    }
    #expect(result.tally.succeededTotal == 9)
    #expect(result.tally.refused[8] == 1)
    #expect(Set(server.bodies).count == 10)
    #expect(result.elapsedNanoseconds == 10_000)
  }

  @Test("in an open loop a stall shows in every request that was due in it")
  func openLoop() throws {
    let server = ScriptedServer()
    // 1,000 a second on one stream, and the first answer takes 10 ms: nine more were due by then.
    let plan = LoadPlan(
      work: .only(.submit), connections: 1, streamsPerConnection: 1, pace: .openLoop(requestsPerSecond: 1000),
      extent: .requests(5))
    let result = try server.run(plan) { number in
      if number == 0 { server.scripted.nanoseconds += 10_000_000 }
      server.answer(status: "0")
    }
    #expect(result.tally.succeededTotal == 5)
    // Due at 0, 1, 2, 3 and 4 ms, answered at 10 ms.
    #expect(result.tally.latencies.max >= 9_990_000)
    #expect(result.tally.latencies.valueAtPercentile(1) >= 5_990_000)
  }

  @Test("a lost connection ends the run, and its calls are counted")
  func lostConnection() throws {
    let server = ScriptedServer()
    let result = try server.run(
      LoadPlan(work: .only(.submit), connections: 1, streamsPerConnection: 3, pace: .closedLoop, extent: .requests(10))
    ) { number in
      if number == 1 { server.lose() } else { server.answer(status: "0") }
    }
    #expect(result.tally.succeededTotal == 1)
    #expect(result.tally.failed[CallFailure.connectionLost.rawValue] == 3)
    #expect(result.connectionsLost == 1)
  }
}

/// Plays the loop, the connection and the server of a run, on the test's own thread.
private final class ScriptedServer: StreamConnection {
  let scripted = ScriptedLoop()
  let peer = Peer(address: "scripted", uriNames: [], certificateDigest: [])
  private(set) var bodies: [[UInt8]] = []
  private var open: [StreamID] = []
  private var nextSlot: UInt32 = 0
  private var handler: (any StreamHandler)?
  private var isLost = false

  var loop: any StreamLoop { scripted }
  var inFlight: Int { open.count }

  /// Runs `plan`; `answer` is called for each answer that is due, counted from 0.
  func run(_ plan: LoadPlan, answer: (Int) -> Void) throws -> LoadResult {
    var templates = RequestTemplates()
    try templates.addSubmits(.init(agents: ["a"], minorUnits: 1, currencyCode: "CNY"))
    var result: LoadResult?
    let run = LoadRun(
      plan, loop: scripted, heads: Call.allCases.map { HeaderBlock([":path": $0.path]) }, templates: templates,
      serial: SerialNumber(run: 1), known: KnownWithdrawals(capacity: 1), progress: nil
    ) { result = $0 }
    let connection = LoadConnection(self)
    handler = connection
    run.start([connection])
    var answers = 0
    while result == nil {
      if open.isEmpty {
        try #require(scripted.runNext(), "the run waits for nothing")
      } else {
        answer(answers)
        answers += 1
      }
    }
    handler = nil
    return try #require(result)
  }

  /// Answers the oldest call with a message of three bytes, or without one when it is refused.
  func answer(status: String) {
    let stream = open.removeFirst()
    var headers = ReceivedHeaders()
    headers.append(name: ":status", value: "200")
    handler?.received(headers: headers, on: stream, endStream: false)
    if status == "0" {
      let body: [UInt8] = [0, 0, 0, 0, 3, 1, 2, 3]
      handler?.received(data: body.span.bytes, on: stream, endStream: false)
    }
    var trailers = ReceivedHeaders()
    trailers.append(name: "grpc-status", value: status)
    handler?.received(trailers: trailers, on: stream)
    handler?.closed(stream, .finished)
  }

  func lose() {
    isLost = true
    let lost = open
    open = []
    for stream in lost { handler?.closed(stream, .connectionLost) }
    handler?.disconnected()
  }

  func request(_ head: HeaderBlock, endStream: Bool) -> StreamID? {
    guard !isLost else { return nil }
    defer { nextSlot += 1 }
    let stream = StreamID(slot: nextSlot % 64, generation: nextSlot)
    open.append(stream)
    return stream
  }

  func write(_ bytes: RawSpan, on stream: StreamID) {
    bodies.append(bytes.withUnsafeBytes { Array($0) })
  }

  func respond(_ head: HeaderBlock, on stream: StreamID, endStream: Bool) {}
  func finish(_ trailers: HeaderBlock?, on stream: StreamID) {}
  func reset(_ code: StreamErrorCode, on stream: StreamID) {}
  func consumed(_ count: Int, on stream: StreamID) {}
  func bufferedBytes(on stream: StreamID) -> Int { 0 }
  func drain() {}
}

/// A loop whose time the test moves. Unchecked: used on the test's thread only.
private final class ScriptedLoop: StreamLoop, @unchecked Sendable {
  var nanoseconds: Int64 = 1_000_000_000
  private var waiting: [(due: Int64, work: @Sendable () -> Void)] = []

  private struct Nothing: ScheduledWork {
    func cancel() {}
  }

  var isCurrent: Bool { true }
  var now: MonotonicInstant { MonotonicInstant(nanoseconds: nanoseconds) }

  func execute(_ work: @escaping @Sendable () -> Void) { waiting.append((nanoseconds, work)) }

  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork {
    waiting.append((instant.nanoseconds, work))
    return Nothing()
  }

  /// Moves time to the next piece of work and does it. False when there is none.
  func runNext() -> Bool {
    guard let index = waiting.indices.min(by: { waiting[$0].due < waiting[$1].due }) else { return false }
    let next = waiting.remove(at: index)
    nanoseconds = max(nanoseconds, next.due)
    next.work()
    return true
  }
}
