internal import HTTPStreams

/// The gRPC server's side of one connection: a table of calls indexed by stream slot. Confined to its loop.
///
/// Calls out of here (handlers, interceptors, the connection) may come back in, so state is changed before they are
/// made and looked up again after.
final class ServerConnection: StreamHandler {
  private let server: RPCServer
  private let index: Int
  /// nil once disconnected: the connection and its handler own each other until then.
  private var connection: (any StreamConnection)?
  let peer: Peer
  private var slots = CallSlots()
  /// Request bytes in memory, over all calls.
  private(set) var bufferedRequestBytes = 0
  /// Tasks of handlers that have not ended, also of calls that have.
  private(set) var runningHandlers = 0
  /// Holds prefix and message together, so that a reply is one write.
  private var scratch: [UInt8] = []

  /// Replies up to this size are joined with their prefix in `scratch`; copying more costs more than a second write.
  private static let joinedReplyLimit = 4_096

  init(server: RPCServer, connection: any StreamConnection, index: Int) {
    self.server = server
    self.connection = connection
    self.index = index
    self.peer = connection.peer
  }

  // MARK: What comes in

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    let slot = slots.make(Int(stream.slot))
    slot.pointee.begin(stream.generation)
    switch RequestHead(headers, router: server.router, metadata: &slot.pointee.metadata) {
    case .refusedByHTTP(let head): end(slot, stream, with: head, code: .unknown)
    case .failed(let status): fail(slot, stream, status)
    case .unknownEncoding(let status):
      end(slot, stream, with: ResponseHeads.unknownEncoding(status), code: status.code)
    case .call(let method, let timeoutNanoseconds):
      slot.pointee.method = method
      begin(slot, stream, method, timeoutNanoseconds: timeoutNanoseconds)
      if let slot = find(stream), slot.pointee.isReceiving { beginStreaming(slot, stream, method) }
      if endStream, let slot = find(stream) { requestEnded(slot, stream) }
    }
  }

  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    guard let slot = find(stream) else {
      connection?.consumed(data.byteCount, on: stream)
      return
    }
    if let call = slot.pointee.asyncCall {
      deliver(data, slot, stream, to: call)
      if endStream, let slot = find(stream) { requestEnded(slot, stream) }
      return
    }
    connection?.consumed(data.byteCount, on: stream)
    guard slot.pointee.isReceiving, let method = slot.pointee.method else { return }
    if endStream, slot.pointee.reader.isBetweenMessages,
      MessageReader.wholeMessage(data, limit: method.messageLimit)
    {
      handOver(data.extracting(droppingFirst: MessageReader.prefixByteCount), slot, stream, method)
      return
    }
    collect(data, slot, stream, method)
    if endStream, let slot = find(stream) { requestEnded(slot, stream) }
  }

  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    if let slot = find(stream) { requestEnded(slot, stream) }
  }

  func drained(_ stream: StreamID) {
    if let slot = find(stream), let call = slot.pointee.asyncCall { flush(slot, stream, call) }
  }

  func closed(_ stream: StreamID, _ reason: StreamClose) {
    guard let slot = find(stream) else { return }
    abandon(slot, stream, code: .cancelled)
    slot.pointee.vacate()
  }

  func draining() {}

  func disconnected() {
    connection = nil
    server.disconnected(index)
  }

  // MARK: One request message

  private func begin(_ slot: CallSlots.Pointer, _ stream: StreamID, _ method: RPCMethod, timeoutNanoseconds: Int64?) {
    if timeoutNanoseconds != nil || !server.interceptors.isEmpty {
      let now = server.loop.now
      slot.pointee.startedAt = now.nanoseconds
      if let timeoutNanoseconds {
        let deadline = (now + timeoutNanoseconds).nanoseconds
        if deadline != CallSlot.noDeadline {
          slot.pointee.deadline = deadline
          server.addDeadline(deadline, connection: index, slot: Int(stream.slot))
        }
      }
    }
    guard !server.interceptors.isEmpty else { return }
    let info = CallInfo(method: method, peer: peer, stream: stream)
    var denial: RPCStatus?
    for interceptor in server.interceptors {
      let verdict = interceptor.started(info)
      if denial == nil { denial = verdict }
    }
    if let denial { fail(slot, stream, denial) }
  }

  /// Starts the handlers that take requests as they come.
  private func beginStreaming(_ slot: CallSlots.Pointer, _ stream: StreamID, _ method: RPCMethod) {
    guard case .async(let asyncMethod) = method.handler, case .many(let run) = asyncMethod.requests else { return }
    start(slot, stream, method) { context in try await run(context) }
  }

  private func collect(_ data: RawSpan, _ slot: CallSlots.Pointer, _ stream: StreamID, _ method: RPCMethod) {
    guard data.byteCount > 0 else { return }
    if slot.pointee.reader.isComplete { return fail(slot, stream, Self.secondMessage) }
    let before = slot.pointee.reader.bufferedBytes
    let outcome = slot.pointee.reader.read(data, from: 0, limit: method.messageLimit)
    bufferedRequestBytes += slot.pointee.reader.bufferedBytes - before
    switch outcome {
    case .incomplete: break
    case .message(let next):
      if next < data.byteCount { return fail(slot, stream, Self.secondMessage) }
    case .failed(let status): return fail(slot, stream, status)
    }
    if bufferedRequestBytes > server.limits.bufferedRequestBytes {
      fail(slot, stream, Self.tooMuchWaits)
    }
  }

  private func requestEnded(_ slot: CallSlots.Pointer, _ stream: StreamID) {
    if let call = slot.pointee.asyncCall {
      call.requests.end(
        slot.pointee.reader.isBetweenMessages ? nil : RPCStatus(.internal, "the request ended inside a message"))
      return
    }
    guard slot.pointee.isReceiving, let method = slot.pointee.method else { return }
    if slot.pointee.reader.isComplete {
      let message = takeBuffered(slot)
      handOver(message.span.bytes, slot, stream, method)
    } else if slot.pointee.reader.isBetweenMessages {
      fail(slot, stream, RPCStatus(.internal, "the request has no message; this method takes one"))
    } else {
      fail(slot, stream, RPCStatus(.internal, "the request ended inside a message"))
    }
  }

  private func handOver(_ message: RawSpan, _ slot: CallSlots.Pointer, _ stream: StreamID, _ method: RPCMethod) {
    switch method.handler {
    case .unary(let handler):
      slot.pointee.phase = .pending
      let token = handler.handle(message, ServerCall(connection: self, stream: stream))
      if let slot = find(stream), slot.pointee.isPending { slot.pointee.token = token }
    case .async(let asyncMethod):
      guard case .one(let run) = asyncMethod.requests else { return }
      let bytes = message.withUnsafeBytes { Array($0) }
      start(slot, stream, method) { context in try await run(bytes, context) }
    }
  }

  private func takeBuffered(_ slot: CallSlots.Pointer) -> [UInt8] {
    bufferedRequestBytes -= slot.pointee.reader.bufferedBytes
    return slot.pointee.reader.takeMessage()
  }

  private static let tooMuchWaits = RPCStatus(
    .resourceExhausted, "too many request bytes of this connection wait in memory")
  private static let secondMessage = RPCStatus(
    .internal, "the request has more than one message; this method takes one")

  // MARK: Handlers with a task

  private func start(
    _ slot: CallSlots.Pointer, _ stream: StreamID, _ method: RPCMethod,
    _ run: @escaping @Sendable (ServerContext) async throws -> Void
  ) {
    guard runningHandlers < server.limits.runningHandlers else {
      let status = RPCStatus(
        .resourceExhausted,
        "\(runningHandlers) calls of this connection are still running; wait for some of them to end")
      return fail(slot, stream, status)
    }
    runningHandlers += 1
    let call = AsyncCall(
      stream: stream, connection: self, loop: server.loop, queuedResponseLimit: server.limits.queuedResponseBytes)
    slot.pointee.phase = .streaming(call)
    let context = ServerContext(
      call: call, method: method.path, peer: peer, metadata: Metadata(slot.pointee.metadata),
      deadline: deadline(of: stream))
    call.start { try await run(context) }
  }

  private func deliver(_ data: RawSpan, _ slot: CallSlots.Pointer, _ stream: StreamID, to call: AsyncCall) {
    guard let method = slot.pointee.method else { return }
    slot.pointee.withheldBytes += data.byteCount
    var next = 0
    while next < data.byteCount {
      let before = slot.pointee.reader.bufferedBytes
      let outcome = slot.pointee.reader.read(data, from: next, limit: method.messageLimit)
      bufferedRequestBytes += slot.pointee.reader.bufferedBytes - before
      switch outcome {
      case .incomplete: next = data.byteCount
      case .message(let end):
        call.requests.deliver(takeBuffered(slot))
        next = end
      case .failed(let status):
        cancel(slot, stream, call, status)
        return
      }
    }
    if bufferedRequestBytes > server.limits.bufferedRequestBytes {
      return cancel(slot, stream, call, Self.tooMuchWaits)
    }
    giveWindowBack(slot, stream, call)
  }

  /// Everything but the messages that wait for the handler has been taken. (The piece of a message that is not complete
  /// has, too: it is bounded by the message limit, and holding it back could stop its rest from coming.)
  private func giveWindowBack(_ slot: CallSlots.Pointer, _ stream: StreamID, _ call: AsyncCall) {
    let waiting = call.requests.waitingBytes
    let count = slot.pointee.withheldBytes - waiting
    guard count > 0 else { return }
    slot.pointee.withheldBytes = waiting
    connection?.consumed(count, on: stream)
  }

  /// The task of the call has taken requests or written responses.
  func handlerMoved(_ call: AsyncCall) {
    guard let slot = find(call.stream), slot.pointee.asyncCall === call else { return }
    giveWindowBack(slot, call.stream, call)
    flush(slot, call.stream, call)
  }

  func handlerEnded(_ call: AsyncCall) {
    runningHandlers -= 1
    handlerMoved(call)
  }

  /// Moves responses into the connection while it has room.
  private func flush(_ slot: CallSlots.Pointer, _ stream: StreamID, _ call: AsyncCall) {
    guard let connection, connection.bufferedBytes(on: stream) <= StreamBuffer.highWaterBytes else { return }
    let responses = call.takeResponses()
    let failedAtOnce = !slot.pointee.hasSentHead && responses.messages.isEmpty && responses.initialMetadata.isEmpty
    if let outcome = responses.outcome, failedAtOnce, outcome.code != .ok {
      let head = ResponseHeads.trailersOnly(outcome, with: responses.trailingMetadata)
      return end(slot, stream, with: head, code: outcome.code)
    }
    if !slot.pointee.hasSentHead, responses.outcome != nil || !responses.messages.isEmpty {
      slot.pointee.hasSentHead = true
      connection.respond(ResponseHeads.messages(with: responses.initialMetadata), on: stream, endStream: false)
    }
    for message in responses.messages { write(message.span.bytes, on: stream, to: connection) }
    guard let outcome = responses.outcome, let slot = find(stream) else { return }
    finish(slot, stream, outcome, responses.trailingMetadata)
  }

  private func finish(
    _ slot: CallSlots.Pointer, _ stream: StreamID, _ status: RPCStatus, _ metadata: Metadata = Metadata()
  ) {
    slot.pointee.phase = .ended
    connection?.finish(ResponseHeads.trailers(status, with: metadata), on: stream)
    callEnded(slot, stream, code: status.code)
  }

  /// Ends the call for the client and tells its task. When something of the response is still on its way the trailers
  /// could be stuck behind it: then the stream is reset.
  private func cancel(_ slot: CallSlots.Pointer, _ stream: StreamID, _ call: AsyncCall, _ status: RPCStatus) {
    if !slot.pointee.hasSentHead {
      fail(slot, stream, status)
    } else if let connection, connection.bufferedBytes(on: stream) > 0 {
      slot.pointee.phase = .ended
      connection.reset(.cancel, on: stream)
      callEnded(slot, stream, code: status.code)
    } else {
      finish(slot, stream, status)
    }
    call.cancel(status)
  }

  // MARK: What goes out

  func reply(_ message: RawSpan, on stream: StreamID) {
    guard let slot = find(stream), slot.pointee.isPending, let connection else { return }
    slot.pointee.phase = .ended
    connection.respond(ResponseHeads.messages, on: stream, endStream: false)
    write(message, on: stream, to: connection)
    connection.finish(ResponseHeads.okTrailers, on: stream)
    callEnded(slot, stream, code: .ok)
  }

  func fail(_ status: RPCStatus, on stream: StreamID) {
    guard let slot = find(stream), slot.pointee.isPending else { return }
    fail(slot, stream, status)
  }

  private func write(_ message: RawSpan, on stream: StreamID, to connection: any StreamConnection) {
    let prefix = MessagePrefix(messageByteCount: message.byteCount)
    if message.byteCount <= Self.joinedReplyLimit {
      var joined: [UInt8] = []
      swap(&joined, &scratch)
      joined.removeAll(keepingCapacity: true)
      prefix.append(to: &joined)
      message.withUnsafeBytes { joined.append(contentsOf: $0) }
      connection.write(joined.span.bytes, on: stream)
      scratch = joined
    } else {
      var bytes: [UInt8] = []
      prefix.append(to: &bytes)
      connection.write(bytes.span.bytes, on: stream)
      connection.write(message, on: stream)
    }
  }

  private func fail(_ slot: CallSlots.Pointer, _ stream: StreamID, _ status: RPCStatus) {
    end(slot, stream, with: ResponseHeads.trailersOnly(status), code: status.code)
  }

  /// Ends the call with a response that is one header block. (A client that is still sending is told to stop by the
  /// connection.)
  private func end(_ slot: CallSlots.Pointer, _ stream: StreamID, with head: HeaderBlock, code: RPCStatus.Code) {
    guard !slot.pointee.isEnded else { return }
    slot.pointee.phase = .ended
    connection?.respond(head, on: stream, endStream: true)
    callEnded(slot, stream, code: code)
  }

  /// After our side has ended: gives back what the call held and tells who wants to know. `slot` may have been taken by
  /// another stream meanwhile.
  private func callEnded(_ slot: CallSlots.Pointer, _ stream: StreamID, code: RPCStatus.Code) {
    guard slot.pointee.generation == stream.generation else { return }
    bufferedRequestBytes -= slot.pointee.reader.bufferedBytes
    slot.pointee.reader = MessageReader()
    let withheld = slot.pointee.withheldBytes
    slot.pointee.withheldBytes = 0
    if withheld > 0 { connection?.consumed(withheld, on: stream) }
    if slot.pointee.deadline != CallSlot.noDeadline {
      slot.pointee.deadline = CallSlot.noDeadline
      server.removeDeadline()
    }
    tellInterceptors(slot, stream, code: code)
  }

  private func tellInterceptors(_ slot: CallSlots.Pointer, _ stream: StreamID, code: RPCStatus.Code) {
    guard !server.interceptors.isEmpty, let method = slot.pointee.method else { return }
    let duration = server.loop.now.nanoseconds &- slot.pointee.startedAt
    let info = CallInfo(method: method, peer: peer, stream: stream)
    for interceptor in server.interceptors {
      interceptor.finished(info, code: code, durationNanoseconds: duration)
    }
  }

  // MARK: Deadlines and cancellation

  /// `slot` may be one that an earlier connection with this index had and this one has not.
  func hasDeadline(_ deadline: Int64, slot index: Int) -> Bool { slots[index]?.pointee.deadline == deadline }

  /// Ends the call in `slot`, if its deadline has passed. `slot` as in `hasDeadline`.
  func expire(slot index: Int, now: Int64) {
    guard let slot = slots[index], slot.pointee.deadline <= now else { return }
    let stream = StreamID(slot: UInt32(truncatingIfNeeded: index), generation: slot.pointee.generation)
    let status = RPCStatus(.deadlineExceeded, "the deadline of the call has passed")
    switch slot.pointee.phase {
    case .vacant, .ended: break
    case .receiving: fail(slot, stream, status)
    case .pending:
      let cancelled = cancellation(slot, stream)
      fail(slot, stream, status)
      cancelled()
    case .streaming(let call): cancel(slot, stream, call, status)
    }
  }

  /// The call is over without an answer from us.
  private func abandon(_ slot: CallSlots.Pointer, _ stream: StreamID, code: RPCStatus.Code) {
    switch slot.pointee.phase {
    case .vacant, .ended: break
    case .receiving, .pending:
      let cancelled = cancellation(slot, stream)
      slot.pointee.phase = .ended
      callEnded(slot, stream, code: code)
      cancelled()
    case .streaming(let call):
      slot.pointee.phase = .ended
      callEnded(slot, stream, code: code)
      call.cancel(RPCStatus(code, "the client went away"))
    }
  }

  /// Tells the handler that has the call, if one has, once the state is settled.
  private func cancellation(_ slot: CallSlots.Pointer, _ stream: StreamID) -> () -> Void {
    guard slot.pointee.isPending, let method = slot.pointee.method else { return {} }
    switch method.handler {
    case .unary(let handler):
      let token = slot.pointee.token
      return { handler.cancelled(ServerCall(connection: self, stream: stream), token: token) }
    case .async: return {}
    }
  }

  // MARK: Look-up

  func deadline(of stream: StreamID) -> MonotonicInstant? {
    guard let slot = find(stream), slot.pointee.deadline != CallSlot.noDeadline else { return nil }
    return MonotonicInstant(nanoseconds: slot.pointee.deadline)
  }

  func metadata(of stream: StreamID) -> Metadata {
    guard let slot = find(stream) else { return Metadata() }
    return Metadata(slot.pointee.metadata)
  }

  private func find(_ stream: StreamID) -> CallSlots.Pointer? {
    guard let slot = slots[Int(stream.slot)], slot.pointee.generation == stream.generation, !slot.pointee.isVacant
    else { return nil }
    return slot
  }
}
