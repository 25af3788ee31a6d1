import Ledger
import LedgerCore
import Routing
import Testing

@testable import Payouts

/// Money that was paid and comes back, told by the channel when it is asked.
struct ReturnTests {
  private static func returned(_ minorUnits: Int64, _ currency: Currency = .cny) -> ChannelAnswer {
    .returned(
      .init(amount: Money(minorUnits: minorUnits, currency: currency), reference: "B1", code: "REFUND"))
  }

  private func house(now: Shared<ChannelAnswer>) async throws -> (House, Scripted) {
    let channel = try Scripted { call, _ in
      switch call {
      case .send: Scripted.paid(1_000)
      case .query, .cancel: now.value
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    return (house, channel)
  }

  @Test func aCallbackAboutAPaidPayoutFindsThatItCameBack() async throws {
    let answer = Shared(Scripted.paid(1_000))
    let (house, channel) = try await house(now: answer)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    #expect(try await house.available() == 999_000)
    #expect(try await house.float("scripted").available == 999_000)
    // Days later.
    house.clock.advance(milliseconds: 3 * 86_400_000)
    answer.value = Self.returned(1_000)
    for _ in 0..<3 { house.dispatcher.notified(key, by: try Label("scripted")) }
    try await house.until(id, .returned)
    try await house.until("told") { house.witness.events.contains(.returned(key, channel: try Label("scripted"))) }
    #expect(try await house.available() == 1_000_000, "the agent has it again")
    #expect(try await house.float("scripted").available == 1_000_000, "and so have we, at the channel")
    #expect(channel.calls.count { $0 == .send(key) } == 1)
    // And again, after a crash in between: once is once.
    let sequence = house.lastSequence
    await house.kill()
    try house.reopen()
    house.dispatcher.notified(key, by: try Label("scripted"))
    let asked = channel.calls.count { $0 == .query(key) }
    try await house.until("asked again") { channel.calls.count { $0 == .query(key) } > asked }
    await house.settle()
    #expect(house.lastSequence == sequence)
    #expect(try await house.available() == 1_000_000)
    #expect(house.witness.events.count { if case .returned = $0 { true } else { false } } == 1)
    await house.stopAll()
  }

  /// Before anybody had heard that it was paid: for the agent it has failed, and can be mended.
  @Test func whatCameBackBeforeItWasKnownToBePaidHasFailed() async throws {
    let channel = try Scripted { call, _ in
      switch call {
      case .send: .unknown(code: "HTTP_502", message: "")
      case .query, .cancel: Self.returned(1_000)
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .actionRequired)
    let attempt = try #require(try await house.withdrawal(id).payout?.facts.attempts.last)
    #expect(attempt.state == .payeeFailure && attempt.reason == .returnedByBank)
    #expect("\(attempt.code)" == "REFUND")
    #expect(try await house.float("scripted").available == 1_000_000)
    #expect(!house.witness.events.contains { if case .returned = $0 { true } else { false } })
    await house.stopAll()
  }

  @Test func anotherAmountOrCurrencyIsForPeople() async throws {
    let answer = Shared(Self.returned(999))
    let (house, _) = try await house(now: answer)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    let sequence = house.lastSequence
    func told(_ minorUnits: Int64) throws -> Int {
      let event = PayoutEvent.returnDiffered(key, channel: try Label("scripted"), returnedMinorUnits: minorUnits)
      return house.witness.events.count { $0 == event }
    }
    house.dispatcher.notified(key, by: try Label("scripted"))
    try await house.until("less told") { try told(999) == 1 }
    answer.value = Self.returned(1_000, Currency("HKD") ?? .cny)
    house.dispatcher.notified(key, by: try Label("scripted"))
    try await house.until("other currency told") { try told(1_000) == 1 }
    #expect(house.lastSequence == sequence)
    #expect(try await house.withdrawal(id).state == .paid)
    await house.stopAll()
  }

  /// Nobody tells it again, and whoever decides about the mismatch has to know.
  @Test func whatComesBackOfAMismatchIsTold() async throws {
    let answer = Shared(Self.returned(900))
    let channel = try Scripted { call, _ in
      switch call {
      case .send: Scripted.paid(900)
      case .query, .cancel: answer.value
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until("a mismatch") {
      try await house.withdrawal(id).payout?.facts.attempts.last?.state == .mismatch
    }
    await house.settle()
    let key = PayoutKey(id, attempt: 1)
    house.dispatcher.notified(key, by: try Label("scripted"))
    let told = PayoutEvent.returnDiffered(key, channel: try Label("scripted"), returnedMinorUnits: 900)
    try await house.until("told") { house.witness.events.contains(told) }
    await house.stopAll()
  }

  /// A wallet tells its refund as often as it likes: of what counts as failed, everybody knows.
  @Test func whatComesBackOfAFailureAlarmsNobody() async throws {
    let channel = try Scripted { _, _ in Self.returned(1_000) }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .actionRequired)
    let key = PayoutKey(id, attempt: 1)
    house.dispatcher.notified(key, by: try Label("scripted"))
    try await house.until("asked") { channel.calls.contains(.query(key)) }
    await house.settle()
    #expect(!house.witness.events.contains { if case .returnDiffered = $0 { true } else { false } })
    await house.stopAll()
  }

  /// What stands in the README: without a callback, or a statement that shows it, nobody asks about what is paid.
  @Test func paidPayoutsAreNotAskedAboutByThemselves() async throws {
    let (house, channel) = try await house(now: Shared(Self.returned(1_000)))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    for _ in 0..<30 {
      house.clock.advance(milliseconds: 86_400_000)
      await house.settle()
    }
    #expect(!channel.calls.contains(.query(PayoutKey(id, attempt: 1))))
    #expect(try await house.withdrawal(id).state == .paid)
    await house.stopAll()
  }
}
