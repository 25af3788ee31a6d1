import Digests
import LedgerCore
import Testing

@testable import Ledger

/// Payouts through the actor: many operations in one parcel, answered in their order, and what ends by the clock.
@Suite struct PayoutLedgerTests {
  private static let alpha = "alpha"

  private func staff(_ id: String) throws -> RequestKey {
    RequestKey(
      namespace: .staff, id: try Label(id), content: Fingerprint128(first: 1, second: 2),
      caller: Caller(person: Person(name: try Label("eve"), role: .finance), certificate: 1))
  }

  private func fund(_ amount: Int64) throws -> LedgerOperation {
    .command(
      .fundChannel(
        FundChannel(
          key: try staff("fund"), channel: try Label(Self.alpha), amount: Money(minorUnits: amount, currency: .cny),
          reference: try Label("bank"))))
  }

  private func begin(_ id: WithdrawalID, attempt: UInt8 = 1) throws -> LedgerOperation {
    .command(
      .beginAttempt(
        BeginAttempt(
          payoutKey: PayoutKey(id, attempt: attempt), channel: try Label(Self.alpha), payee: try Label("payee"),
          request: try #require(StoredRequest(Array("pay".utf8), isSealed: false)), channelFeeMinorUnits: 0,
          candidates: [])))
  }

  private func tell(_ id: WithdrawalID, _ state: AttemptState, paid: Int64 = 0, attempt: UInt8 = 1) throws
    -> LedgerOperation
  {
    .command(
      .recordResult(
        RecordResult(
          payoutKey: PayoutKey(id, attempt: attempt),
          result: AttemptResult(state, source: .query, paidMinorUnits: paid))))
  }

  /// A ledger with withdrawals of 100 that wait to be sent.
  private func prepared(_ fixture: Fixture, count: Int) async throws -> (Ledger, [WithdrawalID]) {
    let (ledger, _) = try fixture.open()
    var operations = [try Make.agent("a1"), try Make.deposit("d1", agent: "a1", 1_000_000), try fund(500_000)]
    for place in 0..<count { operations.append(try Make.submit("w\(place)", agent: "a1", 100)) }
    let replies = await ledger.performAll(operations)
    #expect(replies.count == operations.count)
    return (ledger, replies.dropFirst(3).compactMap { $0.withdrawal?.id })
  }

  @Test func aParcelIsDecidedAndAnsweredInOrder() async throws {
    let directory = try TemporaryDirectory()
    let (ledger, ids) = try await prepared(Fixture(directory: directory.path), count: 40)
    // One after the other, as they stand in the parcel.
    #expect(ids.map(\.ordinal) == Array(1...40))
    #expect(await ledger.performAll([]).isEmpty)

    // Each operation sees what the ones before it did, and a refusal in between keeps none of the others back.
    let nobody = WithdrawalID(epoch: 1, shard: 0, ordinal: 99)
    let replies = await ledger.performAll([
      try begin(ids[0]), try begin(ids[0]), try tell(ids[0], .paid, paid: 100), try begin(nobody), try begin(ids[1]),
      try Make.get(ids[0]), try Make.cancel("c", ids[0]), try Make.balance("a1"),
    ])
    #expect(replies.map(\.ticket) == Array(0..<8))
    guard case .answered(.done) = replies[0].outcome, case .answered(.done) = replies[2].outcome,
      case .answered(.done) = replies[4].outcome
    else {
      Issue.record("\(replies)")
      return
    }
    #expect(replies[1].rejection == .payoutNotDue(state: .processing))
    #expect(replies[3].rejection == .withdrawalNotFound)
    #expect(replies[5].withdrawal?.state == .paid)
    #expect(replies[6].refusal == .notCancelable(state: .paid))
    #expect(replies[7].balance?.debitsPosted == 100)
    // Nothing is answered before it is on disk: what was recorded has its seal.
    for place in [0, 2, 4, 5] { #expect(replies[place].receipt.seal != Digest256(), "\(place)") }
    await ledger.stop()
  }

  @Test func manyParcelsAtOnceAreAllAnswered() async throws {
    let directory = try TemporaryDirectory()
    let (ledger, ids) = try await prepared(Fixture(directory: directory.path), count: 300)
    try await withThrowingTaskGroup(of: (Int, [LedgerReply]).self) { group in
      for parcel in 0..<30 {
        let own = Array(ids[parcel * 10..<parcel * 10 + 10])
        var operations: [LedgerOperation] = []
        for id in own { operations.append(try begin(id)) }
        for id in own { operations.append(try tell(id, .paid, paid: 100)) }
        for id in own { operations.append(try Make.get(id)) }
        let sent = operations
        group.addTask { (parcel, await ledger.performAll(sent)) }
      }
      for try await (parcel, replies) in group {
        #expect(replies.map(\.ticket) == Array(0..<30), "\(parcel)")
        #expect(replies.suffix(10).map { $0.withdrawal?.id } == ids[parcel * 10..<parcel * 10 + 10].map { $0 })
        #expect(replies.suffix(10).allSatisfy { $0.withdrawal?.state == .paid }, "\(parcel)")
      }
    }
    #expect(await ledger.perform(try Make.balance("a1")).balance?.debitsPosted == 30_000)
    await ledger.stop()
  }

  /// Whatever a stopping ledger still does, every operation of a parcel is answered, and what was answered is there.
  @Test func aStoppingLedgerAnswersEveryParcel() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let (ledger, ids) = try await prepared(fixture, count: 200)
    var acknowledged: [WithdrawalID] = []
    try await withThrowingTaskGroup(of: [(WithdrawalID, LedgerReply)].self) { group in
      for parcel in 0..<20 {
        let own = Array(ids[parcel * 10..<parcel * 10 + 10])
        let operations = try own.map { try begin($0) }
        group.addTask { Array(zip(own, await ledger.performAll(operations))) }
      }
      group.addTask {
        await ledger.stop()
        return []
      }
      for try await replies in group {
        for (id, reply) in replies {
          switch reply.outcome {
          case .answered(.done): acknowledged.append(id)
          case .stopping, .overloaded: break
          default: Issue.record("\(id) \(reply)")
          }
        }
      }
    }
    let after = await ledger.performAll([try begin(ids[0]), try Make.get(ids[0])])
    #expect(after.count == 2)
    for reply in after {
      guard case .stopping = reply.outcome else {
        Issue.record("\(reply)")
        continue
      }
    }

    let (second, _) = try fixture.open()
    for id in acknowledged { #expect(await second.perform(try Make.get(id)).withdrawal?.state == .processing) }
    await second.stop()
  }

  @Test func theFeedTellsEveryChangeOfAPayout() async throws {
    let directory = try TemporaryDirectory()
    let (ledger, ids) = try await prepared(Fixture(directory: directory.path), count: 1)
    _ = await ledger.performAll([
      try begin(ids[0]), try tell(ids[0], .accepted), try tell(ids[0], .unknown), try tell(ids[0], .tryAgain),
      try begin(ids[0], attempt: 2), try tell(ids[0], .paid, paid: 100, attempt: 2),
      try tell(ids[0], .paid, paid: 100, attempt: 1),
    ])
    let events = try await ledger.feed.events(after: 0, limit: 100).events
    // What changed no state (accepted, a stray payment) is no event.
    #expect(events.map(\.state) == [.approved, .processing, .inDoubt, .approved, .processing, .paid])
    await ledger.stop()
  }

  @Test func whatNobodyMendedLapses() async throws {
    let directory = try TemporaryDirectory()
    let fixture = Fixture(directory: directory.path)
    let (ledger, ids) = try await prepared(fixture, count: 25)
    var operations: [LedgerOperation] = []
    for id in ids {
      operations.append(try begin(id))
      operations.append(try tell(id, .payeeFailure))
    }
    _ = await ledger.performAll(operations)
    #expect(await ledger.lapseActions() == 0)
    fixture.clock.advance(microseconds: PayoutLimits.actionMicroseconds - 1)
    #expect(await ledger.lapseActions() == 0)
    fixture.clock.advance(microseconds: 1)
    #expect(await ledger.lapseActions() == 25)
    #expect(await ledger.lapseActions() == 0)
    for id in ids { #expect(await ledger.perform(try Make.get(id)).withdrawal?.state == .failed) }
    #expect(await ledger.perform(try Make.balance("a1")).balance?.available == 1_000_000)
    await ledger.stop()
    #expect(await ledger.lapseActions() == 0)

    // All of it is there again after a restart, money included.
    let (second, _) = try fixture.open()
    #expect(await second.perform(try Make.balance("a1")).balance?.available == 1_000_000)
    #expect(await second.perform(try Make.get(ids[24])).withdrawal?.payout?.facts.attempts.count == 1)
    await second.stop()
  }
}
