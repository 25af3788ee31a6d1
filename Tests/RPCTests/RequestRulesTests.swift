import HTTPStreams
import RPC
import RPCTesting
import Testing

/// What a request must look like, and what the answer to another one is (standards: gRPC over HTTP/2, rules 1 to 4).
struct RequestRulesTests {
  struct Head: Sendable, CustomTestStringConvertible {
    let changes: [(String, String?)]
    let http: String
    let status: String?

    init(_ changes: (String, String?)..., http: String = "200", status: String? = nil) {
      self.changes = changes
      self.http = http
      self.status = status
    }

    var testDescription: String { changes.map { "\($0.0): \($0.1 ?? "left out")" }.joined(separator: ", ") }
  }

  @Test(arguments: [
    Head(status: "0"),
    Head(("content-type", "application/grpc+proto"), status: "0"),
    Head(("content-type", "application/grpc;charset=utf-8"), status: "0"),
    Head(("content-type", "application/grpc-web"), http: "415"),
    Head(("content-type", "application/grpcfoo"), http: "415"),
    Head(("content-type", "application/json"), http: "415"),
    Head(("content-type", nil), http: "415"),
    Head(("te", nil), http: "415"),
    Head(("te", "gzip"), http: "415"),
    Head((":method", "GET"), http: "405"),
    Head((":method", "PUT"), http: "405"),
    Head((":path", "/test.Echo/Other"), status: "12"),
    Head((":path", "/test.Other/Unary"), status: "12"),
    Head((":path", "/test.echo/unary"), status: "12"),
    Head((":path", "/test.Echo/Unary/"), status: "12"),
    Head((":path", "/test.Echo/Unary?a=b"), status: "12"),
    Head((":path", "/"), status: "12"),
    Head((":path", ""), status: "12"),
    Head(("grpc-encoding", "identity"), status: "0"),
    Head(("grpc-encoding", "gzip"), status: "12"),
    Head(("grpc-encoding", "snappy"), status: "12"),
    Head(("grpc-timeout", "1S"), status: "0"),
    Head(("grpc-timeout", "99999999H"), status: "0"),
    Head(("grpc-timeout", ""), status: "13"),
    Head(("grpc-timeout", "+1S"), status: "13"),
    Head(("grpc-timeout", "-1S"), status: "13"),
    Head(("grpc-timeout", "1 S"), status: "13"),
    Head(("grpc-timeout", "S"), status: "13"),
    Head(("grpc-timeout", "10"), status: "13"),
    Head(("grpc-timeout", "1s"), status: "13"),
    Head(("grpc-timeout", "123456789n"), status: "13"),
  ])
  func heads(_ row: Head) {
    let handler = EchoHandler()
    let client = RawClient(echoRoutes(handler))
    let response = client.call(row.changes, body: [framed([1])])
    #expect(response.head[":status"] == row.http)
    #expect(response.status == row.status)
    #expect(response.ended)
    #expect(handler.messages.count == (row.status == "0" ? 1 : 0))
    #expect(client.pipe.server.openStreams == 0)
  }

  @Test func namesTheEncodingsItTakes() {
    let client = RawClient(echoRoutes(EchoHandler()))
    let response = client.call([("grpc-encoding", "gzip")], body: [framed([1])])
    #expect(response.head["grpc-accept-encoding"] == "identity")
  }

  @Test func immediateErrorsAreOneBlock() {
    let client = RawClient(echoRoutes(EchoHandler()))
    let response = client.call([(":path", "/no.Such/Method")], body: [framed([1])])
    #expect(response.isTrailersOnly)
    #expect(response.trailers.isEmpty)
    #expect(response.body.isEmpty)
    #expect(response.head["content-type"] == "application/grpc+proto")
  }

  /// Rule 2: the answer does not wait for the client's end; the client is told to stop.
  @Test func earlyErrorsStopTheClient() throws {
    let client = RawClient(echoRoutes(EchoHandler()))
    let stream = try #require(client.open([(":path", "/no.Such/Method")]))
    #expect(client.response(stream).status == "12")
    #expect(client.response(stream).close == .resetByPeer(.noError))
  }

  struct Body: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let status: String
    var testDescription: String { name }
  }

  static let limit = 100

  static let bodies: [Body] = [
    Body(name: "one message", bytes: framed([1, 2]), status: "0"),
    Body(name: "one empty message", bytes: framed([]), status: "0"),
    Body(name: "the largest message", bytes: framed(Array(repeating: 7, count: limit)), status: "0"),
    Body(name: "no message", bytes: [], status: "13"),
    Body(name: "two messages", bytes: framed([1]) + framed([2]), status: "13"),
    Body(name: "two empty messages", bytes: framed([]) + framed([]), status: "13"),
    Body(name: "a message and a byte", bytes: framed([1]) + [0], status: "13"),
    Body(name: "a cut prefix", bytes: [0, 0, 0], status: "13"),
    Body(name: "a prefix alone", bytes: [0, 0, 0, 0, 9], status: "13"),
    Body(name: "a cut message", bytes: Array(framed([1, 2, 3]).dropLast()), status: "13"),
    Body(name: "too large a claim", bytes: [0, 0, 0, 0, UInt8(limit + 1)], status: "8"),
    Body(name: "a giant claim", bytes: [0, 0xff, 0xff, 0xff, 0xff, 1], status: "8"),
    Body(name: "compressed without an encoding", bytes: framed([1], flag: 1), status: "13"),
    Body(name: "flag 2", bytes: framed([1], flag: 2), status: "13"),
    Body(name: "flag 255", bytes: framed([1], flag: 255), status: "13"),
  ]

  /// Whatever the cut, a wrong body gets an error, never hangs, and its handler never runs.
  @Test(arguments: bodies) func bodiesCutEverywhere(_ row: Body) {
    for cut in 0...row.bytes.count {
      let handler = EchoHandler()
      let client = RawClient(echoRoutes(handler, messageLimit: Self.limit))
      let response = client.call(body: [Array(row.bytes[..<cut]), Array(row.bytes[cut...])])
      #expect(response.status == row.status, "cut at \(cut)")
      #expect(handler.messages.count == (row.status == "0" ? 1 : 0), "cut at \(cut)")
      #expect(client.pipe.server.openStreams == 0)
      #expect(client.pipe.client.openStreams == 0)
    }
    var options = InMemoryPipe.Options()
    options.largestPiece = 1
    let client = RawClient(echoRoutes(EchoHandler(), messageLimit: Self.limit), options: options)
    #expect(client.call(body: [row.bytes]).status == row.status)
  }

  /// Rule 3: refused at the fifth byte, before the message itself comes.
  @Test func tooLargeIsKnownAtTheFifthByte() throws {
    let client = RawClient(echoRoutes(EchoHandler(), messageLimit: Self.limit))
    let stream = try #require(client.open())
    client.loop.run { client.pipe.client.write(([0, 0, 0, 0] as [UInt8]).span.bytes, on: stream) }
    #expect(client.response(stream).status == nil)
    client.loop.run { client.pipe.client.write(([200] as [UInt8]).span.bytes, on: stream) }
    #expect(client.response(stream).status == "8")
  }

  /// Streams that each keep a part of a large message cannot take more memory than one connection may have.
  @Test func bufferedBytesAreBoundedForAConnection() throws {
    var limits = RPCLimits()
    limits.bufferedRequestBytes = 1_000
    let client = RawClient(echoRoutes(EchoHandler()), limits: limits)
    var streams: [StreamID] = []
    for _ in 0..<4 {
      let stream = try #require(client.open())
      let part = Array(framed(Array(repeating: 1, count: 500)).prefix(405))
      client.loop.run { client.pipe.client.write(part.span.bytes, on: stream) }
      streams.append(stream)
    }
    #expect(streams.map { client.response($0).status } == [nil, nil, "8", "8"])
    client.loop.run {
      client.pipe.client.write(Array(repeating: 1 as UInt8, count: 100).span.bytes, on: streams[0])
      client.pipe.client.finish(nil, on: streams[0])
    }
    #expect(client.response(streams[0]).status == "0")
  }

  @Test func trailersOfARequestEndIt() throws {
    let client = RawClient(echoRoutes(EchoHandler()))
    let stream = try #require(client.open())
    client.loop.run {
      client.pipe.client.write(framed([5]).span.bytes, on: stream)
      client.pipe.client.finish(HeaderBlock(["x-end": "1"]), on: stream)
    }
    #expect(client.response(stream).messages == [[5]])
  }
}
