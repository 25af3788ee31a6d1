import Testing

@testable import settle

@Suite("How a server stops")
struct StopMachineTests {
  typealias Event = StopMachine.Event
  typealias Action = StopMachine.Action

  @Test(
    "what it does about what happens",
    arguments: [
      // A quiet stop: connections go first, or a watcher holds one until the ledger ends it.
      ([.stopRequested, .drained, .ledgerStopped], [.drain, .closeLedger, .end(.done)]),
      ([.stopRequested, .drained, .graceOver, .ledgerStopped], [.drain, .closeLedger, .nothing, .end(.done)]),
      ([.stopRequested, .graceOver, .ledgerStopped, .drained], [.drain, .closeLedger, .nothing, .end(.done)]),
      ([.stopRequested, .graceOver, .drained, .ledgerStopped], [.drain, .closeLedger, .nothing, .end(.done)]),
      // A second signal forces, in every state of the stop.
      ([.stopRequested, .stopRequested], [.drain, .end(.forced)]),
      ([.stopRequested, .drained, .stopRequested], [.drain, .closeLedger, .end(.forced)]),
      ([.stopRequested, .graceOver, .stopRequested], [.drain, .closeLedger, .end(.forced)]),
      // The journal fails: those who wait are told, then it ends.
      ([.journalFailed, .drained], [.drain, .end(.journalFailed)]),
      ([.journalFailed, .graceOver], [.drain, .end(.journalFailed)]),
      ([.journalFailed, .stopRequested], [.drain, .end(.journalFailed)]),
      ([.stopRequested, .journalFailed, .graceOver], [.drain, .nothing, .end(.journalFailed)]),
      ([.stopRequested, .drained, .journalFailed], [.drain, .closeLedger, .end(.journalFailed)]),
      // Certificates are read again while it serves, and only then.
      ([.reloadRequested, .reloadRequested], [.reload, .reload]),
      ([.stopRequested, .reloadRequested], [.drain, .nothing]),
      ([.journalFailed, .reloadRequested], [.drain, .nothing]),
    ] as [([Event], [Action])])
  func stories(events: [Event], actions: [Action]) {
    var machine = StopMachine()
    #expect(events.map { machine.handle($0) } == actions)
  }

  /// Whatever comes in whatever order: it ends at most once, drains at most once, closes the ledger at most once, and
  /// once asked to stop it ends when all steps have reported.
  @Test("every order of events")
  func everyOrder() {
    let events = Event.allCases
    var count = 0
    func walk(_ machine: StopMachine, _ actions: [Action], _ seen: [Event], depth: Int) {
      count += 1
      #expect(actions.filter { $0 == .drain }.count <= 1, "\(seen)")
      #expect(actions.filter { $0 == .closeLedger }.count <= 1, "\(seen)")
      let ends = actions.filter { if case .end = $0 { true } else { false } }
      #expect(ends.count <= 1, "\(seen)")
      if ends.contains(.end(.done)) {
        #expect(seen.contains(.stopRequested) && seen.contains(.drained) && seen.contains(.ledgerStopped), "\(seen)")
        #expect(!seen.contains(.journalFailed), "\(seen)")
      }
      guard depth < 6, ends.isEmpty else { return }
      for event in events {
        var next = machine
        let action = next.handle(event)
        walk(next, actions + [action], seen + [event], depth: depth + 1)
      }
    }
    walk(StopMachine(), [], [], depth: 0)
    #expect(count > 1000)
  }
}
