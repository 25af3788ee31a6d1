import CNghttp2
package import HTTPStreams

/// Whoever moves a session's bytes. `sessionHasOutput` is called when output appears, at most once until it is taken.
protocol HTTP2Carrier: AnyObject {
  func sessionHasOutput()
}

/// The time that timers go by, read once per tick of the loop instead of once per frame.
package final class CoarseClock {
  package var now: MonotonicInstant
  package init(_ now: MonotonicInstant) { self.now = now }
}

/// One HTTP/2 connection over memory, for either role: plaintext goes in by `receive`, frames come out by `nextOutput`,
/// streams are told to a `StreamHandler`. It knows no sockets, no TLS and no clock but the one it is given. Owns its nghttp2 session and
/// frees it in `deinit`. Not thread-safe: one loop owns it.
///
/// nghttp2's callbacks only collect events (HTTP2Callbacks.swift); `receive` and `outputTaken` act on them afterwards,
/// so that a handler may call everything of `StreamConnection` at once.
package final class HTTP2Session: StreamConnection {
  package enum Role: Sendable { case server, client }

  /// How far the end of the connection has come.
  ///
  ///     serving --drain()--> noticed (server) --ping answered--> goneAway --streams ended--> over
  ///         `--------------- drain() (client), peer's GOAWAY ------^
  enum Phase {
    case serving
    /// Shutdown notice sent; the peer's answer to our ping says that it has seen it.
    case noticed(since: MonotonicInstant)
    /// GOAWAY with the real last stream sent.
    case goneAway(since: MonotonicInstant)
    case failed(CloseReason)
  }

  package let role: Role
  package let peer: Peer
  package let loop: any StreamLoop
  let limits: ConnectionLimits
  let clock: CoarseClock
  weak var carrier: (any HTTP2Carrier)?

  /// Owned.
  let session: OpaquePointer
  var handler: (any StreamHandler)?
  var streams = HTTP2StreamTable()
  var phase = Phase.serving
  /// Told the handler that no more streams will come.
  var toldDraining = false
  var goawayReceived = false

  /// Events of the current turn, in order, and where their data lies.
  var events: [HTTP2Event] = []
  var inputBase: UnsafeRawPointer?
  var inputCount = 0
  /// The stream whose header block is being decoded.
  var headersOf: UnsafeMutablePointer<HTTP2Stream>?
  /// Some header block of this connection is far beyond the limit.
  var headersAreFatal = false
  /// nghttp2's last words about the peer, for the log.
  var complaint = "the peer broke the rules of HTTP/2"

  private var outputIsAnnounced = false
  /// Response bytes held for all streams.
  var bufferedTotal = 0
  /// Reused for every block that is sent.
  private var nameValues: UnsafeMutablePointer<nghttp2_nv>
  private var nameValuesCapacity = 16

  var watch: FrameWatch
  var idleRefill: TokenBucket
  var resetsCaused: TokenBucket
  var pings = PingPolicy()
  var timing: HTTP2Timing

  /// Opaque data of the pings this side sends.
  enum PingMark {
    static let drain: [UInt8] = Array("drain\0\0\0".utf8)
    static let alive: [UInt8] = Array("alive\0\0\0".utf8)
  }

  /// Nil when memory is out.
  package init?(
    role: Role, peer: Peer, loop: any StreamLoop, limits: ConnectionLimits, clock: CoarseClock,
    maximumAgeNanoseconds: Int64? = nil
  ) {
    self.role = role
    self.peer = peer
    self.loop = loop
    self.limits = limits
    self.clock = clock
    let now = clock.now
    let isServer = role == .server
    watch = FrameWatch(expectsPreface: isServer, burst: limits.idleFramesBurst)
    idleRefill = TokenBucket(burst: limits.idleFramesBurst, perSecond: limits.idleFramesPerSecond, now: now)
    resetsCaused = TokenBucket(burst: limits.resetsSentBurst, perSecond: limits.resetsSentPerSecond, now: now)
    timing = HTTP2Timing(
      now: now, maximumAgeNanoseconds: maximumAgeNanoseconds ?? limits.timers.maximumAgeNanoseconds)

    guard let callbacks = HTTP2Callbacks.table, let option = Self.options(limits) else { return nil }
    defer { nghttp2_option_del(option) }
    var made: OpaquePointer?
    let result =
      isServer
      ? nghttp2_session_server_new2(&made, callbacks, nil, option)
      : nghttp2_session_client_new2(&made, callbacks, nil, option)
    guard result == 0, let made else { return nil }
    session = made
    nameValues = .allocate(capacity: nameValuesCapacity)
    nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
    submitSettings()
  }

  deinit {
    nghttp2_session_del(session)
    nameValues.deallocate()
  }

  private static func options(_ limits: ConnectionLimits) -> OpaquePointer? {
    var made: OpaquePointer?
    guard nghttp2_option_new(&made) == 0, let option = made else { return nil }
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_option_set_no_closed_streams(option, 1)
    nghttp2_option_set_max_outbound_ack(option, limits.queuedAcknowledgementsMax)
    nghttp2_option_set_stream_reset_rate_limit(
      option, limits.resetsReceivedBurst, limits.resetsReceivedPerSecond)
    // What a client may open before it has seen the server's SETTINGS.
    nghttp2_option_set_peer_max_concurrent_streams(option, 100)
    return option
  }

  private func submitSettings() {
    let id = { (entry: NGHTTP2SettingsID) in Int32(truncatingIfNeeded: entry.rawValue) }
    // The number of streams first: a peer that reads on in small steps then knows it earliest.
    var entries = [
      nghttp2_settings_entry(
        settings_id: id(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS),
        value: role == .server ? limits.concurrentStreamsMax : 0),
      nghttp2_settings_entry(
        settings_id: id(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE), value: UInt32(max(0, limits.streamWindowBytes))),
      nghttp2_settings_entry(
        settings_id: id(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE),
        value: UInt32(clamping: limits.headerListBytesMax)),
      nghttp2_settings_entry(settings_id: id(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES), value: 1),
    ]
    if role == .client {
      entries.append(nghttp2_settings_entry(settings_id: id(NGHTTP2_SETTINGS_ENABLE_PUSH), value: 0))
    }
    nghttp2_submit_settings(session, flagNone, entries, entries.count)
    nghttp2_session_set_local_window_size(session, flagNone, 0, limits.connectionWindowBytes)
  }

  package func start(_ handler: any StreamHandler) {
    self.handler = handler
    announceOutput()
  }

  // MARK: StreamConnection

  package func respond(_ head: HeaderBlock, on id: StreamID, endStream: Bool) {
    guard role == .server, let stream = streams.find(id), case .idle = stream.pointee.sending else { return }
    stream.pointee.head = head
    stream.pointee.hasAnswered = true
    stream.pointee.sentAt = clock.now
    let count = fill(head)
    if endStream {
      stream.pointee.sending = .ended
      nghttp2_submit_response(session, stream.pointee.id, nameValues, count, nil)
    } else {
      stream.pointee.sending = .open
      var body = provider(stream)
      nghttp2_submit_response(session, stream.pointee.id, nameValues, count, &body)
    }
    announceOutput()
  }

  package func request(_ head: HeaderBlock, endStream: Bool) -> StreamID? {
    guard role == .client, case .serving = phase, nghttp2_session_check_request_allowed(session) != 0,
      streams.openCount < Int(clamping: peerStreamsMax)
    else { return nil }
    let stream = streams.open(.max)
    stream.pointee.head = head
    stream.pointee.admission = .announced
    stream.pointee.sentAt = clock.now
    let count = fill(head)
    let id: Int32
    if endStream {
      stream.pointee.sending = .ended
      id = nghttp2_submit_request(session, nil, nameValues, count, nil, stream)
    } else {
      stream.pointee.sending = .open
      var body = provider(stream)
      id = nghttp2_submit_request(session, nil, nameValues, count, &body, stream)
    }
    guard id > 0 else {
      streams.close(stream)
      return nil
    }
    stream.pointee.id = id
    announceOutput()
    return stream.pointee.streamID
  }

  package func write(_ bytes: RawSpan, on id: StreamID) {
    guard let stream = streams.find(id), case .open = stream.pointee.sending else { return }
    let count = bytes.byteCount
    guard bufferedTotal + count <= limits.bufferedBytesMax else {
      return reset(.enhanceYourCalm, on: id)
    }
    if stream.pointee.out.count == 0 { stream.pointee.sentAt = clock.now }
    bytes.withUnsafeBytes { stream.pointee.out.append($0) }
    bufferedTotal += count
    if stream.pointee.out.count > StreamBuffer.highWaterBytes { stream.pointee.isAboveHighWater = true }
    resume(stream)
  }

  package func finish(_ trailers: HeaderBlock?, on id: StreamID) {
    guard let stream = streams.find(id), case .open = stream.pointee.sending else { return }
    stream.pointee.sending = .ending(trailers: trailers)
    resume(stream)
  }

  package func reset(_ code: StreamErrorCode, on id: StreamID) {
    guard let stream = streams.find(id) else { return }
    resetStream(stream, code)
  }

  package func consumed(_ count: Int, on id: StreamID) {
    guard let stream = streams.find(id) else { return }
    let taken = min(max(count, 0), stream.pointee.unconsumed)
    guard taken > 0 else { return }
    stream.pointee.unconsumed -= taken
    nghttp2_session_consume(session, stream.pointee.id, taken)
    if nghttp2_session_want_write(session) != 0 { announceOutput() }
  }

  package func bufferedBytes(on id: StreamID) -> Int {
    streams.find(id)?.pointee.out.count ?? 0
  }

  package func drain() {
    guard case .serving = phase else { return }
    switch role {
    case .server:
      phase = .noticed(since: clock.now)
      nghttp2_submit_shutdown_notice(session)
    case .client:
      phase = .goneAway(since: clock.now)
      nghttp2_submit_goaway(session, flagNone, 0, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    }
    tellDraining()
    announceOutput()
  }

  // MARK: Inside

  func resetStream(_ stream: UnsafeMutablePointer<HTTP2Stream>, _ code: StreamErrorCode) {
    if case .none = stream.pointee.ending { stream.pointee.ending = .resetByUs(code) }
    stream.pointee.sending = .ended
    bufferedTotal -= stream.pointee.out.count
    stream.pointee.out.removeAll()
    nghttp2_submit_rst_stream(session, flagNone, stream.pointee.id, code.rawValue)
    announceOutput()
  }

  /// The second half of a server's drain: the peer has seen the notice, now name the last stream.
  func goAway() {
    guard case .noticed = phase else { return }
    phase = .goneAway(since: clock.now)
    let last = nghttp2_session_get_last_proc_stream_id(session)
    nghttp2_submit_goaway(session, flagNone, last, NGHTTP2_NO_ERROR.rawValue, nil, 0)
    announceOutput()
  }

  /// Ends the connection for a fault of the peer: GOAWAY goes out if it still can, the carrier closes then.
  func fail(_ reason: CloseReason, _ code: NGHTTP2ErrorCode, debug: String = "") {
    if case .failed = phase { return }
    phase = .failed(reason)
    let last = nghttp2_session_get_last_proc_stream_id(session)
    let text = Array(debug.utf8)
    nghttp2_submit_goaway(session, flagNone, max(0, last), code.rawValue, text, text.count)
    announceOutput()
  }

  func tellDraining() {
    guard !toldDraining else { return }
    toldDraining = true
    handler?.draining()
  }

  func announceOutput() {
    guard !outputIsAnnounced else { return }
    outputIsAnnounced = true
    carrier?.sessionHasOutput()
  }

  /// The carrier is about to take output: from here on new output is announced again.
  package func takeAnnouncement() { outputIsAnnounced = false }

  private func resume(_ stream: UnsafeMutablePointer<HTTP2Stream>) {
    if stream.pointee.isDeferred {
      stream.pointee.isDeferred = false
      nghttp2_session_resume_data(session, stream.pointee.id)
    }
    announceOutput()
  }

  private var peerStreamsMax: UInt32 {
    nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
  }

  private func provider(_ stream: UnsafeMutablePointer<HTTP2Stream>) -> nghttp2_data_provider {
    var provider = nghttp2_data_provider()
    provider.source.ptr = UnsafeMutableRawPointer(stream)
    provider.read_callback = { _, _, target, limit, flags, source, user in
      guard let user, let target, let flags,
        let stream = source?.pointee.ptr?.assumingMemoryBound(to: HTTP2Stream.self)
      else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
      return Unmanaged<HTTP2Session>.fromOpaque(user)._withUnsafeGuaranteedRef {
        $0.provideBody(of: stream, into: target, atMost: limit, flags)
      }
    }
    return provider
  }

  /// nghttp2 packs a DATA frame. Submitting is allowed here, sending is not.
  private func provideBody(
    of stream: UnsafeMutablePointer<HTTP2Stream>, into target: UnsafeMutableRawPointer, atMost limit: Int,
    _ flags: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let taken = stream.pointee.out.take(into: target, atMost: limit)
    bufferedTotal -= taken
    if taken > 0 { stream.pointee.sentAt = clock.now }
    if stream.pointee.isAboveHighWater, stream.pointee.out.count < StreamBuffer.lowWaterBytes {
      stream.pointee.isAboveHighWater = false
      events.append(HTTP2Event(.drained, stream.pointee.slot))
    }
    guard stream.pointee.out.count == 0 else { return taken }
    switch stream.pointee.sending {
    case .ending(let trailers):
      stream.pointee.sending = .ended
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      if let trailers {
        stream.pointee.tail = trailers
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        let count = fill(trailers)
        nghttp2_submit_trailer(session, stream.pointee.id, nameValues, count)
      }
      return taken
    case .idle, .open, .ended:
      if taken > 0 { return taken }
      stream.pointee.isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
  }

  /// Lays `block` out for nghttp2 without copying names or values: the stream's slot keeps the block alive until the
  /// stream is closed, and nghttp2 never packs a block of a closed stream.
  private func fill(_ block: HeaderBlock) -> Int {
    let count = block.fields.count
    if count > nameValuesCapacity {
      nameValues.deallocate()
      nameValuesCapacity = count
      nameValues = .allocate(capacity: count)
    }
    // nghttp2 takes non-const pointers and does not write through them.
    let base = UnsafeMutablePointer(mutating: block.base.assumingMemoryBound(to: UInt8.self))
    let flags = UInt8(
      truncatingIfNeeded: NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
    var index = 0
    for field in block.fields {
      (nameValues + index).initialize(
        to: nghttp2_nv(
          name: base + field.nameOffset, value: base + field.valueOffset, namelen: field.nameCount,
          valuelen: field.valueCount, flags: flags))
      index += 1
    }
    return count
  }
}

typealias NGHTTP2SettingsID = nghttp2_settings_id
typealias NGHTTP2ErrorCode = nghttp2_error_code
/// NGHTTP2_FLAG_NONE in the type that the submit functions take.
let flagNone: UInt8 = 0
