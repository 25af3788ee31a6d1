import HTTPStreams

/// One connection of a run: sends what the run gives it and judges every answer. Lives on the run's loop.
final class LoadConnection: StreamHandler {
  /// nil until the run begins.
  private var run: LoadRun?
  private let connection: any StreamConnection
  /// By slot of the stream; entries of free slots are stale.
  private var pending: [PendingCall] = []
  /// The first bytes of each slot's reply, `PendingCall.headByteCount` apart.
  private var heads: [UInt8] = []
  /// Whole replies, by slot, of batches only.
  private var batchReplies: [[UInt8]] = []
  private(set) var inFlight = 0
  /// Whether the peer takes more streams.
  private(set) var isOpen = true

  init(_ connection: any StreamConnection) {
    self.connection = connection
  }

  func begin(_ run: LoadRun) {
    self.run = run
  }

  /// Sends the run's next request. False when the connection takes no stream now.
  func send(startNanoseconds: Int64) -> Bool {
    guard let run else { return false }
    let call = run.upcomingCall()
    guard let stream = connection.request(run.head(of: call), endStream: false) else {
      // With nothing in flight there is no answer to wait for after which it would take one.
      if inFlight == 0 { isOpen = false }
      return false
    }
    run.write(call, to: connection, on: stream)
    connection.finish(nil, on: stream)
    inFlight += 1
    let slot = Int(stream.slot)
    while pending.count <= slot { addSlot() }
    pending[slot] = PendingCall(call, startNanoseconds: startNanoseconds)
    return true
  }

  /// The run is over.
  func close() {
    run = nil
    isOpen = false
    connection.drain()
  }

  private func addSlot() {
    pending.append(PendingCall(.raw, startNanoseconds: 0))
    heads.append(contentsOf: repeatElement(0, count: PendingCall.headByteCount))
    batchReplies.append([])
  }

  func received(headers: borrowing ReceivedHeaders, on stream: StreamID, endStream: Bool) {
    pending[Int(stream.slot)].receive(headers, endStream: endStream)
  }

  func received(data: RawSpan, on stream: StreamID, endStream: Bool) {
    let slot = Int(stream.slot)
    let count = data.byteCount
    guard count > 0 else { return }
    let before = pending[slot].bytesReceived
    pending[slot].bytesReceived = before + count
    if before < PendingCall.headByteCount {
      let start = slot * PendingCall.headByteCount + before
      for offset in 0..<min(count, PendingCall.headByteCount - before) {
        heads[start + offset] = data.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
      }
    }
    if pending[slot].call == .batch {
      data.withUnsafeBytes { batchReplies[slot].append(contentsOf: $0) }
    }
    connection.consumed(count, on: stream)
  }

  func received(trailers: borrowing ReceivedHeaders, on stream: StreamID) {
    pending[Int(stream.slot)].readStatus(trailers)
  }

  func drained(_ stream: StreamID) {}

  func closed(_ stream: StreamID, _ reason: StreamClose) {
    let slot = Int(stream.slot)
    let call = pending[slot]
    let start = slot * PendingCall.headByteCount
    let head = heads[start..<start + min(call.bytesReceived, PendingCall.headByteCount)]
    var outcome = call.outcome(reason, head: head)
    if call.call == .batch {
      if case .succeeded = outcome { outcome = judgeBatch(slot: slot) }
      batchReplies[slot].removeAll(keepingCapacity: true)
    }
    inFlight -= 1
    run?.answered(call, outcome, head: head, on: self)
  }

  func draining() {
    isOpen = false
  }

  func disconnected() {
    isOpen = false
    run?.disconnected()
  }

  private func judgeBatch(slot: Int) -> CallOutcome {
    let framePrefix = 5
    guard let reply = BatchReply(message: batchReplies[slot].dropFirst(framePrefix)) else {
      return .failed(.brokenReply)
    }
    run?.answeredBatch(reply)
    return .succeeded
  }
}
