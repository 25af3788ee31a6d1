import Digests
import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// A request goes out once more only while the ledger waits for it; and nobody is kept waiting by what others wait for.
struct ResendTests {
  /// Loses every request until it is told to listen: then it knows nothing of them.
  private final class Deaf: Sendable {
    let channel: Scripted
    private let hears = Shared(false)

    init(_ id: String = "deaf") throws {
      let hears = hears
      channel = try Scripted(id) { call, before in
        switch call {
        case .send: hears.value && before > 0 ? Scripted.paid(1_000) : .unknown(code: "LOST", message: "")
        case .query, .cancel: hears.value ? .notFound : .unknown(code: "LOST", message: "")
        }
      }
    }

    func listen() { hears.value = true }
    func sends(_ id: WithdrawalID) -> Int { channel.calls.count { $0 == .send(PayoutKey(id, attempt: 1)) } }
    func queries(_ id: WithdrawalID) -> Int { channel.calls.count { $0 == .query(PayoutKey(id, attempt: 1)) } }
  }

  private func inDoubt(_ channel: Deaf) async throws -> (House, WithdrawalID) {
    let house = try await House([channel.channel], health: DispatcherTests.tolerant)
    try await house.fund("deaf", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .inDoubt)
    return (house, id)
  }

  private func hours(_ count: Int, _ house: House) async {
    for _ in 0..<count {
      house.clock.advance(milliseconds: 3_600_000)
      await house.settle()
    }
  }

  @Test func whatNobodyKnowsIsSentAgain() async throws {
    let deaf = try Deaf()
    let (house, id) = try await inDoubt(deaf)
    deaf.listen()
    try await house.until(id, .paid)
    #expect(deaf.sends(id) == 2)
    await house.stopAll()
  }

  /// A channel that is asked to pay the same key again may refuse it while the first request is still on its way: it has to
  /// know that this send proves nothing of that one, also when a former process made it.
  @Test func whatMayHaveBeenSentBeforeIsSentAsSuch() async throws {
    let deaf = try Deaf()
    let (house, id) = try await inDoubt(deaf)
    #expect(deaf.channel.repeats(of: PayoutKey(id, attempt: 1)) == [false])
    deaf.listen()
    try await house.until(id, .paid)
    #expect(deaf.channel.repeats(of: PayoutKey(id, attempt: 1)) == [false, true])
    await house.stopAll()
  }

  @Test func afterAStartNoSendOfAnOpenAttemptCountsAsTheFirst() async throws {
    let deaf = try Deaf()
    let (house, id) = try await inDoubt(deaf)
    await house.kill()
    deaf.listen()
    try house.reopen()
    try await house.until(id, .paid)
    #expect(deaf.channel.repeats(of: PayoutKey(id, attempt: 1)) == [false, true])
    await house.stopAll()
  }

  /// What the payee confirms with is told in answer to a send only, which may be lost, also more than once.
  private func waiting(lost: Int) async throws -> (Scripted, House, WithdrawalID) {
    let channel = try Scripted(capabilities: [.query, .cancel, .payeeConfirmation]) { call, before in
      switch call {
      case .send where before < lost: .unknown(code: "LOST", message: "")
      case .send: .waiting(reference: "B1", until: nil, confirmation: "package")
      case .query: .waiting(reference: "B1", until: nil)
      case .cancel: .failed(.init(.cancelled, .cancelledByUs, code: "CANCELLED"))
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    return (channel, house, try await house.submit(1_000))
  }

  private func confirmation(_ house: House, _ id: WithdrawalID) async throws -> String? {
    try await house.withdrawal(id).payout?.facts.attempts.last?.payeeConfirmation?.text
  }

  @Test(arguments: [0, 1, 3])
  func aLostConfirmationIsFetchedByTheSameSend(lost: Int) async throws {
    let (channel, house, id) = try await waiting(lost: lost)
    let key = PayoutKey(id, attempt: 1)
    try await house.until("a confirmation") { try await confirmation(house, id) == "package" }
    #expect(channel.repeats(of: key) == [false] + Array(repeating: true, count: lost))
    #expect(channel.requests(of: key) == 1)
    await hours(3, house)
    #expect(channel.repeats(of: key).count == lost + 1, "nothing is missing any more")
    await house.kill()
    try house.reopen()
    await hours(3, house)
    #expect(channel.repeats(of: key).count == lost + 1, "nor after a start")
    #expect(try await confirmation(house, id) == "package")
    #expect(try await house.withdrawal(id).state == .awaitingPayee)
    await house.stopAll()
  }

  /// The bill waits for its payee, whatever became of the second send.
  @Test func aSecondSendWithoutAnAnswerMakesNoDoubt() async throws {
    let (channel, house, id) = try await waiting(lost: .max)
    let key = PayoutKey(id, attempt: 1)
    try await house.until("sent again") { channel.repeats(of: key).count == 3 }
    await house.settle()
    #expect(try await house.withdrawal(id).state == .awaitingPayee)
    await house.stopAll()
  }

  @Test func forAConfirmationNothingIsSentThatIsHeld() async throws {
    let (channel, house, id) = try await waiting(lost: 1)
    try await house.until(id, .inDoubt)
    try await house.hold(id, true)
    try await house.until(id, .awaitingPayee)
    await hours(3, house)
    #expect(channel.repeats(of: PayoutKey(id, attempt: 1)).count == 1)
    #expect(try await confirmation(house, id) == nil)
    await house.stopAll()
  }

  /// WeChat Pay knows bills for 30 days. That it does not find an older one says nothing at all, and the same number might
  /// be a new bill to it.
  @Test(arguments: [28, 29])
  func whatIsTooOldToBeFoundIsNotSentAgain(days: Int64) async throws {
    let hears = Shared(false)
    let channel = try Scripted("forgetful", queryDays: 29) { call, before in
      guard case .send = call else { return hears.value ? .notFound : .unknown(code: "LOST", message: "") }
      return before > 0 ? Scripted.paid(1_000) : .accepted(reference: "")
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("forgetful", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until("asked to pay") { !channel.repeats(of: PayoutKey(id, attempt: 1)).isEmpty }
    await house.settle()
    house.clock.advance(milliseconds: days * 86_400_000 + 60_000)
    hears.value = true
    await hours(3, house)
    #expect(channel.repeats(of: PayoutKey(id, attempt: 1)).count == (days < 29 ? 2 : 1))
    #expect(try await house.withdrawal(id).state == (days < 29 ? .paid : .inDoubt))
    await house.stopAll()
  }

  /// Two people have decided; then the channel says that it knows nothing. The agent has the money back already.
  @Test(arguments: [DoubtVerdict.failed, .notPaid])
  func whatPeopleHaveClosedIsNeverSentAgain(_ verdict: DoubtVerdict) async throws {
    let deaf = try Deaf()
    let (house, id) = try await inDoubt(deaf)
    if verdict == .notPaid { try await house.setChannel("deaf", .draining) }
    try await house.resolve(id, verdict)
    #expect(try await house.withdrawal(id).state == (verdict == .failed ? .failed : .approved))
    deaf.listen()
    await hours(3, house)
    #expect(deaf.sends(id) == 1)
    #expect(house.dispatcher.openCount == 0, "nobody waits for it")
    await house.stopAll()
  }

  @Test func whatIsHeldIsAskedAboutAndNotSent() async throws {
    let deaf = try Deaf()
    let (house, id) = try await inDoubt(deaf)
    try await house.hold(id, true)
    deaf.listen()
    await hours(3, house)
    #expect(deaf.sends(id) == 1)
    let asked = deaf.queries(id)
    #expect(asked > 1)
    try await house.hold(id, false)
    try await house.until(id, .paid)
    #expect(deaf.sends(id) == 2)
    await house.stopAll()
  }

  @Test func aDisabledChannelIsAskedAndNotSentTo() async throws {
    let deaf = try Deaf()
    let (house, id) = try await inDoubt(deaf)
    try await house.setChannel("deaf", .disabled)
    deaf.listen()
    await hours(3, house)
    #expect(deaf.sends(id) == 1)
    try await house.setChannel("deaf", .enabled)
    try await house.until(id, .paid)
    await house.stopAll()
  }

  /// F35: the older ledger shows an attempt as open that its channel refused later, and another channel paid the next one.
  @Test func nothingIsSentAgainBeforeAllChannelsWereProbed() async throws {
    let deaf = try Deaf()
    let house = try await House([deaf.channel], health: DispatcherTests.tolerant)
    try await house.fund("deaf", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .inDoubt)
    await house.kill()
    deaf.listen()
    // Slow, so that the other one's answers are there long before.
    let gate = Gate()
    let later = try Scripted("later", knowsUnsent: true) { call, _ in
      await gate.pass()
      return call == .query(PayoutKey(id, attempt: 2)) ? Scripted.paid(1_000) : .notFound
    }
    try house.reopen(with: [deaf.channel, later])
    try await house.until("asked") { deaf.queries(id) > 0 && gate.waiting > 0 }
    await house.settle()
    #expect(deaf.sends(id) == 1, "before anybody knows whether this is the latest ledger")
    gate.open()
    try await house.until("halted") { house.dispatcher.isHalted }
    await hours(3, house)
    #expect(deaf.sends(id) == 1)
    await house.stopAll()
  }

  /// What one channel holds for hours must not use up the room of all.
  @Test func aChannelFullOfOpenPayoutsLeavesRoomForOthers() async throws {
    let slow = try Scripted("slow") { call, _ in
      if case .cancel = call { return .notFound }
      return .accepted(reference: "")
    }
    var limits = DispatcherLimits.standard
    limits.openOfChannelMaximum = 4
    let quick = try Scripted("quick") { _, _ in Scripted.paid(1_000) }
    let house = try await House([slow, quick], limits: limits)
    try await house.setChannel("quick", .disabled)
    try await house.fund("slow", 1_000_000)
    try await house.fund("quick", 1_000_000)
    try await house.deposit(1_000_000)
    for _ in 0..<6 { try await house.submit(1_000) }
    try await house.until("four accepted") { house.dispatcher.openCount == 4 }
    await house.settle()
    #expect(house.dispatcher.openCount == 4)
    try await house.setChannel("slow", .draining)
    try await house.setChannel("quick", .enabled)
    try await house.until("the others paid") { try await house.count(.paid) == 2 }
    await house.stopAll()
  }

  /// Thousands wait for a bank that is not open; one that is urgent does not wait behind them.
  @Test func anUrgentPayoutGoesBeforeAllThatIsParked() async throws {
    let bank = try Scripted("bank", speeds: [.sameDay]) { _, _ in Scripted.paid(1_000) }
    let wallet = try Scripted("wallet", speeds: [.express]) { _, _ in Scripted.paid(1_000) }
    var limits = DispatcherLimits.standard
    limits.page = 8
    limits.fruitlessPages = 2
    let house = try await House([bank, wallet], limits: limits)
    try await house.setChannel("bank", .disabled)
    try await house.fund("wallet", 1_000_000)
    try await house.fund("bank", 1_000_000)
    try await house.deposit(10_000_000)
    for _ in 0..<200 { try await house.submit(1_000, speed: .sameDay) }
    await house.settle()
    let began = house.clock.monotonicMilliseconds()
    let urgent = try await house.submit(1_000, speed: .express)
    for _ in 0..<50 { await house.settle() }
    #expect(try await house.withdrawal(urgent).state == .paid)
    #expect(house.clock.monotonicMilliseconds() == began, "it waited for a timer")
    // And those behind are reached, however far back they stand.
    try await house.setChannel("bank", .enabled)
    try await house.until("all paid") { try await house.count(.paid) == 201 }
    await house.stopAll()
  }

  /// What has not gone out when a stop begins is asked about by the next start, and goes out then.
  @Test func aStopSendsNothingMore() async throws {
    let gate = Gate()
    let channel = try Scripted(inFlight: 2) { call, _ in
      guard case .send = call else { return .notFound }
      await gate.pass()
      return Scripted.paid(1_000)
    }
    var limits = DispatcherLimits.standard
    limits.queuedMilliseconds = 1_000_000
    let house = try await House([channel], limits: limits)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    for _ in 0..<10 { try await house.submit(1_000) }
    try await house.until("two calls") { gate.waiting == 2 }
    let dispatcher = house.dispatcher
    let stopping = Task { await dispatcher.stop() }
    try await house.until("stopping") { !dispatcher.isRunning }
    gate.open()
    try await house.until("stopped") { dispatcher.isStopped }
    await stopping.value
    #expect(channel.calls.count { if case .send = $0 { true } else { false } } == 2)
    await house.kill()
    try house.reopen()
    try await house.until("all paid") { try await house.count(.paid) == 10 }
    await house.stopAll()
  }
}

extension House {
  func setChannel(_ channel: String, _ state: ChannelState) async throws {
    let reply = await ledger.perform(
      .command(
        .setChannelState(
          SetChannelState(
            key: try key(true), channel: try Label(channel), state: state, reason: try Label("a test")))))
    guard case .answered(.channel) = reply.outcome else { throw Surprise("\(reply.outcome)") }
    dispatcher.channelsChanged()
  }

  func hold(_ id: WithdrawalID, _ isHeld: Bool) async throws {
    let reply = await ledger.perform(
      .command(
        .hold(
          HoldWithdrawal(
            key: try key(by: "cora", .compliance), id: id, isHeld: isHeld, reason: try Label("a test")))))
    guard case .answered(.withdrawal) = reply.outcome else { throw Surprise("\(reply.outcome)") }
  }

  /// Proposed by one, confirmed by another.
  func resolve(_ id: WithdrawalID, _ verdict: DoubtVerdict, paid: Int64 = 0) async throws {
    let subject = ProposalSubject.resolveDoubt(
      DoubtResolution(
        id: id, verdict: verdict, paidMinorUnits: paid,
        evidence: try Label("\(SHA256.hash(Array("evidence".utf8)))")))
    let proposed = await ledger.perform(
      .command(.propose(Propose(key: try key(by: "eve", .finance), subject: subject))))
    guard case .answered(.proposal(let proposal)) = proposed.outcome else { throw Surprise("\(proposed.outcome)") }
    let confirmed = await ledger.perform(
      .command(
        .confirm(
          ConfirmProposal(key: try key(by: "cai", .finance), proposal: proposal.id, digest: proposal.digest))))
    guard case .answered = confirmed.outcome else { throw Surprise("\(confirmed.outcome)") }
  }

  private func key(by name: String, _ role: StaffRole) throws -> RequestKey {
    var key = try key(true)
    key.caller = Caller(person: Person(name: try Label(name), role: role), certificate: 1)
    return key
  }
}
