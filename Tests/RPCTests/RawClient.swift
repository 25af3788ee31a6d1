import HTTPStreams
import RPC
import RPCTesting

/// A client made of frames, not of our client: it says exactly what a test wants and keeps what came back.
final class RawClient: StreamHandler {
  struct Response {
    var head: [String: String] = [:]
    var trailers: [String: String] = [:]
    var body: [UInt8] = []
    var ended = false
    var close: StreamClose?

    /// Of the trailers, or of a response that is one block.
    var status: String? { trailers["grpc-status"] ?? head["grpc-status"] }
    var message: String? { trailers["grpc-message"] ?? head["grpc-message"] }
    var isTrailersOnly: Bool { head["grpc-status"] != nil }
    /// The messages of the body; what follows the last whole one is left out.
    var messages: [[UInt8]] {
      var messages: [[UInt8]] = []
      var rest = body[...]
      while rest.count >= 5 {
        let count = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 5 + count else { break }
        messages.append(Array(rest.dropFirst(5).prefix(count)))
        rest = rest.dropFirst(5 + count)
      }
      return messages
    }
  }

  let loop = ManualLoop()
  let pipe: InMemoryPipe
  private(set) var responses: [StreamID: Response] = [:]
  private(set) var isDraining = false
  /// Whether window is given back for what comes.
  var takesBodies = true

  init(
    _ routes: Routes, limits: RPCLimits = RPCLimits(), interceptors: [any ServerInterceptor] = [],
    options: InMemoryPipe.Options = InMemoryPipe.Options()
  ) {
    pipe = InMemoryPipe(loop: loop, options: options)
    let server = RPCServer(loop: loop, routes: routes, limits: limits, interceptors: interceptors)
    pipe.server.handler = server.accept(pipe.server)
    pipe.client.handler = self
  }

  static let goodHead: [(String, String)] = [
    (":method", "POST"), (":scheme", "https"), (":path", "/test.Echo/Unary"), (":authority", "test"),
    ("te", "trailers"), ("content-type", "application/grpc"),
  ]

  /// The head of a good request, with some fields replaced, added, or (nil) left out.
  static func head(_ changes: [(String, String?)] = []) -> HeaderBlock {
    var list = goodHead
    for (name, value) in changes {
      list.removeAll { $0.0 == name }
      if let value { list.append((name, value)) }
    }
    return HeaderBlock(list.map { (name: $0.0, value: Array($0.1.utf8)) })
  }

  func open(_ changes: [(String, String?)] = [], endStream: Bool = false) -> StreamID? {
    loop.run { pipe.client.request(Self.head(changes), endStream: endStream) }
  }

  /// A whole call: head, body, END_STREAM; the body in the given pieces, each a turn of the loop.
  func call(_ changes: [(String, String?)] = [], body pieces: [[UInt8]]) -> Response {
    guard let stream = open(changes) else { return Response() }
    for piece in pieces.dropLast() { loop.run { pipe.client.write(piece.span.bytes, on: stream) } }
    loop.run {
      if let last = pieces.last { pipe.client.write(last.span.bytes, on: stream) }
      pipe.client.finish(nil, on: stream)
    }
    return responses[stream] ?? Response()
  }

  func response(_ stream: StreamID) -> Response { responses[stream] ?? Response() }

  // MARK: StreamHandler

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    var response = Response()
    response.head = Self.dictionary(headers)
    response.ended = endStream
    responses[stream] = response
  }
  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    data.withUnsafeBytes { responses[stream]?.body.append(contentsOf: $0) }
    if endStream { responses[stream]?.ended = true }
    if takesBodies { pipe.client.consumed(data.byteCount, on: stream) }
  }
  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    responses[stream]?.trailers = Self.dictionary(trailers)
    responses[stream]?.ended = true
  }
  func drained(_ stream: StreamID) {}
  func closed(_ stream: StreamID, _ reason: StreamClose) { responses[stream, default: Response()].close = reason }
  func draining() { isDraining = true }
  func disconnected() {}

  private static func dictionary(_ headers: borrowing ReceivedHeaders) -> [String: String] {
    var dictionary: [String: String] = [:]
    for field in headers.fields {
      dictionary[String(decoding: headers.bytes[field.name], as: UTF8.self)] =
        String(decoding: headers.bytes[field.value], as: UTF8.self)
    }
    return dictionary
  }
}

/// A message with its prefix.
func framed(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
  let count = UInt32(message.count)
  return [flag] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + message
}

/// Answers with the message itself; can be told to wait.
final class EchoHandler: UnaryHandler {
  private(set) var messages: [[UInt8]] = []
  private(set) var cancelledTokens: [UInt64] = []
  private(set) var waiting: [ServerCall] = []
  var answersAtOnce = true

  func handle(_ message: RawSpan, _ call: ServerCall) -> UInt64 {
    messages.append(message.withUnsafeBytes { Array($0) })
    if answersAtOnce { call.reply(message) } else { waiting.append(call) }
    return UInt64(messages.count)
  }

  func cancelled(_ call: ServerCall, token: UInt64) { cancelledTokens.append(token) }
}

func echoRoutes(_ handler: EchoHandler, messageLimit: Int = 4 << 20) -> Routes {
  var routes = Routes()
  routes.unary("/test.Echo/Unary", messageLimit: messageLimit, handler: handler)
  return routes
}
