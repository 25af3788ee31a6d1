import HTTPStreams
import NIOCore
import Synchronization

/// What a server's connections and its listener share across loops.
final class ServerShared: ConnectionOwner {
  private struct State {
    var tls: TLSContext
    var count = 0
    var perAddress: [String: Int] = [:]
    var open: [ObjectIdentifier: OpenConnection] = [:]
    var isDraining = false
    /// Resumed when the last connection is gone.
    var waiting: [CheckedContinuation<Void, Never>] = []
    var gate: GateLine?
  }

  /// A connection and its loop: the connection is touched on the loop only.
  private struct OpenConnection: Sendable {
    let loop: TransportLoop
    let connection: LoopBound<Connection>
  }

  let configuration: ServerConfiguration
  private let connectionsMax: Int
  private let loops: Loops
  private let handlerFactory: @Sendable (any StreamConnection) -> any StreamHandler
  private let state: Mutex<State>

  init(
    _ configuration: ServerConfiguration, _ loops: Loops,
    _ handler: @escaping @Sendable (any StreamConnection) -> any StreamHandler
  ) {
    self.configuration = configuration
    connectionsMax = max(1, min(configuration.connectionsMax, Descriptors.limit - Descriptors.reserve))
    self.loops = loops
    self.handlerFactory = handler
    state = Mutex(State(tls: configuration.tls))
  }

  var count: Int { state.withLock { $0.count } }

  /// No further connection fits.
  var isFull: Bool { state.withLock { $0.count >= connectionsMax } }

  func replaceTLS(_ tls: TLSContext) { state.withLock { $0.tls = tls } }

  func setGate(_ gate: GateLine?) { state.withLock { $0.gate = gate } }

  // MARK: A connection's life (on its loop)

  func adopt(_ channel: any Channel) throws {
    let address = channel.remoteAddress?.printable ?? "unknown"
    let host = channel.remoteAddress?.ipAddress ?? "unknown"
    guard let loop = loops.loop(of: channel.eventLoop) else { throw ChannelError.inappropriateOperationForState }
    guard let engine = TLSEngine(server: state.withLock { $0.tls }) else { return channel.close(promise: nil) }
    let connection = Connection(
      role: .server, engine: engine, loop: loop, address: address, host: host,
      limits: configuration.connection, owner: self)
    let open = OpenConnection(loop: loop, connection: LoopBound(connection, on: loop))
    let isAdmitted = state.withLock { state in
      let others = state.perAddress[host, default: 0]
      guard !state.isDraining, others < configuration.connectionsPerAddressMax else { return false }
      state.perAddress[host] = others + 1
      state.count += 1
      state.open[ObjectIdentifier(connection)] = open
      return true
    }
    guard isAdmitted else {
      configuration.observe(.refused(address: address))
      return channel.close(promise: nil)
    }
    configuration.observe(.accepted(address: address))
    try channel.pipeline.syncOperations.addHandler(connection)
  }

  func admit(_ certificate: PeerCertificate?, address: String) -> Admission {
    configuration.identify(certificate, address)
  }

  func makeHandler(_ connection: any StreamConnection) -> any StreamHandler { handlerFactory(connection) }

  func ready(_ connection: Connection, _ session: HTTP2Session) {}

  func ended(_ connection: Connection, _ reason: CloseReason) {
    let isKnown = state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(connection)) != nil }
    if isKnown { forget(connection.host) }
    configuration.observe(.ended(address: connection.address, reason))
  }

  private func forget(_ host: String) {
    let (gate, waiting) = state.withLock { state -> (GateLine?, [CheckedContinuation<Void, Never>]) in
      state.count -= 1
      if let left = state.perAddress[host] { state.perAddress[host] = left > 1 ? left - 1 : nil }
      guard state.count == 0 else { return (state.gate, []) }
      defer { state.waiting = [] }
      return (state.gate, state.waiting)
    }
    gate?.connectionEnded()
    for continuation in waiting { continuation.resume() }
  }

  // MARK: The end (from any thread)

  func drainAll() async { await endAll { $0.drain() } }

  func closeAll() async { await endAll { $0.abort(.closed) } }

  private func endAll(_ end: @escaping @Sendable (Connection) -> Void) async {
    let open = state.withLock { state in
      state.isDraining = true
      return Array(state.open.values)
    }
    for one in open { one.loop.execute { end(one.connection.value) } }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.count > 0 { state.waiting.append(continuation) }
        return state.count == 0
      }
      if isOver { continuation.resume() }
    }
  }
}

extension SocketAddress {
  /// "127.0.0.1:50312", "[::1]:50312".
  var printable: String {
    guard let host = ipAddress, let port else { return description }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
