import CNghttp2
import HTTPStreams
import NIOCore

/// What a connection's owner (server or client) decides and wants to know. Called on the connection's loop.
protocol ConnectionOwner: AnyObject, Sendable {
  /// TLS is up: says who the peer is, or why it may not stay.
  func admit(_ certificate: PeerCertificate?, address: String) -> Admission
  func makeHandler(_ connection: any StreamConnection) -> any StreamHandler
  /// The peer's SETTINGS arrived: both sides have proved themselves.
  func ready(_ connection: Connection, _ session: HTTP2Session)
  /// Told exactly once.
  func ended(_ connection: Connection, _ reason: CloseReason)
}

/// What a program makes of a peer that TLS has verified.
package enum Admission: Sendable {
  case admit(identity: (any AnyObject & Sendable)?)
  case refuse(String)
}

/// One socket: moves bytes between NIO, a `TLSEngine` and an `HTTP2Session`, and closes when one of them says so.
/// Lives on its loop.
final class Connection: ChannelInboundHandler, HTTP2Carrier {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  ///     handshaking --complete, admitted--> open --reason to close--> closing --lingered, peer closed--> closed
  ///         `------------ failed --------------------------------------^
  private enum State {
    case handshaking
    case open(HTTP2Session)
    /// Last words are on their way; what arrives is thrown away.
    case closing(since: MonotonicInstant)
    case closed
  }

  let loop: TransportLoop
  /// Printable address with port, and the host alone, by which connections are counted.
  let address: String
  let host: String
  var placeOnLoop = -1
  private let role: HTTP2Session.Role
  private let engine: TLSEngine
  private let owner: any ConnectionOwner
  private let limits: ConnectionLimits
  private var state = State.handshaking
  private var context: ChannelHandlerContext?
  private var reason: CloseReason?
  private var startedAt: MonotonicInstant
  private var isReading = false
  private var wantsFlush = false
  private var isReady = false
  /// Something was sent since the last tick.
  private var wasBusy = false
  private var writes = WriteProgress()

  init(
    role: HTTP2Session.Role, engine: TLSEngine, loop: TransportLoop, address: String, host: String,
    limits: ConnectionLimits, owner: any ConnectionOwner
  ) {
    self.role = role
    self.engine = engine
    self.loop = loop
    self.address = address
    self.host = host
    self.limits = limits
    self.owner = owner
    startedAt = loop.now
  }

  // MARK: NIO

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    startedAt = loop.now
    loop.add(self)
    if context.channel.isActive { begin() }
  }

  func channelActive(context: ChannelHandlerContext) { begin() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    isReading = true
    buffer.withUnsafeReadableBytes { bytes in
      engine.withInput(bytes) { take() }
    }
    isReading = false
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if wantsFlush { flush() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flush() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    abort(.socketError(String(describing: error)))
  }

  func channelInactive(context: ChannelHandlerContext) { end(.closedByPeer) }

  func handlerRemoved(context: ChannelHandlerContext) { end(.closed) }

  // MARK: In

  private func begin() {
    guard role == .client, case .handshaking = state else { return }
    shakeHands()
    sendCiphertext()
  }

  /// Works off the ciphertext that the engine was lent.
  private func take() {
    if case .handshaking = state { shakeHands() }
    guard case .open(let session) = state else { return }
    let buffer = loop.received
    var filled = 0
    var failure: CloseReason?
    reading: while true {
      switch engine.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])) {
      case .bytes(let count):
        filled += count
        if buffer.count - filled < Self.recordBytes {
          session.receive(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
          filled = 0
        }
        if engine.isDrained { break reading }
      case .incomplete: break reading
      case .closed:
        failure = .closedByPeer
        break reading
      case .failed(let why):
        failure = .tls(why)
        break reading
      }
    }
    if filled > 0 { session.receive(UnsafeRawBufferPointer(rebasing: buffer[..<filled])) }
    if !isReady, session.timing.settingsReceived {
      isReady = true
      owner.ready(self, session)
    }
    if let failure {
      flush()
      close(failure)
    } else if session.closeReason != nil {
      wantsFlush = true
    }
    if engine.outputCount > 0 { wantsFlush = true }
  }

  private func shakeHands() {
    switch engine.handshake() {
    case .incomplete: sendCiphertext()
    case .complete: admit()
    case .failed(let why): close(.tls(why))
    }
  }

  private func admit() {
    let certificate = engine.peerCertificate
    let identity: (any AnyObject & Sendable)?
    switch owner.admit(certificate, address: address) {
    case .admit(let found): identity = found
    case .refuse(let why): return close(.notAdmitted(why))
    }
    let peer = Peer(
      address: address, uriNames: certificate?.uriNames ?? [], certificateDigest: certificate?.digest ?? [],
      identity: identity)
    let age = limits.timers.maximumAgeNanoseconds
    guard
      let session = HTTP2Session(
        role: role, peer: peer, loop: loop, limits: limits, clock: loop.clock,
        maximumAgeNanoseconds: age - Int64.random(in: 0...max(0, age / 10)))
    else { return close(.closed) }
    state = .open(session)
    session.carrier = self
    session.start(owner.makeHandler(session))
  }

  // MARK: Out

  func sessionHasOutput() {
    wantsFlush = true
    if !isReading { loop.flushLater(self) }
  }

  /// Encrypts and sends what the session has, as far as the socket takes it.
  func flush() {
    guard case .open(let session) = state, let context else { return }
    wantsFlush = false
    repeat {
      session.takeAnnouncement()
      guard context.channel.isWritable else { break }
      let isMore = encrypt(session)
      session.outputTaken()
      sendCiphertext()
      // NIO may call back from within a write, and the connection be closed when it returns: the session is spent then.
      guard case .open = state else { return }
      if !isMore, !wantsFlush { break }
      wantsFlush = false
    } while true
    if let reason = session.closeReason { close(reason) }
  }

  /// Fills TLS records until the session has no more (false) or the socket's share of this turn is full (true).
  private func encrypt(_ session: HTTP2Session) -> Bool {
    let record = loop.sending
    guard let base = record.baseAddress else { return false }
    var filled = 0
    var isMore = false
    var isSound = true
    while let frame = session.nextOutput() {
      var rest = frame
      while rest.count > record.count - filled {
        let part = record.count - filled
        if let from = rest.baseAddress { (base + filled).copyMemory(from: from, byteCount: part) }
        rest = UnsafeRawBufferPointer(rebasing: rest[part...])
        isSound = engine.write(UnsafeRawBufferPointer(record)) && isSound
        filled = 0
      }
      if let from = rest.baseAddress { (base + filled).copyMemory(from: from, byteCount: rest.count) }
      filled += rest.count
      if engine.outputCount >= limits.socketHighWaterBytes {
        isMore = true
        break
      }
    }
    isSound = engine.write(UnsafeRawBufferPointer(rebasing: record[..<filled])) && isSound
    if !isSound { session.fail(.tls(.protocolError("cannot encrypt")), NGHTTP2_INTERNAL_ERROR) }
    return isMore && isSound
  }

  private func sendCiphertext() {
    guard let context, engine.outputCount > 0 else { return }
    var buffer = context.channel.allocator.buffer(capacity: engine.outputCount)
    engine.takeOutput { buffer.writeBytes($0) }
    writes.sent(buffer.readableBytes)
    wasBusy = true
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  // MARK: Time

  func tick() {
    let now = loop.clock.now
    switch state {
    case .handshaking:
      if now > startedAt + limits.timers.handshakeNanoseconds { abort(.timedOut(.handshake)) }
    case .open(let session):
      if writes.isStuck(pending: pendingBytes, now: now, limits.timers) { return abort(.timedOut(.write)) }
      session.tick()
      if session.closeReason != nil { loop.flushLater(self) }
      if !wasBusy { engine.trim() }
      wasBusy = false
    case .closing(let since):
      if now > since + limits.timers.lingerNanoseconds { abort(.closed) }
    case .closed: break
    }
  }

  private var pendingBytes: Int {
    guard writes.mayBePending else { return 0 }
    return (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  // MARK: The end

  /// Says goodbye, sends it, and waits a little for the peer to have read it: a socket that is closed with unread input
  /// resets, and the peer would lose our last words.
  func close(_ why: CloseReason) {
    switch state {
    case .closing, .closed: return
    case .handshaking: break
    case .open(let session): loseSession(session, why)
    }
    if reason == nil { reason = why }
    state = .closing(since: loop.clock.now)
    engine.close()
    sendCiphertext()
    context?.close(mode: .output, promise: nil)
  }

  /// Lets open streams end, then closes; a connection that is not up yet is closed at once.
  func drain() {
    switch state {
    case .handshaking: abort(.drained)
    case .open(let session):
      session.drain()
      if session.closeReason != nil { loop.flushLater(self) }
    case .closing, .closed: break
    }
  }

  /// Closes without ceremony.
  func abort(_ why: CloseReason) {
    if reason == nil { reason = why }
    if case .open(let session) = state { loseSession(session, why) }
    let context = context
    end(why)
    context?.close(promise: nil)
  }

  private func loseSession(_ session: HTTP2Session, _ why: CloseReason) {
    if reason == nil { reason = why }
    state = .closing(since: loop.clock.now)
    session.connectionLost()
  }

  private func end(_ why: CloseReason) {
    switch state {
    case .closed: return
    case .open(let session): loseSession(session, why)
    case .handshaking, .closing: break
    }
    let final = reason ?? why
    state = .closed
    context = nil
    loop.remove(self)
    owner.ended(self, final)
  }

  /// The largest piece of plaintext that TLS hands out.
  private static let recordBytes = 16 * 1024
}

/// Notices a socket that takes nothing any more.
private struct WriteProgress {
  private var handed = 0
  private var takenAtMark = 0
  private var since: MonotonicInstant?

  /// Taking less than this per period is as good as nothing.
  private static let progressBytes = 4096

  private(set) var mayBePending = false

  mutating func sent(_ count: Int) {
    handed &+= count
    mayBePending = true
  }

  mutating func isStuck(pending: Int, now: MonotonicInstant, _ timers: ConnectionTimers) -> Bool {
    guard pending > 0 else {
      mayBePending = false
      since = nil
      return false
    }
    let taken = handed &- pending
    guard let since, taken &- takenAtMark < Self.progressBytes else {
      self.since = now
      takenAtMark = taken
      return false
    }
    return now > since + timers.writeProgressNanoseconds
  }
}
