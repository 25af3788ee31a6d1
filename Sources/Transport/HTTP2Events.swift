import CNghttp2
import HTTPStreams

/// What a callback noted: one entry of the flat list that a turn works off.
struct HTTP2Event {
  enum Kind: UInt8 {
    case headers, headersTooLarge, data, trailers, drained, closed
  }

  let kind: Kind
  var endStream = false
  let slot: UInt32
  /// Data: where it lies in the input. Closed: the error code in `count`.
  let offset: UInt32
  let count: UInt32

  init(_ kind: Kind, _ slot: UInt32, endStream: Bool = false, offset: Int = 0, count: Int = 0) {
    self.kind = kind
    self.endStream = endStream
    self.slot = slot
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.count = UInt32(truncatingIfNeeded: count)
  }
}

extension HTTP2Session {
  // MARK: Collecting (called by nghttp2)

  func noteHeadersBegan(_ id: Int32) {
    if let stream = stream(id) {
      stream.pointee.headerListBytes = 0
      headersOf = stream
    } else if role == .server {
      let stream = streams.open(id)
      stream.pointee.receivedAt = clock.now
      nghttp2_session_set_stream_user_data(session, id, stream)
      headersOf = stream
    } else {
      headersOf = nil
    }
  }

  func noteHeader(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Int32 {
    guard let stream = headersOf else { return 0 }
    stream.pointee.headerListBytes += name.count + value.count + Self.fieldOverheadBytes
    if stream.pointee.headerListBytes > limits.headerListBytesMax {
      guard stream.pointee.headerListBytes <= limits.headerListBytesFatal else {
        headersAreFatal = true
        return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
      }
      return 0
    }
    switch stream.pointee.receiving {
    case .headers: stream.pointee.headers.append(name: name, value: value)
    case .body, .ended: stream.pointee.trailers.append(name: name, value: value)
    }
    return 0
  }

  func noteData(_ id: Int32, _ bytes: UnsafeRawBufferPointer) {
    guard let stream = stream(id), let base = inputBase, let at = bytes.baseAddress else { return }
    // nghttp2 hands out pieces of the buffer it was given.
    let offset = at - base
    guard offset >= 0, offset + bytes.count <= inputCount else {
      return fail(.protocolError("a body lies outside its input"), NGHTTP2_INTERNAL_ERROR)
    }
    stream.pointee.unconsumed += bytes.count
    stream.pointee.receivedSinceMark += bytes.count
    events.append(HTTP2Event(.data, stream.pointee.slot, offset: offset, count: bytes.count))
  }

  func noteFrameReceived(_ head: nghttp2_frame_hd, _ frame: UnsafePointer<nghttp2_frame>) {
    let endStream = head.flags & Self.flagEndStream != 0
    switch Int(head.type) {
    case Int(NGHTTP2_DATA.rawValue):
      guard endStream, let stream = stream(head.stream_id) else { return }
      stream.pointee.receiving = .ended
      if let last = events.indices.last, events[last].kind == .data, events[last].slot == stream.pointee.slot {
        events[last].endStream = true
      } else {
        events.append(HTTP2Event(.data, stream.pointee.slot, endStream: true))
      }
    case Int(NGHTTP2_HEADERS.rawValue):
      headersOf = nil
      guard let stream = stream(head.stream_id) else { return }
      noteBlockEnded(stream, endStream: endStream)
    case Int(NGHTTP2_RST_STREAM.rawValue):
      guard let stream = stream(head.stream_id) else { return }
      stream.pointee.ending = .resetByPeer(StreamErrorCode(rawValue: frame.pointee.rst_stream.error_code))
    case Int(NGHTTP2_SETTINGS.rawValue):
      if head.flags & Self.flagAck != 0 {
        timing.settingsAcknowledged = true
      } else {
        timing.settingsReceived = true
      }
    case Int(NGHTTP2_PING.rawValue):
      notePing(isAnswer: head.flags & Self.flagAck != 0, frame.pointee.ping)
    case Int(NGHTTP2_GOAWAY.rawValue):
      goawayReceived = true
    default: break
    }
  }

  private func noteBlockEnded(_ stream: UnsafeMutablePointer<HTTP2Stream>, endStream: Bool) {
    let tooLarge =
      stream.pointee.headerListBytes > limits.headerListBytesMax
      || stream.pointee.headers.fields.count > limits.headerFieldsMax
      || stream.pointee.trailers.fields.count > limits.headerFieldsMax
    let wasFirst: Bool
    switch stream.pointee.receiving {
    case .headers:
      if role == .client, !tooLarge, isInformational(stream.pointee.headers) {
        stream.pointee.headers.removeAll()
        return
      }
      wasFirst = true
    case .body, .ended: wasFirst = false
    }
    stream.pointee.receiving = endStream ? .ended : .body
    let kind: HTTP2Event.Kind = tooLarge ? .headersTooLarge : wasFirst ? .headers : .trailers
    events.append(HTTP2Event(kind, stream.pointee.slot, endStream: endStream))
  }

  /// A 1xx response comes before the real one.
  private func isInformational(_ headers: borrowing ReceivedHeaders) -> Bool {
    guard let status = headers.first(":status") else { return false }
    return status.valueCount == 3 && headers.bytes[status.value.lowerBound] == UInt8(ascii: "1")
  }

  private func notePing(isAnswer: Bool, _ ping: nghttp2_ping) {
    if isAnswer {
      timing.pingAnswered()
      if withUnsafeBytes(of: ping.opaque_data, { $0.elementsEqual(PingMark.drain) }) { goAway() }
    } else if role == .server, !pings.received(at: loop.now, hasStreams: streams.openCount > 0, limits) {
      fail(.flooded(.pings), NGHTTP2_ENHANCE_YOUR_CALM, debug: "too_many_pings")
    }
  }

  func noteFrameSent(_ head: nghttp2_frame_hd, _ frame: UnsafePointer<nghttp2_frame>) {
    switch Int(head.type) {
    case Int(NGHTTP2_DATA.rawValue), Int(NGHTTP2_HEADERS.rawValue):
      pings.sentData()
      watch.sentBody()
      // A server that has answered before the request was whole says that it needs no more (RFC 9113 section 8.1).
      guard role == .server, head.flags & Self.flagEndStream != 0, let stream = stream(head.stream_id) else { return }
      switch stream.pointee.receiving {
      case .ended: break
      case .headers, .body:
        nghttp2_submit_rst_stream(session, flagNone, head.stream_id, NGHTTP2_NO_ERROR.rawValue)
      }
    case Int(NGHTTP2_RST_STREAM.rawValue):
      let code = StreamErrorCode(rawValue: frame.pointee.rst_stream.error_code)
      if let stream = stream(head.stream_id), case .none = stream.pointee.ending, code != .noError {
        stream.pointee.ending = .resetByUs(code)
      }
      if role == .server, code != .noError, !resetsCaused.take(now: clock.now) {
        fail(.flooded(.resetsCaused), NGHTTP2_ENHANCE_YOUR_CALM)
      }
    case Int(NGHTTP2_GOAWAY.rawValue):
      // Not earlier: nghttp2 sends a PING before what waits, and its answer must prove that the notice was seen.
      if case .noticed = phase { nghttp2_submit_ping(session, flagNone, PingMark.drain) }
    case Int(NGHTTP2_PING.rawValue):
      if head.flags & Self.flagAck == 0 { timing.pingSent(at: clock.now) }
    default: break
    }
  }

  func noteFrameNotSent(_ head: nghttp2_frame_hd, _ error: Int32) {
    // A request that could not leave any more: nothing of it reached the server.
    guard role == .client, Int(head.type) == Int(NGHTTP2_HEADERS.rawValue), let stream = stream(head.stream_id)
    else { return }
    if case .none = stream.pointee.ending { stream.pointee.ending = .resetByPeer(.refusedStream) }
  }

  /// nghttp2 says in words what was wrong.
  func noteComplaint(_ text: UnsafeRawBufferPointer) {
    complaint = String(decoding: text.prefix(Self.complaintBytesMax), as: UTF8.self)
  }

  func noteStreamClosed(_ id: Int32, _ code: UInt32) {
    guard let stream = stream(id) else { return }
    if headersOf == stream { headersOf = nil }
    stream.pointee.sending = .ended
    events.append(HTTP2Event(.closed, stream.pointee.slot, count: Int(code)))
  }

  /// The slot that carries stream `id`. nghttp2 keeps the pointer only while the stream is open, and slots do not move.
  @inline(__always)
  private func stream(_ id: Int32) -> UnsafeMutablePointer<HTTP2Stream>? {
    nghttp2_session_get_stream_user_data(session, id)?.assumingMemoryBound(to: HTTP2Stream.self)
  }

  // MARK: Acting (after nghttp2 has returned)

  /// Takes plaintext from the peer. The session is over when `closeReason` says so.
  package func receive(_ input: UnsafeRawBufferPointer) {
    if case .failed = phase { return }
    timing.received(at: clock.now)
    if watch.scan(input, now: clock.now) == .flooded {
      return fail(.flooded(.idleFrames), NGHTTP2_ENHANCE_YOUR_CALM)
    }
    inputBase = input.baseAddress
    inputCount = input.count
    let used = nghttp2_session_mem_recv(session, input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count)
    if used < 0 {
      events.removeAll(keepingCapacity: true)
      receiveFailed(Int32(truncatingIfNeeded: used))
    } else {
      act(input)
    }
    inputBase = nil
    inputCount = 0
    if nghttp2_session_want_write(session) != 0 { announceOutput() }
  }

  private func receiveFailed(_ code: Int32) {
    if headersAreFatal {
      fail(.flooded(.headers), NGHTTP2_ENHANCE_YOUR_CALM)
    } else if code == NGHTTP2_ERR_FLOODED.rawValue {
      fail(.flooded(.idleFrames), NGHTTP2_ENHANCE_YOUR_CALM)
    } else if code == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue {
      fail(.flooded(.headers), NGHTTP2_ENHANCE_YOUR_CALM)
    } else {
      fail(.protocolError(String(cString: nghttp2_strerror(code))), NGHTTP2_PROTOCOL_ERROR)
    }
  }

  /// Acts on what sending brought about. To be called after the last `nextOutput` of a turn.
  package func outputTaken() { act(UnsafeRawBufferPointer(start: nil, count: 0)) }

  /// Works off the events. A handler may cause output by what it does, but no further events: nghttp2 calls back only
  /// while it receives or sends.
  private func act(_ input: UnsafeRawBufferPointer) {
    var index = 0
    while index < events.count {
      let event = events[index]
      index += 1
      let stream = streams.pointer(event.slot)
      switch event.kind {
      case .headers: actOnHeaders(stream, endStream: event.endStream)
      case .trailers: actOnTrailers(stream)
      case .headersTooLarge: actOnOversize(stream)
      case .data:
        guard case .announced = stream.pointee.admission else {
          dropBody(stream, Int(event.count))
          continue
        }
        let bytes = UnsafeRawBufferPointer(rebasing: input[Int(event.offset)..<Int(event.offset) + Int(event.count)])
        handler?.received(data: bytes.bytes, on: stream.pointee.streamID, endStream: event.endStream)
      case .drained:
        if case .announced = stream.pointee.admission { handler?.drained(stream.pointee.streamID) }
      case .closed: actOnClose(stream, event.count)
      }
    }
    events.removeAll(keepingCapacity: events.count <= Self.keptEvents)
    if goawayReceived { tellDraining() }
  }

  private func actOnHeaders(_ stream: UnsafeMutablePointer<HTTP2Stream>, endStream: Bool) {
    stream.pointee.admission = .announced
    // Moved out while the handler looks at it, so that it may do to the stream what it likes; the memory comes back.
    var block = ReceivedHeaders()
    swap(&block, &stream.pointee.headers)
    handler?.received(headers: block, on: stream.pointee.streamID, endStream: endStream)
    block.removeAll()
    swap(&block, &stream.pointee.headers)
  }

  private func actOnTrailers(_ stream: UnsafeMutablePointer<HTTP2Stream>) {
    guard case .announced = stream.pointee.admission else { return }
    var block = ReceivedHeaders()
    swap(&block, &stream.pointee.trailers)
    handler?.received(trailers: block, on: stream.pointee.streamID)
  }

  /// A header list beyond the limit that SETTINGS announced: 431 (RFC 6585) from a server, a reset from a client.
  private func actOnOversize(_ stream: UnsafeMutablePointer<HTTP2Stream>) {
    stream.pointee.headers.removeAll()
    stream.pointee.trailers.removeAll()
    switch (role, stream.pointee.admission, stream.pointee.sending) {
    case (.server, .pending, .idle):
      stream.pointee.admission = .withheld
      respond(Self.headerFieldsTooLarge, on: stream.pointee.streamID, endStream: true)
    case (.server, _, _), (.client, _, _):
      resetStream(stream, .enhanceYourCalm)
    }
  }

  private func dropBody(_ stream: UnsafeMutablePointer<HTTP2Stream>, _ count: Int) {
    let dropped = min(count, stream.pointee.unconsumed)
    stream.pointee.unconsumed -= dropped
    nghttp2_session_consume(session, stream.pointee.id, dropped)
  }

  private func actOnClose(_ stream: UnsafeMutablePointer<HTTP2Stream>, _ code: UInt32) {
    let id = stream.pointee.streamID
    let reason = closeReason(of: stream, code)
    let announced: Bool
    switch stream.pointee.admission {
    case .announced: announced = true
    case .pending, .withheld: announced = false
    }
    release(stream)
    if announced { handler?.closed(id, reason) }
  }

  private func closeReason(of stream: UnsafeMutablePointer<HTTP2Stream>, _ code: UInt32) -> StreamClose {
    switch stream.pointee.ending {
    case .resetByPeer(.refusedStream) where role == .client: .refused
    // After a complete reply this is how a server says "I need no more of your request".
    case .resetByPeer(.noError) where role == .client && isEnded(stream.pointee.receiving): .finished
    case .resetByPeer(let code): .resetByPeer(code)
    case .resetByUs(let code): .resetByUs(code)
    // nghttp2 closes so the streams above the last one of a GOAWAY.
    case .none where role == .client && code == NGHTTP2_REFUSED_STREAM.rawValue: .refused
    case .none: code == 0 ? .finished : .resetByUs(StreamErrorCode(rawValue: code))
    }
  }

  private func isEnded(_ receiving: HTTP2Stream.Receiving) -> Bool {
    switch receiving {
    case .ended: true
    case .headers, .body: false
    }
  }

  /// Gives back what the stream holds: its slot, its buffered bytes, and the connection's window for bytes that nobody
  /// consumed.
  private func release(_ stream: UnsafeMutablePointer<HTTP2Stream>) {
    bufferedTotal -= stream.pointee.out.count
    if stream.pointee.unconsumed > 0 {
      nghttp2_session_consume_connection(session, stream.pointee.unconsumed)
      if nghttp2_session_want_write(session) != 0 { announceOutput() }
    }
    streams.close(stream)
    if streams.openCount == 0 { timing.idleSince = clock.now }
  }

  // MARK: Output and end

  /// The next piece of output, at most one frame; valid until the next call. Nil when there is nothing to send now.
  package func nextOutput() -> UnsafeRawBufferPointer? {
    var bytes: UnsafePointer<UInt8>?
    let count = nghttp2_session_mem_send(session, &bytes)
    guard count > 0, let bytes else {
      if count < 0 {
        fail(
          .protocolError(String(cString: nghttp2_strerror(Int32(truncatingIfNeeded: count)))), NGHTTP2_INTERNAL_ERROR)
      }
      return nil
    }
    return UnsafeRawBufferPointer(start: bytes, count: count)
  }

  /// Why the connection should be closed now, once its output is sent; nil while it lives.
  package var closeReason: CloseReason? {
    switch phase {
    case .failed(let reason): return reason
    case .goneAway where streams.openCount == 0 && nghttp2_session_want_write(session) == 0: return .drained
    // After the notice nghttp2 wants no more once the last stream ends, but a request may be on its way to us.
    case .noticed where streams.openCount == 0 && !goawayReceived: return nil
    case .serving, .noticed, .goneAway:
      guard nghttp2_session_want_read(session) == 0, nghttp2_session_want_write(session) == 0 else { return nil }
      return goawayReceived ? .closedByPeer : .protocolError(complaint)
    }
  }

  /// The socket is gone: closes every stream and lets go of the handler.
  package func connectionLost() {
    switch phase {
    case .failed: break
    case .serving, .noticed, .goneAway: phase = .failed(.closed)
    }
    guard let handler else { return }
    events.removeAll()
    var open: [(id: StreamID, reason: StreamClose)] = []
    for stream in streams.open {
      if case .announced = stream.pointee.admission { open.append((stream.pointee.streamID, .connectionLost)) }
      release(stream)
    }
    for stream in open { handler.closed(stream.id, stream.reason) }
    handler.disconnected()
    self.handler = nil
  }

  private static let flagEndStream: UInt8 = 0x1
  private static let flagAck: UInt8 = 0x1
  /// RFC 9113 section 6.5.2.
  private static let fieldOverheadBytes = 32
  private static let complaintBytesMax = 200
  /// A busy turn's worth; the memory of a larger one is given back.
  private static let keptEvents = 1024
  private static let headerFieldsTooLarge = HeaderBlock([":status": "431"])
}
