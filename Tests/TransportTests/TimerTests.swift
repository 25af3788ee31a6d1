import HTTPStreams
import Testing

@testable import Transport

private typealias Frame = RawClient.Frame

/// Each timer of a connection, made short; the tests wait for the close that must come, never for time to pass.
/// faults.md R03 to R05.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct TimerTests {
  private static let short: Int64 = 100_000_000

  private func server(_ change: @escaping (inout ConnectionTimers) -> Void) async throws -> TestServer {
    try await TestServer.start { change(&$0.connection.timers) }
  }

  @Test func noHandshake() async throws {
    let server = try await server { $0.handshakeNanoseconds = Self.short }
    let client = try server.client()
    #expect(try await server.ended() == .timedOut(.handshake))
    _ = client
    await server.stop()
  }

  @Test func noPreface() async throws {
    let server = try await server { $0.prefaceNanoseconds = Self.short }
    let client = try server.client()
    try client.handshake()
    #expect(try await server.ended() == .timedOut(.preface))
    await server.stop()
  }

  @Test func settingsNotAcknowledged() async throws {
    let server = try await server { $0.settingsAckNanoseconds = Self.short }
    let client = try server.client()
    try client.start()
    #expect(try await server.ended() == .timedOut(.settingsAck))
    await server.stop()
  }

  @Test(arguments: [1, 8, 12])
  func aFrameThatDoesNotEnd(_ cut: Int) async throws {
    let server = try await server { $0.frameNanoseconds = Self.short }
    let client = try server.client()
    try client.start()
    _ = try client.next(Frame.settings)
    try client.send(raw: Array(Frame.request(1, "/echo").bytes.prefix(cut)))
    #expect(try await server.ended() == .timedOut(.frame))
    await server.stop()
  }

  @Test func aHeaderBlockThatDoesNotEnd() async throws {
    let server = try await server { $0.frameNanoseconds = Self.short }
    let client = try server.client()
    try client.start()
    _ = try client.next(Frame.settings)
    try client.send(Frame(type: Frame.headers, stream: 1, payload: [0x83]))
    #expect(try await server.ended() == .timedOut(.frame))
    await server.stop()
  }

  @Test func aBodyThatDoesNotComeLosesItsStreamOnly() async throws {
    let server = try await server { $0.bodyProgressNanoseconds = Self.short }
    let client = try server.client()
    try client.start()
    try client.send(.request(1, "/hang", end: false), .data(1, [1]))
    #expect(try client.next(Frame.reset)?.stream == 1)
    #expect(try await server.streamClosed() == .resetByUs(.cancel))
    // What was answered may go on for ever.
    try client.send(.request(3, "/echo", end: false), .request(5, "/hang", end: false))
    #expect(try client.next(Frame.reset)?.stream == 5)
    try client.send(.data(3, [1], end: true))
    #expect(try client.next(Frame.data)?.stream == 3)
    await server.stop()
  }

  @Test func aWindowThatStaysShutLosesItsStream() async throws {
    let server = try await server { $0.writeProgressNanoseconds = Self.short }
    let client = try server.client()
    try client.start(.settings([(4, 10)]))
    try client.send(.request(1, "/big/1000"))
    #expect(try client.next(Frame.reset)?.errorCode == StreamErrorCode.cancel.rawValue)
    await server.stop()
  }

  @Test func aPeerThatIsSilentIsPingedAndClosed() async throws {
    let server = try await server {
      $0.pingAfterSilenceNanoseconds = Self.short
      $0.pingAnswerNanoseconds = Self.short
    }
    let client = try server.client()
    try client.start()
    _ = try client.next(Frame.settings)
    try client.send(.request(1, "/hang"))
    let ping = try #require(try client.next(Frame.ping))
    // The first is answered, the second not.
    try client.send(Frame(type: Frame.ping, flags: Frame.ack, payload: ping.payload))
    #expect(try client.next(Frame.ping) != nil)
    #expect(try await server.ended() == .timedOut(.ping))
    #expect(try await server.streamClosed() == .connectionLost)
    await server.stop()
  }

  @Test func anIdleConnectionIsDrained() async throws {
    let server = try await server { $0.idleNanoseconds = Self.short }
    let client = try server.client()
    try client.start()
    try answerDrain(client)
    #expect(try await server.ended() == .drained)
    await server.stop()
  }

  @Test func anOldConnectionIsDrainedAndItsStreamsMayEnd() async throws {
    let server = try await server { $0.maximumAgeNanoseconds = Self.short }
    let client = try server.client()
    try client.start()
    _ = try client.next(Frame.settings)
    try client.send(.request(1, "/echo", end: false))
    try answerDrain(client)
    try client.send(.data(1, [3], end: true))
    #expect(try client.next(Frame.data)?.payload == [3])
    #expect(try await server.ended() == .drained)
    await server.stop()
  }

  /// One slow reader with the most streams: memory stays bounded and the write timer closes (R04).
  @Test func aSocketThatIsNotReadIsClosedAndItsBufferIsBounded() async throws {
    let server = try await TestServer.start {
      $0.connection.timers.writeProgressNanoseconds = 5 * Self.short
      $0.connection.bufferedBytesMax = 16_000_000
      $0.connection.concurrentStreamsMax = 600
    }
    let client = try server.client(receiveBufferBytes: 4096)
    try client.start(.settings([(4, 0x7FFF_FFFF)]))
    try client.send(.windowUpdate(0, 0x7000_0000))
    // 250 MB asked for; what does not fit is reset.
    try client.send((0..<500).map { .request(UInt32($0 * 2 + 1), "/big/500000") })
    _ = await server.event { $0 == .closed(.resetByUs(.enhanceYourCalm)) || $0 == .closed(.connectionLost) }
    let reason = try await server.ended()
    #expect(reason == .timedOut(.write))
    await server.stop()
  }

  private func answerDrain(_ client: RawClient) throws {
    let notice = try #require(try client.next(Frame.goaway))
    #expect(Frame.number(notice.payload[0..<4]) == 0x7FFF_FFFF)
    let ping = try #require(try client.next(Frame.ping))
    try client.send(Frame(type: Frame.ping, flags: Frame.ack, payload: ping.payload))
    let last = try #require(try client.next(Frame.goaway))
    #expect(Frame.number(last.payload[0..<4]) < 0x7FFF_FFFF)
  }
}
