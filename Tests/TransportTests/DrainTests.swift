import Glibc
import HTTPStreams
import NIOCore
import Synchronization
import Testing

@testable import Transport

private typealias Frame = RawClient.Frame

/// How a server stops (standards.md, gRPC 10) and how it holds back who is too many (faults.md R01, R02).
@Suite(.serialized, .timeLimit(.minutes(2)))
struct DrainTests {
  @Test func noticeThenRoundTripThenGoawayThenTheEnd() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/echo", end: false))
    #expect(try client.next(Frame.headers) != nil)
    async let drained: Void = server.server.drain()
    let notice = try #require(try client.next(Frame.goaway))
    #expect(Frame.number(notice.payload[0..<4]) == 0x7FFF_FFFF && notice.errorCode == 0)
    let ping = try #require(try client.next(Frame.ping))
    // Sent before the client could know: still served.
    try client.send(.request(3, "/echo"))
    #expect(try client.next(Frame.headers)?.stream == 3)
    try client.send(Frame(type: Frame.ping, flags: Frame.ack, payload: ping.payload))
    let last = try #require(try client.next(Frame.goaway))
    #expect(Frame.number(last.payload[0..<4]) == 3 && last.errorCode == 0)
    // Too late: ignored, and the last id tells the client so.
    try client.send(.request(5, "/late"), .data(1, [8], end: true))
    var body: [UInt8] = []
    for frame in try client.rest() where frame.type == Frame.data { body += frame.payload }
    #expect(body == [8])
    await drained
    #expect(try await server.ended() == .drained)
    #expect(!server.log.untaken.contains(.headers(path: "/late")))
    #expect(server.log.untaken.contains(.draining))
    await server.loops.shutdown()
  }

  @Test func streamsThatDoNotEndAreCut() async throws {
    let server = try await TestServer.start { $0.connection.timers.drainNanoseconds = 50_000_000 }
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/hang"))
    _ = await server.event { $0 == .headers(path: "/hang") }
    async let drained: Void = server.server.drain()
    let ping = try #require(try client.next(Frame.ping))
    try client.send(Frame(type: Frame.ping, flags: Frame.ack, payload: ping.payload))
    _ = try client.rest()
    await drained
    #expect(try await server.streamClosed() == .connectionLost)
    #expect(try await server.ended() == .drained)
    await server.loops.shutdown()
  }

  @Test func aFullServerLetsOthersWait() async throws {
    let server = try await TestServer.start { $0.connectionsMax = 2 }
    var clients = [try server.client(), try server.client()]
    for client in clients { try client.start() }
    _ = await server.event { $0 == .acceptPaused }
    // The kernel takes the connection, the server does not.
    let waiting = try server.client()
    #expect(server.server.connectionCount == 2)
    clients.removeLast()
    _ = await server.event { $0 == .acceptResumed }
    try waiting.start()
    try waiting.send(.request(1, "/echo"))
    #expect(try waiting.next(Frame.headers) != nil)
    await server.stop()
  }

  /// The error is put in by hand: taking all descriptors of the test process would fail other tests.
  @Test func withoutDescriptorsAcceptingPausesAndGoesOn() async throws {
    let server = try await TestServer.start()
    let first = try server.client()
    try first.start()
    _ = try first.next(Frame.settings)
    server.server.listener.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
    _ = await server.event { $0 == .acceptPaused }
    let second = try server.client()
    // A connection that ends frees a descriptor: accepting is tried at once, and the waiting one is served.
    first.shutdownSending()
    _ = await server.event { $0 == .acceptResumed }
    try second.start()
    #expect(try second.next(Frame.settings) != nil)
    // Without one it is tried again by itself.
    server.server.listener.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
    _ = await server.event { $0 == .acceptPaused }
    let third = try server.client()
    _ = await server.event { $0 == .acceptResumed }
    try third.start()
    #expect(try third.next(Frame.settings) != nil)
    await server.stop()
  }

  @Test func oneAddressMayNotTakeAll() async throws {
    let server = try await TestServer.start { $0.connectionsPerAddressMax = 1 }
    let first = try server.client()
    try first.start()
    _ = try first.next(Frame.settings)
    let second = try server.client()
    #expect(throws: (any Error).self) { try second.handshake() }
    _ = await server.event { $0 == .refused }
    await server.stop()
  }

  @Test func aTakenPortIsNamed() async throws {
    let server = try await TestServer.start()
    let leaf = try TestPKI.server.get()
    let tls = try TLSContext.server(chainFile: leaf.chainFile, keyFile: leaf.keyFile, clients: .none)
    let port = server.port
    do {
      _ = try await Server.start(
        host: "127.0.0.1", port: port, configuration: ServerConfiguration(tls: tls), loops: server.loops
      ) { ScriptHandler($0) { _ in } }
      Issue.record("bound twice")
    } catch {
      #expect("\(error)".contains("cannot listen on 127.0.0.1:\(port)"))
    }
    await server.stop()
  }
}
