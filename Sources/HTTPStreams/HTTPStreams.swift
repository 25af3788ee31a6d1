/// The seam between Transport, which moves bytes, and RPC, which gives them meaning.
///
/// Transport turns sockets, TLS and HTTP/2 frames into streams and knows nothing of gRPC; RPC speaks gRPC over any
/// `StreamConnection` and knows nothing of sockets. Both import this module and not each other. Everything here is
/// called on the loop that owns the connection, except what is marked `Sendable`.

/// Names one stream of one connection. A slot is used again with another generation, so an id that outlived its
/// stream finds nothing: every call with a stale id is ignored.
package struct StreamID: Hashable, Sendable {
  package let slot: UInt32
  package let generation: UInt32

  package init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }
}

/// HTTP/2 error codes, RFC 9113 section 7.
package struct StreamErrorCode: Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let noError = StreamErrorCode(rawValue: 0x0)
  package static let protocolError = StreamErrorCode(rawValue: 0x1)
  package static let internalError = StreamErrorCode(rawValue: 0x2)
  package static let flowControlError = StreamErrorCode(rawValue: 0x3)
  package static let streamClosed = StreamErrorCode(rawValue: 0x5)
  package static let frameSizeError = StreamErrorCode(rawValue: 0x6)
  package static let refusedStream = StreamErrorCode(rawValue: 0x7)
  package static let cancel = StreamErrorCode(rawValue: 0x8)
  package static let compressionError = StreamErrorCode(rawValue: 0x9)
  package static let enhanceYourCalm = StreamErrorCode(rawValue: 0xb)
  package static let inadequateSecurity = StreamErrorCode(rawValue: 0xc)
}

/// Why a stream ended, told once for each stream.
package enum StreamClose: Hashable, Sendable {
  /// Both directions ended in the regular way.
  case finished
  /// The peer sent RST_STREAM.
  case resetByPeer(StreamErrorCode)
  /// This side sent RST_STREAM.
  case resetByUs(StreamErrorCode)
  /// The peer's GOAWAY or REFUSED_STREAM says that it never processed this stream: a retry is safe.
  case refused
  /// The connection went away with the stream open.
  case connectionLost
}

/// Who is at the other end of a connection, as TLS proved it.
package final class Peer: Sendable {
  /// Printable, for logs: "127.0.0.1:50312".
  package let address: String
  /// URI subject alternative names of the verified client certificate, empty without one.
  package let uriNames: [String]
  /// SHA-256 of the certificate (DER), empty without one.
  package let certificateDigest: [UInt8]
  /// What the program made of the peer when it connected (for example a principal).
  package let identity: (any AnyObject & Sendable)?

  package init(
    address: String, uriNames: [String], certificateDigest: [UInt8], identity: (any AnyObject & Sendable)? = nil
  ) {
    self.address = address
    self.uriNames = uriNames
    self.certificateDigest = certificateDigest
    self.identity = identity
  }
}

/// How much may wait for a slow reader on one stream, in bytes.
package enum StreamBuffer {
  /// Above this a writer waits: some thousand messages of the usual size.
  package static let highWaterBytes = 256 << 10
  /// When the buffer has been above the high mark and falls below this, `StreamHandler.drained` is called.
  package static let lowWaterBytes = 64 << 10
}

/// The outgoing side of a connection. Not thread-safe: call it on `loop` only. What is written during one turn of
/// the loop leaves together at the end of that turn.
package protocol StreamConnection: AnyObject {
  var peer: Peer { get }
  var loop: any StreamLoop { get }

  /// Server: sends response headers. `endStream` makes it the whole response (Trailers-Only).
  func respond(_ head: HeaderBlock, on stream: StreamID, endStream: Bool)
  /// Client: opens a stream; nil when the connection takes no more streams now.
  func request(_ head: HeaderBlock, endStream: Bool) -> StreamID?
  /// Appends body bytes (copied). Unbounded here: the caller looks at `bufferedBytes` and waits for `drained`.
  func write(_ bytes: RawSpan, on stream: StreamID)
  /// Ends this side's direction after what was written: with trailers, or nil for a bare END_STREAM.
  func finish(_ trailers: HeaderBlock?, on stream: StreamID)
  /// Sends RST_STREAM and forgets what was buffered. Not needed after a response that ended before its request: then the
  /// connection itself tells the peer to stop, with RST_STREAM(NO_ERROR) behind the response (RFC 9113 section 8.1).
  func reset(_ code: StreamErrorCode, on stream: StreamID)
  /// Gives flow-control window back for body bytes that have been taken.
  func consumed(_ count: Int, on stream: StreamID)
  /// Body bytes written and not yet handed to the peer.
  func bufferedBytes(on stream: StreamID) -> Int
  /// Stops taking new streams, lets open ones end, closes.
  func drain()
}

/// The incoming side: what a connection tells whoever handles its streams. Called on the connection's loop, never from
/// inside a callback of the protocol library, so that everything of `StreamConnection` may be called at once.
package protocol StreamHandler: AnyObject {
  /// The first header block: a request on a server, the response on a client. The connection reuses the memory of
  /// `headers` after the call.
  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool)
  /// Body bytes; their window is given back by `consumed`. May be empty with `endStream`.
  func received(data: RawSpan, on stream: StreamID, endStream: Bool)
  /// The last header block; it ends the peer's direction.
  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID)
  /// Bytes buffered for the stream fell below `StreamBuffer.lowWaterBytes` after they were above `highWaterBytes`.
  func drained(_ stream: StreamID)
  /// The stream is over and its id stale. Told exactly once for each stream whose headers were received or requested.
  func closed(_ stream: StreamID, _ reason: StreamClose)
  /// No further streams will be taken (GOAWAY seen or sent); open ones go on.
  func draining()
  /// The connection is gone; every open stream was closed before.
  func disconnected()
}

/// The serial loop that owns connections. Time is monotonic, in nanoseconds of an arbitrary origin.
package protocol StreamLoop: AnyObject, Sendable {
  var isCurrent: Bool { get }
  var now: MonotonicInstant { get }
  /// Runs `work` on the loop: on the loop itself after the events of the current turn, so that one piece of work can
  /// collect what the whole turn brought.
  func execute(_ work: @escaping @Sendable () -> Void)
  /// Runs `work` on the loop once, not before `instant`.
  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void) -> any ScheduledWork
}

package protocol ScheduledWork: Sendable {
  func cancel()
}

package struct MonotonicInstant: Comparable, Hashable, Sendable {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }
  /// Saturates instead of overflowing.
  package static func + (instant: Self, nanoseconds: Int64) -> Self {
    let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(nanoseconds)
    return Self(nanoseconds: overflow ? (nanoseconds > 0 ? .max : .min) : sum)
  }
}

/// A value that belongs to one loop, carried through `@Sendable` closures.
/// Unchecked: the loop is serial and every access checks that it runs there.
package struct LoopBound<Value>: @unchecked Sendable {
  private let loop: any StreamLoop
  private let stored: Value

  package init(_ value: Value, on loop: any StreamLoop) {
    self.stored = value
    self.loop = loop
  }

  package var value: Value {
    precondition(loop.isCurrent, "a loop-bound value was used off its loop")
    return stored
  }
}
