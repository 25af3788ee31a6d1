package import HTTPStreams

/// The client's side of one connection: the calls that are open on it. Confined to its loop.
package final class RPCClientConnection: StreamHandler {
  /// Calls that wait for a free stream; more fail at once, so that an overloaded client notices.
  private static let waitingCallLimit = 1_024

  private struct OpenCall {
    let generation: UInt32
    let call: ClientCall
    var reader = MessageReader()
    var hasResponseHead = false
    /// Body bytes whose window has not been given back, because they wait for the caller.
    var withheldBytes = 0
    var hasEndedRequests = false
  }

  private let loop: any StreamLoop
  private var connection: (any StreamConnection)?
  private var slots: [OpenCall?] = []
  private var streams: [ObjectIdentifier: StreamID] = [:]
  private var waiting: [ClientCall] = []
  private var deadlines: [ObjectIdentifier: any ScheduledWork] = [:]
  private var isDraining = false
  private let authority: String

  /// `authority` is the server's name as callers know it, "host" or "host:port".
  package init(connection: any StreamConnection, authority: String) {
    self.connection = connection
    self.loop = connection.loop
    self.authority = authority
  }

  // MARK: From the calls

  func start(_ call: ClientCall) {
    if let deadline = call.deadline {
      let bound = LoopBound((self, call), on: loop)
      deadlines[ObjectIdentifier(call)] = loop.schedule(at: deadline) {
        bound.value.0.cancel(
          bound.value.1, RPCFailure(RPCStatus(.deadlineExceeded, "the deadline of the call has passed")))
      }
    }
    open(call)
  }

  /// Opens the stream of the call, or has it wait for a free one.
  private func open(_ call: ClientCall) {
    guard let connection, !isDraining else {
      return finish(
        call, RPCFailure(RPCStatus(.unavailable, "the connection takes no more calls"), effect: .none))
    }
    guard let stream = connection.request(head(of: call), endStream: false) else {
      guard waiting.count < Self.waitingCallLimit else {
        let status = RPCStatus(.resourceExhausted, "\(waiting.count) calls wait for this connection already")
        return finish(call, RPCFailure(status, effect: .none))
      }
      waiting.append(call)
      return
    }
    let slot = Int(stream.slot)
    while slots.count <= slot { slots.append(nil) }
    slots[slot] = OpenCall(generation: stream.generation, call: call)
    streams[ObjectIdentifier(call)] = stream
    callMoved(call)
  }

  /// The caller has written requests, ended them, or taken responses.
  func callMoved(_ call: ClientCall) {
    guard let stream = streams[ObjectIdentifier(call)], let slot = find(stream) else { return }
    giveWindowBack(slot, stream, call)
    flush(slot, stream, call)
  }

  func cancel(_ call: ClientCall, _ failure: RPCFailure) {
    if let stream = streams[ObjectIdentifier(call)], let slot = find(stream) {
      connection?.reset(.cancel, on: stream)
      end(slot, failure)
    } else if let index = waiting.firstIndex(where: { $0 === call }) {
      waiting.remove(at: index)
      finish(call, RPCFailure(failure.status, effect: .none))
    }
  }

  private func head(of call: ClientCall) -> HeaderBlock {
    var list: [(name: String, value: [UInt8])] = []
    func add(_ name: String, _ value: String) { list.append((name: name, value: Array(value.utf8))) }
    add(":method", "POST")
    add(":scheme", "https")
    add(":path", call.path)
    add(":authority", authority)
    add("te", "trailers")
    add("content-type", ResponseHeads.contentType)
    if let deadline = call.deadline {
      let rest = deadline.nanoseconds.subtractingReportingOverflow(loop.now.nanoseconds).partialValue
      add("grpc-timeout", RequestTimeout.format(nanoseconds: rest))
    }
    return HeaderBlock(list + call.options.metadata.wireFields)
  }

  private func flush(_ slot: Int, _ stream: StreamID, _ call: ClientCall) {
    guard let connection, slots[slot]?.hasEndedRequests == false,
      connection.bufferedBytes(on: stream) <= StreamBuffer.highWaterBytes
    else { return }
    let (messages, isLast) = call.takeRequests()
    for message in messages {
      var framed: [UInt8] = []
      framed.reserveCapacity(message.count + MessageReader.prefixByteCount)
      MessagePrefix(messageByteCount: message.count).append(to: &framed)
      framed += message
      connection.write(framed.span.bytes, on: stream)
    }
    if isLast {
      slots[slot]?.hasEndedRequests = true
      connection.finish(nil, on: stream)
    }
  }

  // MARK: StreamHandler

  package func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    guard let slot = find(stream), let call = slots[slot]?.call else { return }
    slots[slot]?.hasResponseHead = true
    if let http = headers.value(":status"), !http.elementsEqual("200".utf8) {
      let text = String(decoding: http, as: UTF8.self)
      return stop(
        slot, stream, RPCFailure(ResponseMapping.status(in: headers) ?? ResponseMapping.status(forHTTP: text)))
    }
    if endStream { return ended(slot, stream, headers) }
    guard headers.value("content-type")?.starts(with: "application/grpc".utf8) == true else {
      return stop(slot, stream, RPCFailure(RPCStatus(.unknown, "the answer is not a gRPC response")))
    }
    call.initialMetadata = Metadata(headers)
  }

  package func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    guard let slot = find(stream), let call = slots[slot]?.call else {
      connection?.consumed(data.byteCount, on: stream)
      return
    }
    slots[slot]?.withheldBytes += data.byteCount
    var next = 0
    while next < data.byteCount {
      switch slots[slot]?.reader.read(data, from: next, limit: call.options.messageLimit) {
      case .message(let end):
        if let message = slots[slot]?.reader.takeMessage() { call.responses.deliver(message) }
        next = end
      case .failed(let status): return stop(slot, stream, RPCFailure(status))
      case .incomplete, nil: next = data.byteCount
      }
    }
    giveWindowBack(slot, stream, call)
    if endStream { end(slot, ResponseMapping.failure(for: .finished)) }
  }

  package func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    if let slot = find(stream) { ended(slot, stream, trailers) }
  }

  package func drained(_ stream: StreamID) {
    if let slot = find(stream), let call = slots[slot]?.call { flush(slot, stream, call) }
  }

  package func closed(_ stream: StreamID, _ reason: StreamClose) {
    if let slot = find(stream) { end(slot, ResponseMapping.failure(for: reason)) }
    openWaiting()
  }

  package func draining() {
    isDraining = true
    let refused = waiting
    waiting = []
    for call in refused { open(call) }
  }

  package func disconnected() {
    connection = nil
    draining()
  }

  // MARK: Ends of calls

  private func openWaiting() {
    while !waiting.isEmpty {
      let before = waiting.count
      open(waiting.removeFirst())
      if waiting.count == before { return }  // no free stream after all; it waits again
    }
  }

  /// The header block that carries the status.
  private func ended(_ slot: Int, _ stream: StreamID, _ headers: borrowing ReceivedHeaders) {
    // The server needs nothing more; without this the stream would stay half open.
    if slots[slot]?.hasEndedRequests == false { connection?.reset(.cancel, on: stream) }
    guard let status = ResponseMapping.status(in: headers) else {
      return end(slot, ResponseMapping.failure(for: .finished))
    }
    let metadata = Metadata(headers)
    slots[slot]?.call.trailingMetadata = metadata
    if status.code == .ok, slots[slot]?.reader.isBetweenMessages == false {
      return end(slot, RPCFailure(RPCStatus(.internal, "the response ended inside a message")))
    }
    end(slot, status.code == .ok ? nil : RPCFailure(status, trailingMetadata: metadata))
  }

  /// Ends the call because of what the server sent, and has it stop.
  private func stop(_ slot: Int, _ stream: StreamID, _ failure: RPCFailure) {
    connection?.reset(.cancel, on: stream)
    end(slot, failure)
  }

  private func end(_ slot: Int, _ failure: RPCFailure?) {
    guard let ended = slots[slot] else { return }
    slots[slot] = nil
    streams[ObjectIdentifier(ended.call)] = nil
    finish(ended.call, failure)
  }

  private func finish(_ call: ClientCall, _ failure: RPCFailure?) {
    deadlines.removeValue(forKey: ObjectIdentifier(call))?.cancel()
    call.finish(failure)
  }

  /// Everything but the messages that wait for the caller has been taken.
  private func giveWindowBack(_ slot: Int, _ stream: StreamID, _ call: ClientCall) {
    let waiting = call.responses.waitingBytes
    guard let withheld = slots[slot]?.withheldBytes, withheld > waiting else { return }
    slots[slot]?.withheldBytes = waiting
    connection?.consumed(withheld - waiting, on: stream)
  }

  private func find(_ stream: StreamID) -> Int? {
    let slot = Int(stream.slot)
    guard slot < slots.count, slots[slot]?.generation == stream.generation else { return nil }
    return slot
  }
}
