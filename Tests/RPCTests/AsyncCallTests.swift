import HTTPStreams
import RPC
import RPCTesting
import SwiftProtobuf
import Synchronization
import Testing

/// All four kinds of calls, our client against our server.
struct AsyncCallTests {
  static func routes() -> Routes {
    var routes = Routes()
    routes.unary("/test.Echo/Async") { (request: Text, context) in
      if request.value == "fail" { throw RPCStatus(.notFound, "没有", details: [.errorInfo(reason: "R", domain: "d")]) }
      return Text("async " + request.value)
    }
    routes.serverStreaming("/test.Echo/Count") { (request: Number, writer: ResponseWriter<Number>, context) in
      for number in 0..<request.value { try await writer.write(Number(number)) }
    }
    routes.clientStreaming("/test.Echo/Sum") { (requests: RequestStream<Number>, context) in
      var sum: Int64 = 0
      for try await request in requests { sum += request.value }
      return Number(sum)
    }
    routes.bidirectional("/test.Echo/Chat") {
      (requests: RequestStream<Text>, writer: ResponseWriter<Text>, context) in
      for try await request in requests { try await writer.write(Text("re: " + request.value)) }
    }
    return routes
  }

  @Test func unary() async throws {
    let process = InProcess(Self.routes())
    let client = process.client
    let response: Text = try await process.loop.drive { try await client.unary("/test.Echo/Async", Text("a")) }
    #expect(response.value == "async a")
    #expect(process.pipe.server.openStreams == 0)
  }

  @Test func errorsCarryTheirDetails() async throws {
    let process = InProcess(Self.routes())
    let client = process.client
    let failure = try await process.loop.drive {
      await failureOf { let _: Text = try await client.unary("/test.Echo/Async", Text("fail")) }
    }
    #expect(failure?.status.code == .notFound)
    #expect(failure?.status.message == "没有")
    #expect(failure?.status.reason == "R")
    #expect(failure?.effect == .possible)
  }

  @Test func malformedRequestsAreInvalid() async throws {
    let process = InProcess(Self.routes())
    let client = process.client
    let failure = try await process.loop.drive {
      await failureOf { _ = try await client.unary("/test.Echo/Async", bytes: [0x0a, 0xff]) }
    }
    #expect(failure?.status.code == .invalidArgument)
  }

  @Test(arguments: [0, 1, 1_000] as [Int64]) func serverStreaming(_ count: Int64) async throws {
    let process = InProcess(Self.routes())
    let client = process.client
    let numbers = try await process.loop.drive {
      var numbers: [Int64] = []
      for try await number in try client.serverStreaming("/test.Echo/Count", Number(count), as: Number.self) {
        numbers.append(number.value)
      }
      return numbers
    }
    #expect(numbers == Array(0..<count))
  }

  @Test(arguments: [0, 1, 3_000] as [Int64]) func clientStreaming(_ count: Int64) async throws {
    var options = InMemoryPipe.Options()
    options.streamWindowBytes = 100  // requests pass only as fast as the handler takes them
    let process = InProcess(Self.routes(), options: options)
    let client = process.client
    let sum = try await process.loop.drive {
      let (requests, responses) = client.bidirectional("/test.Echo/Sum", Number.self, as: Number.self)
      for number in 0..<count { try await requests.write(Number(number)) }
      requests.finish()
      var sums: [Int64] = []
      for try await response in responses { sums.append(response.value) }
      return sums
    }
    #expect(sum == [count * (count - 1) / 2])
  }

  @Test func bidirectional() async throws {
    let process = InProcess(Self.routes())
    let client = process.client
    let texts = try await process.loop.drive {
      let (requests, responses) = client.bidirectional("/test.Echo/Chat", Text.self, as: Text.self)
      var iterator = responses.makeAsyncIterator()
      var texts: [String] = []
      for text in ["a", "b", "c"] {
        try await requests.write(Text(text))
        texts.append(try await iterator.next()?.value ?? "nothing")
      }
      requests.finish()
      if try await iterator.next() != nil { texts.append("too much") }
      return texts
    }
    #expect(texts == ["re: a", "re: b", "re: c"])
  }

  /// A reader that does not read stops the writer; what waits for it is bounded.
  @Test func slowReadersStopTheWriter() async throws {
    let written = Mutex(0)
    let ended = Gate()
    var routes = Routes()
    routes.serverStreaming("/test.Echo/Flood") { (_: Number, writer: ResponseWriter<Text>, context) in
      defer { ended.open() }
      let message = Text(String(repeating: "x", count: 10_000))
      while true {
        try await writer.write(message)
        written.withLock { $0 += 1 }
      }
    }
    let client = RawClient(routes)
    client.takesBodies = false
    let stream = try #require(client.open([(":path", "/test.Echo/Flood")]))
    client.loop.run {
      client.pipe.client.write(framed([]).span.bytes, on: stream)
      client.pipe.client.finish(nil, on: stream)
    }
    // Window, the connection's buffer to its high mark, and one queue of writers; nothing moves after that.
    let bound = 65_535 + StreamBuffer.highWaterBytes + 2 * RPCLimits().queuedResponseBytes + 3 * 10_005
    await client.loop.wait { client.pipe.server.bufferedBytes(on: stream) > StreamBuffer.highWaterBytes }
    #expect(client.pipe.server.bufferedBytes(on: stream) <= bound)
    #expect(written.withLock { $0 } <= bound / 10_000)
    client.loop.run { client.pipe.client.reset(.cancel, on: stream) }
    try await client.loop.drive { await ended.pass() }
    #expect(client.pipe.server.openStreams == 0)
  }

  /// Rule 7: a deadline that finds a message half sent resets the stream; trailers would be stuck behind it.
  @Test func aDeadlineInsideAMessageResets() async throws {
    let ended = Gate()
    var routes = Routes()
    routes.serverStreaming("/test.Echo/Large") { (_: Number, writer: ResponseWriter<Text>, context) in
      defer { ended.open() }
      while true { try await writer.write(Text(String(repeating: "x", count: 100_000))) }
    }
    let client = RawClient(routes)
    client.takesBodies = false
    let stream = try #require(client.open([(":path", "/test.Echo/Large"), ("grpc-timeout", "1S")]))
    client.loop.run {
      client.pipe.client.write(framed([]).span.bytes, on: stream)
      client.pipe.client.finish(nil, on: stream)
    }
    await client.loop.wait { client.pipe.server.bufferedBytes(on: stream) > 0 }
    client.loop.advance(nanoseconds: 1_000_000_000)
    #expect(client.response(stream).close == .resetByPeer(.cancel))
    try await client.loop.drive { await ended.pass() }
  }

  /// Our own writer is held back too, and goes on when the server has taken something.
  @Test func slowServersStopTheClient() async throws {
    var routes = Routes()
    routes.clientStreaming("/test.Echo/Bytes") { (requests: RequestStream<Text>, context) in
      var sum: Int64 = 0
      for try await request in requests { sum += Int64(request.value.utf8.count) }
      return Number(sum)
    }
    let process = InProcess(routes)
    let client = process.client
    let sums = try await process.loop.drive {
      let (requests, responses) = client.bidirectional("/test.Echo/Bytes", Text.self, as: Number.self)
      let message = Text(String(repeating: "x", count: 100_000))
      for _ in 0..<30 { try await requests.write(message) }
      requests.finish()
      var sums: [Int64] = []
      for try await sum in responses { sums.append(sum.value) }
      return sums
    }
    #expect(sums == [3_000_000])
  }

  /// A server that answers before the requests end: the answer counts, and the stream does not stay half open.
  @Test func earlyAnswersEndTheCall() async throws {
    var routes = Routes()
    routes.clientStreaming("/test.Echo/First") { (requests: RequestStream<Number>, context) in
      for try await request in requests { return request }
      throw RPCStatus(.invalidArgument, "nothing came")
    }
    let process = InProcess(routes)
    let client = process.client
    let first = try await process.loop.drive {
      let (requests, responses) = client.bidirectional("/test.Echo/First", Number.self, as: Number.self)
      try await requests.write(Number(7))
      var numbers: [Int64] = []
      for try await number in responses { numbers.append(number.value) }
      return numbers
    }
    #expect(first == [7])
    #expect(process.pipe.client.openStreams == 0)
    #expect(process.pipe.server.openStreams == 0)
  }

  @Test func slowReadersGetEverything() async throws {
    let process = InProcess(Self.routes())
    let client = process.client
    let count: Int64 = 100_000
    let last = try await process.loop.drive {
      var last: Int64 = -1
      for try await number in try client.serverStreaming("/test.Echo/Count", Number(count), as: Number.self) {
        #expect(number.value == last + 1)
        last = number.value
      }
      return last
    }
    #expect(last == count - 1)
  }

  @Test func aDeadlineCancelsTheTask() async throws {
    let cancelled = Gate()
    var routes = Routes()
    routes.bidirectional("/test.Echo/Sleep") { (requests: RequestStream<Text>, writer: ResponseWriter<Text>, context) in
      defer { cancelled.open() }
      for try await _ in requests {}
    }
    let client = RawClient(routes)
    let stream = try #require(client.open([(":path", "/test.Echo/Sleep"), ("grpc-timeout", "1S")]))
    client.loop.advance(nanoseconds: 1_000_000_000)
    #expect(client.response(stream).status == "4")
    try await client.loop.drive { await cancelled.pass() }
  }

  @Test func aDeadlineAfterTheFirstMessageComesInTrailers() async throws {
    let started = Gate()
    var routes = Routes()
    routes.bidirectional("/test.Echo/Sleep") { (requests: RequestStream<Text>, writer: ResponseWriter<Text>, context) in
      try await writer.write(Text("a"))
      started.open()
      for try await _ in requests {}
    }
    let client = RawClient(routes)
    let stream = try #require(client.open([(":path", "/test.Echo/Sleep"), ("grpc-timeout", "1S")]))
    try await client.loop.drive { await started.pass() }
    #expect(client.response(stream).messages.count == 1)
    client.loop.advance(nanoseconds: 1_000_000_000)
    #expect(client.response(stream).trailers["grpc-status"] == "4")
    #expect(client.response(stream).close == .resetByPeer(.noError))
  }

  /// A reset stream gives its place back only when its task has ended.
  @Test func runningHandlersAreBounded() async throws {
    let gate = Gate()
    let ended = Mutex(0)
    var routes = Routes()
    routes.bidirectional("/test.Echo/Stuck") { (requests: RequestStream<Text>, writer: ResponseWriter<Text>, context) in
      // Does not listen to its cancellation.
      await Task { await gate.pass() }.value
      ended.withLock { $0 += 1 }
    }
    var limits = RPCLimits()
    limits.runningHandlers = 2
    let client = RawClient(routes, limits: limits)
    for _ in 0..<2 {
      let stream = try #require(client.open([(":path", "/test.Echo/Stuck")]))
      client.loop.run { client.pipe.client.reset(.cancel, on: stream) }
    }
    #expect(client.pipe.server.openStreams == 0)
    let refused = try #require(client.open([(":path", "/test.Echo/Stuck")]))
    #expect(client.response(refused).status == "8")
    gate.open()
    await client.loop.wait { ended.withLock { $0 } == 2 }
    // The place is free a turn after the handler ended; a call in that turn may still be refused.
    var status: String? = "8"
    while status == "8" {
      let stream = try #require(client.open([(":path", "/test.Echo/Stuck")], endStream: true))
      await client.loop.wait { client.response(stream).status != nil }
      status = client.response(stream).status
    }
    #expect(status == "0")
  }

  @Test func metadataGoesBothWays() async throws {
    var routes = Routes()
    routes.unary("/test.Echo/Metadata") { (request: Text, context) in
      var initial = Metadata()
      initial.append("x-initial", context.metadata.text("x-asked") ?? "none")
      context.setInitialMetadata(initial)
      var trailing = Metadata()
      trailing.append("x-trailing-bin", context.metadata.bytes("x-asked-bin") ?? [])
      context.setTrailingMetadata(trailing)
      return request
    }
    let process = InProcess(routes)
    let client = process.client
    let response = try await process.loop.drive {
      var metadata = Metadata()
      metadata.append("x-asked", "hello")
      metadata.append("x-asked-bin", [0, 0xff, 0x80])
      return try await client.unary("/test.Echo/Metadata", bytes: [], CallOptions(metadata: metadata))
    }
    #expect(response.initialMetadata.text("x-initial") == "hello")
    #expect(response.trailingMetadata.bytes("x-trailing-bin") == [0, 0xff, 0x80])
  }

  @Test func interceptorsSeeAndDeny() async throws {
    final class Recorder: ServerInterceptor {
      var log: [String] = []
      func started(_ call: CallInfo) -> RPCStatus? {
        log.append("started \(call.method.path)")
        return call.method.path.hasSuffix("/Chat") ? RPCStatus(.permissionDenied, "no chat") : nil
      }
      func finished(_ call: CallInfo, code: RPCStatus.Code, durationNanoseconds: Int64) {
        log.append("finished \(code)")
      }
    }
    let recorder = Recorder()
    let client = RawClient(Self.routes(), interceptors: [recorder])
    let stream = try #require(client.open([(":path", "/test.Echo/Sum")], endStream: true))
    await client.loop.wait { client.response(stream).ended }
    #expect(client.response(stream).status == "0")
    let denied = try #require(client.open([(":path", "/test.Echo/Chat")], endStream: true))
    #expect(client.response(denied).status == "7")
    #expect(
      recorder.log == [
        "started /test.Echo/Sum", "finished ok", "started /test.Echo/Chat", "finished permissionDenied",
      ])
  }

  @Test(arguments: ["/test.Echo/Async", "/test.Echo/Count"]) func oneRequestMeansOne(_ path: String) {
    for body in [[], framed([]) + framed([]), [0, 0, 0]] as [[UInt8]] {
      let response = RawClient(Self.routes()).call([(":path", path)], body: [body])
      #expect(response.status == "13")
    }
  }

  /// A cut message in a stream of requests reaches the handler as an error.
  @Test func aCutStreamFails() async throws {
    let client = RawClient(Self.routes())
    let stream = try #require(client.open([(":path", "/test.Echo/Sum")]))
    client.loop.run {
      client.pipe.client.write((framed([8, 1]) + [0, 0, 0]).span.bytes, on: stream)
      client.pipe.client.finish(nil, on: stream)
    }
    await client.loop.wait { client.response(stream).ended }
    #expect(client.response(stream).status == "13")
  }
}
