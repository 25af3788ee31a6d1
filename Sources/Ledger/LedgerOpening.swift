package import Digests
package import Journal
package import LedgerCore
internal import Synchronization

package struct LedgerConfiguration: Sendable {
  /// Holds the journal; it must exist.
  package var directory: String
  /// Part of every id: +1 at every restore from a backup.
  package var epoch: UInt8 = 0
  package var shard: UInt8 = 0
  /// What decisions go by until rules are activated.
  package var policy: any Policy = OpenPolicy()
  package var journal = JournalOptions()
  /// Requests and batch items that may wait for the ledger's thread. At 200,000 decisions a second this is a third of a
  /// second of work: beyond it an early refusal serves the caller better than a late answer.
  package var mailboxWeightMaximum = 65_536
  /// Records between snapshots. A start replays at most the records since the last snapshot and those that came while it
  /// was built, at more than 500,000 a second.
  package var recordsPerSnapshot: UInt64 = 2_000_000

  package init(directory: String) { self.directory = directory }
}

/// What a start found and did, for the log and the benchmarks.
package struct RecoveryReport: Sendable, Hashable {
  /// 0 without a snapshot.
  package var snapshotSequence: UInt64 = 0
  package var recordsReplayed: UInt64 = 0
  package var lastSequence: UInt64 = 0
  package var durationNanoseconds: Int64 = 0
  /// What deserves a line in the log: a torn tail that was cut, a snapshot passed over.
  package var warnings: [String] = []
}

/// Randomness that an opening needs, as parameters.
package struct LedgerSeeds: Sendable {
  /// The id of the ledger, if there is none yet in the directory.
  package var newLedgerID: Fingerprint128
  /// Placement in hash tables; not observable.
  package var hash: HashSeed

  package init(newLedgerID: Fingerprint128, hash: HashSeed) {
    self.newLedgerID = newLedgerID
    self.hash = hash
  }
}

extension Ledger {
  /// Opens or creates the ledger in a directory and replays its journal; no request is taken before that is done.
  ///
  /// - Parameters:
  ///   - progress: records replayed so far, told now and then.
  ///   - snapshotFailed: a snapshot could not be written; requests go on, and it is tried again when the next is due.
  ///   - standing: the journal got short of space, or has space again.
  ///   - failed: called once, from any thread, if the journal fails later. Nothing more is acknowledged then; the process
  ///     must end, and a restart recovers.
  package static func open(
    _ configuration: LedgerConfiguration, disk: any Disk, clock: any LedgerClock, seeds: LedgerSeeds,
    progress: (UInt64) -> Void = { _ in }, snapshotFailed: @escaping @Sendable (JournalError) -> Void = { _ in },
    standing: @escaping @Sendable (Journal.Standing) -> Void = { _ in },
    failed: @escaping @Sendable (JournalError) -> Void
  ) throws(JournalError) -> (Ledger, RecoveryReport) {
    let begin = clock.monotonicNanoseconds()
    let opened = try Journal.open(
      disk: disk, directory: configuration.directory, options: configuration.journal,
      newLedgerID: LedgerID(seeds.newLedgerID))
    var report = RecoveryReport(warnings: opened.warnings)
    let identity = LedgerIdentity(
      id: opened.ledgerID.value, epoch: configuration.epoch, shard: configuration.shard)

    var replay = try Replay.begin(opened.snapshot, identity: identity, seed: seeds.hash)
    report.snapshotSequence = replay.state.lastSequence
    let recovered = try opened.replay { sequence, time, bytes in
      try replay.apply(bytes, sequence: sequence, timeMicroseconds: time)
      if sequence.isMultiple(of: 100_000) { progress(sequence) }
    } frame: { frame in
      replay.seals.append(lastSequence: frame.lastSequence, seal: frame.seal)
    }
    report.warnings += recovered.warnings
    let lastSequence = replay.state.lastSequence
    report.lastSequence = lastSequence
    report.recordsReplayed = lastSequence - report.snapshotSequence

    let history = JournalHistory()
    let reading = try ReadingRoom()
    let feed = Feed(lastSequence: lastSequence) { after, through, limit async throws(FeedError) in
      try await reading.read { () throws(FeedError) in
        try history.events(after: after, through: through, limit: limit)
      }
    }
    let releases = ReleaseQueue(durableSequence: lastSequence, feed: feed)
    let due = SnapshotDue(after: report.snapshotSequence, every: configuration.recordsPerSnapshot)
    let journal = try recovered.start { frame in
      releases.release(frame)
      due.durable(frame.lastSequence)
    } onPoison: { error in
      releases.poison()
      failed(error)
    } onStanding: {
      standing($0)
    }
    history.begin(journal)
    reading.begin(journal)
    let snapshots = try SnapshotBuilder(
      journal: journal, due: due, identity: identity, seed: seeds.hash, failed: snapshotFailed)
    let ledger = Ledger(
      identity: identity, clock: clock, feed: feed, releases: releases,
      mailbox: Mailbox(weightMaximum: configuration.mailboxWeightMaximum), state: replay.state, seals: replay.seals,
      journal: journal, snapshots: snapshots, policy: configuration.policy, reading: reading)
    try ledger.startThread()
    report.durationNanoseconds = clock.monotonicNanoseconds() - begin
    return (ledger, report)
  }
}
