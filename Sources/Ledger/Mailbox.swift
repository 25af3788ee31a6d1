internal import Journal
internal import Synchronization

/// Everything the ledger's thread has to do, collected under one lock and taken as a whole.
///
/// The sender that finds the thread asleep wakes it; the others only add. So a burst costs one wake-up, not one for each request.
final class Mailbox: Sendable {
  /// Requests that one port sent in one turn of its loop. `weight` counts the items of batches.
  struct Parcel {
    let port: LedgerPort
    let requests: [LedgerRequest]
    let weight: Int
  }

  struct Contents {
    var parcels: [Parcel] = []
    /// How many of the parcels had come before the cancellation: a later one may use the ticket again.
    private(set) var cancelled: [Cancellation: Int] = [:]
    var jobs: [UnownedJob] = []
    var order = Order.goOn

    mutating func cancel(_ cancellation: Cancellation) { cancelled[cancellation] = parcels.count }

    /// The ticket was cancelled after its parcel, the `index`-th, had come.
    func isCancelled(_ ticket: UInt32, inParcel index: Int) -> Bool {
      guard !cancelled.isEmpty else { return false }
      let cancellation = Cancellation(port: ObjectIdentifier(parcels[index].port), ticket: ticket)
      return cancelled[cancellation].map { index < $0 } ?? false
    }

    var isEmpty: Bool { parcels.isEmpty && cancelled.isEmpty && jobs.isEmpty && order == .goOn }
  }

  enum Order {
    case goOn
    /// Finish what was accepted; nothing more comes.
    case stop
    /// The ledger is gone: end the thread.
    case abandon
  }

  struct Cancellation: Hashable {
    let port: ObjectIdentifier
    let ticket: UInt32
  }

  private struct State {
    var contents = Contents()
    var weight = 0
    var isOwnerAsleep = false
    var isClosed = false
  }

  private let state: Mutex<State>
  private let bell = Doorbell()
  private let weightMaximum: Int

  init(weightMaximum: Int) {
    self.weightMaximum = weightMaximum
    state = Mutex(State())
  }

  enum Admission {
    case accepted
    case full
    case closed
  }

  func send(_ parcel: Parcel) -> Admission {
    change { state in
      guard !state.isClosed else { return .closed }
      // An empty mailbox takes any parcel, so that a batch heavier than the bound is not refused for ever.
      guard state.weight == 0 || state.weight + parcel.weight <= weightMaximum else { return .full }
      state.weight += parcel.weight
      state.contents.parcels.append(parcel)
      return .accepted
    }
  }

  /// Of what waits for the owner's thread.
  var waitingWeight: Int { state.withLock { $0.weight } }

  func cancel(_ cancellation: Cancellation) {
    change { $0.contents.cancel(cancellation) }
  }

  func enqueue(_ job: UnownedJob) {
    change { $0.contents.jobs.append(job) }
  }

  /// No parcel is accepted any more; the owner takes what is there and then sees `stop`.
  func close() {
    change { state in
      state.isClosed = true
      state.contents.order = .stop
    }
  }

  /// Ends the owner's thread. Nothing may use the mailbox afterwards.
  func abandon() {
    change { state in
      state.isClosed = true
      state.contents.order = .abandon
    }
  }

  /// Blocks the owner's thread until there is something to do.
  func take() -> Contents {
    while true {
      let contents: Contents? = state.withLock { state in
        guard !state.contents.isEmpty else {
          state.isOwnerAsleep = true
          return nil
        }
        state.isOwnerAsleep = false
        state.weight = 0
        let contents = state.contents
        state.contents = Contents()
        return contents
      }
      if let contents { return contents }
      bell.wait()
    }
  }

  private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    let (result, wake) = state.withLock { state in
      let result = body(&state)
      let wake = state.isOwnerAsleep && !state.contents.isEmpty
      if wake { state.isOwnerAsleep = false }
      return (result, wake)
    }
    if wake { bell.ring() }
    return result
  }
}
