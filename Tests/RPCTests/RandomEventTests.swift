import HTTPStreams
import RPCTesting
import Testing

@testable import RPC

/// Anything a client may do, in any order: the server must end every stream and give back everything it held.
struct RandomEventTests {
  /// SplitMix64: the same events for the same seed.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }

  private static let heads: [[(String, String?)]] = [
    [], [], [("grpc-timeout", "1m")], [("grpc-timeout", "3S")], [("content-type", "text/plain")],
    [(":path", "/no.Such/Method")], [("grpc-encoding", "gzip")], [(":path", "/test.Echo/Sum")],
    [(":path", "/test.Echo/Chat"), ("grpc-timeout", "2m")], [(":path", "/test.Echo/Count")],
  ]

  @Test func everyStreamEndsAndNothingIsKept() async throws {
    var seeds = SystemRandomNumberGenerator()
    for _ in 0..<40 {
      let seed = seeds.next()
      try await run(seed: seed)
    }
  }

  private func run(seed: UInt64) async throws {
    var random = Generator(state: seed)
    let handler = EchoHandler()
    handler.answersAtOnce = false
    var routes = AsyncCallTests.routes()
    routes.unary("/test.Echo/Unary", messageLimit: 300, handler: handler)
    var limits = RPCLimits()
    limits.bufferedRequestBytes = 600
    limits.runningHandlers = 5
    let client = RawClient(routes, limits: limits)
    let server = try #require(client.pipe.server.handler as? ServerConnection)
    var streams: [StreamID] = []
    for _ in 0..<300 {
      let stream = streams.randomElement(using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0...2:
        let head = Self.heads.randomElement(using: &random) ?? []
        if let opened = client.open(head, endStream: Int.random(in: 0..<10, using: &random) == 0) {
          streams.append(opened)
        }
      case 3...6:
        let message = framed([UInt8](repeating: 0, count: Int.random(in: 0..<350, using: &random)))
        let part = Array(message.prefix(Int.random(in: 0...message.count, using: &random)))
        let ends = Bool.random(using: &random)
        client.loop.run {
          guard let stream else { return }
          client.pipe.client.write((ends ? message : part).span.bytes, on: stream)
          if ends { client.pipe.client.finish(nil, on: stream) }
        }
      case 7: client.loop.run { if let stream { client.pipe.client.finish(nil, on: stream) } }
      case 8: client.loop.run { if let stream { client.pipe.client.reset(.cancel, on: stream) } }
      case 9: client.loop.advance(nanoseconds: Int64.random(in: 0..<2_000_000, using: &random))
      default:
        // Also answers calls that are over, again and again.
        if let call = handler.waiting.randomElement(using: &random) {
          client.loop.run {
            if Bool.random(using: &random) { call.reply(RawSpan()) } else { call.fail(RPCStatus(.aborted)) }
          }
        }
      }
    }
    for stream in streams { client.loop.run { client.pipe.client.reset(.cancel, on: stream) } }
    #expect(client.pipe.server.openStreams == 0, "seed \(seed)")
    #expect(server.bufferedRequestBytes == 0, "seed \(seed)")
    await client.loop.wait { server.runningHandlers == 0 }
    client.loop.advance(nanoseconds: 10_000_000_000)
    #expect(client.loop.scheduledCount == 0, "seed \(seed)")
  }
}
