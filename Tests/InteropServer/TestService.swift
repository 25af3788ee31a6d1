import Foundation
import RPC

/// grpc.testing.TestService as the public interoperability tests expect it (grpc/grpc
/// doc/interop-test-descriptions.md). UnimplementedCall and UnimplementedService are left out on purpose.
enum TestService {
  private static let initialKey = "x-grpc-test-echo-initial"
  private static let trailingKey = "x-grpc-test-echo-trailing-bin"
  /// The largest payload that a client may ask for; the tests ask for less than half a megabyte.
  private static let payloadLimit: Int32 = 16 << 20

  static func addMethods(to routes: inout Routes) {
    let service = "/grpc.testing.TestService/"
    routes.unary(service + "EmptyCall", handler: EmptyCall())
    for method in ["UnaryCall", "CacheableUnaryCall"] {
      routes.unary(service + method) { (request: Grpc_Testing_SimpleRequest, context) in
        echoMetadata(context)
        if request.hasResponseStatus { try check(request.responseStatus) }
        var response = Grpc_Testing_SimpleResponse()
        response.payload = try payload(request.responseSize)
        return response
      }
    }
    routes.serverStreaming(service + "StreamingOutputCall") {
      (
        request: Grpc_Testing_StreamingOutputCallRequest,
        writer: ResponseWriter<Grpc_Testing_StreamingOutputCallResponse>, context
      ) in
      echoMetadata(context)
      try await answer(request, writer)
    }
    routes.clientStreaming(service + "StreamingInputCall") {
      (requests: RequestStream<Grpc_Testing_StreamingInputCallRequest>, context) in
      var response = Grpc_Testing_StreamingInputCallResponse()
      for try await request in requests {
        response.aggregatedPayloadSize &+= Int32(truncatingIfNeeded: request.payload.body.count)
      }
      return response
    }
    routes.bidirectional(service + "FullDuplexCall") {
      (
        requests: RequestStream<Grpc_Testing_StreamingOutputCallRequest>,
        writer: ResponseWriter<Grpc_Testing_StreamingOutputCallResponse>, context
      ) in
      echoMetadata(context)
      for try await request in requests { try await answer(request, writer) }
    }
    routes.bidirectional(service + "HalfDuplexCall") {
      (
        requests: RequestStream<Grpc_Testing_StreamingOutputCallRequest>,
        writer: ResponseWriter<Grpc_Testing_StreamingOutputCallResponse>, context
      ) in
      var waiting: [Grpc_Testing_StreamingOutputCallRequest] = []
      for try await request in requests {
        guard waiting.count < 1_000 else { throw RPCStatus(.resourceExhausted, "at most 1000 requests are kept") }
        waiting.append(request)
      }
      for request in waiting { try await answer(request, writer) }
    }
  }

  private static func answer(
    _ request: Grpc_Testing_StreamingOutputCallRequest,
    _ writer: ResponseWriter<Grpc_Testing_StreamingOutputCallResponse>
  ) async throws {
    if request.hasResponseStatus { try check(request.responseStatus) }
    for parameters in request.responseParameters {
      if parameters.intervalUs > 0 { try await Task.sleep(for: .microseconds(parameters.intervalUs)) }
      var response = Grpc_Testing_StreamingOutputCallResponse()
      response.payload = try payload(parameters.size)
      try await writer.write(response)
    }
  }

  private static func payload(_ size: Int32) throws -> Grpc_Testing_Payload {
    guard size >= 0, size <= payloadLimit else {
      throw RPCStatus(.invalidArgument, "a payload has 0 to \(payloadLimit) bytes, not \(size)")
    }
    var payload = Grpc_Testing_Payload()
    payload.body = Data(count: Int(size))
    return payload
  }

  private static func check(_ status: Grpc_Testing_EchoStatus) throws {
    guard status.code != 0 else { return }
    let code = UInt8(exactly: status.code).flatMap { RPCStatus.Code(rawValue: $0) } ?? .unknown
    throw RPCStatus(code, status.message)
  }

  private static func echoMetadata(_ context: ServerContext) {
    if let value = context.metadata.bytes(initialKey) {
      var metadata = Metadata()
      metadata.append(initialKey, value)
      context.setInitialMetadata(metadata)
    }
    if let value = context.metadata.bytes(trailingKey) {
      var metadata = Metadata()
      metadata.append(trailingKey, value)
      context.setTrailingMetadata(metadata)
    }
  }
}

/// The way without a task: an empty message is its own answer.
private final class EmptyCall: UnaryHandler {
  func handle(_ message: RawSpan, _ call: ServerCall) -> UInt64 {
    call.reply(RawSpan())
    return 0
  }

  func cancelled(_ call: ServerCall, token: UInt64) {}
}
