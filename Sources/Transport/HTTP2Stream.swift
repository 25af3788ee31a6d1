import HTTPStreams

/// One slot of a connection's stream table. Its memory stays where it is as long as the session lives, so that nghttp2
/// can carry a pointer to it (`stream_user_data`); the slot is used again, with a new generation, once its stream is
/// closed and the handler was told.
struct HTTP2Stream {
  /// This side's direction.
  ///
  ///     idle --respond, request--> open --finish--> ending --last byte taken--> ended
  ///      `-- respond or request with END_STREAM ---------------------------------^
  enum Sending {
    /// Nothing sent yet (server only).
    case idle
    case open
    case ending(trailers: HeaderBlock?)
    case ended
  }

  /// The peer's direction.
  enum Receiving {
    /// Waiting for the first header block (client) or inside it.
    case headers
    case body
    case ended
  }

  /// What was known about the end before nghttp2 closed the stream.
  enum Ending {
    case none
    case resetByPeer(StreamErrorCode)
    case resetByUs(StreamErrorCode)
  }

  enum Admission {
    /// The handler knows the stream (or will, once its headers are complete).
    case announced
    /// Not yet announced: header block incomplete.
    case pending
    /// Answered by this layer; the handler never hears of it.
    case withheld
  }

  let slot: UInt32
  var generation: UInt32 = 1
  /// HTTP/2's number; 0 while the slot is free.
  var id: Int32 = 0
  var admission = Admission.pending
  var sending = Sending.idle
  var receiving = Receiving.headers
  var ending = Ending.none

  var headers = ReceivedHeaders()
  var trailers = ReceivedHeaders()
  /// Size of the block that is arriving, as RFC 9113 section 6.5.2 counts it.
  var headerListBytes = 0

  var out = ByteQueue()
  /// nghttp2 asked for body bytes when there were none; it must be told when there are some.
  var isDeferred = false
  /// `out` went above the high-water mark; the handler waits for `drained`.
  var isAboveHighWater = false
  /// Retained because nghttp2 points into it until the frame is packed.
  var head: HeaderBlock?
  var tail: HeaderBlock?

  /// Body bytes given to the handler whose window was not given back yet.
  var unconsumed = 0
  /// Coarse time of the last progress of the request (headers or enough body) and of the response body.
  var receivedAt = MonotonicInstant(nanoseconds: 0)
  var receivedSinceMark = 0
  var sentAt = MonotonicInstant(nanoseconds: 0)
  var hasAnswered = false

  init(slot: UInt32) { self.slot = slot }

  var streamID: StreamID { StreamID(slot: slot, generation: generation) }

  /// Makes the slot free. Every id handed out for it is stale from here on.
  mutating func recycle() {
    generation = generation == .max ? 1 : generation + 1
    id = 0
    admission = .pending
    sending = .idle
    receiving = .headers
    ending = .none
    headers.removeAll()
    trailers.removeAll()
    headerListBytes = 0
    out.removeAll()
    isDeferred = false
    isAboveHighWater = false
    head = nil
    tail = nil
    unconsumed = 0
    receivedSinceMark = 0
    hasAnswered = false
  }
}

/// The streams of one connection: slots in chunks that never move.
struct HTTP2StreamTable: ~Copyable {
  private var chunks: [UnsafeMutablePointer<HTTP2Stream>] = []
  private var free: [UInt32] = []
  private(set) var openCount = 0

  private static let chunkShift: UInt32 = 4
  private static let chunkCount = 1 << 4

  deinit {
    for chunk in chunks {
      chunk.deinitialize(count: Self.chunkCount)
      chunk.deallocate()
    }
  }

  mutating func open(_ id: Int32) -> UnsafeMutablePointer<HTTP2Stream> {
    if free.isEmpty { grow() }
    let slot = free.removeLast()
    openCount += 1
    let stream = pointer(slot)
    stream.pointee.id = id
    return stream
  }

  mutating func close(_ stream: UnsafeMutablePointer<HTTP2Stream>) {
    stream.pointee.recycle()
    free.append(stream.pointee.slot)
    openCount -= 1
  }

  /// Nil for a stale id.
  func find(_ id: StreamID) -> UnsafeMutablePointer<HTTP2Stream>? {
    guard Int(id.slot >> Self.chunkShift) < chunks.count else { return nil }
    let stream = pointer(id.slot)
    guard stream.pointee.generation == id.generation, stream.pointee.id != 0 else { return nil }
    return stream
  }

  /// A copy of the list, so that whoever walks over it may close streams on the way.
  var open: [UnsafeMutablePointer<HTTP2Stream>] {
    var found: [UnsafeMutablePointer<HTTP2Stream>] = []
    guard openCount > 0 else { return found }
    found.reserveCapacity(openCount)
    for chunk in chunks {
      for index in 0..<Self.chunkCount where chunk[index].id != 0 { found.append(chunk + index) }
    }
    return found
  }

  func pointer(_ slot: UInt32) -> UnsafeMutablePointer<HTTP2Stream> {
    chunks[Int(slot >> Self.chunkShift)] + Int(slot & UInt32(Self.chunkCount - 1))
  }

  private mutating func grow() {
    let chunk = UnsafeMutablePointer<HTTP2Stream>.allocate(capacity: Self.chunkCount)
    let first = UInt32(chunks.count) << Self.chunkShift
    for index in 0..<Self.chunkCount {
      (chunk + index).initialize(to: HTTP2Stream(slot: first + UInt32(index)))
    }
    chunks.append(chunk)
    // The lowest slot is used first.
    for index in (0..<Self.chunkCount).reversed() { free.append(first + UInt32(index)) }
  }
}
