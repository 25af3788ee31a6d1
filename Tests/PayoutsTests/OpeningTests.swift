import Foundation
import Journal
import JournalTesting
import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// What a start finds: channels that left the configuration, that do not answer, or that know more than the ledger; what
/// was sent today already.
struct OpeningTests {
  private func isSend(_ call: Scripted.Asked) -> Bool { if case .send = call { true } else { false } }

  @Test func openPayoutsOfAChannelThatIsGoneAreTold() async throws {
    let gone = try Scripted("gone") { call, _ in
      if case .cancel = call { return .notFound }
      return .unknown(code: "HTTP_502", message: "")
    }
    let house = try await House([gone], health: DispatcherTests.tolerant)
    try await house.fund("gone", 1_000_000)
    try await house.deposit(1_000_000)
    let ids = [try await house.submit(1_000), try await house.submit(1_000)]
    for id in ids { try await house.until(id, .inDoubt) }
    await house.kill()
    let other = try Scripted("other") { _, _ in Scripted.paid(1_000) }
    try house.reopen(with: [other])
    try await house.fund("other", 1_000_000)
    let event = PayoutEvent.channelMissing(channel: try Label("gone"), openPayouts: 2)
    try await house.until("told") { house.witness.events.contains(event) }
    for _ in 0..<10 {
      house.clock.advance(milliseconds: 3_600_000)
      await house.settle()
    }
    // A key belongs to one channel for ever.
    #expect(try await house.count(.inDoubt) == 2)
    #expect(!other.calls.contains { isSend($0) })
    // It is back: the doubt ends where it began.
    await house.kill()
    let back = try Scripted("gone", knowsUnsent: true) { call, _ in
      // Of these two; of no other.
      if case .query(let key) = call, key.withdrawal.ordinal > 2 { return .notFound }
      return Scripted.paid(1_000)
    }
    try house.reopen(with: [back, other])
    for id in ids { try await house.until(id, .paid) }
    #expect(!back.calls.contains { isSend($0) })
    #expect(house.witness.events.count { if case .channelMissing = $0 { true } else { false } } == 1)
    await house.stopAll()
  }

  @Test func aSilentChannelGetsNothingAndIsToldUntilItIsHeard() async throws {
    let isBack = Mutex(false)
    let channel = try Scripted(knowsUnsent: true) { call, _ in
      guard case .query = call else { return Scripted.paid(1_000) }
      return isBack.withLock { $0 } ? .notFound : .unknown(code: "HTTP_503", message: "")
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    let label = try Label("scripted")
    let began = house.clock.monotonicMilliseconds()
    try await house.until("told") {
      house.witness.events.contains(.channelSilent(channel: label, code: try Label("HTTP_503")))
    }
    let limits = house.dispatcher.limits
    let rounds = Int64(limits.probeRoundsUnanswered - 1)
    #expect(house.clock.monotonicMilliseconds() - began >= rounds * limits.probeAgainMilliseconds)
    for _ in 0..<10 {
      house.clock.advance(milliseconds: 600_000)
      await house.settle()
    }
    #expect(!channel.calls.contains { isSend($0) })
    #expect(house.witness.events.count { if case .channelSilent = $0 { true } else { false } } == 1, "told once")
    isBack.withLock { $0 = true }
    try await house.until(id, .paid)
    #expect(house.witness.events.contains(.channelHeard(channel: label)))
    await house.stopAll()
  }

  @Test func aChannelThatHangsAtTheStartKeepsNoOtherFromItsPayouts() async throws {
    let gate = Gate()
    let hanging = try Scripted("hanging", knowsUnsent: true) { _, _ in
      await gate.pass()
      return .notFound
    }
    let steady = try Scripted("steady") { _, _ in Scripted.paid(1_000) }
    let house = try await House([hanging, steady])
    try await house.fund("hanging", 1_000_000)
    try await house.fund("steady", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    let began = house.clock.monotonicMilliseconds()
    try await house.until(id, .paid)
    #expect(house.clock.monotonicMilliseconds() - began < 60_000)
    try await house.until("told") {
      house.witness.events.contains(
        .channelSilent(channel: try Label("hanging"), code: try Label(OwnCode.hung)))
    }
    #expect(!hanging.calls.contains { isSend($0) })
    gate.open()
    await house.stopAll()
  }

  /// F35 at a bank: it is asked for keys without knowing their amounts.
  @Test func aLedgerOlderThanItsBankSendsNothing() async throws {
    let disk = SimulatedDisk()
    let bank = try Bank(disk)
    // A later life of this ledger put its third withdrawal into a file.
    _ = await bank.channel.send(try bankRequest(3))
    try await bank.channel.closeBatch(at: bankTime)
    let house = try await House([bank.channel])
    try await house.fund("icbc-file", 1_000_000)
    try await house.deposit(1_000_000)
    try await house.until("halted") { house.dispatcher.isHalted }
    let event = PayoutEvent.ledgerOlderThanChannel(bankKey(3), channel: try Label("icbc-file"))
    #expect(house.witness.events.contains(event))
    #expect(!house.witness.events.contains { if case .channelSilent = $0 { true } else { false } })
    await house.stopAll()
  }

  /// What a channel may pay in a day does not begin anew with our process.
  @Test func aDailyMaximumOutlivesARestart() async throws {
    func channel() throws -> Scripted {
      try Scripted(dailyMaximum: 2_500, knowsUnsent: true) { call, _ in
        if case .query = call { return .notFound }
        return Scripted.paid(1_000)
      }
    }
    let first = try channel()
    let house = try await House([first])
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    var ids: [WithdrawalID] = []
    for _ in 0..<3 { ids.append(try await house.submit(1_000)) }
    try await house.until("two paid") { try await house.count(.paid) == 2 }
    let day = house.dispatcher.localDay(house.clock.now())
    var second = try channel()
    for _ in 0..<2 {
      await house.kill()
      second = try channel()
      try house.reopen(with: [second])
      for _ in 0..<20 {
        house.clock.advance(milliseconds: 60_000)
        await house.settle()
      }
      #expect(try await house.count(.paid) == 2, "the third would be above the day's maximum")
      #expect(!second.calls.contains { isSend($0) })
    }
    // A small one still fits.
    let small = try await house.submit(500)
    try await house.until("sent") { second.calls.contains { isSend($0) } }
    #expect(house.dispatcher.localDay(house.clock.now()) == day)
    #expect(try await house.withdrawal(small).state != .approved)
    try await house.until(step: 600_000, "the next day") { second.calls.count { isSend($0) } == 2 }
    #expect(house.dispatcher.localDay(house.clock.now()) == day + 1)
    await house.stopAll()
  }
}
