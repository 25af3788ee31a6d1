internal import Synchronization

/// Messages on their way from the loop to the one task that takes them. The loop delivers, the task waits.
final class MessageInbox: Sendable {
  fileprivate enum End {
    case open
    case ended
    case failed(any Error)
  }

  fileprivate struct State {
    var messages = MessageQueue()
    var end = End.open
    var reader: CheckedContinuation<[UInt8]?, any Error>?

    mutating func takeReader() -> CheckedContinuation<[UInt8]?, any Error>? {
      defer { reader = nil }
      return reader
    }
  }

  private let state = Mutex(State())

  /// Bytes that came in and were not taken, as flow control counts them.
  var waitingBytes: Int { state.withLock { $0.messages.windowBytes } }

  func deliver(_ message: [UInt8]) {
    let reader = state.withLock { state in
      guard case .open = state.end else { return state.takeReader() }
      if state.reader == nil { state.messages.append(message) }
      return state.takeReader()
    }
    reader?.resume(returning: message)
  }

  /// Nothing follows what was delivered; `failure` is thrown after it. The first end counts.
  func end(_ failure: (any Error)? = nil) {
    let reader = state.withLock { state in
      if case .open = state.end { state.end = failure.map { .failed($0) } ?? .ended }
      return state.takeReader()
    }
    if let failure { reader?.resume(throwing: failure) } else { reader?.resume(returning: nil) }
  }

  /// Drops what waits; every `next` from now on throws.
  func cancel(_ reason: any Error) {
    let reader = state.withLock { state in
      state.messages = MessageQueue()
      state.end = .failed(reason)
      return state.takeReader()
    }
    reader?.resume(throwing: reason)
  }

  /// The next message; nil after the last one.
  func next() async throws -> [UInt8]? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let ready: Result<[UInt8]?, any Error>? = state.withLock { state in
          if let message = state.messages.popFirst() { return .success(message) }
          switch state.end {
          case .ended: return .success(nil)
          case .failed(let error): return .failure(error)
          case .open: break
          }
          // Set before the cancellation handler below runs, so that a reader is never left behind.
          if Task.isCancelled { return .failure(CancellationError()) }
          guard state.reader == nil else {
            return .failure(RPCStatus(.internal, "two tasks take the messages of one call"))
          }
          state.reader = continuation
          return nil
        }
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      state.withLock { $0.takeReader() }?.resume(throwing: CancellationError())
    }
  }
}
