internal import Synchronization

/// Wakes one task that waits for work. A ring while it works is not lost.
final class WakeUp: Sendable {
  private struct State {
    var isRung = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func ring() {
    let waiting = state.withLock { state in
      let waiting = state.waiting
      state.waiting = nil
      state.isRung = waiting == nil
      return waiting
    }
    waiting?.resume()
  }

  /// Returns at the next ring, at once if it has rung since the last wait, and when the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isRung = state.withLock { state in
          if state.isRung || Task.isCancelled {
            state.isRung = false
            return true
          }
          state.waiting = continuation
          return false
        }
        if isRung { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        defer { state.waiting = nil }
        return state.waiting
      }
      waiting?.resume()
    }
  }

  /// As above, or when the time has come.
  func wait(microseconds: Int64, _ time: any WebhookTime) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.wait() }
      group.addTask {
        // Cancelled: the ring came first.
        do throws(CancellationError) { try await time.sleep(microseconds: microseconds) } catch {}
      }
      await group.next()
      group.cancelAll()
    }
  }
}
