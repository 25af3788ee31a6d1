import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// Channels that pay by files: filled at the cut-off, closed once.
struct CutOffTests {
  /// A bank in memory; what is in its open batch dies with our process.
  private final class Bank: BatchChannel {
    private struct State {
      var open: [PayoutKey] = []
      var files: [[PayoutKey]] = []
      var failuresLeft = 0
      var closes = 0
    }
    let manifest: ChannelManifest
    private let state = Mutex(State())

    init(cutOffs: [Int]) throws {
      manifest = ChannelManifest(
        id: try Label("bank"), rails: [.bankCard], paysReferences: true, capabilities: [.query, .batch],
        inFlightMaximum: 1, batchMinutes: cutOffs)
    }

    var files: [[PayoutKey]] { state.withLock { $0.files } }
    var open: [PayoutKey] { state.withLock { $0.open } }
    var closes: Int { state.withLock { $0.closes } }
    func failNext(_ times: Int) { state.withLock { $0.failuresLeft = times } }
    func die() { state.withLock { $0.open = [] } }

    func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] { Array(order.key.text.utf8) }
    func send(_ request: SentRequest) async -> ChannelAnswer {
      state.withLock { state in
        // What is in a file already gets into no other: a question may have come before the file, and this after it.
        let isKnown = state.open.contains(request.key) || state.files.joined().contains(request.key)
        if !isKnown { state.open.append(request.key) }
        return .accepted(reference: "")
      }
    }
    func query(_ request: SentRequest) async -> ChannelAnswer {
      state.withLock { $0.files.joined().contains(request.key) } ? Scripted.paid(1_000) : .notFound
    }
    func cancel(_ request: SentRequest) async -> ChannelAnswer { .notFound }
    func parseNotification(_ notification: RawNotification) throws(NotificationDefect) -> ChannelNotification {
      throw .notSupported
    }
    func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] { throw .notSupported }
    func closeBatch(at now: Timestamp) async throws(BatchFailure) {
      let isClosed = state.withLock { state in
        state.closes += 1
        guard state.failuresLeft == 0 else {
          state.failuresLeft -= 1
          return false
        }
        if !state.open.isEmpty { state.files.append(state.open) }
        state.open = []
        return true
      }
      if !isClosed { throw BatchFailure("the disk is full") }
    }
  }

  /// T+1: NEXT_DAY is due on the next day.
  private struct Tomorrow: Policy {
    private let open = OpenPolicy()
    var version: UInt32 { open.version }
    var recordedRefusalsPerHour: UInt32 { open.recordedRefusalsPerHour }
    var admission: Admission { open.admission }
    var defaultTier: Label { open.defaultTier }
    func acceptsDeposit(in currency: Currency) -> Bool { open.acceptsDeposit(in: currency) }
    func acceptsPayout(in currency: Currency) -> Bool { open.acceptsPayout(in: currency) }
    func day(at time: Timestamp) -> LimitDay { open.day(at: time) }
    func terms(of application: Application) -> Result<Terms, TermsRefusal> {
      open.terms(of: application).map { terms in
        var terms = terms
        if terms.speed == .nextDay { terms.settlementDay += 1 }
        return terms
      }
    }
    func limits(tier: Label) -> Limits? { open.limits(tier: tier) }
    func assess(_ facts: borrowing RiskFacts) -> RiskResult { open.assess(facts) }
    func review(of amount: Money, at time: Timestamp) -> ReviewTerms { open.review(of: amount, at: time) }
  }

  /// The clock of tests begins at 14:13:20; days are UTC's.
  private static let cutOff = 15 * 60
  private static let minute: Int64 = 60_000

  private func house(_ bank: Bank, policy: any Policy = OpenPolicy()) async throws -> House {
    let house = try await House([bank], policy: policy)
    try await house.fund("bank", 1_000_000)
    try await house.deposit(1_000_000)
    return house
  }

  /// Goes on to the next time that it is this minute of a day. What is on the way there happens: a minute before it, the
  /// clock stops for a moment.
  private func until(_ house: House, minute: Int) async throws {
    let now = house.dispatcher.localMinute(house.clock.now())
    let ahead = (minute - now + 1_440) % 1_440
    if ahead > 2 {
      house.clock.advance(milliseconds: Int64(ahead - 2) * Self.minute)
      await house.settle()
    }
    try await house.until(step: 5_000, "minute \(minute)") {
      house.dispatcher.localMinute(house.clock.now()) == minute
    }
    await house.settle()
  }

  /// So many lie in the open batch, without time passing: the clock of tests waits for no thread of the ledger.
  private func collected(_ house: House, _ bank: Bank, _ count: Int) async throws {
    try await house.until(step: 0, "\(count) collected") { bank.open.count == count }
  }

  @Test func whatIsDueIsCollectedAtTheCutOffAndClosedOnceExpressFirst() async throws {
    let bank = try Bank(cutOffs: [Self.cutOff])
    let house = try await house(bank)
    var later: [WithdrawalID] = []
    var express: [WithdrawalID] = []
    for _ in 0..<3 { later.append(try await house.submit(1_000, speed: .nextDay)) }
    for _ in 0..<2 { express.append(try await house.submit(1_000, speed: .express)) }
    try await until(house, minute: Self.cutOff - 1)
    #expect(bank.open.isEmpty && bank.closes == 0)
    #expect(try await house.count(.approved) == 5)
    // The minute of the cut-off belongs to it.
    try await until(house, minute: Self.cutOff)
    express.append(try await house.submit(1_000, speed: .express))
    try await collected(house, bank, 6)
    try await house.until(step: 5_000, "a file") { !bank.files.isEmpty }
    let expected = [Array(express.prefix(2)), later, Array(express.suffix(1))].joined()
    #expect(bank.files == [expected.map { PayoutKey($0, attempt: 1) }])
    // What comes a minute later goes with tomorrow's file.
    try await until(house, minute: Self.cutOff + 2)
    let late = try await house.submit(1_000, speed: .express)
    try await house.until(step: 60_000, "paid") { try await house.count(.paid) == 6 }
    #expect(try await house.withdrawal(late).state == .approved)
    try await until(house, minute: Self.cutOff)
    try await collected(house, bank, 1)
    try await house.until(step: 5_000, "tomorrow's file") { bank.files.count == 2 }
    #expect(bank.files.last == [PayoutKey(late, attempt: 1)])
    await house.stopAll()
  }

  @Test func aCloseThatFailedIsTriedAgain() async throws {
    let bank = try Bank(cutOffs: [Self.cutOff])
    let house = try await house(bank)
    for _ in 0..<3 { try await house.submit(1_000) }
    bank.failNext(2)
    try await until(house, minute: Self.cutOff)
    try await collected(house, bank, 3)
    try await house.until(step: 5_000, "a close") { bank.closes == 1 }
    let first = house.clock.monotonicMilliseconds()
    await house.settle()
    #expect(bank.files.isEmpty && bank.open.count == 3)
    #expect(await house.dispatcher.activity(of: try Label("bank"))?.lastError == "BATCH_NOT_CLOSED")
    try await house.until(step: 5_000, "a file") { !bank.files.isEmpty }
    #expect(bank.closes == 3)
    let waited = house.clock.monotonicMilliseconds() - first
    #expect(waited > 110_000 && waited < 60 * Self.minute, "\(waited) ms")
    #expect(bank.files.map(\.count) == [3])
    #expect(Set(bank.files.joined()).count == 3)
    // And that was that.
    try await until(house, minute: Self.cutOff + 30)
    #expect(bank.files.count == 1)
    await house.stopAll()
  }

  /// T+1: the file of the next day, and nothing before.
  @Test func nextDayGoesTheNextDay() async throws {
    let bank = try Bank(cutOffs: [Self.cutOff, Self.cutOff + 60])
    let house = try await house(bank, policy: Tomorrow())
    let later = try await house.submit(1_000, speed: .nextDay)
    let express = try await house.submit(1_000, speed: .express)
    try await until(house, minute: Self.cutOff)
    try await collected(house, bank, 1)
    try await until(house, minute: Self.cutOff + 60)
    try await until(house, minute: Self.cutOff + 70)
    #expect(bank.files == [[PayoutKey(express, attempt: 1)]])
    #expect(try await house.withdrawal(later).state == .approved)
    try await until(house, minute: Self.cutOff)
    try await collected(house, bank, 1)
    try await house.until(step: 5_000, "tomorrow's file") { bank.files.count == 2 }
    #expect(bank.files.last == [PayoutKey(later, attempt: 1)])
    #expect(house.dispatcher.localMinute(house.clock.now()) < Self.cutOff + 60, "the first cut-off of that day")
    await house.stopAll()
  }

  /// The open batch dies with the process: what was in it goes out under the same keys, without waiting for the next cut-off.
  @Test func aCrashBeforeTheCloseSendsAgainUnderTheSameKeys() async throws {
    let bank = try Bank(cutOffs: [Self.cutOff])
    let house = try await house(bank)
    for _ in 0..<3 { try await house.submit(1_000) }
    bank.failNext(.max)
    try await until(house, minute: Self.cutOff)
    try await collected(house, bank, 3)
    try await house.until(step: 5_000, "a close") { bank.closes >= 1 && bank.open.count == 3 }
    let (keys, day) = (bank.open, house.dispatcher.localDay(house.clock.now()))
    await house.kill()
    bank.die()
    bank.failNext(0)
    try house.reopen()
    try await house.until(step: 5_000, "a file") { !bank.files.isEmpty }
    #expect(bank.files.map { Set($0) } == [Set(keys)])
    #expect(house.dispatcher.localDay(house.clock.now()) == day)
    try await house.until(step: 60_000, "paid") { try await house.count(.paid) == 3 }
    await house.stopAll()
  }
}
