import Digests
import Glibc
import Journal
import Ledger
import LedgerCore
import Logging
import Telemetry

/// Opens the ledger of a data directory and tells how that goes.
enum OpenedLedger {
  /// - Parameter failed: the journal failed later, on any thread.
  static func open(
    directory: String, policy: any Policy, registry: Registry, logger: Logger,
    failed: @escaping @Sendable (JournalError) -> Void
  ) throws(Failure) -> Ledger {
    var configuration = LedgerConfiguration(directory: directory)
    configuration.policy = policy
    configuration.journal.frameMeter = LedgerReadings.frameMeter(registry)
    let meter = ProgressMeter(what: "replaying the journal") { logger.info("\($0)") }
    do throws(JournalError) {
      let (ledger, report) = try Ledger.open(
        configuration, disk: FileDisk(), clock: SystemClock(), seeds: seeds(),
        progress: { meter.show("\($0) records") },
        snapshotFailed: { error in
          logger.error("no snapshot could be written; it is tried again later", metadata: ["error": "\(error)"])
        },
        standing: { standing in
          switch standing {
          case .open: logger.notice("the journal has space again")
          case .shortOfSpace(let failure):
            logger.error(
              "no space for the journal: when the segment is full, submits are refused until there is; queries go on",
              metadata: ["error": "\(failure)"])
          case .stopped, .poisoned: break  // told by who stops, and by `failed`
          }
        },
        failed: failed)
      meter.end()
      for warning in report.warnings { logger.warning("\(warning)") }
      logger.info(
        "ledger open",
        metadata: [
          "ledger": "\(ledger.identity.id.hexadecimal)", "last_sequence": "\(report.lastSequence)",
          "snapshot_sequence": "\(report.snapshotSequence)", "records_replayed": "\(report.recordsReplayed)",
          "milliseconds": "\(report.durationNanoseconds / 1_000_000)",
        ])
      return ledger
    } catch {
      meter.end()
      throw Failure(.dataDirectoryUnusable, "cannot open the ledger in \(directory): \(error)")
    }
  }

  static func makeDirectory(_ directory: String) throws(Failure) {
    do throws(Failure) { try Files.makeDirectory(directory, mode: 0o700) } catch {
      throw Failure(
        .dataDirectoryUnusable, error.message, advice: "--data names a directory; it is made if it is missing.")
    }
  }

  static func seeds() -> LedgerSeeds {
    var random = SystemRandomNumberGenerator()
    return LedgerSeeds(
      newLedgerID: Fingerprint128(first: random.next(), second: random.next()),
      hash: HashSeed(first: random.next(), second: random.next()))
  }
}
