package import SwiftProtobuf

/// The request messages of a call, in order. What is not taken holds the client back (flow control). Iterate it once.
package struct RequestStream<Request: Message>: AsyncSequence, Sendable {
  package typealias Element = Request
  let call: AsyncCall

  package struct AsyncIterator: AsyncIteratorProtocol {
    let call: AsyncCall

    /// Throws `RPCStatus` when the client goes away, the deadline passes, or a message cannot be read.
    package mutating func next() async throws -> Request? {
      guard let bytes = try await call.nextRequest() else { return nil }
      return try decodeRequest(bytes)
    }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(call: call) }
}

/// Where a handler writes its response messages.
package struct ResponseWriter<Response: Message>: Sendable {
  let call: AsyncCall

  /// Sends a message. Suspends while the client is too far behind; throws `RPCStatus` when the call is over.
  package func write(_ response: Response) async throws {
    try await call.write(try encodeMessage(response))
  }
}

func decodeRequest<Request: Message>(_ bytes: [UInt8]) throws(RPCStatus) -> Request {
  do { return try Request(serializedBytes: bytes) } catch {
    throw RPCStatus(
      .invalidArgument, "the request is not a well-formed \(Request.protoMessageName)",
      details: [.errorInfo(reason: "MALFORMED_MESSAGE", domain: package(of: Request.self))])
  }
}

/// The message's proto package: what its errors' reasons belong to.
private func package<Request: Message>(of _: Request.Type) -> String {
  Request.protoMessageName.split(separator: ".").dropLast().joined(separator: ".")
}

func encodeMessage<Response: Message>(_ response: Response) throws(RPCStatus) -> [UInt8] {
  do { return try response.serializedBytes() } catch {
    throw RPCStatus(.internal, "the message does not serialize")
  }
}
