package import HTTPStreams
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A loop whose turns and whose time a test makes. Work may be handed in from any thread; it runs where the test runs
/// the loop.
package final class ManualLoop: StreamLoop {
  private struct Scheduled {
    let id: UInt64
    let instant: MonotonicInstant
    let work: @Sendable () -> Void
  }

  private struct State {
    var now = MonotonicInstant(nanoseconds: 1_000_000_000)
    var work: [@Sendable () -> Void] = []
    var scheduled: [Scheduled] = []
    var nextID: UInt64 = 0
    /// The thread that runs the loop right now.
    var thread: pthread_t?
    /// Told when work comes in.
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  package init() {}

  package var isCurrent: Bool {
    state.withLock { state in state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  package var now: MonotonicInstant { state.withLock { $0.now } }

  package func execute(_ work: @escaping @Sendable () -> Void) {
    let sleeper = state.withLock { state in
      state.work.append(work)
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  package func schedule(
    at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void
  ) -> any ScheduledWork {
    state.withLock { state in
      state.nextID += 1
      state.scheduled.append(Scheduled(id: state.nextID, instant: instant, work: work))
      return Cancellation(loop: self, id: state.nextID)
    }
  }

  private struct Cancellation: ScheduledWork {
    let loop: ManualLoop
    let id: UInt64
    func cancel() { loop.state.withLock { state in state.scheduled.removeAll { $0.id == id } } }
  }

  /// Scheduled work that has not run and was not cancelled.
  package var scheduledCount: Int { state.withLock { $0.scheduled.count } }

  /// Runs `body` as a turn of the loop, and then everything that it set off.
  @discardableResult
  package func run<T>(_ body: () throws -> T) rethrows -> T {
    let previous = state.withLock { state in
      defer { state.thread = pthread_self() }
      return state.thread
    }
    defer { state.withLock { $0.thread = previous } }
    let result = try body()
    while true {
      let batch = state.withLock { state in
        defer { state.work.removeAll() }
        return state.work
      }
      if batch.isEmpty { return result }
      for work in batch { work() }
    }
  }

  /// Runs what is waiting.
  package func runPending() { run {} }

  /// Moves time and runs what became due, in order.
  package func advance(nanoseconds: Int64) {
    let end = now + nanoseconds
    while true {
      let due = state.withLock { state -> Scheduled? in
        guard let next = state.scheduled.min(by: { $0.instant < $1.instant }), next.instant <= end else {
          state.now = end
          return nil
        }
        state.scheduled.removeAll { $0.id == next.id }
        state.now = max(state.now, next.instant)
        return next
      }
      guard let due else { break }
      run(due.work)
    }
    runPending()
  }

  /// Runs the loop while `operation` runs elsewhere, until that has ended.
  package func drive<T: Sendable>(
    _ operation: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    let outcome = Outcome<T>()
    Task {
      do { outcome.set(.success(try await operation())) } catch { outcome.set(.failure(error)) }
      execute {}
    }
    while true {
      runPending()
      if let result = outcome.value { return try result.get() }
      await nextWork()
    }
  }

  /// Runs the loop until `condition`, which something outside of it brings about, holds.
  package func wait(until condition: () -> Bool) async {
    while true {
      runPending()
      if condition() { return }
      await nextWork()
    }
  }

  private func nextWork() async {
    await withCheckedContinuation { continuation in
      let hasWork = state.withLock { state in
        if state.work.isEmpty { state.sleeper = continuation }
        return !state.work.isEmpty
      }
      if hasWork { continuation.resume() }
    }
  }
}

private final class Outcome<T: Sendable>: Sendable {
  private let stored = Mutex<Result<T, any Error>?>(nil)
  var value: Result<T, any Error>? { stored.withLock { $0 } }
  func set(_ result: Result<T, any Error>) { stored.withLock { $0 = result } }
}
