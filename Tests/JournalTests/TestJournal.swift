import Digests
import Journal
import JournalTesting
import Synchronization
import Testing

@testable import Journal

/// A small journal on a simulated disk, driven by hand: no thread, so that each test is one sequence of steps.
struct TestJournal {
  static let directory = "/data"
  static let ledgerID = LedgerID(Fingerprint128(first: 0x1111, second: 0x2222))

  /// Segments of 16 blocks: one header, 13 for frames, two reserved.
  static var options: JournalOptions {
    var options = JournalOptions()
    options.segmentBytes = 16 * blockBytes
    options.frameBodyBytes = 5 * blockBytes
    options.threading = .manual
    return options
  }

  let disk: SimulatedDisk
  let journal: Journal
  /// Sequence and content of what the replay gave.
  let replayed: [UInt64: [UInt8]]
  let replayedFrames: [DurableFrame]
  let warnings: [String]
  /// What the journal was opened with.
  let snapshot: Snapshot?
  let snapshotBody: [UInt8]
  let reports = Reports()

  final class Reports: Sendable {
    private let list = Mutex<(frames: [DurableFrame], poison: [JournalError])>(([], []))
    var frames: [DurableFrame] { list.withLock { $0.frames } }
    var poison: [JournalError] { list.withLock { $0.poison } }
    func add(_ frame: DurableFrame) { list.withLock { $0.frames.append(frame) } }
    func add(_ error: JournalError) { list.withLock { $0.poison.append(error) } }
  }

  init(
    _ disk: SimulatedDisk, options: JournalOptions = Self.options, ledgerID: LedgerID = Self.ledgerID
  ) throws(JournalError) {
    self.disk = disk
    let opened = try Journal.open(disk: disk, directory: Self.directory, options: options, newLedgerID: ledgerID)
    snapshot = opened.snapshot
    var body: [UInt8] = []
    try snapshot?.read { piece throws(JournalError) in body += piece }
    snapshotBody = body
    var replayed: [UInt64: [UInt8]] = [:]
    var frames: [DurableFrame] = []
    let recovered = try opened.replay { sequence, _, bytes in
      replayed[sequence] = Array(bytes)
    } frame: {
      frames.append($0)
    }
    self.replayed = replayed
    replayedFrames = frames
    warnings = recovered.warnings
    journal = try recovered.start { [reports] in
      reports.add($0)
    } onPoison: { [reports] in
      reports.add($0)
    }
    journal.prepareSpareOnce()
  }

  /// One frame of these records, written and synced. Returns the last sequence.
  @discardableResult
  func write(_ records: [[UInt8]], time: Int64 = 0) throws(JournalError) -> UInt64 {
    let last = try collect(records, time: time)
    while journal.runWriterOnce() {}
    journal.prepareSpareOnce()
    return last
  }

  @discardableResult
  func collect(_ records: [[UInt8]], time: Int64 = 0) throws(JournalError) -> UInt64 {
    try journal.withBatch(nowMicroseconds: time) { (batch) throws(JournalError) in
      var last: UInt64 = 0
      for record in records {
        let result: Result<UInt64, JournalError> = record.withUnsafeBytes { bytes in
          do throws(JournalError) { return .success(try batch.append(bytes)) } catch { return .failure(error) }
        }
        last = try result.get()
      }
      return last
    }
  }

  /// Ends as a killed process does; returns what the next start finds.
  func kill() -> SimulatedDisk { disk.losePower(.everything, seed: 0) }

  /// A record whose content follows from its sequence.
  static func record(_ sequence: UInt64, bytes: Int = 100) -> [UInt8] {
    var random = SeededGenerator(seed: sequence)
    let words = (0..<bytes / 8 + 1).map { _ in random.next() | 1 }
    return words.withUnsafeBytes { Array($0.prefix(bytes)) }
  }

  static func segmentPath(_ ordinal: UInt64) -> String { Names(directory: directory).segment(ordinal) }
}

/// Tells an error apart by its case.
enum ErrorKind {
  case disk, inUse, otherLedger, otherVersion, damaged, missing, recordRefused, noCredit, stopped, unusableOptions

  init(_ error: JournalError) {
    self =
      switch error {
      case .disk: .disk
      case .inUse: .inUse
      case .otherLedger: .otherLedger
      case .otherVersion: .otherVersion
      case .damaged: .damaged
      case .missing: .missing
      case .recordRefused: .recordRefused
      case .noCredit: .noCredit
      case .stopped: .stopped
      case .unusableOptions: .unusableOptions
      }
  }
}

func errorKind(_ body: () throws(JournalError) -> Void) -> ErrorKind? {
  do throws(JournalError) {
    try body()
    return nil
  } catch {
    return ErrorKind(error)
  }
}
