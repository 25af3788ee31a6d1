internal import Journal
internal import Synchronization

/// What waits for the key store's thread. Several new keys that wait at once become one write.
final class KeyStoreQueue: Sendable {
  enum Job: Sendable {
    case create(CheckedContinuation<Result<DataKey, VaultError>, Never>)
    case other(@Sendable (KeyShards) -> Void)
  }

  private struct State {
    var jobs: [Job] = []
    var isClosed = false
  }

  /// Some seconds of work for a slow disk; whoever comes later had better come again.
  static let jobsMaximum = 4_096

  private let state = Mutex(State())
  private let bell = Doorbell()

  /// - Returns: why the job is not taken; nil when it is.
  func put(_ job: Job) -> VaultError? {
    let refusal: VaultError? = state.withLock { state in
      if state.isClosed { return .closed }
      guard state.jobs.count < Self.jobsMaximum else { return .overloaded }
      state.jobs.append(job)
      return nil
    }
    if refusal == nil { bell.ring() }
    return refusal
  }

  /// Takes no more; what is there is done.
  func close() {
    state.withLock { $0.isClosed = true }
    bell.ring()
  }

  /// Works until the queue is closed and empty.
  func work(on shards: KeyShards) {
    while true {
      let (jobs, isClosed) = state.withLock { state in
        defer { state.jobs = [] }
        return (state.jobs, state.isClosed)
      }
      if jobs.isEmpty {
        if isClosed { return }
        bell.wait()
        continue
      }
      perform(jobs, on: shards)
    }
  }

  private func perform(_ jobs: [Job], on shards: KeyShards) {
    var creations: [CheckedContinuation<Result<DataKey, VaultError>, Never>] = []
    for job in jobs {
      switch job {
      case .create(let continuation): creations.append(continuation)
      case .other(let work): work(shards)
      }
    }
    while !creations.isEmpty {
      let group = Array(creations.prefix(KeyShards.createdAtOnceMaximum))
      creations.removeFirst(group.count)
      do throws(VaultError) {
        for (continuation, key) in zip(group, try shards.create(group.count)) {
          continuation.resume(returning: .success(key))
        }
      } catch {
        for continuation in group { continuation.resume(returning: .failure(error)) }
      }
    }
  }
}
