internal import HTTPStreams
internal import RPC
internal import SwiftProtobuf
internal import Synchronization
package import Transport

/// Connections over TLS and HTTP/2.
package final class NetworkChannels: ChannelSource {
  private let host: String
  private let port: Int
  private let tls: TLSContext
  private let loop: TransportLoop

  /// `tls` is a client's context; all connections live on `loop`.
  package init(host: String, port: Int, tls: TLSContext, loop: TransportLoop) {
    self.host = host
    self.port = port
    self.tls = tls
    self.loop = loop
  }

  package func connect(timeoutNanoseconds: Int64) async throws(AttemptFailure) -> any CallChannel {
    var configuration = ClientConfiguration(tls: tls)
    configuration.connectTimeoutNanoseconds = timeoutNanoseconds
    let standing = ConnectionStanding()
    let made = Mutex<RPCClient?>(nil)
    let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    do throws(TransportError) {
      let connection = try await Client.connect(
        host: host, port: port, configuration: configuration, loop: loop
      ) { streams in
        let calls = RPCClientConnection(connection: streams, authority: authority)
        made.withLock { $0 = RPCClient(calls, on: streams.loop) }
        return StandingHandler(next: calls, standing: standing)
      }
      guard let client = made.withLock({ $0 }) else {
        throw TransportError.closed(host: host, port: port, .closed)
      }
      return NetworkChannel(connection: connection, client: client, standing: standing)
    } catch {
      throw AttemptFailure(error)
    }
  }
}

extension AttemptFailure {
  init(_ error: TransportError) {
    switch error {
    case .tls(_, _, let failure):
      switch failure {
      case .certificateRefused, .noHTTP2, .refusedByPeer, .protocolError: self = .handshakeRefused("\(error)")
      case .closedByPeer, .flooded: self = .unreachable("\(error)")
      }
    case .cannotListen, .unreachable, .timedOut, .closed: self = .unreachable("\(error)")
    }
  }
}

/// Whether a connection still takes calls, told by its loop and read from any thread.
private final class ConnectionStanding: Sendable {
  private enum State { case open, draining }
  private let state = Mutex(State.open)

  var takesCalls: Bool { state.withLock { $0 == .open } }
  func drain() { state.withLock { $0 = .draining } }
}

/// Notes the end of a connection on its way to the calls.
private final class StandingHandler: StreamHandler {
  private let next: RPCClientConnection
  private let standing: ConnectionStanding

  init(next: RPCClientConnection, standing: ConnectionStanding) {
    self.next = next
    self.standing = standing
  }

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    next.received(headers: headers, on: stream, endStream: endStream)
  }

  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    next.received(data: data, on: stream, endStream: endStream)
  }

  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    next.received(trailers: trailers, on: stream)
  }

  func drained(_ stream: StreamID) { next.drained(stream) }
  func closed(_ stream: StreamID, _ reason: StreamClose) { next.closed(stream, reason) }

  func draining() {
    standing.drain()
    next.draining()
  }

  func disconnected() {
    standing.drain()
    next.disconnected()
  }
}

private final class NetworkChannel: CallChannel {
  private let connection: ClientConnection
  private let client: RPCClient
  private let standing: ConnectionStanding

  init(connection: ClientConnection, client: RPCClient, standing: ConnectionStanding) {
    self.connection = connection
    self.client = client
    self.standing = standing
  }

  var takesCalls: Bool { standing.takesCalls }

  func close() {
    standing.drain()
    connection.drain()
  }

  func unary(
    path: String, request: [UInt8], timeoutNanoseconds: Int64
  ) async throws(AttemptFailure) -> [UInt8] {
    do {
      var options = CallOptions(timeoutNanoseconds: timeoutNanoseconds)
      // A batch of 8,192 withdrawals with long names and all their reasons is answered with some 6 MB.
      options.messageLimit = 16 << 20
      return try await client.unary(path, bytes: request, options).message
    } catch {
      throw AttemptFailure(call: error)
    }
  }

  func serverStreaming<Request: Message, Reply: Message>(
    path: String, request: Request, as type: Reply.Type
  ) async throws(AttemptFailure) -> ReplySource<Reply> {
    let replies: ResponseStream<Reply>
    do { replies = try client.serverStreaming(path, request, as: type) } catch { throw AttemptFailure(call: error) }
    return ReplySource { () async throws(AttemptFailure) in
      // An iterator holds no state of its own: the call keeps what has come.
      var iterator = replies.makeAsyncIterator()
      do { return try await iterator.next() } catch { throw AttemptFailure(call: error) }
    } cancel: {
      replies.cancel()
    }
  }
}

extension AttemptFailure {
  /// What a call's failure says about its effect.
  init(call error: any Error) {
    guard let failure = error as? RPCFailure else {
      self = error is CancellationError ? .cancelled : .answered(RPCStatus(describing: error))
      return
    }
    switch failure.effect {
    case .none: self = .notProcessed(failure.status.message)
    case .possible:
      if failure.status.code == .cancelled && Task.isCancelled {
        self = .cancelled
      } else if failure.status.code == .deadlineExceeded && failure.status.reason == nil {
        // The attempt's time is up, here or there; the call's may not be.
        self = .lost("no answer came in time")
      } else {
        self = .answered(failure.status)
      }
    }
  }
}
