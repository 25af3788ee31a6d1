/// Why the journal refused, and where. Corruption is an error, never a trap.
package enum JournalError: Error, Hashable, Sendable {
  /// The disk failed. Once a running journal has failed this way it is poisoned, and every later call reports this first
  /// failure again.
  case disk(DiskFailure)
  /// Another process (its id, where it is known) works on the directory.
  case inUse(directory: String, process: Int32?)
  case otherLedger(path: String, found: LedgerID, expected: LedgerID)
  case otherVersion(path: String, found: UInt32)
  /// Bytes that once were durable are not what they were. Nothing has been changed.
  case damaged(path: String, offset: Int, finding: String)
  /// A file that must be there is not.
  case missing(path: String, finding: String)
  /// The reader of a record (the ledger's `evolve`) did not accept it.
  case recordRefused(sequence: UInt64, finding: String)
  /// There is no room for the record now: it has not been appended.
  case noCredit
  /// The journal has been stopped.
  case stopped
  /// A setting or an argument that cannot work, or a thread that cannot be had.
  case unusableOptions(String)
}

extension JournalError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .disk(let failure):
      "\(failure)"
    case .inUse(let directory, let process):
      "the data directory \(directory) is in use by \(process.map { "process \($0)" } ?? "another process"); "
        + "stop it, or use another directory"
    case .otherLedger(let path, let found, let expected):
      "\(path) belongs to ledger \(found), not to \(expected); put the right file or directory in its place"
    case .otherVersion(let path, let found):
      "\(path) has format version \(found), this program knows version \(formatVersion); use the program that wrote it"
    case .damaged(let path, let offset, let finding):
      "\(path) is damaged at byte \(offset): \(finding); nothing was changed. Keep a copy of the directory and restore "
        + "the file from a replica or backup"
    case .missing(let path, let finding):
      "\(path) is missing: \(finding); nothing was changed. Put it back from a replica or backup"
    case .recordRefused(let sequence, let finding):
      "record \(sequence) cannot be applied: \(finding)"
    case .noCredit:
      "the journal has no room for the record now"
    case .stopped:
      "the journal has been stopped"
    case .unusableOptions(let finding):
      "these journal settings cannot work: \(finding)"
    }
  }
}

extension DiskFailure: CustomStringConvertible {
  package var description: String {
    "cannot \(action) \(path): \(reason)"
  }

  private var action: String {
    switch operation {
    case .size: "ask for the length of"
    case .syncDirectory: "sync the directory"
    case .makeDirectory: "make the directory"
    case .open, .read, .write, .sync, .list, .rename, .remove, .lock: operation.rawValue
    }
  }

  private var reason: String {
    switch cause {
    case .interrupted: "interrupted"
    case .noSpace: "no space left on the device"
    case .notFound: "no such file or directory"
    case .heldByAnother(let process): "locked by \(process.map { "process \($0)" } ?? "another process")"
    case .system(let number): errorText(number)
    case .endOfFile: "the file ends too early"
    }
  }
}
