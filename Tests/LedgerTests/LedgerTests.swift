import Digests
import Journal
import LedgerCore
import Testing

@testable import Ledger

/// The actor over a real directory: what is acknowledged is there, once, also after a restart.
@Suite struct LedgerTests {
  private func prepared(_ fixture: Fixture, deposit: Int64 = 100_000) async throws -> Ledger {
    let (ledger, _) = try fixture.open()
    _ = await ledger.perform(try Make.agent("a1"))
    let reply = await ledger.perform(try Make.deposit("d1", agent: "a1", deposit))
    guard case .page(.deposit, _) = reply.outcome else {
      Issue.record("no deposit: \(reply)")
      return ledger
    }
    return ledger
  }

  @Test func aWithdrawalIsSubmittedReadAndCancelled() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    let submitted = await ledger.perform(try Make.submit("r1", agent: "a1", 5_000))
    let withdrawal = try #require(submitted.withdrawal)
    #expect(withdrawal.state == .approved)
    #expect(submitted.receipt.sequence == 3)
    #expect(submitted.receipt.seal != Digest256())

    let read = await ledger.perform(try Make.get(withdrawal.id))
    #expect(read.withdrawal == withdrawal)
    #expect(read.receipt == submitted.receipt)

    let cancelled = await ledger.perform(try Make.cancel("c1", withdrawal.id))
    #expect(cancelled.withdrawal?.state == .cancelled)
    #expect(await ledger.perform(try Make.balance("a1")).balance?.available == 100_000)
    await ledger.stop()
  }

  @Test func everythingIsThereAfterARestart() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let first = try await prepared(fixture)
    let submitted = await first.perform(try Make.submit("r1", agent: "a1", 5_000))
    let refused = await first.perform(try Make.submit("r2", agent: "a1", 96_000))
    #expect(refused.refusal == .insufficientFunds(available: 95_000, requested: 96_000))
    await first.stop()

    let (second, report) = try fixture.open()
    #expect(report.recordsReplayed == 4)
    let read = await second.perform(try Make.get(try #require(submitted.withdrawal).id))
    #expect(read.withdrawal == submitted.withdrawal)
    #expect(read.receipt == submitted.receipt)
    // Both requests are remembered: the first answer comes back, also when it was a refusal.
    let again = await second.perform(try Make.submit("r1", agent: "a1", 5_000))
    #expect(again.withdrawal == submitted.withdrawal)
    #expect(again.receipt == submitted.receipt)
    #expect(await second.perform(try Make.submit("r2", agent: "a1", 96_000)).refusal == refused.refusal)
    await second.stop()
  }

  @Test func aRepeatedDepositHasTheReceiptOfTheFirst() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    let first = await ledger.perform(try Make.deposit("d2", agent: "a1", 1_000))
    _ = await ledger.perform(try Make.submit("r1", agent: "a1", 100))
    let again = await ledger.perform(try Make.deposit("d2", agent: "a1", 1_000))
    guard case .page(.deposit, let receipts) = first.outcome,
      case .page(.deposit(let deposit), let later) = again.outcome
    else {
      Issue.record("got \(first.outcome), then \(again.outcome)")
      return
    }
    #expect(receipts.map(\.sequence) == [3, 3])
    #expect(later.map(\.sequence) == [3, 4])
    #expect(later[0] == receipts[0])
    #expect(deposit.balance.available == 100_900)  // as it stands now
    await ledger.stop()
  }

  @Test func theSameRequestFromManyCallersHasOneEffect() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    let operation = try Make.submit("r1", agent: "a1", 700)
    let ids = await withTaskGroup(of: WithdrawalID?.self) { group in
      for _ in 0..<100 { group.addTask { await ledger.perform(operation).withdrawal?.id } }
      return await group.reduce(into: Set<WithdrawalID?>()) { $0.insert($1) }
    }
    #expect(ids.count == 1 && !ids.contains(nil))
    #expect(await ledger.perform(try Make.balance("a1")).balance?.available == 99_300)
    await ledger.stop()
  }

  @Test func submitsThatFitOnlyInPartTakeExactlyTheMoneyThereIs() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path), deposit: 100_050)
    let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<1_000 {
        let operation = try Make.submit("r\(number)", agent: "a1", 300)
        group.addTask { await ledger.perform(operation).withdrawal != nil }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(accepted == 333)
    let balance = await ledger.perform(try Make.balance("a1")).balance
    #expect(balance?.available == 150)
    #expect(balance?.debitsPending == 99_900)
    await ledger.stop()
  }

  @Test func aBatchIsOneFrameWithAnAnswerForEachItem() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path), deposit: 1_000)
    let items = try [
      Make.item("r1", agent: "a1", 400), Make.item("r2", agent: "nobody", 400), Make.item("r3", agent: "a1", 700),
      Make.item("r1", agent: "a1", 400), Make.item("r1", agent: "a1", 401), Make.item("r4", agent: "a1", 600),
    ]
    guard case .batch(let answers, let receipts) = await ledger.perform(.batch(items)).outcome else {
      Issue.record("no batch answer")
      return
    }
    let kinds = answers.map { answer in
      switch answer {
      case .withdrawal(let withdrawal): "\(withdrawal.requestID)"
      case .refused: "refused"
      case .rejected(let rejection): "\(rejection)"
      default: "?"
      }
    }
    #expect(kinds == ["r1", "agentNotFound", "refused", "r1", "requestIDReused", "r4"])
    #expect(receipts.map(\.sequence) == [3, 0, 4, 3, 0, 5])
    #expect(Set([receipts[0], receipts[2], receipts[5]].map(\.seal)).count == 1)
    await ledger.stop()
  }

  @Test func aDeadlineThatPassedBeforeTheTurnDropsTheCommand() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let ledger = try await prepared(fixture)
    let late = await ledger.perform(
      try Make.submit("r1", agent: "a1", 100), deadlineNanoseconds: fixture.clock.monotonicNanoseconds())
    guard case .deadlineExceeded = late.outcome else {
      Issue.record("got \(late.outcome)")
      return
    }
    let retry = await ledger.perform(
      try Make.submit("r1", agent: "a1", 100), deadlineNanoseconds: fixture.clock.monotonicNanoseconds() + 1)
    #expect(retry.receipt.sequence == 3)
    await ledger.stop()
  }

  @Test func timeNeverRunsBackwardsInTheJournal() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let ledger = try await prepared(fixture)
    let first = await ledger.perform(try Make.submit("r1", agent: "a1", 100)).withdrawal
    fixture.clock.advance(microseconds: -3_600_000_000)
    let second = await ledger.perform(try Make.submit("r2", agent: "a1", 100)).withdrawal
    fixture.clock.advance(microseconds: 2 * 3_600_000_000)
    let third = await ledger.perform(try Make.submit("r3", agent: "a1", 100)).withdrawal
    #expect(try #require(second).createTime == first?.createTime)
    #expect(try #require(third?.createTime) == Timestamp(microseconds: 1_790_003_600_000_000))
    #expect(Set([first?.id, second?.id, third?.id]).count == 3)
    await ledger.stop()
  }

  @Test func aStoppedLedgerSaysThatNothingHappened() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    await ledger.stop()
    guard case .stopping = await ledger.perform(try Make.submit("r1", agent: "a1", 100)).outcome else {
      Issue.record("a stopped ledger took a request")
      return
    }
  }

  @Test func aSecondLedgerOnTheDirectoryIsRefused() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let ledger = try await prepared(fixture)
    #expect { try fixture.open() } throws: { error in
      guard case JournalError.inUse = error else { return false }
      return true
    }
    await ledger.stop()
    let (next, _) = try fixture.open()
    await next.stop()
  }

  @Test func aListHasTheReceiptOfEachItem() async throws {
    let directory = try TemporaryDirectory()
    let ledger = try await prepared(Fixture(directory: directory.path))
    var receipts: [Receipt] = []
    for number in 0..<5 {
      receipts.insert(await ledger.perform(try Make.submit("r\(number)", agent: "a1", 100)).receipt, at: 0)
    }
    let filter = WithdrawalFilter(partner: try Label("demo"), agent: nil, state: nil, before: nil, limit: 10)
    guard
      case .page(.withdrawals(let withdrawals, _), let listed) = await ledger.perform(.query(.withdrawals(filter)))
        .outcome
    else {
      Issue.record("no list")
      return
    }
    #expect(withdrawals.map(\.requestID.description) == ["r4", "r3", "r2", "r1", "r0"])
    #expect(listed == receipts)
    await ledger.stop()
  }
}
