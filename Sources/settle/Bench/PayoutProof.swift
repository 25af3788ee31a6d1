import Digests
import Journal
import Ledger
import LedgerCore

/// Whether each withdrawal was paid once: the ledger's journal held against the channels' own books.
///
///     journal -> chain of seals, two replays (books balance, same state), each record added up by hand
///     books   -> what left, what came back
///
/// Neither believes the other, and nothing of the server that wrote them is asked.
struct PayoutProof {
  /// Of `serve --data`.
  let ledgerDirectory: String
  let booksDirectory: String

  struct Finding {
    var evidence = PayoutEvidence()
    var books = PayoutBooks()
    var violations: [PayoutViolation] = []
    var stateHash = Digest256()
    var lastSequence: UInt64 = 0
  }

  func find() throws(Failure) -> Finding {
    let disk = FileDisk()
    var finding = Finding()
    finding.books = try PayoutBooks.read(booksDirectory)
    do throws(JournalError) {
      let chain = try Journal.verify(disk: disk, directory: ledgerDirectory)
      let first = try replay(disk)
      let second = try replay(disk)
      finding.stateHash = first.stateHash
      finding.lastSequence = chain.lastSequence
      if first != second { finding.violations.append(PayoutViolation("two replays of one journal differ")) }
      if first.lastSequence != chain.lastSequence {
        finding.violations.append(
          PayoutViolation("the chain ends at \(chain.lastSequence), its replay at \(first.lastSequence)"))
      }
      try read(disk, chain, &finding)
    } catch {
      throw Failure(journal: error)
    }
    finding.violations += finding.evidence.violations
    finding.violations += PayoutComparison(finding.evidence, finding.books).violations
    return finding
  }

  /// Audits the books too: a currency whose debits and credits differ is an error.
  private func replay(_ disk: FileDisk) throws(JournalError) -> VerifiedState {
    try Ledger.verifyState(disk: disk, directory: ledgerDirectory, hashSeed: OpenedLedger.seeds().hash)
  }

  /// Adds every record up, and asks the state that they come to for the balances of agents and channels.
  private func read(_ disk: FileDisk, _ chain: VerifiedJournal, _ finding: inout Finding) throws(JournalError) {
    let reader = try Journal.reader(disk: disk, directory: ledgerDirectory, from: 1)
    var state = LedgerState(
      epoch: 0, shard: 0, ledgerID: reader.ledgerID.value, hashSeed: OpenedLedger.seeds().hash)
    var evidence = PayoutEvidence()
    while try reader.readFrame({ sequence, time, bytes in
      let record = try Record.decode(bytes)
      let time = Timestamp(microseconds: time)
      try state.evolve(record, sequence: sequence, time: time)
      evidence.add(record, sequence: sequence, time: time)
    }) != nil {}
    finding.evidence = evidence
    finding.violations += PayoutBalances(of: state, evidence).violations(evidence, finding.books)
  }
}
