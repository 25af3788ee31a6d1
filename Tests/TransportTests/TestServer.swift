import HTTPStreams
import Synchronization

@testable import Transport

/// A server for one test, with what happened on it.
final class TestServer: Sendable {
  enum Event: Sendable, Equatable {
    case headers(path: String)
    case body(Int)
    case closed(StreamClose)
    case draining
    case disconnected
    case ended(CloseReason)
    case accepted
    case refused
    case acceptPaused
    case acceptResumed
  }

  let server: Server
  let loops: Loops
  let log: EventLog

  struct Failure: Error { let what: String }

  static func start(
    clients: ClientVerification? = nil, _ change: (inout ServerConfiguration) -> Void = { _ in }
  ) async throws -> TestServer {
    let leaf = try TestPKI.server.get()
    let tls = try TLSContext.server(
      chainFile: leaf.chainFile, keyFile: leaf.keyFile,
      clients: clients ?? .required(authorityFile: try TestPKI.authority.get().certificateFile))
    var configuration = ServerConfiguration(tls: tls)
    configuration.connection.timers.lingerNanoseconds = 50_000_000
    change(&configuration)
    let log = EventLog()
    configuration.observe = { event in
      switch event {
      case .accepted: log.tell(.accepted)
      case .refused: log.tell(.refused)
      case .ended(_, let reason): log.tell(.ended(reason))
      case .acceptPaused: log.tell(.acceptPaused)
      case .acceptResumed: log.tell(.acceptResumed)
      }
    }
    let loops = Loops(count: 1, tickNanoseconds: 5_000_000)
    let server = try await Server.start(
      host: "127.0.0.1", port: 0, configuration: configuration, loops: loops
    ) { ScriptHandler($0) { log.tell($0) } }
    return TestServer(server, loops, log)
  }

  private init(_ server: Server, _ loops: Loops, _ log: EventLog) {
    self.server = server
    self.loops = loops
    self.log = log
  }

  var port: Int { server.port }

  /// Waits for an event, passing over others.
  func event(_ matches: @escaping @Sendable (Event) -> Bool) async -> Event {
    await log.next(matches)
  }

  func ended() async throws -> CloseReason {
    guard case .ended(let reason) = await event({ if case .ended = $0 { true } else { false } }) else {
      throw Failure(what: "no end")
    }
    return reason
  }

  func streamClosed() async throws -> StreamClose {
    guard case .closed(let reason) = await event({ if case .closed = $0 { true } else { false } }) else {
      throw Failure(what: "no close")
    }
    return reason
  }

  func client(_ leaf: TestAuthority.Leaf? = nil, receiveBufferBytes: Int32? = nil) throws -> RawClient {
    try RawClient(port: port, tls: Self.clientTLS(leaf), receiveBufferBytes: receiveBufferBytes)
  }

  static func clientTLS(_ leaf: TestAuthority.Leaf? = nil) throws -> TLSContext {
    let leaf = try leaf ?? TestPKI.partner.get()
    return try TLSContext.client(
      authorityFile: TestPKI.authority.get().certificateFile,
      credentials: .certificate(chainFile: leaf.chainFile, keyFile: leaf.keyFile))
  }

  func stop() async {
    await server.close()
    await loops.shutdown()
  }
}

/// Events in order, each handed out once, to whoever waits for such a one.
final class EventLog: Sendable {
  typealias Event = TestServer.Event
  private struct Waiter {
    let matches: @Sendable (Event) -> Bool
    let continuation: CheckedContinuation<Event, Never>
  }
  private struct State {
    var events: [Event] = []
    var waiters: [Waiter] = []
  }
  private let state = Mutex(State())

  func tell(_ event: Event) {
    let waiter: Waiter? = state.withLock { state in
      if let index = state.waiters.firstIndex(where: { $0.matches(event) }) { return state.waiters.remove(at: index) }
      state.events.append(event)
      return nil
    }
    waiter?.continuation.resume(returning: event)
  }

  func next(_ matches: @escaping @Sendable (Event) -> Bool) async -> Event {
    await withCheckedContinuation { continuation in
      let event: Event? = state.withLock { state in
        if let index = state.events.firstIndex(where: matches) { return state.events.remove(at: index) }
        state.waiters.append(Waiter(matches: matches, continuation: continuation))
        return nil
      }
      if let event { continuation.resume(returning: event) }
    }
  }

  /// What nobody has taken yet.
  var untaken: [Event] { state.withLock { $0.events } }
}

/// Does what the path says.
final class ScriptHandler: StreamHandler {
  static let head = HeaderBlock([":status": "200", "content-type": "application/test"])
  static let tail = HeaderBlock(["outcome": "0"])

  private let connection: any StreamConnection
  private let tell: @Sendable (TestServer.Event) -> Void
  private var paths: [StreamID: String] = [:]

  init(_ connection: any StreamConnection, _ tell: @escaping @Sendable (TestServer.Event) -> Void) {
    self.connection = connection
    self.tell = tell
  }

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    let path = String(decoding: headers.value(":path") ?? [], as: UTF8.self)
    paths[stream] = path
    tell(.headers(path: path))
    switch path {
    case "/hang", "/keep": break
    case "/early":
      connection.respond(Self.head, on: stream, endStream: false)
      connection.finish(Self.tail, on: stream)
    case "/early-bare":
      connection.respond(Self.head, on: stream, endStream: true)
    case "/who":
      connection.respond(Self.head, on: stream, endStream: false)
      let text = Array(
        (connection.peer.uriNames.joined(separator: " ") + " \(connection.peer.certificateDigest.count)").utf8)
      connection.write(text.span.bytes, on: stream)
      connection.finish(nil, on: stream)
    default:
      connection.respond(Self.head, on: stream, endStream: false)
      if let count = Int(path.dropFirst("/big/".count)), path.hasPrefix("/big/") {
        connection.write([UInt8](repeating: 1, count: count).span.bytes, on: stream)
        connection.finish(Self.tail, on: stream)
      } else if endStream {
        connection.finish(Self.tail, on: stream)
      }
    }
  }

  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    tell(.body(data.byteCount))
    if paths[stream] == "/keep" { return }
    connection.write(data, on: stream)
    connection.consumed(data.byteCount, on: stream)
    if endStream { connection.finish(Self.tail, on: stream) }
  }

  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    connection.finish(Self.tail, on: stream)
  }

  func drained(_ stream: StreamID) {}
  func closed(_ stream: StreamID, _ reason: StreamClose) {
    paths[stream] = nil
    tell(.closed(reason))
  }
  func draining() { tell(.draining) }
  func disconnected() { tell(.disconnected) }
}
