package import SwiftProtobuf

/// A method whose handler is an async closure, run in a task for each call.
struct AsyncMethod {
  enum Requests {
    /// Exactly one: the handler starts when it is complete.
    case one(@Sendable ([UInt8], ServerContext) async throws -> Void)
    /// Any number: the handler starts with the call.
    case many(@Sendable (ServerContext) async throws -> Void)
  }

  let requests: Requests
}

/// The four kinds of methods, over messages. A handler that throws `RPCStatusConvertible` ends its call with that status;
/// any other error is UNKNOWN to the client.
extension Routes {
  package mutating func unary<Request: Message, Response: Message>(
    _ path: String, messageLimit: Int = RPCLimits().messageBytes,
    _ handler: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) {
    add(
      path, messageLimit,
      .one { bytes, context in
        let response = try await handler(try decodeRequest(bytes), context)
        try await context.call.write(try encodeMessage(response))
      })
  }

  package mutating func serverStreaming<Request: Message, Response: Message>(
    _ path: String, messageLimit: Int = RPCLimits().messageBytes,
    _ handler: @escaping @Sendable (Request, ResponseWriter<Response>, ServerContext) async throws -> Void
  ) {
    add(
      path, messageLimit,
      .one { bytes, context in
        try await handler(try decodeRequest(bytes), ResponseWriter(call: context.call), context)
      })
  }

  package mutating func clientStreaming<Request: Message, Response: Message>(
    _ path: String, messageLimit: Int = RPCLimits().messageBytes,
    _ handler: @escaping @Sendable (RequestStream<Request>, ServerContext) async throws -> Response
  ) {
    add(
      path, messageLimit,
      .many { context in
        let response = try await handler(RequestStream(call: context.call), context)
        try await context.call.write(try encodeMessage(response))
      })
  }

  package mutating func bidirectional<Request: Message, Response: Message>(
    _ path: String, messageLimit: Int = RPCLimits().messageBytes,
    _ handler:
      @escaping @Sendable (RequestStream<Request>, ResponseWriter<Response>, ServerContext) async throws -> Void
  ) {
    add(
      path, messageLimit,
      .many { context in
        try await handler(RequestStream(call: context.call), ResponseWriter(call: context.call), context)
      })
  }
}
