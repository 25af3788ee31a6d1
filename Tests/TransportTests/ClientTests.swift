import COpenSSL
import HTTPStreams
import Synchronization
import Testing

@testable import Transport

/// Our client against our server, and what it says when there is no server.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ClientTests {
  private func connect(
    _ server: TestServer, _ loops: Loops, log: ClientLog
  ) async throws -> ClientConnection {
    try await Client.connect(
      host: "127.0.0.1", port: server.port, configuration: ClientConfiguration(tls: try TestServer.clientTLS()),
      loop: loops.all[0]
    ) { ClientScript($0, log) }
  }

  /// How connecting fails; nil when it does not.
  private func failure(_ port: Int, _ loops: Loops, _ configuration: ClientConfiguration) async -> TransportError? {
    do {
      let connection = try await Client.connect(
        host: "127.0.0.1", port: port, configuration: configuration, loop: loops.all[0]
      ) { ClientScript($0, ClientLog()) }
      connection.close()
      return nil
    } catch {
      return error
    }
  }

  @Test func aCallThereAndBack() async throws {
    let server = try await TestServer.start()
    let loops = Loops()
    let log = ClientLog()
    let connection = try await connect(server, loops, log: log)
    connection.send(Array("hello".utf8), on: try #require(await connection.open("/echo")))
    #expect(await log.closed() == .finished)
    #expect(log.body == Array("hello".utf8))
    #expect(log.status == "200")
    connection.drain()
    await log.disconnected()
    #expect(try await server.ended() == .closedByPeer)
    await loops.shutdown()
    await server.stop()
  }

  @Test func aLargeBodyGoesThroughSmallWindows() async throws {
    let server = try await TestServer.start {
      $0.connection.streamWindowBytes = 70_000
      $0.connection.connectionWindowBytes = 80_000
    }
    let loops = Loops()
    let log = ClientLog()
    let connection = try await connect(server, loops, log: log)
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    connection.send(body, on: try #require(await connection.open("/echo")))
    #expect(await log.closed() == .finished)
    #expect(log.body == body)
    connection.close()
    await loops.shutdown()
    await server.stop()
  }

  @Test func aGoawayMakesLateRequestsImpossibleAndEarlyOnesWhole() async throws {
    let server = try await TestServer.start()
    let loops = Loops()
    let log = ClientLog()
    let connection = try await connect(server, loops, log: log)
    let stream = try #require(await connection.open("/echo"))
    _ = await server.event { $0 == .headers(path: "/echo") }
    async let drained: Void = server.server.drain()
    await log.draining()
    #expect(await connection.open("/late") == nil)
    connection.send([], on: stream)
    #expect(await log.closed() == .finished)
    await log.disconnected()
    await drained
    await loops.shutdown()
    await server.loops.shutdown()
  }

  @Test func aRefusedStreamSaysThatNothingHappened() async throws {
    let server = try await TestServer.start { $0.connection.concurrentStreamsMax = 1 }
    let loops = Loops()
    let log = ClientLog()
    let connection = try await connect(server, loops, log: log)
    _ = try #require(await connection.open("/hang"))
    #expect(await connection.open("/late") == nil)
    connection.close()
    #expect(await log.closed() == .connectionLost)
    #expect(await connection.open("/late") == nil)
    await loops.shutdown()
    await server.stop()
  }

  @Test func aResetReachesTheServer() async throws {
    let server = try await TestServer.start()
    let loops = Loops()
    let log = ClientLog()
    let connection = try await connect(server, loops, log: log)
    let stream = try #require(await connection.open("/hang"))
    _ = await server.event { $0 == .headers(path: "/hang") }
    connection.reset(stream)
    #expect(await log.closed() == .resetByUs(.cancel))
    #expect(try await server.streamClosed() == .resetByPeer(.cancel))
    connection.close()
    await loops.shutdown()
    await server.stop()
  }

  @Test func aServerThatIsNotThereIsUnreachable() async throws {
    let server = try await TestServer.start()
    let port = server.port
    await server.stop()
    let loops = Loops()
    let tls = try TestServer.clientTLS()
    let error = await failure(port, loops, ClientConfiguration(tls: tls))
    guard case .unreachable("127.0.0.1", port, let why) = error, why.contains("refused") else {
      Issue.record("not unreachable: \(String(describing: error))")
      return
    }
    await loops.shutdown()
  }

  @Test func aServerOfAnotherAuthorityIsRefused() async throws {
    let server = try await TestServer.start()
    let loops = Loops()
    let tls = try TLSContext.client(authorityFile: TestPKI.stranger.get().certificateFile)
    let error = await failure(server.port, loops, ClientConfiguration(tls: tls))
    guard case .tls(_, _, .certificateRefused) = error else {
      Issue.record("not refused: \(String(describing: error))")
      return
    }
    await loops.shutdown()
    await server.stop()
  }

  @Test func aServerOfAnotherNameIsRefused() async throws {
    let server = try await TestServer.start()
    let loops = Loops()
    var configuration = ClientConfiguration(tls: try TestServer.clientTLS())
    configuration.serverName = "elsewhere.example"
    let error = await failure(server.port, loops, configuration)
    guard case .tls(_, _, .certificateRefused(let why)) = error else {
      Issue.record("not refused: \(String(describing: error))")
      return
    }
    #expect(why.contains("hostname mismatch"))
    await loops.shutdown()
    await server.stop()
  }

  @Test func aClientThatTheServerRefusesLearnsItWhenConnecting() async throws {
    let server = try await TestServer.start()
    let loops = Loops()
    let anonymous = try TLSContext.client(authorityFile: TestPKI.authority.get().certificateFile)
    let error = await failure(server.port, loops, ClientConfiguration(tls: anonymous))
    guard case .tls(_, _, .refusedByPeer) = error else {
      Issue.record("not refused: \(String(describing: error))")
      return
    }
    await loops.shutdown()
    await server.stop()
  }
}

/// What a client's handler saw.
final class ClientLog: Sendable {
  private struct State {
    var body: [UInt8] = []
    var status = ""
    var facts: [Fact] = []
    var waiter: (matches: @Sendable (Fact) -> Bool, continuation: CheckedContinuation<Fact, Never>)?
  }
  enum Fact: Equatable, Sendable {
    case closed(StreamClose)
    case draining, disconnected
  }
  private let state = Mutex(State())

  var body: [UInt8] { state.withLock { $0.body } }
  var status: String { state.withLock { $0.status } }
  func add(_ bytes: [UInt8]) { state.withLock { $0.body += bytes } }
  func set(status: String) { state.withLock { $0.status = status } }

  func tell(_ fact: Fact) {
    let waiting = state.withLock { state -> CheckedContinuation<Fact, Never>? in
      if let waiter = state.waiter, waiter.matches(fact) {
        state.waiter = nil
        return waiter.continuation
      }
      state.facts.append(fact)
      return nil
    }
    waiting?.resume(returning: fact)
  }

  private func next(_ matches: @escaping @Sendable (Fact) -> Bool) async -> Fact {
    await withCheckedContinuation { continuation in
      let found: Fact? = state.withLock { state in
        if let index = state.facts.firstIndex(where: matches) { return state.facts.remove(at: index) }
        state.waiter = (matches, continuation)
        return nil
      }
      if let found { continuation.resume(returning: found) }
    }
  }

  func closed() async -> StreamClose? {
    guard case .closed(let reason) = await next({ if case .closed = $0 { true } else { false } }) else { return nil }
    return reason
  }
  func draining() async { _ = await next { $0 == .draining } }
  func disconnected() async { _ = await next { $0 == .disconnected } }
}

final class ClientScript: StreamHandler {
  private let log: ClientLog
  private let connection: any StreamConnection

  init(_ connection: any StreamConnection, _ log: ClientLog) {
    self.connection = connection
    self.log = log
  }

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    log.set(status: String(decoding: headers.value(":status") ?? [], as: UTF8.self))
  }
  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    log.add(data.withUnsafeBytes { Array($0) })
    connection.consumed(data.byteCount, on: stream)
  }
  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {}
  func drained(_ stream: StreamID) {}
  func closed(_ stream: StreamID, _ reason: StreamClose) { log.tell(.closed(reason)) }
  func draining() { log.tell(.draining) }
  func disconnected() { log.tell(.disconnected) }
}

extension ClientConnection {
  static func head(_ path: String) -> HeaderBlock {
    HeaderBlock([
      (":method", Array("POST".utf8)), (":scheme", Array("https".utf8)), (":path", Array(path.utf8)),
      (":authority", Array("localhost".utf8)),
    ])
  }

  /// Opens a stream and leaves it open; nil when that is impossible.
  @discardableResult
  func open(_ path: String) async -> StreamID? {
    await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: self.streams.request(Self.head(path), endStream: false)) }
    }
  }

  func send(_ body: [UInt8], on stream: StreamID) {
    loop.execute {
      self.streams.write(body.span.bytes, on: stream)
      self.streams.finish(nil, on: stream)
    }
  }

  func reset(_ stream: StreamID) {
    loop.execute { self.streams.reset(.cancel, on: stream) }
  }
}
