internal import Digests
internal import Journal
internal import LedgerCore
internal import Synchronization

/// Counts durable records and rings when a snapshot is due.
final class SnapshotDue: Sendable {
  let bell = Doorbell()
  private let interval: UInt64
  private let next: Mutex<UInt64>

  init(after sequence: UInt64, every interval: UInt64) {
    self.interval = interval
    next = Mutex(sequence + interval)
  }

  func durable(_ sequence: UInt64) {
    let isDue = next.withLock { next in
      guard sequence >= next else { return false }
      next = sequence + interval
      return true
    }
    if isDue { bell.ring() }
  }
}

/// Builds snapshots beside the ledger, from the last one and the journal: the actor takes no part, so no request waits.
/// While it works, the state is in memory twice.
final class SnapshotBuilder: Sendable {
  private let journal: Journal
  private let identity: LedgerIdentity
  private let seed: HashSeed
  private let due: SnapshotDue
  private let isStopping = Atomic(false)
  private let finished = Latch()
  private let failed: @Sendable (JournalError) -> Void

  init(
    journal: Journal, due: SnapshotDue, identity: LedgerIdentity, seed: HashSeed,
    failed: @escaping @Sendable (JournalError) -> Void
  ) throws(JournalError) {
    self.journal = journal
    self.due = due
    self.identity = identity
    self.seed = seed
    self.failed = failed
    try WorkThread.start(name: "snapshots", priority: .low) { [self] in run() }.detach()
  }

  /// Waits for the snapshot under way, if there is one.
  func stop() async {
    isStopping.store(true, ordering: .relaxed)
    due.bell.ring()
    await finished.wait()
  }

  private func run() {
    while true {
      due.bell.wait()
      if isStopping.load(ordering: .relaxed) { break }
      // A snapshot that cannot be written leaves the journal longer, nothing else: it is tried again when one is due.
      do throws(JournalError) {
        try build()
      } catch {
        switch error {
        case .stopped: break  // given up for the stop
        case .disk, .inUse, .otherLedger, .otherVersion, .damaged, .missing, .recordRefused, .noCredit,
          .unusableOptions:
          failed(error)
        }
      }
    }
    finished.resume()
  }

  private func build() throws(JournalError) {
    var replay = try Replay.begin(journal.newestSnapshot, identity: identity, seed: seed)
    let target = journal.durableSequence
    let reader = journal.reader(from: replay.state.lastSequence + 1)
    var last: DurableFrame?
    while reader.nextSequence <= target, !isStopping.load(ordering: .relaxed) {
      let frame = try reader.readFrame { sequence, time, bytes in
        try replay.apply(bytes, sequence: sequence, timeMicroseconds: time)
      }
      guard let frame else { break }
      replay.seals.append(lastSequence: frame.lastSequence, seal: frame.seal)
      last = frame
    }
    guard let last, !isStopping.load(ordering: .relaxed) else { return }
    try journal.writeSnapshot(
      sequence: last.lastSequence, seal: last.seal, stateHash: replay.state.stateHash()
    ) { writer throws(JournalError) in
      try replay.encode { (bytes) throws(JournalError) in
        // A stop does not wait for a snapshot that the next start can do without.
        guard !isStopping.load(ordering: .relaxed) else { throw .stopped }
        try writer.append(bytes)
      }
    }
  }
}
