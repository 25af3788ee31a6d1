import ArgumentParser
import Digests
import Journal
import Ledger

struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Check and read the journal of a ledger that no server is working on.",
    subcommands: [JournalVerifyCommand.self, JournalDumpCommand.self])
}

/// Names the data directory, with the flag of `serve` or without.
struct DataDirectory: ParsableArguments {
  @Argument(help: ArgumentHelp("Directory of the ledger.", valueName: "dir"))
  var directory: String?

  @Option(help: ArgumentHelp("The same, as a flag.", valueName: "dir"))
  var data: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (directory == nil) != (data == nil) else {
      throw ValidationError("Name one directory of a ledger: DIR, or --data DIR.")
    }
  }

  /// One of the two is there: `validate` has seen to it.
  var path: String { directory ?? data ?? "" }
}

struct JournalVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Walk the whole chain of seals, replay every record and audit the books.",
    discussion: """
      Prints where the chain ends, its seal, and the hash of the state that the records come to. A broken journal ends \
      with exit code 65 and the file and byte where it breaks. Nothing is changed.
      """)

  @OptionGroup var directory: DataDirectory

  func run() throws {
    try Console.reportingFailures(json: directory.json) {
      let result = try verify()
      try Output(style: directory.json ? .json : .text).print(result)
      if let damaged = result.chain.damagedSnapshots.first {
        throw Failure(
          .badData, "the snapshot \(damaged) is damaged; the journal itself is whole",
          advice: "A start passes it over. Move it away once an intact snapshot has followed.")
      }
    }
  }

  private func verify() throws(Failure) -> JournalVerification {
    let disk = FileDisk()
    do throws(JournalError) {
      let chainMeter = ProgressMeter(what: "walking the chain")
      defer { chainMeter.end() }
      var records: UInt64 = 0
      let chain = try Journal.verify(disk: disk, directory: directory.path) { done, total in
        chainMeter.show(done: done, of: total, "\(records) records")
      } frame: { frame in
        records = frame.lastSequence
      }
      let stateMeter = ProgressMeter(what: "replaying the records")
      defer { stateMeter.end() }
      let state = try Ledger.verifyState(
        disk: disk, directory: directory.path, hashSeed: OpenedLedger.seeds().hash
      ) { sequence in
        stateMeter.show(done: Int(clamping: sequence), of: Int(clamping: chain.lastSequence), "\(sequence) records")
      }
      return JournalVerification(chain: chain, state: state)
    } catch {
      throw Failure(journal: error)
    }
  }
}

struct JournalVerification: Printable {
  let chain: VerifiedJournal
  let state: VerifiedState

  var json: JSON {
    .object([
      "ledger": .text("\(chain.ledgerID)"), "sequence": .integer(Int64(clamping: chain.lastSequence)),
      "seal": .text(chain.lastSeal.hexadecimal), "state_hash": .text(state.stateHash.hexadecimal),
      "segments": .integer(Int64(chain.segmentCount)), "frames": .integer(Int64(chain.frameCount)),
      "withdrawals": .integer(Int64(clamping: state.withdrawalCount)),
      "agents": .integer(Int64(clamping: state.agentCount)),
      "snapshots": .array(chain.snapshotSequences.map { .integer(Int64(clamping: $0)) }),
      "damaged_snapshots": .array(chain.damagedSnapshots.map { .text($0) }),
      "cleanly_stopped": .bool(chain.isCleanlyStopped), "torn_end": chain.tornEnd.map { .text($0) } ?? .null,
    ])
  }

  var lines: [String] {
    let snapshots = chain.snapshotSequences.map(String.init).joined(separator: ", ")
    var rows = [
      ("ledger", "\(chain.ledgerID)"),
      ("sequence", "\(chain.lastSequence)"),
      ("seal", chain.lastSeal.hexadecimal),
      ("state hash", state.stateHash.hexadecimal),
      ("segments", "\(chain.segmentCount) with \(chain.frameCount) frames"),
      ("books", "balanced: \(state.agentCount) agents, \(state.withdrawalCount) withdrawals"),
      ("snapshots", snapshots.isEmpty ? "none" : snapshots),
      ("last stop", chain.isCleanlyStopped ? "clean" : "not clean, or still running"),
    ]
    if let torn = chain.tornEnd {
      rows.append(("torn end", "\(torn): never acknowledged, the next start cuts it"))
    }
    return table(rows)
  }
}

extension Failure {
  /// Of reading a journal at rest.
  init(journal error: JournalError) {
    switch error {
    case .disk, .unusableOptions:
      self.init(.unreadableInput, "\(error)", advice: "Name the directory that `settle serve --data` uses.")
    case .inUse, .otherLedger, .otherVersion, .damaged, .missing, .recordRefused, .noCredit, .stopped:
      self.init(.badData, "\(error)")
    }
  }
}
