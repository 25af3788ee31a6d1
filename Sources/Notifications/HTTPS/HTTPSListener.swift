internal import HTTPTypes
internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// An HTTPS server for those who do not speak gRPC: HTTP/1.1 and HTTP/2 by ALPN, small requests that are read whole before
/// they are answered.
package struct HTTPSListener: Sendable {
  /// As bound, also where 0 was asked for.
  package let port: Int
  private let server: Server<WatchedChannel>
  private let run: Task<Void, any Error>
  private let certificate: ServerCertificate
  private let connections: ConnectionBook
  private let limits: HTTPSLimits

  /// - Parameters:
  ///   - clientAuthorityFile: callers need a certificate of it; nil: anybody may call.
  ///   - answer: called for each whole request; many at once.
  package static func start(
    host: String, port: Int, certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil,
    limits: HTTPSLimits = HTTPSLimits(), answer: @escaping @Sendable (HTTPSRequest) async -> HTTPSReply
  ) async throws(HTTPSListenerDefect) -> HTTPSListener {
    let certificate = try ServerCertificate(
      certificateFile: certificateFile, keyFile: keyFile, clientAuthorityFile: clientAuthorityFile)
    let connections = ConnectionBook(limits)
    let responder = Responder(
      limits: limits, connections: connections, asksForCertificate: clientAuthorityFile != nil, answer: answer)
    let (bound, tellBound) = AsyncStream.makeStream(of: Int?.self)
    let server: Server<WatchedChannel>
    do {
      server = Server(
        childChannelSetup: WatchedChannel(
          base: try HTTP2UpgradeChannel(
            tlsConfiguration: certificate.configuration, configuration: http(limits),
            responder: { request, writer, channel in
              try await responder.respond(to: request, writer, channel)
            }), connections: connections),
        configuration: ServerConfiguration(
          address: .hostname(host, port: port),
          availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMaximum, logger: silent)),
        onServerRunning: { channel in tellBound.yield(channel.localAddress?.port) },
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: silent)
    } catch {
      throw HTTPSListenerDefect("\(certificateFile) and \(keyFile) cannot be used: \(error)")
    }
    let run = Task {
      defer { tellBound.finish() }
      try await server.run()
    }
    for await port in bound {
      guard let port else { break }
      return HTTPSListener(
        port: port, server: server, run: run, certificate: certificate, connections: connections, limits: limits)
    }
    let reason: String =
      switch await run.result {
      case .success: "it stopped at once"
      case .failure(let error): "\(error)"
      }
    throw HTTPSListenerDefect("cannot listen on \(host):\(port): \(reason); take another address or port")
  }

  /// Takes no more connections, lets requests under way end within `limits.stop`, and closes what is left.
  package func stop() async {
    let closing = Task { [connections, limits] in
      try await Task.sleep(for: limits.stop)
      connections.closeAll()
    }
    // It has stopped however this ends.
    try? await server.shutdownGracefully()
    closing.cancel()
    connections.closeAll()
    _ = await run.result
  }

  /// Reads certificate and key again; who is connected stays so. Files that are not right leave the old ones in use.
  package func reloadCertificate() throws(HTTPSListenerDefect) { try certificate.reload() }

  private static func http(_ limits: HTTPSLimits) -> HTTP2ChannelConfiguration {
    HTTP2ChannelConfiguration(
      streamConfiguration: HTTP1Channel.Configuration(
        httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
          maxHeaderFieldSize: limits.headerBytesMaximum, maxHeaderListSize: limits.headerBytesMaximum,
          maxHeaderFieldCount: limits.headerCountMaximum)))
  }

  /// What the library has to say is of single connections, and anybody can make it say it.
  private static var silent: Logger { Logger(label: "https") { _ in SwiftLogNoOpLogHandler() } }
}

/// Puts each connection into the book, from before its handshake.
private struct WatchedChannel: ServerChildChannel {
  let base: HTTP2UpgradeChannel
  let connections: ConnectionBook

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP2UpgradeChannel.Value> {
    connections.watch(channel)
    return base.setup(channel: channel, logger: logger)
  }

  func handle(value: HTTP2UpgradeChannel.Value, logger: Logger) async {
    await base.handle(value: value, logger: logger)
  }
}

private struct Responder: Sendable {
  let limits: HTTPSLimits
  let connections: ConnectionBook
  let asksForCertificate: Bool
  let answer: @Sendable (HTTPSRequest) async -> HTTPSReply

  func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
    guard connections.begin(channel) else {
      return try await write(Self.overloaded, writer)
    }
    defer { connections.end(channel) }
    switch await body(of: request) {
    case .whole(let bytes):
      let whole = HTTPSRequest(
        method: request.head.method.rawValue, path: request.uri.path,
        headers: request.headers.map { ($0.name.canonicalName, $0.value) }, body: bytes,
        certificate: try await certificate(channel))
      let reply = await answer(whole)
      if Self.unwelcome.contains(reply.status) { connections.leave(channel) }
      try await write(reply, writer)
    case .tooLong:
      connections.leave(channel)
      try await write(HTTPSReply(413, "more than \(limits.bodyBytesMaximum) bytes"), writer)
    case .tooSlow:
      connections.leave(channel)
      try await write(HTTPSReply(408, "the body took too long"), writer)
    case .cut:
      connections.leave(channel)
      try await write(HTTPSReply(400, "the body was cut"), writer)
    }
  }

  private func certificate(_ channel: any Channel) async throws -> [UInt8]? {
    guard asksForCertificate, let connection = connections.connection(of: channel) else { return nil }
    return try await connection.nioSSL_peerCertificate().get()?.toDERBytes()
  }

  private enum Body: Sendable {
    case whole([UInt8])
    case tooLong
    case tooSlow
    case cut
  }

  private func body(of request: Request) async -> Body {
    if let length = request.headers[.contentLength], Int(length).map({ $0 > limits.bodyBytesMaximum }) ?? true {
      return .tooLong
    }
    return await withTaskGroup { group in
      group.addTask { await read(request.body) }
      group.addTask {
        // Cancelled when the body is there.
        try? await Task.sleep(for: limits.body)
        return .tooSlow
      }
      defer { group.cancelAll() }
      return await group.next() ?? .cut
    }
  }

  private func read(_ body: RequestBody) async -> Body {
    var bytes: [UInt8] = []
    do {
      for try await piece in body {
        guard bytes.count + piece.readableBytes <= limits.bodyBytesMaximum else { return .tooLong }
        bytes += piece.readableBytesView
      }
    } catch {
      return .cut
    }
    return Task.isCancelled ? .cut : .whole(bytes)
  }

  /// Who has nothing to ask here gets no connection to keep.
  private static let unwelcome: Set<Int> = [401, 403, 404, 405]

  private static let overloaded = HTTPSReply(
    503, "too many requests at once; come again", headers: [HTTPSReply.Header("retry-after", "5")])

  private func write(_ reply: HTTPSReply, _ writer: consuming ResponseWriter) async throws {
    var head = HTTPResponse(status: HTTPResponse.Status(code: reply.status))
    head.headerFields[.contentType] = reply.contentType
    head.headerFields[.contentLength] = String(reply.body.count)
    for header in reply.headers {
      if let name = HTTPField.Name(header.name) { head.headerFields[name] = header.value }
    }
    try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
  }
}
