import Digests
import Journal
import LedgerCore
import Synchronization
import Testing

@testable import Ledger

/// Reading the past back: every record with its caller, and the chain that seals them.
@Suite struct JournalRecordsTests {
  private func story(_ fixture: Fixture) async throws -> Ledger {
    let (ledger, _) = try fixture.open()
    _ = await ledger.perform(try Make.agent("a1"))
    _ = await ledger.perform(try Make.deposit("d1", agent: "a1", 10_000))
    for number in 1...5 { _ = await ledger.perform(try Make.submit("r\(number)", agent: "a1", 100)) }
    return ledger
  }

  @Test func recordsComeInPagesAndMissNothing() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await story(Fixture(directory: directory.path))
    var sequences: [UInt64] = []
    var next: UInt64? = 1
    while let from = next {
      let page = try await ledger.records(from: from, limit: 3)
      #expect(page.records.count <= 3)
      sequences += page.records.map(\.sequence)
      next = page.next
    }
    #expect(sequences == Array(1...7))
    #expect(try await ledger.records(from: 8, limit: 3).records.isEmpty)
    await ledger.stop()
  }

  @Test func aRecordHasTheSealThatItsReceiptNamed() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await story(Fixture(directory: directory.path))
    let receipt = await ledger.perform(try Make.submit("r9", agent: "a1", 100)).receipt
    let stored = try #require(try await ledger.records(from: receipt.sequence, limit: 1).records.first)
    #expect(stored.sequence == receipt.sequence)
    #expect(stored.seal == receipt.seal)
    guard case .withdrawalSubmitted(let fact) = stored.record else {
      Issue.record("another record: \(stored.record)")
      return
    }
    #expect(fact.key.id.description == "r9")
    await ledger.stop()
  }

  @Test func theChainIsCheckedInParts() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await story(Fixture(directory: directory.path))
    var first: UInt64 = 1
    var checked: UInt64 = 0
    var seal = Digest256()
    while true {
      let report = try await ledger.verifyChain(from: first, through: .max, recordsMaximum: 2)
      checked += report.records
      seal = report.seal
      guard let next = report.next else { break }
      #expect(report.last + 1 == next)
      first = next
    }
    #expect(checked == 7)
    let last = try #require(try await ledger.records(from: 7, limit: 1).records.last)
    #expect(last.seal == seal)
    await ledger.stop()
  }

  @Test func aChangedFrameIsFound() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await story(Fixture(directory: directory.path))
    // The first frame begins behind the segment's header block; one bit of its body changes under the running ledger.
    let disk = FileDisk()
    let name = try #require(try disk.list(directory.path).filter { $0.hasSuffix(".log") }.min())
    let file = try disk.open("\(directory.path)/\(name)", .readWrite)
    let inTheBody = 4096 + 130
    var byte: UInt8 = 0
    _ = try withUnsafeMutableBytes(of: &byte) { try disk.readFully(file, into: $0, at: inTheBody) }
    byte ^= 1
    try withUnsafeBytes(of: byte) { try disk.writeAll(file, $0, at: inTheBody) }
    disk.close(file)
    await #expect(throws: FeedError.self) {
      _ = try await ledger.verifyChain(from: 1, through: .max, recordsMaximum: 100)
    }
    await ledger.stop()
  }

  @Test func aStoppedLedgerReadsNoMore() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await story(Fixture(directory: directory.path))
    await ledger.stop()
    await #expect(throws: FeedError.stopped) { _ = try await ledger.records(from: 1, limit: 1) }
  }
}

@Suite struct ExpiryClockTests {
  private final class TwoClocks: LedgerClock {
    let times = Mutex((wall: Int64(1_790_000_000_000_000), monotonic: Int64(0)))
    func now() -> Timestamp { Timestamp(microseconds: times.withLock { $0.wall }) }
    func monotonicNanoseconds() -> Int64 { times.withLock { $0.monotonic } * 1_000 }
    func pass(wall: Int64, monotonic: Int64) {
      times.withLock { times in
        times.wall += wall
        times.monotonic += monotonic
      }
    }
  }

  private static let hour: Int64 = 3_600_000_000

  @Test(arguments: [
    (wall: Int64(1_000_000), monotonic: Int64(1_000_000), isTrusted: true),
    (hour, 0, true), (hour + 1, 0, false), (-hour - 1, 0, false), (-hour, 0, true),
    // A day on both clocks is a day.
    (24 * hour, 24 * hour, true), (24 * hour, 22 * hour, false),
  ])
  func onlyALeapOfTheWallClockAloneIsSuspect(wall: Int64, monotonic: Int64, isTrusted: Bool) {
    let clocks = TwoClocks()
    var clock = ExpiryClock(clocks)
    clocks.pass(wall: wall, monotonic: monotonic)
    let expected = isTrusted ? ExpiryClock.Standing.trusted : .jumped(microseconds: wall - monotonic)
    #expect(clock.look(at: clocks) == expected)
  }

  @Test func aLeapStaysUntilItIsConfirmed() {
    let clocks = TwoClocks()
    var clock = ExpiryClock(clocks)
    clocks.pass(wall: 3 * Self.hour, monotonic: 0)
    _ = clock.look(at: clocks)
    clocks.pass(wall: 1_000_000, monotonic: 1_000_000)
    #expect(clock.look(at: clocks) == .jumped(microseconds: 3 * Self.hour))
    clock.confirm()
    #expect(clock.look(at: clocks) == .trusted)
  }
}
