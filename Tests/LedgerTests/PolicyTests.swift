import Digests
import LedgerCore
import Testing

@testable import Ledger

/// Rules are put in force by a record: decisions before it go by the old ones, those behind it by the new ones.
@Suite struct PolicyTests {
  private func activate(_ version: UInt32, maximum: Int64, digest: UInt8) throws -> LedgerOperation {
    let content = try #require([UInt8](repeating: digest, count: 32).withUnsafeBytes { Digest256(bytes: $0) })
    return .command(
      .activateRules(
        ActivateRules(
          version: version, digest: content, key: nil,
          policy: OpenPolicy(version: version, payoutMaximumMinorUnits: maximum))))
  }

  private func prepared(_ fixture: Fixture) async throws -> Ledger {
    let (ledger, _) = try fixture.open()
    _ = await ledger.perform(try Make.agent("a1"))
    _ = await ledger.perform(try Make.deposit("d1", agent: "a1", 100_000))
    return ledger
  }

  @Test func newRulesHoldFromTheirRecordOn() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    let before = await ledger.perform(try Make.submit("r1", agent: "a1", 5_000))
    _ = await ledger.perform(try activate(2, maximum: 1_000, digest: 2))
    let after = await ledger.perform(try Make.submit("r2", agent: "a1", 5_000))
    #expect(before.withdrawal?.screening.rulesVersion == 1)
    #expect(after.refusal == .amountOutOfBounds(minimum: 1, maximum: 1_000, requested: 5_000))
    // What was decided stays decided.
    #expect(await ledger.perform(try Make.submit("r1", agent: "a1", 5_000)).withdrawal == before.withdrawal)
    await ledger.stop()
  }

  @Test func theLedgerKeepsWhichVersionHadWhichContent() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let first = try await prepared(fixture)
    _ = await first.perform(try activate(2, maximum: 1_000, digest: 2))
    await first.stop()

    let (second, _) = try fixture.open()
    // Another content under a known version, and an older version, are turned away and change nothing.
    for (version, digest) in [(UInt32(2), UInt8(3)), (1, 1)] {
      let reply = await second.perform(try activate(version, maximum: 9_000, digest: digest))
      #expect(reply.rejection == .rulesVersionTaken(active: 2))
    }
    #expect(await second.perform(try Make.submit("r1", agent: "a1", 5_000)).withdrawal != nil)
    await second.stop()
  }

  @Test func theSameRulesAgainLeaveNoRecord() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    let once = await ledger.perform(try activate(2, maximum: 1_000, digest: 2)).receipt.sequence
    _ = await ledger.perform(try activate(2, maximum: 1_000, digest: 2))
    let submitted = await ledger.perform(try Make.submit("r1", agent: "a1", 500))
    #expect(submitted.receipt.sequence == once + 1)
    await ledger.stop()
  }
}

/// Reviews that nobody decides end by themselves.
@Suite struct ExpiryTests {
  /// Everything goes to review, for an hour.
  private struct ReviewAll: Policy {
    private let open = OpenPolicy()
    var version: UInt32 { open.version }
    var recordedRefusalsPerHour: UInt32 { open.recordedRefusalsPerHour }
    var admission: Admission { open.admission }
    var defaultTier: Label { open.defaultTier }
    func acceptsDeposit(in currency: Currency) -> Bool { open.acceptsDeposit(in: currency) }
    func acceptsPayout(in currency: Currency) -> Bool { open.acceptsPayout(in: currency) }
    func day(at time: Timestamp) -> LimitDay { open.day(at: time) }
    func terms(of application: Application) -> Result<Terms, TermsRefusal> { open.terms(of: application) }
    func limits(tier: Label) -> Limits? { open.limits(tier: tier) }
    func assess(_ facts: borrowing RiskFacts) -> RiskResult {
      RiskResult(verdict: .review, score: 50, reasons: [RiskReason(code: .newAgent, points: 50)])
    }
    func review(of amount: Money, at time: Timestamp) -> ReviewTerms {
      ReviewTerms(checkers: 1, due: Timestamp(microseconds: time.microseconds + 3_600_000_000))
    }
  }

  @Test func aReviewThatIsDueEndsAndItsMoneyIsThereAgain() async throws {
    let directory = try TemporaryDirectory()
    var fixture = Fixture(directory: directory.path)
    fixture.configuration.policy = ReviewAll()
    let (ledger, _) = try fixture.open()
    _ = await ledger.perform(try Make.agent("a1"))
    _ = await ledger.perform(try Make.deposit("d1", agent: "a1", 100_000))
    var ids: [WithdrawalID] = []
    for number in 1...3 {
      let submitted = await ledger.perform(try Make.submit("r\(number)", agent: "a1", 10_000))
      #expect(submitted.withdrawal?.state == .pendingReview)
      ids.append(try #require(submitted.withdrawal?.id))
    }
    #expect(await ledger.expireReviews() == 0)
    fixture.clock.advance(microseconds: 3_600_000_000)
    #expect(await ledger.expireReviews() == 3)
    #expect(await ledger.perform(try Make.balance("a1")).balance?.available == 100_000)
    for id in ids { #expect(await ledger.perform(try Make.get(id)).withdrawal?.state == .expired) }
    let changes = try await ledger.feed.events(after: 0, limit: 100).events.map(\.state)
    #expect(changes.suffix(3) == [.expired, .expired, .expired])
    await ledger.stop()
  }
}
