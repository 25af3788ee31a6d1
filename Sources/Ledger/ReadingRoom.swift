internal import Journal
internal import Synchronization

/// Where the journal is read back: one thread of its own, so that reading files holds up neither requests nor the threads
/// that Swift's tasks share.
final class ReadingRoom: Sendable {
  /// Readers that may wait. Each looks at some ten thousand records at most, a few milliseconds.
  static let waitingMaximum = 256

  private struct State {
    var work: [@Sendable () -> Void] = []
    var journal: Journal?
    var isClosed = false
  }

  private let state = Mutex(State())
  private let bell = Doorbell()

  init() throws(JournalError) {
    try WorkThread.start(name: "reading", priority: .low) { [self] in run() }.detach()
  }

  /// The journal starts after those who read it.
  func begin(_ journal: Journal) {
    state.withLock { $0.journal = journal }
  }

  var journal: Journal? { state.withLock { $0.journal } }

  /// What waits is still done; nothing more is taken.
  func close() {
    state.withLock { $0.isClosed = true }
    bell.ring()
  }

  /// Does the work on the room's thread and brings its result.
  func read<Value: Sendable>(
    _ work: @escaping @Sendable () throws(FeedError) -> Value
  ) async throws(FeedError) -> Value {
    let result: Result<Value, FeedError> = await withCheckedContinuation { continuation in
      let refusal: FeedError? = state.withLock { state in
        guard !state.isClosed else { return .stopped }
        guard state.work.count < Self.waitingMaximum else { return .busy }
        state.work.append {
          do throws(FeedError) {
            continuation.resume(returning: .success(try work()))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
        return nil
      }
      if let refusal { continuation.resume(returning: .failure(refusal)) } else { bell.ring() }
    }
    return try result.get()
  }

  private func run() {
    while true {
      let (work, isClosed) = state.withLock { state in
        defer { state.work = [] }
        return (state.work, state.isClosed)
      }
      for item in work { item() }
      if !work.isEmpty { continue }
      if isClosed { return }
      bell.wait()
    }
  }
}
