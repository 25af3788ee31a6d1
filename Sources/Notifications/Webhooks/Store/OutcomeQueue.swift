internal import Synchronization

/// Outcomes that wait to be written; one writer takes them all.
final class OutcomeQueue: Sendable {
  struct Entry: Sendable {
    let outcome: DeliveryOutcome
    /// With whether it counted.
    let continuation: CheckedContinuation<Result<Bool, WebhookFailure>, Never>
  }

  private struct State {
    /// At most one for each attempt under way.
    var entries: [Entry] = []
    var isWritten = false
  }

  private let state = Mutex(State())

  /// True: the caller is to start the writer.
  func add(_ outcome: DeliveryOutcome, _ continuation: CheckedContinuation<Result<Bool, WebhookFailure>, Never>) -> Bool
  {
    state.withLock { state in
      state.entries.append(Entry(outcome: outcome, continuation: continuation))
      defer { state.isWritten = true }
      return !state.isWritten
    }
  }

  /// nil: there is nothing left, and the writer ends.
  func next() -> [Entry]? {
    state.withLock { state in
      guard !state.entries.isEmpty else {
        state.isWritten = false
        return nil
      }
      defer { state.entries = [] }
      return state.entries
    }
  }
}
