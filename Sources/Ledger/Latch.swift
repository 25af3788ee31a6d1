internal import Synchronization

/// Lets tasks wait until something has happened, which may be before it waits.
final class Latch: Sendable {
  private enum State {
    case waiting([CheckedContinuation<Void, Never>])
    case done
  }

  private let state = Mutex(State.waiting([]))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        switch state {
        case .done: return true
        case .waiting(let others):
          state = .waiting(others + [continuation])
          return false
        }
      }
      if isDone { continuation.resume() }
    }
  }

  func resume() {
    let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
      defer { state = .done }
      switch state {
      case .done: return []
      case .waiting(let waiting): return waiting
      }
    }
    for continuation in waiting { continuation.resume() }
  }
}
