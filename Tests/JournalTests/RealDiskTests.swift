import Digests
import Glibc
import Synchronization
import Testing

@testable import Journal

/// The same journal on the operating system's files, with its own threads.
@Suite struct RealDiskTests {
  /// A directory that is removed with its content at the end.
  static func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/journal-tests-XXXXXX\0".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    defer {
      for part in ["\(directory)/archive", directory] {
        for name in (try? FileDisk().list(part)) ?? [] { unlink("\(part)/\(name)") }
        rmdir(part)
      }
    }
    try body(directory)
  }

  static var options: JournalOptions {
    var options = JournalOptions()
    options.segmentBytes = 1 << 20
    options.frameBodyBytes = 100_000
    return options
  }

  static let record = [UInt8](repeating: 7, count: 150)

  @Test func recordsComeBackAfterStops() throws {
    try Self.withDirectory { directory in
      var expected: UInt64 = 0
      for round in 0..<3 {
        let opened = try Journal.open(
          disk: FileDisk(), directory: directory, options: Self.options,
          newLedgerID: LedgerID(Fingerprint128(first: 1, second: UInt64(round))))
        #expect(opened.ledgerID.value.second == 0)
        var seen: UInt64 = 0
        let recovered = try opened.replay { sequence, _, bytes in
          seen += 1
          #expect(sequence == seen)
          #expect(bytes.elementsEqual(Self.record))
        }
        #expect(seen == expected)
        #expect(recovered.warnings.isEmpty)
        let durable = Atomic<UInt64>(0)
        let bell = Doorbell()
        let journal = try recovered.start { frame in
          durable.store(frame.lastSequence, ordering: .releasing)
          bell.ring()
        } onPoison: {
          Issue.record("\($0)")
        }
        var rest = 10_000
        while rest > 0 {
          let appended = try journal.withBatch(nowMicroseconds: 1) { batch in
            var appended = 0
            while appended < min(rest, 100), batch.credit >= Self.record.count {
              try Self.record.withUnsafeBytes { _ = try batch.append($0) }
              appended += 1
            }
            return appended
          }
          rest -= appended
          expected += UInt64(appended)
          // No credit: the other frame is being synced, or the spare is being made. The report of a frame says go on, and
          // the time is for the spare, which nobody reports.
          if appended == 0 { bell.wait(atMostNanoseconds: 10_000_000) }
        }
        try journal.stop()
        #expect(durable.load(ordering: .acquiring) == expected)
        #expect(journal.durableSequence == expected)
      }
      let verified = try Journal.verify(disk: FileDisk(), directory: directory)
      #expect(verified.recordCount == expected)
      #expect(verified.isCleanlyStopped)
    }
  }

  /// F32, with the message.
  @Test func theSecondIsToldWhoHoldsTheDirectory() throws {
    try Self.withDirectory { directory in
      func open() throws(JournalError) -> Journal {
        try Journal.open(
          disk: FileDisk(), directory: directory, options: Self.options,
          newLedgerID: LedgerID(Fingerprint128(first: 1, second: 1))
        ).replay { _, _, _ in }.start { _ in
        } onPoison: { _ in
        }
      }
      let first = try open()
      do throws(JournalError) {
        _ = try open()
        Issue.record("two at once")
      } catch {
        #expect(error == .inUse(directory: directory, process: getpid()))
        #expect("\(error)".contains("process \(getpid())"))
      }
      try first.stop()
      try open().stop()
    }
  }

  @Test func aMissingDirectoryIsNamed() throws {
    do throws(JournalError) {
      _ = try Journal.open(
        disk: FileDisk(), directory: "/nonexistent/data", newLedgerID: LedgerID(Fingerprint128(first: 1, second: 1)))
      Issue.record("opened")
    } catch {
      #expect("\(error)" == "cannot lock /nonexistent/data/LOCK: no such file or directory")
    }
  }

  @Test func aFullDeviceIsOutOfSpace() throws {
    // /dev/full fails every write with ENOSPC.
    let disk = FileDisk()
    let file = try disk.open("/dev/full", .readWrite)
    defer { disk.close(file) }
    #expect(throws: DiskFailure(operation: .write, path: "/dev/full", cause: .noSpace)) {
      try Self.record.withUnsafeBytes { try disk.writeAll(file, $0, at: 0) }
    }
  }

  @Test func theProbeLeavesNothingBehind() throws {
    try Self.withDirectory { directory in
      let ticks = Atomic<UInt64>(0)
      let probe = try Journal.measureSync(disk: FileDisk(), directory: directory, count: 3) {
        ticks.add(1, ordering: .relaxed).newValue * 10
      }
      #expect(probe.p50Nanoseconds == 10)
      #expect(probe.count == 3)
      #expect(try FileDisk().list(directory).isEmpty)
    }
  }
}
