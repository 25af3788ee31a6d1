package import LedgerCore
internal import Synchronization

/// One durable change of one withdrawal.
package struct FeedEvent: Sendable, Hashable {
  package let sequence: UInt64
  package let time: Timestamp
  package let partner: Label
  package let withdrawal: WithdrawalID
  package let state: WithdrawalState

  package init(
    sequence: UInt64, time: Timestamp, partner: Label, withdrawal: WithdrawalID, state: WithdrawalState
  ) {
    self.sequence = sequence
    self.time = time
    self.partner = partner
    self.withdrawal = withdrawal
    self.state = state
  }
}

package enum FeedError: Error, Hashable {
  /// The cursor lies beyond the durable end: it is from another ledger or from before a restore.
  case beyondEnd(lastSequence: UInt64)
  /// The journal could not be read back; the text says where and why.
  case journalUnreadable(String)
  /// The ledger is stopping.
  case stopped
  /// More readers wait for the journal than it serves in a reasonable time: try again later.
  case busy
  /// The waiting task was cancelled.
  case cancelled
}

/// What a reader of the feed gets: the events after its cursor, and the cursor to go on from.
package struct FeedPage: Sendable {
  package var events: [FeedEvent]
  /// Moves on past records that were no withdrawal's change, so it may advance without events.
  package var next: UInt64
}

/// Every durable change in order of sequence. The journal is the outbox and a sequence the cursor: recent events are
/// answered from memory, older ones from the segments, so a reader that was away misses nothing and a slow one holds
/// no memory here.
package final class Feed: Sendable {
  /// Events kept in memory; 104 bytes each, so about 7 MB. Readers within reach of this never touch the disk.
  package static let recentMaximum = 65_536

  /// Reads events from the journal: those after `sequence` and at most `through`, at most `limit` records of them.
  typealias History =
    @Sendable (_ sequence: UInt64, _ through: UInt64, _ limit: Int) async throws(FeedError) -> FeedPage

  private struct State {
    /// A ring: `recent[(start + i) % count]`, oldest first.
    var recent: [FeedEvent] = []
    var start = 0
    /// Everything after this sequence is in `recent`.
    var completeAfter: UInt64
    var lastSequence: UInt64
    var waiters: [ObjectIdentifier: Latch] = [:]
    var isStopped = false

    mutating func append(_ event: FeedEvent) {
      guard recent.count == Feed.recentMaximum else { return recent.append(event) }
      completeAfter = recent[start].sequence
      recent[start] = event
      start = (start + 1) % Feed.recentMaximum
    }

    /// The first `limit` events after `sequence`, which is at least `completeAfter`.
    func events(after sequence: UInt64, limit: Int) -> [FeedEvent] {
      var low = 0
      var high = recent.count
      while low < high {
        let middle = (low + high) / 2
        if self[middle].sequence > sequence { high = middle } else { low = middle + 1 }
      }
      return (low..<min(recent.count, low + limit)).map { self[$0] }
    }

    private subscript(_ index: Int) -> FeedEvent { recent[(start + index) % max(recent.count, 1)] }
  }

  private let state: Mutex<State>
  private let history: History

  init(lastSequence: UInt64, history: @escaping History) {
    state = Mutex(State(completeAfter: lastSequence, lastSequence: lastSequence))
    self.history = history
  }

  /// The durable end.
  package var lastSequence: UInt64 { state.withLock { $0.lastSequence } }

  /// At most `limit` events after `sequence`; suspends until a record beyond it is durable.
  package func events(after sequence: UInt64, limit: Int) async throws(FeedError) -> FeedPage {
    while true {
      switch next(after: sequence, limit: limit) {
      case .page(let page): return page
      case .catchUp(let through): return try await history(sequence, through, limit)
      case .failed(let error): throw error
      case .wait(let waiter):
        await withTaskCancellationHandler {
          await waiter.wait()
        } onCancel: {
          forget(waiter)
          waiter.resume()
        }
        if Task.isCancelled {
          forget(waiter)
          throw .cancelled
        }
      }
    }
  }

  private enum Step {
    case page(FeedPage)
    case catchUp(through: UInt64)
    case wait(Latch)
    case failed(FeedError)
  }

  private func next(after sequence: UInt64, limit: Int) -> Step {
    state.withLock { state in
      if state.isStopped { return .failed(.stopped) }
      if sequence > state.lastSequence { return .failed(.beyondEnd(lastSequence: state.lastSequence)) }
      if sequence == state.lastSequence {
        let waiter = Latch()
        state.waiters[ObjectIdentifier(waiter)] = waiter
        return .wait(waiter)
      }
      if sequence < state.completeAfter { return .catchUp(through: state.completeAfter) }
      let events = state.events(after: sequence, limit: limit)
      return .page(
        FeedPage(events: events, next: events.count < limit ? state.lastSequence : events[events.count - 1].sequence))
    }
  }

  private func forget(_ waiter: Latch) {
    state.withLock { state in state.waiters[ObjectIdentifier(waiter)] = nil }
  }

  /// Adds durable events; the caller resumes the waiters it gets, outside its locks.
  func publish(_ events: ArraySlice<FeedEvent>, through sequence: UInt64) -> [Latch] {
    state.withLock { state in
      for event in events { state.append(event) }
      guard sequence > state.lastSequence else { return [] }
      state.lastSequence = sequence
      guard !state.waiters.isEmpty else { return [] }
      let waiters = Array(state.waiters.values)
      state.waiters.removeAll(keepingCapacity: true)
      return waiters
    }
  }

  /// Readers get what is there no longer: the ledger stops.
  func stop() {
    let waiters = state.withLock { state in
      state.isStopped = true
      let waiters = Array(state.waiters.values)
      state.waiters = [:]
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
