internal import HTTPStreams
internal import Synchronization

/// One call as seen from the task that makes it: bytes of messages in both directions. Its connection lives on the loop.
final class ClientCall: Sendable {
  /// Request bytes that wait for a slow server before the writer does.
  private static let queuedRequestBytes = 64 << 10

  let path: String
  let options: CallOptions
  /// Counted from when the call was made.
  let deadline: MonotonicInstant?
  let responses = MessageInbox()
  let requests = MessageOutbox(limit: ClientCall.queuedRequestBytes)
  private static let cancelledHere = RPCFailure(RPCStatus(.cancelled, "the call was cancelled here"))

  private let connection: LoopBound<RPCClientConnection>
  private let loop: any StreamLoop
  private let state = Mutex(State())

  fileprivate enum Requests { case open, ended }
  /// Work for the loop that has been asked for and not been done.
  fileprivate enum Notice { case none, scheduled }

  fileprivate struct State {
    var requests = Requests.open
    var notice = Notice.none
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
  }

  init(_ path: String, _ options: CallOptions, _ client: RPCClient) {
    self.path = path
    self.options = options
    self.deadline = options.timeoutNanoseconds.map { client.loop.now + $0 }
    self.connection = client.connection
    self.loop = client.loop
  }

  /// Opens the stream; what is written before goes with it.
  func start() {
    loop.execute { [self] in connection.value.start(self) }
  }

  func write(_ message: [UInt8]) async throws {
    try requests.append(message)
    notifyLoop()
    try await requests.waitForRoom()
  }

  func endRequests() {
    state.withLock { $0.requests = .ended }
    notifyLoop()
  }

  func nextResponse() async throws -> [UInt8]? {
    do {
      let message = try await responses.next()
      if message != nil { notifyLoop() }
      return message
    } catch is CancellationError {
      cancel()
      throw Self.cancelledHere
    }
  }

  /// Tells the server to stop; what waits is dropped.
  func cancel() {
    loop.execute { [self] in connection.value.cancel(self, Self.cancelledHere) }
  }

  var initialMetadata: Metadata {
    get { state.withLock { $0.initialMetadata } }
    set { state.withLock { $0.initialMetadata = newValue } }
  }

  var trailingMetadata: Metadata {
    get { state.withLock { $0.trailingMetadata } }
    set { state.withLock { $0.trailingMetadata = newValue } }
  }

  // MARK: The loop's side

  /// What waits to be sent, and whether it is the last.
  func takeRequests() -> (messages: [[UInt8]], isLast: Bool) {
    // Ended is set after the last message is appended, so it is read before the messages are taken.
    let isLast = state.withLock { $0.requests == .ended }
    return (requests.takeAll(), isLast)
  }

  func finish(_ failure: RPCFailure?) {
    responses.end(failure)
    requests.cancel(failure ?? RPCFailure(RPCStatus(.ok, "the call has ended")))
  }

  private func notifyLoop() {
    let isNeeded = state.withLock { state in
      defer { state.notice = .scheduled }
      return state.notice == .none
    }
    guard isNeeded else { return }
    loop.execute { [self] in
      state.withLock { $0.notice = .none }
      connection.value.callMoved(self)
    }
  }
}
