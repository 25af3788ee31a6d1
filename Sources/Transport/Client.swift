package import HTTPStreams
import NIOCore
import NIOPosix
import Synchronization

/// What a client needs to know besides the server's address.
package struct ClientConfiguration: Sendable {
  package var tls: TLSContext
  /// The name or IP address that the server's certificate must carry; nil takes the host that is connected to.
  package var serverName: String?
  package var connection: ConnectionLimits
  /// For TCP. TLS and HTTP/2 have their own: `ConnectionTimers.handshakeNanoseconds` and `prefaceNanoseconds`.
  package var connectTimeoutNanoseconds: Int64 = 10_000_000_000

  package init(tls: TLSContext) {
    self.tls = tls
    connection = ConnectionLimits()
    // A client waits for a slow server as long as its caller wants, and ends its connections itself.
    connection.timers.maximumAgeNanoseconds = .max / 4
    connection.timers.idleNanoseconds = .max / 4
    // Servers count pings closer together than five minutes as an attack (gRFC A8), ours too.
    connection.timers.pingAfterSilenceNanoseconds = 330_000_000_000
    connection.timers.pingAnswerNanoseconds = 20_000_000_000
    // A server may be slow to take a request body for good reasons; the call's deadline comes first.
    connection.timers.writeProgressNanoseconds = 60_000_000_000
  }
}

/// Opens connections to a server.
package enum Client {
  /// Returns when both sides have proved themselves and the server's SETTINGS have come: a certificate that the server
  /// refuses is an error here and not of the first request. `handler` is called on `loop`; the connection is to be used
  /// there only.
  package static func connect(
    host: String, port: Int, configuration: ClientConfiguration, loop: TransportLoop,
    handler: @escaping @Sendable (any StreamConnection) -> any StreamHandler
  ) async throws(TransportError) -> ClientConnection {
    let target = (host: host, port: port)
    let limits = configuration.connection
    let outcome = ClientOutcome(handler)
    guard let engine = TLSEngine(client: configuration.tls, serverName: configuration.serverName ?? host) else {
      throw .tls(host: host, port: port, .protocolError("\(configuration.serverName ?? host) is no server name"))
    }
    let bound = NIOLoopBoundBox.makeBoxSendingValue(engine, eventLoop: loop.eventLoop)
    let watermark = ChannelOptions.Types.WriteBufferWaterMark(
      low: limits.socketLowWaterBytes, high: limits.socketHighWaterBytes)
    do {
      _ = try await ClientBootstrap(group: loop.eventLoop)
        .connectTimeout(.nanoseconds(configuration.connectTimeoutNanoseconds))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(.maxMessagesPerRead, value: 1)
        .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.forConnections)
        .channelOption(.writeBufferWaterMark, value: watermark)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let connection = Connection(
              role: .client, engine: bound.value, loop: loop, address: "\(target.host):\(target.port)",
              host: target.host, limits: limits, owner: outcome)
            try channel.pipeline.syncOperations.addHandler(connection)
          }
        }
        .connect(host: host, port: port)
        .get()
    } catch {
      throw .unreachable(host: host, port: port, reason: Self.reason(error))
    }
    switch await outcome.wait() {
    case .ready(let connection): return connection
    case .ended(.tls(let failure)): throw .tls(host: host, port: port, failure)
    case .ended(.timedOut): throw .timedOut(host: host, port: port)
    case .ended(let reason): throw .closed(host: host, port: port, reason)
    }
  }

  /// NIO's error holds one error per address that was tried; one is enough for a person.
  private static func reason(_ error: any Error) -> String {
    guard let all = error as? NIOConnectionError else { return String(describing: error) }
    if let first = all.connectionErrors.first { return String(describing: first.error) }
    return "the name cannot be resolved"
  }
}

/// A connection that this side opened.
package final class ClientConnection: Sendable {
  package let loop: TransportLoop
  private let bound: LoopBound<(connection: Connection, session: HTTP2Session)>

  init(_ connection: Connection, _ session: HTTP2Session) {
    loop = connection.loop
    bound = LoopBound((connection, session), on: connection.loop)
  }

  /// For use on `loop` only.
  package var streams: any StreamConnection { bound.value.session }

  /// Lets open streams end, then closes. From any thread.
  package func drain() {
    loop.execute { [self] in bound.value.connection.drain() }
  }

  /// Closes at once. From any thread.
  package func close() {
    loop.execute { [self] in bound.value.connection.abort(.closed) }
  }
}

/// Waits for the one result of connecting.
private final class ClientOutcome: ConnectionOwner {
  enum Outcome: Sendable {
    case ready(ClientConnection)
    case ended(CloseReason)
  }

  private enum State {
    case pending
    case waiting(CheckedContinuation<Outcome, Never>)
    case known(Outcome)
  }

  private let handlerFactory: @Sendable (any StreamConnection) -> any StreamHandler
  private let state = Mutex(State.pending)

  init(_ handler: @escaping @Sendable (any StreamConnection) -> any StreamHandler) { handlerFactory = handler }

  func wait() async -> Outcome {
    await withCheckedContinuation { continuation in
      let known: Outcome? = state.withLock { state in
        if case .known(let outcome) = state { return outcome }
        state = .waiting(continuation)
        return nil
      }
      if let known { continuation.resume(returning: known) }
    }
  }

  func admit(_ certificate: PeerCertificate?, address: String) -> Admission { .admit(identity: nil) }

  func makeHandler(_ connection: any StreamConnection) -> any StreamHandler { handlerFactory(connection) }

  func ready(_ connection: Connection, _ session: HTTP2Session) { tell(.ready(ClientConnection(connection, session))) }

  func ended(_ connection: Connection, _ reason: CloseReason) {
    tell(.ended(reason))
    // The connection owns this object: kept here for ever, a ready one would never be freed.
    state.withLock { $0 = .known(.ended(reason)) }
  }

  private func tell(_ outcome: Outcome) {
    let waiting: CheckedContinuation<Outcome, Never>? = state.withLock { state in
      switch state {
      case .pending:
        state = .known(outcome)
        return nil
      case .waiting(let continuation):
        state = .known(outcome)
        return continuation
      case .known: return nil
      }
    }
    waiting?.resume(returning: outcome)
  }
}
