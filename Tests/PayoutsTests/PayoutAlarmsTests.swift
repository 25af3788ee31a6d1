import Ledger
import LedgerCore
import Routing
import Telemetry
import Testing

@testable import Payouts

/// Each thing that needs a person, and when it is over.
struct PayoutAlarmsTests {
  private let clock = HandClock()
  private let board = AlarmBoard()
  private let alarms: PayoutAlarms
  private let channel: Label
  private let other: Label

  init() throws {
    alarms = PayoutAlarms(board, clock: clock)
    channel = try Label("alipay-1")
    other = try Label("bank-1")
  }

  private func key(_ ordinal: UInt64, attempt: UInt8 = 1) -> PayoutKey {
    PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: ordinal), attempt: attempt)
  }

  private func cny(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: .cny) }

  private func subjects(_ code: AlarmCode) -> [String] { board.all.filter { $0.code == code }.map(\.subject) }

  private func fail(_ ordinal: UInt64, _ state: AttemptState = .payeeFailure, on channel: Label? = nil) throws {
    alarms.observe(
      .failed(key(ordinal), channel: channel ?? self.channel, state, .accountWrong, code: try Label("NO_SUCH")))
  }

  private func pay(_ ordinal: UInt64, _ minorUnits: Int64 = 1_000, on channel: Label? = nil) {
    alarms.observe(.paid(key(ordinal), channel: channel ?? self.channel, cny(minorUnits), sinceSubmit: 1))
  }

  private func ledger() async throws -> House { try await House([], isStarted: false) }

  // MARK: - One payout

  @Test func aSinglePayoutAbove50000IsShownForADay() async throws {
    let house = try await ledger()
    pay(1, 5_000_000)
    #expect(board.all.isEmpty, "not above it")
    pay(2, 5_000_001)
    #expect(subjects(.largePayout) == ["\(key(2).withdrawal)"])
    clock.advance(milliseconds: 86_400_000 - 1)
    await alarms.look(at: house.ledger)
    #expect(board.count(.largePayout) == 1)
    clock.advance(milliseconds: 1)
    await alarms.look(at: house.ledger)
    #expect(board.all.isEmpty)
    await house.stopAll()
  }

  @Test func doubtNeedsAPersonAfterTenMinutes() async throws {
    let house = try await ledger()
    alarms.observe(.inDoubt(key(1), channel: channel))
    clock.advance(milliseconds: 300_000)
    // Told again: it counts from the first time.
    alarms.observe(.inDoubt(key(1), channel: channel))
    clock.advance(milliseconds: 300_000)
    await alarms.look(at: house.ledger)
    #expect(board.all.isEmpty)
    clock.advance(milliseconds: 1)
    await alarms.look(at: house.ledger)
    #expect(subjects(.inDoubtAge) == ["\(key(1).withdrawal)"])
    alarms.observe(.answered(key(1), channel: channel, .unknown, milliseconds: 1))
    #expect(board.count(.inDoubtAge) == 1, "an answer that says nothing ends nothing")
    alarms.observe(.answered(key(1), channel: channel, .accepted, milliseconds: 1))
    #expect(board.all.isEmpty)
    await alarms.look(at: house.ledger)
    #expect(board.all.isEmpty, "and it is forgotten")
    await house.stopAll()
  }

  @Test func doubtEndsByEachWayOut() async throws {
    let house = try await ledger()
    let ends: [PayoutEvent] = [
      .paid(key(1), channel: channel, cny(1), sinceSubmit: 1),
      .failed(key(1), channel: channel, .refused, .regulatory, code: .none),
      .answered(key(1), channel: channel, .awaitingPayee, milliseconds: 1),
    ]
    for end in ends {
      alarms.observe(.inDoubt(key(1), channel: channel))
      clock.advance(milliseconds: 600_001)
      await alarms.look(at: house.ledger)
      #expect(board.count(.inDoubtAge) == 1)
      alarms.observe(end)
      #expect(board.count(.inDoubtAge) == 0, "\(end)")
    }
    await house.stopAll()
  }

  @Test func whatContradictsIsForPeople() throws {
    alarms.observe(.mismatched(key(1), channel: channel, paidMinorUnits: 999))
    alarms.observe(.strayed(key(2), channel: channel, minorUnits: 1_000))
    alarms.observe(.conflicted(key(3), channel: channel))
    alarms.observe(.returnDiffered(key(4), channel: channel, returnedMinorUnits: 400))
    alarms.observe(.unknownPayout(key(5), channel: channel))
    #expect(subjects(.mismatch) == ["\(key(1).withdrawal)"])
    #expect(subjects(.strayPayment) == ["\(key(2).withdrawal)"])
    #expect(subjects(.resultConflict) == ["\(key(3).withdrawal)"])
    #expect(subjects(.returnDiffers) == ["\(key(4).withdrawal)"])
    #expect(subjects(.unknownPayout) == ["\(key(5))"])
    let figures: [AlarmCode: String] = [.mismatch: "999", .strayPayment: "1000", .returnDiffers: "400"]
    for alarm in board.all { #expect(alarm.message.contains(figures[alarm.code] ?? "alipay-1"), "\(alarm)") }
  }

  // MARK: - A channel

  @Test func aBreakerIsShownUntilItIsClosed() {
    alarms.observe(.breakerChanged(channel: channel, .open(since: 0, probeAt: 1)))
    alarms.observe(.breakerChanged(channel: channel, .halfOpen(since: 0, probesLeft: 3)))
    #expect(subjects(.breakerOpen) == ["alipay-1"])
    alarms.observe(.breakerChanged(channel: other, .closed))
    #expect(board.count(.breakerOpen) == 1)
    alarms.observe(.breakerChanged(channel: channel, .closed))
    #expect(board.all.isEmpty)
  }

  @Test func aFloatIsLowUntilSomethingIsSentThere() {
    alarms.observe(.floatLow(channel: channel, available: 10, needed: 1_010))
    #expect(subjects(.floatLow) == ["alipay-1"])
    #expect(board.all.first?.message.contains("1010") == true)
    alarms.observe(.sent(key(1), channel: other))
    #expect(board.count(.floatLow) == 1)
    alarms.observe(.sent(key(1), channel: channel))
    #expect(board.all.isEmpty)
  }

  @Test func channelsThatAreSilentGoneOrAhead() {
    alarms.observe(.channelSilent(channel: channel, code: .none))
    alarms.observe(.channelMissing(channel: other, openPayouts: 7))
    alarms.observe(.ledgerOlderThanChannel(key(9), channel: channel))
    #expect(subjects(.channelSilent) == ["alipay-1"])
    #expect(subjects(.channelMissing) == ["bank-1"])
    #expect(subjects(.ledgerOlderThanChannel) == ["alipay-1"])
    alarms.observe(.channelHeard(channel: channel))
    #expect(subjects(.channelSilent).isEmpty)
    #expect(board.all.count == 2)
  }

  @Test func filesOfABank() async throws {
    let house = try await ledger()
    alarms.observe(.bankFile(channel: other, .rejected(file: "a.xml", why: "line 3: no amount")))
    alarms.observe(.bankFile(channel: other, .troubled("the disk is full")))
    alarms.observe(.bankFile(channel: other, .rejected(file: "b.xml", why: "not for us")))
    #expect(subjects(.fileRejected) == ["bank-1/a.xml", "bank-1/b.xml"])
    #expect(board.all.contains { $0.message.contains("line 3: no amount") })
    #expect(subjects(.directoryTroubled) == ["bank-1"])
    // A directory that no batch can be put into is told once, and stays so.
    clock.advance(milliseconds: 86_400_000)
    await alarms.look(at: house.ledger)
    #expect(subjects(.directoryTroubled) == ["bank-1"])
    alarms.observe(.bankFile(channel: other, .rejected(file: "a.xml", why: "line 3: no amount")))
    alarms.observe(.bankFile(channel: other, .rejected(file: "b.xml", why: "not for us")))
    alarms.observe(.bankFile(channel: other, .taken(file: "c.xml", notices: 1)))
    #expect(subjects(.directoryTroubled).isEmpty, "it works again")
    #expect(board.count(.fileRejected) == 2, "and what was rejected still is")
    clock.advance(milliseconds: 86_400_000)
    await alarms.look(at: house.ledger)
    #expect(board.all.isEmpty)
    await house.stopAll()
  }

  @Test func threeOfOneChannelInARow() throws {
    try fail(1)
    try fail(2, .tryElsewhere)
    pay(3)
    try fail(4)
    try fail(5)
    #expect(board.all.isEmpty, "one in between arrived")
    try fail(6, on: other)
    try fail(7, .cancelled)
    #expect(board.all.isEmpty, "another channel's, and one that was called off")
    try fail(8, .lapsed)
    #expect(subjects(.payoutsNotArrived) == ["alipay-1"])
    #expect(board.all.first?.message.contains("NO_SUCH") == true)
    pay(9, on: other)
    #expect(board.count(.payoutsNotArrived) == 1)
    pay(10)
    #expect(board.all.isEmpty)
    try fail(11)
    try fail(12)
    #expect(board.all.isEmpty, "it begins anew")
  }

  // MARK: - An agent (C8), with the ledger

  @Test func threeOfOneAgentInARow() async throws {
    let house = try await House(
      [try Self.scripted("first"), try Self.scripted("second")], health: DispatcherTests.tolerant)
    let alarms = PayoutAlarms(board, clock: house.clock)
    house.witness.tell(alarms)
    for channel in ["first", "second"] { try await house.fund(channel, 10_000_000) }
    for agent in ["unlucky", "lucky"] { try await house.deposit(1_000_000, agent: agent) }
    func submit(_ agent: String, _ minorUnits: Int64) async throws {
      let id = try await house.submit(minorUnits, agent: agent)
      try await house.until("an end") {
        ![.approved, .processing, .inDoubt].contains(try await house.withdrawal(id).state)
      }
      await house.settle()
      await alarms.look(at: house.ledger)
    }
    func agents() -> [String] { subjects(.payoutsNotArrived).filter { $0.contains("/") } }
    try await submit("unlucky", Self.refused)
    try await submit("unlucky", Self.wrong)
    try await submit("lucky", Self.refused)
    #expect(agents().isEmpty)
    // Its first channel was down, and the second one paid it: for the agent it has arrived.
    try await submit("lucky", Self.elsewhere)
    try await submit("lucky", Self.wrong)
    try await submit("lucky", Self.wrong)
    #expect(agents().isEmpty)
    try await submit("unlucky", Self.refused)
    #expect(agents() == ["demo/unlucky"], "whatever others got in between")
    for _ in 0..<3 { await alarms.look(at: house.ledger) }
    #expect(agents() == ["demo/unlucky"])
    try await submit("unlucky", Self.paid)
    #expect(agents().isEmpty)
    await house.stopAll()
  }

  /// By the amount: what a payout comes back with.
  private static let (paid, refused, wrong, elsewhere): (Int64, Int64, Int64, Int64) = (1_000, 1_001, 1_002, 1_003)

  private static func scripted(_ id: String) throws -> ByAmount { try ByAmount(id) }

  private struct ByAmount: PayoutChannel {
    let manifest: ChannelManifest
    init(_ id: String) throws {
      manifest = ChannelManifest(
        id: try Label(id), rails: [.bankCard], paysReferences: true,
        fee: ChannelFee(fixed: id == "first" ? 0 : 10))
    }
    func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] { [1] }
    func send(_ request: SentRequest) async -> ChannelAnswer {
      switch request.amount.minorUnits {
      case PayoutAlarmsTests.refused: .failed(.init(.refused, .regulatory, code: "NO"))
      case PayoutAlarmsTests.wrong: .failed(.init(.payee, .accountWrong, code: "WRONG"))
      case PayoutAlarmsTests.elsewhere where manifest.fee.fixed == 0:
        .failed(.init(.tryElsewhere, .channelUnavailable, code: "DOWN"))
      default: Scripted.paid(request.amount.minorUnits)
      }
    }
    func query(_ request: SentRequest) async -> ChannelAnswer { .notFound }
    func cancel(_ request: SentRequest) async -> ChannelAnswer { .notFound }
    func parseNotification(_ notification: RawNotification) throws(NotificationDefect) -> ChannelNotification {
      throw .notSupported
    }
    func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] { throw .notSupported }
  }

  @Test func aPromiseThatIsOver() async throws {
    let house = try await House([try Self.scripted("first")])
    let alarms = PayoutAlarms(board, clock: house.clock)
    house.witness.tell(alarms)
    try await house.deposit(1_000_000)
    // The open policy promises everything at once, and there is no money at the channel.
    let id = try await house.submit(1_000)
    await alarms.look(at: house.ledger)
    house.clock.advance(milliseconds: 1)
    await alarms.look(at: house.ledger)
    #expect(subjects(.slaMissed) == ["\(id)"])
    try await house.fund("first", 1_000_000)
    try await house.until(id, .paid)
    await alarms.look(at: house.ledger)
    #expect(subjects(.slaMissed).isEmpty)
    await house.stopAll()
  }

  // MARK: - People decide, with the ledger

  /// A channel says nothing of what people decided: only the ledger does.
  @Test(arguments: [DoubtVerdict.failed, .notPaid])
  func doubtThatPeopleEndedIsOver(_ verdict: DoubtVerdict) async throws {
    let house = try await House(
      [try Scripted { _, _ in .unknown(code: "LOST", message: "") }], health: DispatcherTests.tolerant)
    let alarms = PayoutAlarms(board, clock: house.clock)
    house.witness.tell(alarms)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .inDoubt)
    await house.settle()
    house.clock.advance(milliseconds: 600_001)
    await alarms.look(at: house.ledger)
    #expect(subjects(.inDoubtAge) == ["\(id)"])
    try await house.setChannel("scripted", .draining)
    try await house.resolve(id, verdict)
    await alarms.look(at: house.ledger)
    #expect(board.count(.inDoubtAge) == 0)
    await house.stopAll()
  }

  @Test func aMismatchIsShownUntilPeopleDecideAlsoAfterAStart() async throws {
    let house = try await House([try Scripted { _, _ in Scripted.paid(999) }])
    var alarms = PayoutAlarms(board, clock: house.clock)
    house.witness.tell(alarms)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until("a mismatch") { board.count(.mismatch) == 1 }
    await alarms.look(at: house.ledger)
    #expect(subjects(.mismatch) == ["\(id)"], "nobody has decided")
    await house.kill()
    board.clear(.mismatch, "\(id)")
    alarms = PayoutAlarms(board, clock: house.clock)
    house.witness.tell(alarms)
    try house.reopen()
    try await house.until("told again") { board.count(.mismatch) == 1 }
    #expect(board.all.first { $0.code == .mismatch }?.message.contains("999") == true)
    try await house.resolve(id, .paid, paid: 999)
    await alarms.look(at: house.ledger)
    #expect(board.count(.mismatch) == 0)
    await house.stopAll()
  }
}
