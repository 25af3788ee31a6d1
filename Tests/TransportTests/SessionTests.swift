import HTTPStreams
import Synchronization
import Testing

@testable import Transport

private typealias Frame = RawClient.Frame

/// HTTP2Session over memory, without sockets, TLS or time: what it may never do whatever it is fed.
@Suite(.timeLimit(.minutes(3)))
struct SessionTests {
  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func damagedInputNeverBreaksTheContractOfTheSeam(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let clock = CoarseClock(MonotonicInstant(nanoseconds: 0))
    let session = try #require(
      HTTP2Session(
        role: .server, peer: Peer(address: "test", uriNames: [], certificateDigest: []), loop: MemoryLoop(),
        limits: ConnectionLimits(), clock: clock))
    let contract = ContractHandler(session, seed: seed, resetsSometimes: seed % 2 == 0)
    session.start(contract)
    var script = RawClient.preface + Frame.settings().bytes
    var stream: UInt32 = 1
    for _ in 0..<60 { script += frame(&stream, &random) }
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let at = Int.random(in: RawClient.preface.count..<script.count, using: &random)
      switch Int.random(in: 0...2, using: &random) {
      case 0: script[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 1: script.remove(at: at)
      default: script.insert(UInt8.random(in: 0...255, using: &random), at: at)
      }
    }
    var at = 0
    while at < script.count, session.closeReason == nil {
      let step = min(script.count - at, Int.random(in: 1...2000, using: &random))
      // A copy in memory of its own, so that a read beyond its end could be seen by a sanitizer.
      Array(script[at..<at + step]).withUnsafeBytes { session.receive($0) }
      at += step
      if Bool.random(using: &random) { drainOutput(session) }
      clock.now = clock.now + Int64.random(in: 0...500_000_000, using: &random)
      if Bool.random(using: &random) { session.tick() }
    }
    drainOutput(session)
    session.connectionLost()
    #expect(contract.faults.isEmpty, "seed \(seed): \(contract.faults)")
    #expect(contract.open.isEmpty && contract.isDisconnected, "seed \(seed)")
    #expect(session.streams.openCount == 0 && session.bufferedTotal == 0, "seed \(seed)")
  }

  /// Some frame, mostly a legal one.
  private func frame(_ stream: inout UInt32, _ random: inout SplitMix) -> [UInt8] {
    let some = UInt32.random(in: 0...(stream / 2), using: &random) * 2 + 1
    switch Int.random(in: 0...11, using: &random) {
    case 0...3:
      defer { stream += 2 }
      return Frame.request(stream, "/x", end: Bool.random(using: &random)).bytes
    case 4...6:
      let count = Int.random(in: 0...300, using: &random)
      return Frame.data(some, [UInt8](repeating: 7, count: count), end: Int.random(in: 0...3, using: &random) == 0)
        .bytes
    case 7: return Frame.reset(some, 8).bytes
    case 8: return Frame.windowUpdate(Bool.random(using: &random) ? 0 : some, 1000).bytes
    case 9: return Frame.settings([(4, UInt32.random(in: 0...100_000, using: &random))]).bytes
    case 10: return Frame.headers(some, [("trailer", "x")], end: true).bytes
    default: return Frame(type: UInt8.random(in: 0...20, using: &random), stream: some, payload: [1, 2, 3, 4]).bytes
    }
  }

  private func drainOutput(_ session: HTTP2Session) {
    session.takeAnnouncement()
    while session.nextOutput() != nil {}
    session.outputTaken()
  }

  /// Both roles against each other, bytes cut at random: every body arrives whole, every stream is closed once on both
  /// sides.
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func clientAndServerUnderstandEachOther(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let clock = CoarseClock(MonotonicInstant(nanoseconds: 0))
    var limits = ConnectionLimits()
    limits.streamWindowBytes = Int32.random(in: 1...100_000, using: &random)
    limits.connectionWindowBytes = Int32.random(in: 65_535...200_000, using: &random)
    func session(_ role: HTTP2Session.Role) throws -> HTTP2Session {
      try #require(
        HTTP2Session(
          role: role, peer: Peer(address: "test", uriNames: [], certificateDigest: []), loop: MemoryLoop(),
          limits: limits, clock: clock))
    }
    let server = try session(.server)
    let client = try session(.client)
    let echo = ContractHandler(server, seed: seed, resetsSometimes: false)
    let sink = CollectingHandler(client)
    server.start(echo)
    client.start(sink)

    let head = ClientConnection.head("/echo")
    var sent: [StreamID: [UInt8]] = [:]
    var wires: (toServer: [UInt8], toClient: [UInt8]) = ([], [])
    for round in 0..<4000 {
      if round < 200, let stream = client.request(head, endStream: false) {
        let body = (0..<Int.random(in: 0...5000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        client.write(body.span.bytes, on: stream)
        client.finish(nil, on: stream)
        sent[stream] = body
      }
      wires.toServer += output(of: client)
      deliver(&wires.toServer, to: server, &random)
      wires.toClient += output(of: server)
      deliver(&wires.toClient, to: client, &random)
      if round > 200, sink.closed.count == sent.count, wires.toServer.isEmpty, wires.toClient.isEmpty { break }
    }
    #expect(sent.count > 20, "seed \(seed)")
    #expect(sink.closed.count == sent.count, "seed \(seed)")
    for (stream, body) in sent {
      #expect(sink.bodies[stream, default: []] == body, "seed \(seed), \(stream)")
      #expect(sink.closed[stream] == [.finished], "seed \(seed), \(stream)")
    }
    #expect(echo.faults.isEmpty && echo.open.isEmpty, "seed \(seed): \(echo.faults)")
    #expect(server.closeReason == nil && client.closeReason == nil, "seed \(seed)")
  }

  private func output(of session: HTTP2Session) -> [UInt8] {
    var bytes: [UInt8] = []
    session.takeAnnouncement()
    while let piece = session.nextOutput() { bytes.append(contentsOf: piece) }
    session.outputTaken()
    return bytes
  }

  private func deliver(_ wire: inout [UInt8], to session: HTTP2Session, _ random: inout SplitMix) {
    let count = Int.random(in: 0...min(wire.count, 30_000), using: &random)
    guard count > 0 else { return }
    Array(wire[..<count]).withUnsafeBytes { session.receive($0) }
    wire.removeFirst(count)
  }
}

/// Runs nothing: sessions only ask it for the time.
final class MemoryLoop: StreamLoop {
  struct Nothing: ScheduledWork { func cancel() {} }
  var isCurrent: Bool { true }
  var now: MonotonicInstant { MonotonicInstant(nanoseconds: 0) }
  func execute(_ work: @escaping @Sendable () -> Void) {}
  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork { Nothing() }
}

/// Echoes, resets now and then, and notes whatever a handler must never be told.
final class ContractHandler: StreamHandler {
  private enum Progress { case body, ended }

  private unowned let connection: HTTP2Session
  private var random: SplitMix
  private let resetsSometimes: Bool
  private var states: [StreamID: Progress] = [:]
  private(set) var faults: [String] = []
  private(set) var isDisconnected = false
  private var everOpened: Set<StreamID> = []

  var open: [StreamID] { Array(states.keys) }

  init(_ connection: HTTP2Session, seed: UInt64, resetsSometimes: Bool) {
    self.connection = connection
    random = SplitMix(state: seed &+ 1000)
    self.resetsSometimes = resetsSometimes
  }

  private func check(_ stream: StreamID, _ what: String) {
    if isDisconnected { faults.append("\(what) after the end") }
    switch states[stream] {
    case nil: faults.append("\(what) for a stream that is not open")
    case .ended where what != "closed": faults.append("\(what) after the end of the request")
    case .body, .ended: break
    }
  }

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    if !everOpened.insert(stream).inserted { faults.append("an id was used twice") }
    states[stream] = endStream ? .ended : .body
    connection.respond(ScriptHandler.head, on: stream, endStream: false)
    if endStream { connection.finish(ScriptHandler.tail, on: stream) }
  }

  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    check(stream, "data")
    connection.write(data, on: stream)
    connection.consumed(data.byteCount, on: stream)
    if endStream {
      states[stream] = .ended
      connection.finish(ScriptHandler.tail, on: stream)
    } else if resetsSometimes, Int.random(in: 0...9, using: &random) == 0 {
      connection.reset(.cancel, on: stream)
    }
  }

  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    check(stream, "trailers")
    states[stream] = .ended
    connection.finish(ScriptHandler.tail, on: stream)
  }

  func drained(_ stream: StreamID) {
    if states[stream] == nil { faults.append("drained for a stream that is not open") }
  }

  func closed(_ stream: StreamID, _ reason: StreamClose) {
    check(stream, "closed")
    states[stream] = nil
    // A stale id must do nothing at all.
    connection.respond(ScriptHandler.head, on: stream, endStream: true)
    connection.write([UInt8](repeating: 0, count: 10).span.bytes, on: stream)
    connection.finish(nil, on: stream)
    connection.consumed(10, on: stream)
    connection.reset(.cancel, on: stream)
  }

  func draining() {}
  func disconnected() {
    if isDisconnected { faults.append("disconnected twice") }
    isDisconnected = true
  }
}

final class CollectingHandler: StreamHandler {
  private unowned let connection: HTTP2Session
  private(set) var bodies: [StreamID: [UInt8]] = [:]
  private(set) var closed: [StreamID: [StreamClose]] = [:]

  init(_ connection: HTTP2Session) { self.connection = connection }

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {}
  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    data.withUnsafeBytes { bodies[stream, default: []].append(contentsOf: $0) }
    connection.consumed(data.byteCount, on: stream)
  }
  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {}
  func drained(_ stream: StreamID) {}
  func closed(_ stream: StreamID, _ reason: StreamClose) { closed[stream, default: []].append(reason) }
  func draining() {}
  func disconnected() {}
}
