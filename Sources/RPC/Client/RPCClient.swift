package import HTTPStreams
package import SwiftProtobuf

/// Makes calls over one connection. May be used from any task.
package struct RPCClient: Sendable {
  let connection: LoopBound<RPCClientConnection>
  let loop: any StreamLoop

  /// Call it on the loop of the connection.
  package init(_ connection: RPCClientConnection, on loop: any StreamLoop) {
    self.connection = LoopBound(connection, on: loop)
    self.loop = loop
  }

  /// One request, one response. Throws `RPCFailure`.
  package func unary<Request: Message, Response: Message>(
    _ path: String, _ request: Request, as type: Response.Type = Response.self, _ options: CallOptions = CallOptions()
  ) async throws -> Response {
    try Self.decode(try await unary(path, bytes: try encodeMessage(request), options).message)
  }

  /// A unary response with its metadata.
  package struct UnaryResponse: Sendable {
    package let message: [UInt8]
    package let initialMetadata: Metadata
    package let trailingMetadata: Metadata
  }

  /// One encoded request, one encoded response. Throws `RPCFailure`.
  package func unary(
    _ path: String, bytes: [UInt8], _ options: CallOptions = CallOptions()
  ) async throws -> UnaryResponse {
    let call = ClientCall(path, options, self)
    try call.requests.append(bytes)
    call.endRequests()
    call.start()
    guard let message = try await call.nextResponse() else {
      throw RPCFailure(RPCStatus(.internal, "the server sent no response message"))
    }
    guard try await call.nextResponse() == nil else {
      call.cancel()
      throw RPCFailure(RPCStatus(.internal, "the server sent more than one response message"))
    }
    return UnaryResponse(
      message: message, initialMetadata: call.initialMetadata, trailingMetadata: call.trailingMetadata)
  }

  /// One request, any number of responses.
  package func serverStreaming<Request: Message, Response: Message>(
    _ path: String, _ request: Request, as type: Response.Type = Response.self, _ options: CallOptions = CallOptions()
  ) throws -> ResponseStream<Response> {
    let call = ClientCall(path, options, self)
    try call.requests.append(try encodeMessage(request))
    call.endRequests()
    call.start()
    return ResponseStream(call: call)
  }

  /// Any number of both.
  package func bidirectional<Request: Message, Response: Message>(
    _ path: String, _ request: Request.Type = Request.self, as type: Response.Type = Response.self,
    _ options: CallOptions = CallOptions()
  ) -> (requests: RequestWriter<Request>, responses: ResponseStream<Response>) {
    let call = ClientCall(path, options, self)
    call.start()
    return (RequestWriter(call: call), ResponseStream(call: call))
  }

  static func decode<Response: Message>(_ bytes: [UInt8]) throws -> Response {
    do { return try Response(serializedBytes: bytes) } catch {
      throw RPCFailure(RPCStatus(.internal, "the response is not a well-formed \(Response.protoMessageName)"))
    }
  }
}

/// Where a caller writes the requests of a streaming call.
package struct RequestWriter<Request: Message>: Sendable {
  let call: ClientCall

  /// Suspends while the server is too far behind; throws `RPCFailure` when the call is over.
  package func write(_ request: Request) async throws { try await call.write(try encodeMessage(request)) }

  /// No further requests.
  package func finish() { call.endRequests() }
}

/// The responses of a call, in order; ends after OK and throws `RPCFailure` otherwise. Iterate it once.
package struct ResponseStream<Response: Message>: AsyncSequence, Sendable {
  package typealias Element = Response
  let call: ClientCall

  package struct AsyncIterator: AsyncIteratorProtocol {
    let call: ClientCall

    package mutating func next() async throws -> Response? {
      guard let bytes = try await call.nextResponse() else { return nil }
      return try RPCClient.decode(bytes)
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(call: call) }

  /// Tells the server to stop.
  package func cancel() { call.cancel() }

  /// Known when the first response has come, or the end.
  package var initialMetadata: Metadata { call.initialMetadata }
  /// Known at the end.
  package var trailingMetadata: Metadata { call.trailingMetadata }
}
