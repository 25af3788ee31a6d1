package import HTTPStreams
import NIOCore
import NIOPosix
import Synchronization

/// What a server needs to know besides its address.
package struct ServerConfiguration: Sendable {
  package var tls: TLSContext
  package var connection = ConnectionLimits()
  /// Connections at once; the next ones wait unaccepted. Each costs some 50 KB when idle and one descriptor, so that
  /// what is left of the descriptor limit after `Descriptors.reserve` is a bound too.
  package var connectionsMax = 10_000
  /// Connections at once from one address: room for a partner's fleet behind one NAT, not for one that fills the
  /// server.
  package var connectionsPerAddressMax = 4_000
  /// The kernel's queue of connections not yet accepted.
  package var backlog: Int32 = 1024
  /// Says who a verified peer is. Called on the connection's loop: must not block.
  package var identify: @Sendable (_ certificate: PeerCertificate?, _ address: String) -> Admission = { _, _ in
    .admit(identity: nil)
  }
  /// Told of every connection's beginning and end. Called on a loop: must not block.
  package var observe: @Sendable (ServerEvent) -> Void = { _ in }

  package init(tls: TLSContext) { self.tls = tls }
}

package enum ServerEvent: Sendable {
  case accepted(address: String)
  /// Closed at once: too many connections from this address.
  case refused(address: String)
  case ended(address: String, CloseReason)
  /// Accepting pauses: the connection limit is reached, or the system is out of descriptors.
  case acceptPaused
  case acceptResumed
}

/// Why a server or a client did not come to be.
package enum TransportError: Error, Sendable, CustomStringConvertible {
  case cannotListen(host: String, port: Int, reason: String)
  case unreachable(host: String, port: Int, reason: String)
  case tls(host: String, port: Int, TLSFailure)
  /// TLS or HTTP/2 did not come up in time.
  case timedOut(host: String, port: Int)
  /// The peer took the connection and closed it before HTTP/2 was up.
  case closed(host: String, port: Int, CloseReason)

  package var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
    case .unreachable(let host, let port, let reason): "cannot reach \(host):\(port): \(reason)"
    case .tls(let host, let port, let failure): "no TLS with \(host):\(port): \(failure)"
    case .timedOut(let host, let port): "\(host):\(port) did not answer in time"
    case .closed(let host, let port, let reason): "connection to \(host):\(port) ended at once: \(reason)"
    }
  }
}

/// A listening socket and the connections it brought.
package final class Server: Sendable {
  package let host: String
  /// The bound port, also when 0 was asked for.
  package let port: Int
  let listener: any Channel
  private let shared: ServerShared

  private init(listener: any Channel, shared: ServerShared, host: String, port: Int) {
    self.listener = listener
    self.shared = shared
    self.host = host
    self.port = port
  }

  /// `handler` is called on the connection's loop (`connection.loop`) for each connection that is admitted.
  package static func start(
    host: String, port: Int, configuration: ServerConfiguration, loops: Loops,
    handler: @escaping @Sendable (any StreamConnection) -> any StreamHandler
  ) async throws(TransportError) -> Server {
    let shared = ServerShared(configuration, loops, handler)
    let limits = configuration.connection
    let watermark = ChannelOptions.Types.WriteBufferWaterMark(
      low: limits.socketLowWaterBytes, high: limits.socketHighWaterBytes)
    do {
      let listener = try await ServerBootstrap(group: loops.group)
        .serverChannelOption(.backlog, value: configuration.backlog)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(AcceptGate(shared))
          }
        }
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        // One read per turn and connection: nobody holds the loop for long, and a turn's replies leave together.
        .childChannelOption(.maxMessagesPerRead, value: 1)
        .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator.forConnections)
        .childChannelOption(.writeBufferWaterMark, value: watermark)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try shared.adopt(channel) }
        }
        .bind(host: host, port: port)
        .get()
      let bound = listener.localAddress
      return Server(
        listener: listener, shared: shared, host: bound?.ipAddress ?? host, port: bound?.port ?? port)
    } catch {
      throw .cannotListen(host: host, port: port, reason: String(describing: error))
    }
  }

  /// Connections now.
  package var connectionCount: Int { shared.count }

  /// Uses `tls` for handshakes that begin from now on.
  package func replaceTLS(_ tls: TLSContext) { shared.replaceTLS(tls) }

  /// Stops listening, lets open streams end for at most `ConnectionTimers.drainNanoseconds`, returns when all
  /// connections are closed.
  package func drain() async {
    try? await listener.close()
    await shared.drainAll()
  }

  /// Stops listening and closes every connection at once.
  package func close() async {
    try? await listener.close()
    await shared.closeAll()
  }
}

extension AdaptiveRecvByteBufferAllocator {
  /// Small for a handshake and idle connections, large for loaded ones.
  static var forConnections: AdaptiveRecvByteBufferAllocator {
    AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 64 * 1024)
  }
}
