package import Digests
package import Journal
package import LedgerCore

/// What replaying a whole journal came to.
package struct VerifiedState: Sendable, Hashable {
  package var lastSequence: UInt64
  /// SHA-256 over the state; two replays of one journal give the same.
  package var stateHash: Digest256
  package var withdrawalCount: UInt64
  package var agentCount: UInt64
}

extension Ledger {
  /// Replays every record of a directory's journal, archive included, from the first on, and audits the books it comes
  /// to: debits equal credits, no account below its floor, each balance the sum of its postings. It changes nothing.
  ///
  /// - Parameter progress: told the sequence after each frame.
  package static func verifyState(
    disk: any Disk, directory: String, epoch: UInt8 = 0, shard: UInt8 = 0, hashSeed: HashSeed,
    progress: (UInt64) -> Void = { _ in }
  ) throws(JournalError) -> VerifiedState {
    let reader = try Journal.reader(disk: disk, directory: directory, from: 1)
    let identity = LedgerIdentity(id: reader.ledgerID.value, epoch: epoch, shard: shard)
    var replay = try Replay.begin(nil, identity: identity, seed: hashSeed)
    while let frame = try reader.readFrame({ sequence, time, bytes in
      try replay.apply(bytes, sequence: sequence, timeMicroseconds: time)
    }) {
      progress(frame.lastSequence)
    }
    do throws(BrokenInvariant) { try replay.state.audit() } catch {
      throw .recordRefused(sequence: replay.state.lastSequence, finding: "the books do not balance after it: \(error)")
    }
    return VerifiedState(
      lastSequence: replay.state.lastSequence, stateHash: replay.state.stateHash(),
      withdrawalCount: replay.state.withdrawalCount, agentCount: replay.state.agentCount)
  }
}
