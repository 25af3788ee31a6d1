/// What a server does about what happens to it, as a pure state machine: events in, one action out.
///
///     serving --stop--> draining --drained, or grace over--> closing the ledger --both done--> ended (0)
///        |                 |                                       |
///        |                 `--------------- second stop -----------+--------------------------> ended (forced)
///        `-- journal failed --> failing --drained, or grace over------------------------------> ended (journal failed)
///
/// A forced end leaves the journal as a power cut does, which it recovers from.
struct StopMachine: Hashable, Sendable {
  enum Event: Hashable, Sendable, CaseIterable {
    case stopRequested
    case reloadRequested
    case journalFailed
    case drained
    case graceOver
    case ledgerStopped
  }

  enum Action: Hashable, Sendable {
    case nothing
    case reload
    /// Take no new calls, let those under way end, and tell when all are gone or the grace is over.
    case drain
    case closeLedger
    case end(ExitReason)
  }

  enum State: Hashable, Sendable {
    case serving
    case draining
    /// The ledger is closing while streams that never end by themselves may still be open: its stop ends them.
    case closing(connections: Remaining, ledger: Remaining)
    /// What waits is told that its outcome is unknown.
    case failing
    case ended
  }

  enum Remaining: Hashable, Sendable { case open, gone }

  private(set) var state = State.serving

  mutating func handle(_ event: Event) -> Action {
    switch (state, event) {
    case (.ended, _): return .nothing

    case (.serving, .stopRequested):
      state = .draining
      return .drain
    case (.draining, .stopRequested), (.closing, .stopRequested): return end(.forced)
    case (.failing, .stopRequested): return end(.journalFailed)

    case (.serving, .reloadRequested): return .reload
    case (.draining, .reloadRequested), (.closing, .reloadRequested), (.failing, .reloadRequested): return .nothing

    case (.serving, .journalFailed):
      state = .failing
      return .drain
    // A drain is under way: its end, or that of the grace, comes.
    case (.draining, .journalFailed):
      state = .failing
      return .nothing
    case (.closing, .journalFailed): return end(.journalFailed)
    case (.failing, .journalFailed): return .nothing

    case (.draining, .drained):
      state = .closing(connections: .gone, ledger: .open)
      return .closeLedger
    case (.draining, .graceOver):
      state = .closing(connections: .open, ledger: .open)
      return .closeLedger
    case (.failing, .drained), (.failing, .graceOver): return end(.journalFailed)
    case (.closing(_, let ledger), .drained):
      return close(connections: .gone, ledger: ledger)
    case (.closing(let connections, _), .ledgerStopped):
      return close(connections: connections, ledger: .gone)
    case (.closing, .graceOver): return .nothing

    // The steps of a stop that has not begun.
    case (.serving, .drained), (.serving, .graceOver), (.serving, .ledgerStopped), (.draining, .ledgerStopped),
      (.failing, .ledgerStopped):
      return .nothing
    }
  }

  private mutating func close(connections: Remaining, ledger: Remaining) -> Action {
    state = .closing(connections: connections, ledger: ledger)
    return connections == .gone && ledger == .gone ? end(.done) : .nothing
  }

  private mutating func end(_ reason: ExitReason) -> Action {
    state = .ended
    return .end(reason)
  }
}
