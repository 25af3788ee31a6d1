package import HTTPStreams

/// A client's and a server's connection joined in memory, both on one `ManualLoop`. Streams, flow control, resets and
/// end-of-stream behave as over HTTP/2; there are no bytes and no sockets. Events are delivered in turns of the loop.
package final class InMemoryPipe {
  package struct Options {
    /// What a stream may send before the other side has taken something (the default of HTTP/2).
    package var streamWindowBytes = 65_535
    /// The longest piece of a body delivered at once; 1 delivers every byte alone.
    package var largestPiece = 16_384
    /// Streams a client may have open.
    package var maximumStreams = 100
    package init() {}
  }

  package let client: InMemoryConnection
  package let server: InMemoryConnection

  package init(loop: ManualLoop, clientPeer: Peer = InMemoryPipe.nobody, options: Options = Options()) {
    client = InMemoryConnection(loop: loop, peer: Peer(address: "server", uriNames: [], certificateDigest: []), options)
    server = InMemoryConnection(loop: loop, peer: clientPeer, options)
    client.other = server
    server.other = client
  }

  package static let nobody = Peer(address: "in memory", uriNames: [], certificateDigest: [])

  /// Both sides lose the connection, as by a cut cable.
  package func cut() {
    client.lose()
    server.lose()
  }
}

/// One end of an `InMemoryPipe`. Set `handler` before the first event.
package final class InMemoryConnection: StreamConnection {
  private enum Event {
    case headers(ReceivedHeaders, endStream: Bool)
    case data([UInt8], endStream: Bool)
    case trailers(ReceivedHeaders)
    case reset(StreamErrorCode)
    case window(Int)
    case goAway
  }

  /// What this end has yet to send on a stream, in order.
  private enum Ending {
    case open
    case finishing(HeaderBlock?)
    case finished
  }

  private struct Stream {
    var unsent: [UInt8] = []
    var window: Int
    var wasAboveHighWater = false
    var ending = Ending.open
    var peerHasEnded = false
    var flush = Flush.idle
  }

  private enum Flush { case idle, scheduled }

  package let peer: Peer
  private let manualLoop: ManualLoop
  package var loop: any StreamLoop { manualLoop }
  package var handler: (any StreamHandler)?
  fileprivate weak var other: InMemoryConnection?
  private let options: InMemoryPipe.Options
  private var streams: [StreamID: Stream] = [:]
  /// Generations of the slots; a client hands out the lowest free slot.
  private var generations: [UInt32] = []
  private var freeSlots: [UInt32] = []
  private var isDraining = false

  fileprivate init(loop: ManualLoop, peer: Peer, _ options: InMemoryPipe.Options) {
    self.manualLoop = loop
    self.peer = peer
    self.options = options
  }

  package var openStreams: Int { streams.count }

  // MARK: StreamConnection

  package func request(_ head: HeaderBlock, endStream: Bool) -> StreamID? {
    guard !isDraining, other != nil, streams.count < options.maximumStreams else { return nil }
    let slot: UInt32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = UInt32(generations.count)
      generations.append(0)
    }
    let stream = StreamID(slot: slot, generation: generations[Int(slot)])
    streams[stream] = Stream(window: options.streamWindowBytes)
    if endStream { streams[stream]?.ending = .finished }
    send(.headers(received(head), endStream: endStream), on: stream)
    return stream
  }

  package func respond(_ head: HeaderBlock, on stream: StreamID, endStream: Bool) {
    guard streams[stream] != nil else { return }
    if endStream { streams[stream]?.ending = .finished }
    send(.headers(received(head), endStream: endStream), on: stream)
    if endStream { sideEnded(stream) }
  }

  package func write(_ bytes: RawSpan, on stream: StreamID) {
    guard streams[stream] != nil else { return }
    bytes.withUnsafeBytes { streams[stream]?.unsent.append(contentsOf: $0) }
    flushAtEndOfTurn(stream)
  }

  package func finish(_ trailers: HeaderBlock?, on stream: StreamID) {
    guard case .open = streams[stream]?.ending else { return }
    streams[stream]?.ending = .finishing(trailers)
    flushAtEndOfTurn(stream)
  }

  package func reset(_ code: StreamErrorCode, on stream: StreamID) {
    guard streams[stream] != nil else { return }
    send(.reset(code), on: stream)
    close(stream, .resetByUs(code))
  }

  package func consumed(_ count: Int, on stream: StreamID) {
    if count > 0 { send(.window(count), on: stream) }
  }

  package func bufferedBytes(on stream: StreamID) -> Int { streams[stream]?.unsent.count ?? 0 }

  package func drain() {
    send(.goAway, on: StreamID(slot: 0, generation: 0))
  }

  // MARK: Sending

  /// What is written during one turn leaves together.
  private func flushAtEndOfTurn(_ id: StreamID) {
    guard streams[id]?.flush == .idle else { return }
    streams[id]?.flush = .scheduled
    later { connection in
      connection.streams[id]?.flush = .idle
      connection.flush(id)
    }
  }

  private func flush(_ id: StreamID) {
    guard var stream = streams[id] else { return }
    while !stream.unsent.isEmpty, stream.window > 0 {
      let count = min(stream.unsent.count, stream.window, options.largestPiece)
      let piece = Array(stream.unsent.prefix(count))
      stream.unsent.removeFirst(count)
      stream.window -= count
      var isLast = false
      if stream.unsent.isEmpty, case .finishing(nil) = stream.ending { isLast = true }
      if isLast { stream.ending = .finished }
      send(.data(piece, endStream: isLast), on: id)
    }
    stream.wasAboveHighWater = stream.wasAboveHighWater || stream.unsent.count > StreamBuffer.highWaterBytes
    let isDrained = stream.wasAboveHighWater && stream.unsent.count < StreamBuffer.lowWaterBytes
    if isDrained { stream.wasAboveHighWater = false }
    if stream.unsent.isEmpty, case .finishing(let trailers) = stream.ending {
      stream.ending = .finished
      send(trailers.map { .trailers(received($0)) } ?? .data([], endStream: true), on: id)
    }
    streams[id] = stream
    if case .finished = stream.ending { sideEnded(id) }
    if isDrained { later { $0.handler?.drained(id) } }
  }

  private func send(_ event: Event, on stream: StreamID) {
    guard let other else { return }
    let bound = LoopBound((other, event), on: manualLoop)
    manualLoop.execute { bound.value.0.receive(bound.value.1, on: stream) }
  }

  private func later(_ body: @escaping (InMemoryConnection) -> Void) {
    let bound = LoopBound((self, body), on: manualLoop)
    manualLoop.execute { bound.value.1(bound.value.0) }
  }

  private func received(_ block: HeaderBlock) -> ReceivedHeaders {
    var headers = ReceivedHeaders()
    for field in block.fields {
      headers.append(
        name: UnsafeRawBufferPointer(start: block.base + field.nameOffset, count: field.nameCount),
        value: UnsafeRawBufferPointer(start: block.base + field.valueOffset, count: field.valueCount))
    }
    return headers
  }

  // MARK: Receiving

  private func receive(_ event: Event, on stream: StreamID) {
    switch event {
    case .headers(let headers, let endStream):
      if streams[stream] == nil {
        guard isServerSide else { return }
        guard !isDraining else { return send(.reset(.refusedStream), on: stream) }
        streams[stream] = Stream(window: options.streamWindowBytes)
      }
      if endStream { streams[stream]?.peerHasEnded = true }
      handler?.received(headers: headers, on: stream, endStream: endStream)
      closeIfFinished(stream)
    case .data(let bytes, let endStream):
      guard streams[stream] != nil else { return }
      if endStream { streams[stream]?.peerHasEnded = true }
      handler?.received(data: bytes.span.bytes, on: stream, endStream: endStream)
      closeIfFinished(stream)
    case .trailers(let headers):
      guard streams[stream] != nil else { return }
      streams[stream]?.peerHasEnded = true
      handler?.received(trailers: headers, on: stream)
      closeIfFinished(stream)
    case .reset(let code): close(stream, code == .refusedStream ? .refused : .resetByPeer(code))
    case .window(let count):
      streams[stream]?.window += count
      flush(stream)
    case .goAway:
      isDraining = true
      handler?.draining()
    }
  }

  private var isServerSide: Bool { generations.isEmpty }

  /// This side has sent its end. A server that has not seen the client's tells it to stop.
  private func sideEnded(_ id: StreamID) {
    if isServerSide, streams[id]?.peerHasEnded == false {
      send(.reset(.noError), on: id)
      close(id, .finished)
    } else {
      closeIfFinished(id)
    }
  }

  private func closeIfFinished(_ id: StreamID) {
    guard let stream = streams[id], stream.peerHasEnded, case .finished = stream.ending else { return }
    close(id, .finished)
  }

  private func close(_ stream: StreamID, _ reason: StreamClose) {
    guard streams.removeValue(forKey: stream) != nil else { return }
    if !isServerSide {
      generations[Int(stream.slot)] &+= 1
      freeSlots.append(stream.slot)
    }
    later { $0.handler?.closed(stream, reason) }
  }

  fileprivate func lose() {
    other = nil
    for stream in streams.keys { close(stream, .connectionLost) }
    later { connection in
      connection.handler?.disconnected()
      connection.handler = nil
    }
  }
}
