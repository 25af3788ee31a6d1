internal import HTTPStreams
internal import Synchronization

/// The meeting point of a call's task, which runs anywhere, and its connection, which lives on the loop.
///
/// Requests come in as far as flow control lets them and wait here until the task takes them; only then is their window
/// given back. Responses wait here until the connection has room; a writer that is too far ahead is suspended.
final class AsyncCall: Sendable {
  let stream: StreamID
  let loop: any StreamLoop
  let requests = MessageInbox()
  private let responses: MessageOutbox
  private let connection: LoopBound<ServerConnection>
  private let state = Mutex(State())

  /// Work for the loop that has been asked for and not been done.
  fileprivate enum Notice { case none, scheduled }

  fileprivate struct State {
    var initialMetadata = Metadata()
    var trailingMetadata = Metadata()
    /// Set when the handler has ended.
    var outcome: RPCStatus?
    var isCancelled = false
    var task: Task<Void, Never>?
    var notice = Notice.none
  }

  init(stream: StreamID, connection: ServerConnection, loop: any StreamLoop, queuedResponseLimit: Int) {
    self.stream = stream
    self.loop = loop
    self.connection = LoopBound(connection, on: loop)
    self.responses = MessageOutbox(limit: queuedResponseLimit)
  }

  // MARK: The loop's side

  /// Runs the handler in a task of its own.
  func start(_ body: @escaping @Sendable () async throws -> Void) {
    let task = Task {
      do {
        try await body()
        end(.ok)
      } catch {
        end(RPCStatus(describing: error))
      }
    }
    state.withLock { $0.task = task }
  }

  /// The call is over before its handler is.
  func cancel(_ reason: RPCStatus) {
    let task = state.withLock { state in
      state.isCancelled = true
      return state.task
    }
    task?.cancel()
    requests.cancel(reason)
    responses.cancel(reason)
  }

  struct Responses {
    let initialMetadata: Metadata
    let trailingMetadata: Metadata
    let messages: [[UInt8]]
    /// Set when nothing follows the messages.
    let outcome: RPCStatus?
  }

  /// What waits to be sent; its writers go on.
  func takeResponses() -> Responses {
    // The outcome is set after the last message is appended, so it is read before the messages are taken.
    let (initial, trailing, outcome) = state.withLock { state in
      (state.initialMetadata, state.trailingMetadata, state.outcome)
    }
    return Responses(
      initialMetadata: initial, trailingMetadata: trailing, messages: responses.takeAll(), outcome: outcome)
  }

  // MARK: The task's side

  /// The next request message; nil after the last one.
  func nextRequest() async throws -> [UInt8]? {
    let message = try await requests.next()
    if message != nil { notifyLoop() }
    return message
  }

  /// Sends a message; returns when there is room for another one.
  func write(_ message: [UInt8]) async throws {
    try responses.append(message)
    notifyLoop()
    try await responses.waitForRoom()
  }

  func setInitialMetadata(_ metadata: Metadata) { state.withLock { $0.initialMetadata = metadata } }
  func setTrailingMetadata(_ metadata: Metadata) { state.withLock { $0.trailingMetadata = metadata } }
  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  private func end(_ outcome: RPCStatus) {
    state.withLock { state in
      state.outcome = outcome
      state.task = nil
    }
    loop.execute { [self] in connection.value.handlerEnded(self) }
  }

  /// Has the loop look at this call at the end of its turn: requests were taken, or responses wait.
  private func notifyLoop() {
    let isNeeded = state.withLock { state in
      defer { state.notice = .scheduled }
      return state.notice == .none
    }
    guard isNeeded else { return }
    loop.execute { [self] in
      state.withLock { $0.notice = .none }
      connection.value.handlerMoved(self)
    }
  }
}
