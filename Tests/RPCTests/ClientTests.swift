import HTTPStreams
import RPC
import RPCTesting
import Synchronization
import Testing

/// What our client makes of servers that behave oddly.
struct ClientTests {
  /// A server made of frames: one answer to every request.
  final class RawServer: StreamHandler {
    let pipe: InMemoryPipe
    let answer: (InMemoryConnection, StreamID) -> Void
    init(_ pipe: InMemoryPipe, _ answer: @escaping (InMemoryConnection, StreamID) -> Void) {
      self.pipe = pipe
      self.answer = answer
    }
    private(set) var heads: [[String]] = []
    private(set) var closes: [StreamClose] = []
    func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
      heads.append(
        headers.fields.map {
          String(decoding: headers.bytes[$0.name], as: UTF8.self) + "="
            + String(decoding: headers.bytes[$0.value], as: UTF8.self)
        })
      answer(pipe.server, stream)
    }
    func received(data: RawSpan, on stream: StreamID, endStream: Bool) {}
    func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {}
    func drained(_ stream: StreamID) {}
    func closed(_ stream: StreamID, _ reason: StreamClose) { closes.append(reason) }
    func draining() {}
    func disconnected() {}
  }

  struct Setup {
    let loop = ManualLoop()
    let pipe: InMemoryPipe
    let server: RawServer
    let client: RPCClient

    init(
      options: InMemoryPipe.Options = InMemoryPipe.Options(),
      _ answer: @escaping (InMemoryConnection, StreamID) -> Void
    ) {
      pipe = InMemoryPipe(loop: loop, options: options)
      server = RawServer(pipe, answer)
      pipe.server.handler = server
      let connection = RPCClientConnection(connection: pipe.client, authority: "example")
      pipe.client.handler = connection
      client = RPCClient(connection, on: loop)
    }

    func failure(_ options: CallOptions = CallOptions()) async throws -> RPCFailure? {
      let client = client
      return try await loop.drive {
        await failureOf { _ = try await client.unary("/a.B/C", bytes: [1], options) }
      }
    }
  }

  static let head = HeaderBlock([":status": "200", "content-type": "application/grpc"])

  @Test(
    arguments: [
      ("400", .internal), ("401", .unauthenticated), ("403", .permissionDenied), ("404", .unimplemented),
      ("429", .unavailable), ("502", .unavailable), ("503", .unavailable), ("504", .unavailable), ("500", .unknown),
      ("301", .unknown),
    ] as [(String, RPCStatus.Code)])
  func httpStatuses(_ http: String, _ code: RPCStatus.Code) async throws {
    let setup = Setup { connection, stream in
      connection.respond(HeaderBlock([":status": http]), on: stream, endStream: true)
    }
    #expect(try await setup.failure()?.status.code == code)
  }

  @Test(
    arguments: [
      (.refusedStream, .unavailable, .none), (.cancel, .cancelled, .possible),
      (.enhanceYourCalm, .resourceExhausted, .possible), (.inadequateSecurity, .permissionDenied, .possible),
      (.internalError, .internal, .possible), (.protocolError, .internal, .possible),
    ] as [(StreamErrorCode, RPCStatus.Code, RPCFailure.Effect)])
  func resets(_ reset: StreamErrorCode, _ code: RPCStatus.Code, _ effect: RPCFailure.Effect) async throws {
    let setup = Setup { connection, stream in connection.reset(reset, on: stream) }
    let failure = try await setup.failure()
    #expect(failure?.status.code == code)
    #expect(failure?.effect == effect)
  }

  static func answer(_ body: [UInt8], trailers: HeaderBlock?) -> (InMemoryConnection, StreamID) -> Void {
    { connection, stream in
      connection.respond(head, on: stream, endStream: false)
      connection.write(body.span.bytes, on: stream)
      connection.finish(trailers, on: stream)
    }
  }

  static let ok = HeaderBlock(["grpc-status": "0"])

  @Test func brokenResponses() async throws {
    let answers: [((InMemoryConnection, StreamID) -> Void, RPCStatus.Code)] = [
      (Self.answer(framed([1]), trailers: nil), .unknown),
      (Self.answer(framed([1]), trailers: HeaderBlock(["x-other": "1"])), .unknown),
      (Self.answer([], trailers: Self.ok), .internal),
      (Self.answer(framed([1]) + framed([2]), trailers: Self.ok), .internal),
      (Self.answer(framed([1]) + [0, 0], trailers: Self.ok), .internal),
      (Self.answer([0, 0xff, 0xff, 0xff, 0xff], trailers: Self.ok), .resourceExhausted),
      (Self.answer([9, 0, 0, 0, 0], trailers: Self.ok), .internal),
      (Self.answer([], trailers: HeaderBlock(["grpc-status": "99"])), .unknown),
      (Self.answer([], trailers: HeaderBlock(["grpc-status": "abc"])), .unknown),
      (Self.answer(framed([1]), trailers: HeaderBlock(["grpc-status": "+0"])), .unknown),
      (Self.answer(framed([1]), trailers: HeaderBlock(["grpc-status": ""])), .unknown),
      (
        { $0.respond(HeaderBlock([":status": "200", "content-type": "text/html"]), on: $1, endStream: false) }, .unknown
      ),
    ]
    for (index, (answer, code)) in answers.enumerated() {
      #expect(try await Setup(answer).failure()?.status.code == code, "answer \(index)")
    }
  }

  @Test func deadlinesAreSentAndKept() async throws {
    let setup = Setup { _, _ in }
    let (client, loop) = (setup.client, setup.loop)
    let result = Mutex<RPCFailure?>(nil)
    Task {
      let failure = await failureOf {
        _ = try await client.unary("/a.B/C", bytes: [], CallOptions(timeoutNanoseconds: 2_000_000_000))
      }
      result.withLock { $0 = failure }
      loop.execute {}
    }
    await setup.loop.wait { !setup.server.heads.isEmpty }
    #expect(setup.server.heads[0].contains("grpc-timeout=2000000u"))
    #expect(setup.server.heads[0].prefix(4) == [":method=POST", ":scheme=https", ":path=/a.B/C", ":authority=example"])
    #expect(setup.server.heads[0].contains("te=trailers"))
    setup.loop.advance(nanoseconds: 2_000_000_000)
    await setup.loop.wait { result.withLock { $0 != nil } }
    #expect(result.withLock { $0?.status.code } == .deadlineExceeded)
    #expect(setup.server.closes == [.resetByPeer(.cancel)])
  }

  @Test func cancellingTheTaskResetsTheStream() async throws {
    let setup = Setup { _, _ in }
    let (client, loop) = (setup.client, setup.loop)
    let result = Mutex<RPCFailure?>(nil)
    let task = Task {
      let failure = await failureOf { _ = try await client.unary("/a.B/C", bytes: []) }
      result.withLock { $0 = failure }
      loop.execute {}
    }
    await setup.loop.wait { !setup.server.heads.isEmpty }
    task.cancel()
    await setup.loop.wait { result.withLock { $0 != nil } }
    #expect(result.withLock { $0?.status.code } == .cancelled)
    await setup.loop.wait { setup.server.closes == [.resetByPeer(.cancel)] }
  }

  @Test func callsWaitForAFreeStream() async throws {
    var options = InMemoryPipe.Options()
    options.maximumStreams = 2
    let setup = Setup(options: options, Self.answer(framed([7]), trailers: Self.ok))
    let client = setup.client
    let answers = try await setup.loop.drive {
      try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for _ in 0..<20 { group.addTask { try await client.unary("/a.B/C", bytes: [1]).message } }
        var answers: [[UInt8]] = []
        for try await answer in group { answers.append(answer) }
        return answers
      }
    }
    #expect(answers == Array(repeating: [7], count: 20))
  }

  @Test func aDrainingConnectionTakesNoCalls() async throws {
    let setup = Setup(Self.answer(framed([7]), trailers: Self.ok))
    setup.loop.run { setup.pipe.server.drain() }
    let failure = try await setup.failure()
    #expect(failure?.status.code == .unavailable)
    #expect(failure?.effect == RPCFailure.Effect.none)
  }

  @Test func aLostConnectionMayHaveHadAnEffect() async throws {
    let setup = Setup { _, _ in }
    let (client, loop) = (setup.client, setup.loop)
    let result = Mutex<RPCFailure?>(nil)
    Task {
      let failure = await failureOf { _ = try await client.unary("/a.B/C", bytes: []) }
      result.withLock { $0 = failure }
      loop.execute {}
    }
    await setup.loop.wait { !setup.server.heads.isEmpty }
    setup.loop.run { setup.pipe.cut() }
    await setup.loop.wait { result.withLock { $0 != nil } }
    #expect(result.withLock { $0?.status.code } == .unavailable)
    #expect(result.withLock { $0?.effect } == .possible)
    let later = try await setup.failure()
    #expect(later?.effect == RPCFailure.Effect.none)
  }
}
