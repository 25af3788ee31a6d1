internal import Synchronization

/// Messages on their way from tasks to the loop. A task that is too far ahead of the loop waits.
final class MessageOutbox: Sendable {
  fileprivate struct State {
    var messages = MessageQueue()
    var writers: [CheckedContinuation<Void, any Error>] = []
    var cancellation: (any Error)?

    mutating func takeWriters() -> [CheckedContinuation<Void, any Error>] {
      defer { writers = [] }
      return writers
    }
  }

  private let limit: Int
  private let state = Mutex(State())

  /// `limit`: bytes that may wait before a writer does.
  init(limit: Int) { self.limit = limit }

  /// What waits to be sent; its writers go on.
  func takeAll() -> [[UInt8]] {
    let (messages, writers) = state.withLock { state in (state.messages.takeAll(), state.takeWriters()) }
    for writer in writers { writer.resume() }
    return messages
  }

  /// Drops what waits; every `append` from now on throws.
  func cancel(_ reason: any Error) {
    let writers = state.withLock { state in
      state.messages = MessageQueue()
      state.cancellation = reason
      return state.takeWriters()
    }
    for writer in writers { writer.resume(throwing: reason) }
  }

  func append(_ message: [UInt8]) throws {
    try state.withLock { state in
      if let reason = state.cancellation { throw reason }
      state.messages.append(message)
    }
  }

  /// Returns when another message may be appended.
  func waitForRoom() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let ready: Result<Void, any Error>? = state.withLock { state in
          if let reason = state.cancellation { return .failure(reason) }
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.messages.windowBytes <= limit { return .success(()) }
          state.writers.append(continuation)
          return nil
        }
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      for writer in state.withLock({ $0.takeWriters() }) { writer.resume(throwing: CancellationError()) }
    }
  }
}
