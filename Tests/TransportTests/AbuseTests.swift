import HTTPStreams
import Testing

@testable import Transport

private typealias Frame = RawClient.Frame

/// What a hostile client may try over HTTP/2 (standards.md, "HTTP/2 abuse"; faults.md R06): each is cut off, and a second, honest
/// connection is served.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct AbuseTests {
  enum Script: String, CaseIterable {
    case rapidReset, resetsWeAreMadeToSend, refusedStreams, continuations, endlessHeaders, hpackBomb, emptyData,
      paddedData
    case priorities, windowUpdates, unknownFrames, settings, pings, keepalivePings, garbage, wrongPreface, hugeFrame,
      evenStream
    case dataOnIdleStream, zeroWindowUpdate, windowOverflow, badSettings, upperCaseName, connectionHeader

    /// Bytes after TLS. `round` counts from 0: what is sent until the server closes.
    func bytes(_ round: Int) -> [UInt8] {
      let start = round == 0 ? RawClient.preface + Frame.settings().bytes : []
      let stream = UInt32(round * 200 + 1)
      return start + body(round, stream)
    }

    private func body(_ round: Int, _ first: UInt32) -> [UInt8] {
      func repeated(_ count: Int, _ make: (UInt32) -> [Frame]) -> [UInt8] {
        (0..<UInt32(count)).flatMap { make(first + 2 * $0).flatMap(\.bytes) }
      }
      switch self {
      case .rapidReset: return repeated(100) { [.request($0, "/hang"), .reset($0, 8)] }
      // A window beyond 2^31-1 is an error of the stream alone: the server has to reset it.
      case .resetsWeAreMadeToSend:
        return repeated(100) { [.request($0, "/hang", end: false), .windowUpdate($0, 0x7FFF_FFFF)] }
      case .refusedStreams: return repeated(100) { [.request($0, "/hang", end: false)] }
      case .continuations:
        guard round == 0 else { return Frame(type: Frame.continuation, stream: 1, payload: [0x88]).bytes }
        return Frame(type: Frame.headers, stream: 1, payload: [0x83]).bytes
      case .endlessHeaders:
        let filler = Frame.block([("x", String(repeating: "y", count: 16_000))])
        return Frame(
          type: round == 0 ? Frame.headers : Frame.continuation, stream: 1, payload: Array(filler.prefix(16_384))
        ).bytes
      case .hpackBomb:
        // One large entry put into the table, then named thousands of times by one byte each.
        let name = Frame.block([("x", String(repeating: "y", count: 3_900))])
        let entry = [0x40] + name.dropFirst()
        return Frame(
          type: Frame.headers, flags: Frame.endHeaders | Frame.endStream, stream: first,
          payload: entry + [UInt8](repeating: 0xBE, count: 10_000)
        ).bytes
      case .emptyData:
        return (round == 0 ? Frame.request(1, "/hang", end: false).bytes : [])
          + (0..<500).flatMap { _ in Frame.data(1, []).bytes }
      case .paddedData:
        let padded = Frame(
          type: Frame.data, flags: Frame.padded, stream: 1, payload: [255] + [UInt8](repeating: 0, count: 255))
        return (round == 0 ? Frame.request(1, "/hang", end: false).bytes : [])
          + (0..<100).flatMap { _ in padded.bytes }
      case .priorities:
        return (0..<500).flatMap { _ in Frame(type: Frame.priority, stream: 1, payload: [0, 0, 0, 3, 16]).bytes }
      case .windowUpdates: return (0..<500).flatMap { _ in Frame.windowUpdate(0, 1).bytes }
      case .unknownFrames: return (0..<500).flatMap { _ in Frame(type: 0xEE, payload: [1, 2, 3]).bytes }
      case .settings: return (0..<500).flatMap { _ in Frame.settings([(3, 100)]).bytes }
      case .pings: return (0..<500).flatMap { _ in Frame.ping().bytes }
      case .keepalivePings: return Frame.ping().bytes
      case .garbage: return (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ round) }
      case .wrongPreface: return []
      case .hugeFrame: return [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1]
      case .evenStream: return Frame.request(2, "/echo").bytes
      case .dataOnIdleStream: return Frame.data(1, [1]).bytes
      case .zeroWindowUpdate: return Frame.windowUpdate(0, 0).bytes
      case .windowOverflow: return Frame.windowUpdate(0, 0x7FFF_FFFF).bytes
      case .badSettings: return Frame.settings([(5, 1)]).bytes
      case .upperCaseName: return repeated(100) { [.request($0, "/echo", extra: [("Upper", "x")])] }
      case .connectionHeader: return repeated(100) { [.request($0, "/echo", extra: [("connection", "close")])] }
      }
    }

    var expected: Set<CloseReason.Kind> {
      switch self {
      case .rapidReset, .pings: [.flooded, .protocolError]
      case .resetsWeAreMadeToSend, .refusedStreams, .continuations, .endlessHeaders, .hpackBomb, .emptyData,
        .paddedData, .priorities, .windowUpdates, .unknownFrames, .settings, .keepalivePings, .upperCaseName,
        .connectionHeader:
        [.flooded]
      case .garbage, .wrongPreface, .hugeFrame, .evenStream, .dataOnIdleStream, .zeroWindowUpdate, .windowOverflow,
        .badSettings:
        [.protocolError]
      }
    }
  }

  /// Enough rounds for every script; an unlimited server would let all of them pass.
  private static let roundsMax = 400

  @Test(arguments: Script.allCases)
  func isCutOff(_ script: Script) async throws {
    let server = try await TestServer.start()
    let honest = try server.client()
    try honest.start()
    let client = try server.client()
    try client.handshake()
    var frames: [Frame] = []
    do {
      if script == .wrongPreface { try client.send(raw: Array("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".utf8)) }
      for round in 0..<Self.roundsMax where script != .wrongPreface {
        try client.send(raw: script.bytes(round))
        guard script == .keepalivePings else { continue }
        while let frame = try client.next() {
          frames.append(frame)
          if frame.type == Frame.ping { break }
        }
      }
      frames += try client.rest()
    } catch {
      // The server is gone: sending fails. What it said last may still be there.
      frames += (try? client.rest()) ?? []
    }
    let reason = try await server.ended()
    #expect(script.expected.contains(reason.kind), "\(script): \(reason)")
    if script == .keepalivePings {
      let goaway = try #require(frames.last { $0.type == Frame.goaway })
      #expect(goaway.errorCode == StreamErrorCode.enhanceYourCalm.rawValue)
      #expect(String(decoding: goaway.payload.dropFirst(8), as: UTF8.self) == "too_many_pings")
    }
    try honest.send(.request(1, "/echo", end: false), .data(1, [1, 2], end: true))
    #expect(try honest.next(Frame.data)?.payload == [1, 2])
    await server.stop()
  }

  @Test func pingsAreForgivenByDataThatWeSend() async throws {
    let server = try await TestServer.start()
    let client = try server.client()
    try client.start()
    for round in 0..<20 {
      try client.send(.request(UInt32(round * 2 + 1), "/echo"))
      #expect(try client.next(Frame.headers) != nil)
      for _ in 0..<3 {
        try client.send(.ping())
        #expect(try client.next(Frame.ping) != nil)
      }
    }
    await server.stop()
  }

  @Test func anHonestFlowOfWindowUpdatesIsNoFlood() async throws {
    let server = try await TestServer.start { $0.connection.idleFramesPerSecond = 0 }
    let client = try server.client()
    try client.start()
    // Twice the burst, each one after a frame of body.
    let count = 2 * ConnectionLimits().idleFramesBurst
    try client.send(.request(1, "/big/\(count * 1000)"))
    var got = 0
    while got < count * 1000 {
      let bytes = try #require(try client.next(Frame.data)).payload.count
      got += bytes
      let step = UInt32(max(1, bytes / 4))
      try client.send((0..<4).flatMap { _ in [Frame.windowUpdate(0, step), .windowUpdate(1, step)] })
    }
    #expect(try client.next(Frame.headers)?.hasEndStream == true)
    await server.stop()
  }
}

extension CloseReason {
  enum Kind: Hashable {
    case closedByPeer, drained, tls, notAdmitted, protocolError, flooded, timedOut, socketError, closed
  }

  var kind: Kind {
    switch self {
    case .closedByPeer: .closedByPeer
    case .drained: .drained
    case .tls: .tls
    case .notAdmitted: .notAdmitted
    case .protocolError: .protocolError
    case .flooded: .flooded
    case .timedOut: .timedOut
    case .socketError: .socketError
    case .closed: .closed
    }
  }
}
