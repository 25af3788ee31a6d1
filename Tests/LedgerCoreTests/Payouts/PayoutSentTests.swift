import LedgerCore
import Testing

/// What channels were asked to pay since a time, for limits that count by days.
@Suite struct PayoutSentTests {
  private func sent(_ ledger: Ledger, since: Timestamp, below: UInt64? = nil) throws -> ([SentSum], next: UInt64?) {
    guard case .sent(let sums, let next) = ledger.ask(.sent(since: since, below: below)).0 else {
      throw Unexpected(ledger.ask(.sent(since: since, below: below)).0)
    }
    return (sums, next)
  }

  private func sum(_ channel: String, _ minorUnits: Int64) -> SentSum {
    SentSum(channel: label(channel), currency: .cny, minorUnits: minorUnits)
  }

  /// Failed ones too: the channel counts what it was asked, and nobody knows better what it counts.
  @Test func attemptsCountWhateverBecameOfThem() throws {
    let ledger = try Ledger.paying()
    let start = ledger.now
    #expect(try sent(ledger, since: start).0.isEmpty)
    try ledger.payout(in: .paid)
    try ledger.payout(in: .failed)
    try ledger.begin(ledger.submitPayout(), on: "beta")
    try ledger.submitPayout()
    #expect(try sent(ledger, since: start).0 == [sum("alpha", 2 * payoutNet), sum("beta", payoutNet)])
  }

  @Test func whatBeganBeforeIsNotCounted() throws {
    let ledger = try Ledger.paying()
    try ledger.payout(in: .paid)
    ledger.now = Timestamp(microseconds: ledger.now.microseconds + 1_000_000)
    let later = ledger.now
    #expect(try sent(ledger, since: later).0.isEmpty)
    try ledger.payout(in: .paid)
    #expect(try sent(ledger, since: later).0 == [sum("alpha", payoutNet)])
    #expect(try sent(ledger, since: Timestamp(microseconds: later.microseconds + 1)).0.isEmpty)
    #expect(try sent(ledger, since: later, below: 2).0.isEmpty)
    #expect(try sent(ledger, since: later, below: 0).0.isEmpty)
  }

  @Test func manyAreCountedPageByPage() throws {
    let ledger = try Ledger.paying()
    let start = ledger.now
    let count = AnswerLimits.rowsScannedMaximum + 10
    try ledger.fund("alpha", 10_000_000)
    try ledger.deposit(fen(10_000_000), to: "a", reference: "more")
    for _ in 0..<count { try ledger.begin(ledger.submitPayout(100)) }
    let first = try sent(ledger, since: start)
    let next = try #require(first.next)
    #expect(next == 11)
    let second = try sent(ledger, since: start, below: next)
    #expect(second.next == nil)
    let net = Int64(100) - payoutFee
    #expect(first.0 == [sum("alpha", Int64(AnswerLimits.rowsScannedMaximum) * net)])
    #expect(second.0 == [sum("alpha", 10 * net)])
  }
}
