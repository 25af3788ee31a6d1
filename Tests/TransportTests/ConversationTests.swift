import HTTPStreams
import Testing

@testable import Transport

private typealias Frame = RawClient.Frame

/// What an honest client may expect: streams, flow control, early replies, refusals.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ConversationTests {
  @Test func settingsComeFirstAndNameTheLimits() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    let first = try #require(try client.next())
    #expect(first.type == Frame.settings)
    #expect(Array(first.payload.prefix(6)) == [0, 3, 0, 0, 1, 0])
    let maximumHeaderListSize: [UInt8] = [0, 6, 0, 0, 32, 0]
    let noPriorities: [UInt8] = [0, 9, 0, 0, 0, 1]
    for entry in [maximumHeaderListSize, noPriorities] {
      #expect(stride(from: 0, to: first.payload.count, by: 6).contains { first.payload[$0...].starts(with: entry) })
    }
    await server.stop()
  }

  @Test func echoWithTrailers() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/echo", end: false), .data(1, [1, 2, 3]), .data(1, [4], end: true))
    let head = try #require(try client.next(Frame.headers))
    #expect(client.fields(head) == [":status": "200", "content-type": "application/test"])
    var body: [UInt8] = []
    var tail: Frame?
    while let frame = try client.next() {
      if frame.type == Frame.data { body += frame.payload }
      if frame.type == Frame.headers { tail = frame }
      if frame.hasEndStream { break }
    }
    #expect(body == [1, 2, 3, 4])
    #expect(client.fields(try #require(tail)) == ["outcome": "0"])
    #expect(try await server.streamClosed() == .finished)
    await server.stop()
  }

  @Test(arguments: ["/early", "/early-bare"])
  func aReplyBeforeTheEndOfTheRequestIsFollowedByAResetWithoutError(_ path: String) async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    try client.send(.request(1, path, end: false))
    var ended = false
    while let frame = try client.next() {
      if frame.hasEndStream { ended = true }
      if frame.type == Frame.reset {
        #expect(ended && frame.errorCode == 0)
        break
      }
    }
    #expect(try await server.streamClosed() == .finished)
    await server.stop()
  }

  @Test func requestTrailersEndTheRequest() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/echo", end: false), .data(1, [9]), .headers(1, [("x", "y")], end: true))
    while let frame = try client.next(), !frame.hasEndStream {}
    #expect(try await server.streamClosed() == .finished)
    await server.stop()
  }

  @Test func aLargeReplyWaitsForTheWindow() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start(.settings([(4, 1000)]))
    try client.send(.request(1, "/big/5000"))
    var got = 0
    while got < 1000 { got += try #require(try client.next(Frame.data)).payload.count }
    #expect(got == 1000)
    // The answer to a ping comes, more of the body does not.
    try client.send(.ping(7))
    var frame = try #require(try client.next())
    while frame.type != Frame.ping {
      #expect(frame.type != Frame.data)
      frame = try #require(try client.next())
    }
    try client.send(.windowUpdate(1, 10_000))
    while got < 5000 { got += try #require(try client.next(Frame.data)).payload.count }
    #expect(try client.next(Frame.headers)?.hasEndStream == true)
    await server.stop()
  }

  @Test func theWindowIsGivenBackOnlyForWhatWasConsumed() async throws {
    let server = try await TestServer.start {
      $0.connection.streamWindowBytes = 70_000
      $0.connection.connectionWindowBytes = 100_000
    }
    let client = try server.client()
    try client.start()
    _ = try client.next(Frame.settings)
    let piece = [UInt8](repeating: 5, count: 10_000)
    try client.send(.request(1, "/keep", end: false))
    for _ in 0..<6 { try client.send(.data(1, piece)) }
    // The pong comes after all that was sent before it, and no window update for the bytes that the handler keeps.
    try client.send(.ping(1))
    var frame = try #require(try client.next())
    while frame.type != Frame.ping {
      #expect(frame.type != Frame.windowUpdate || frame.stream == 0)
      frame = try #require(try client.next())
    }
    // Closing the stream gives the connection's window back.
    try client.send(.reset(1, 8))
    #expect(try await server.streamClosed() == .resetByPeer(.cancel))
    let update = try #require(try client.next(Frame.windowUpdate))
    #expect(update.stream == 0 && Frame.number(update.payload[...]) >= 60_000)
    await server.stop()
  }

  @Test func moreBodyThanTheWindowIsAnError() async throws {
    let server = try await TestServer.start { $0.connection.streamWindowBytes = 20_000 }
    let client = try server.client()
    try client.start()
    _ = try client.next(Frame.settings)
    try client.send(.request(1, "/keep", end: false))
    for _ in 0..<3 { try client.send(.data(1, [UInt8](repeating: 5, count: 10_000))) }
    #expect(try client.next(Frame.reset)?.errorCode == StreamErrorCode.flowControlError.rawValue)
    #expect(try await server.streamClosed() == .resetByUs(.flowControlError))
    await server.stop()
  }

  @Test func moreStreamsThanAnnouncedAreRefusedAndNeverSeen() async throws {
    let server = try await TestServer.start { $0.connection.concurrentStreamsMax = 2 }
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/hang"), .request(3, "/hang"), .request(5, "/never"))
    let reset = try #require(try client.next(Frame.reset))
    #expect(reset.stream == 5 && reset.errorCode == StreamErrorCode.refusedStream.rawValue)
    // A place becomes free again.
    try client.send(.reset(1, 8), .request(7, "/echo"))
    #expect(try client.next(Frame.headers)?.stream == 7)
    await server.stop()
    #expect(!server.log.untaken.contains(.headers(path: "/never")))
  }

  @Test func aHeaderListBeyondTheLimitGets431EvenBeforeSettingsAreAcknowledged() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    let filler = String(repeating: "x", count: 3000)
    try client.send(.request(1, "/big-head", extra: [("a", filler), ("b", filler), ("c", filler)]))
    let head = try #require(try client.next(Frame.headers))
    #expect(client.fields(head) == [":status": "431"] && head.hasEndStream)
    let many = (0..<200).map { ("h\($0)", "") }
    try client.send(.request(3, "/big-head", end: false, extra: many))
    #expect(client.fields(try #require(try client.next(Frame.headers))) == [":status": "431"])
    #expect(try client.next(Frame.reset)?.errorCode == 0)
    // The connection goes on.
    try client.send(.request(5, "/echo"))
    #expect(client.fields(try #require(try client.next(Frame.headers)))[":status"] == "200")
    await server.stop()
    #expect(!server.log.untaken.contains(.headers(path: "/big-head")))
  }

  @Test func aResetByTheClientReachesTheHandler() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/hang", end: false), .reset(1, 8))
    #expect(try await server.streamClosed() == .resetByPeer(.cancel))
    await server.stop()
  }

  @Test func aLostConnectionClosesItsStreams() async throws {
    let server = try await TestServer.start()
    do {
      let client = try server.client()
      try client.start()
      try client.send(.request(1, "/hang"))
      _ = await server.event { $0 == .headers(path: "/hang") }
    }
    #expect(try await server.streamClosed() == .connectionLost)
    _ = await server.event { $0 == .disconnected }
    _ = try await server.ended()
    #expect(server.server.connectionCount == 0)
    await server.stop()
  }

  @Test(arguments: [1, 2, 3])
  func everyByteBoundaryIsTheSame(_ step: Int) async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.handshake()
    let script =
      RawClient.preface + Frame.settings().bytes + Frame.request(1, "/echo", end: false).bytes
      + Frame.data(1, Array("hello".utf8), end: true).bytes
    for start in stride(from: 0, to: script.count, by: step) {
      try client.send(raw: Array(script[start..<min(script.count, start + step)]))
    }
    #expect(try client.next(Frame.data)?.payload == Array("hello".utf8))
    await server.stop()
  }
}
