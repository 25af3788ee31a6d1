import Digests
import Glibc
import Synchronization
import Testing

@testable import Journal

@Suite struct SmokeTests {
  @Test func realDisk() throws {
    var template = Array("/tmp/journal-XXXXXX\0".utf8CString)
    let directory = String(cString: mkdtemp(&template))
    var options = JournalOptions()
    options.segmentBytes = 1 << 20
    options.frameBodyBytes = 100_000
    var expected: UInt64 = 0
    for round in 0..<3 {
      let opened = try Journal.open(disk: FileDisk(), directory: directory, options: options, newLedgerID: LedgerID(Fingerprint128(first: 1, second: UInt64(round))))
      #expect(opened.ledgerID.value.second == 0)
      var seen: UInt64 = 0
      let recovered = try opened.replay { sequence, time, bytes in
        seen += 1
        #expect(sequence == seen)
        #expect(bytes.count == 150)
      }
      #expect(seen == expected)
      #expect(recovered.warnings == [])
      let acked = Mutex<UInt64>(0)
      let journal = try recovered.start { frame in acked.withLock { $0 = frame.lastSequence } } onPoison: { Issue.record("\($0)") }
      let record = [UInt8](repeating: 7, count: 150)
      var shortages = 0
      for i in 0..<20_000 {
        try journal.withBatch(nowMicroseconds: Int64(i)) { batch in
          if batch.credit < 150 { shortages += 1; return }
          try record.withUnsafeBytes { _ = try batch.append($0) }
          expected += 1
        }
      }
      try journal.stop()
      print("round", round, "shortages", shortages, "acked", acked.withLock { $0 }, expected)
      #expect(acked.withLock { $0 } == expected)
      #expect(journal.durableSequence == expected)
    }
  }
}
