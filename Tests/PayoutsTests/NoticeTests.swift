import LedgerCore
import Synchronization
import Testing

@testable import Payouts

/// A callback is answered with success only when nothing that it tells can be lost: nobody else asks about what is closed.
struct NoticeTests {
  private func house(_ sent: ChannelAnswer, now: Shared<ChannelAnswer>, limits: DispatcherLimits = .standard)
    async throws -> House
  {
    let channel = try Scripted { call, _ in
      switch call {
      case .send: sent
      case .query, .cancel: now.value
      }
    }
    let house = try await House([channel], limits: limits, health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    return house
  }

  /// Lets time pass until it has answered.
  private func answer(_ house: House, _ key: PayoutKey) async throws -> Bool {
    let answer = Shared<Bool?>(nil)
    let channel = try Label("scripted")
    let asking = Task { [dispatcher = house.dispatcher] in
      answer.value = await dispatcher.takeNotice(of: key, from: channel)
    }
    try await house.until("an answer") { answer.value != nil }
    await asking.value
    return try #require(answer.value)
  }

  private static let refund = ChannelAnswer.returned(
    .init(amount: Money(minorUnits: 1_000, currency: .cny), reference: "B1", code: "REFUND"))
  private static let silence = ChannelAnswer.unknown(code: "HTTP_502", message: "")

  @Test func aRefundIsDurableBeforeItIsAnswered() async throws {
    let now = Shared(Scripted.paid(1_000))
    let house = try await house(Scripted.paid(1_000), now: now)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    // The channel does not answer its own callback's question: it is to call again.
    now.value = Self.silence
    #expect(try await answer(house, PayoutKey(id, attempt: 1)) == false)
    now.value = Self.refund
    #expect(try await answer(house, PayoutKey(id, attempt: 1)))
    #expect(try await house.withdrawal(id).state == .returned, "before anything else happens")
    await house.stopAll()
  }

  @Test func aSuccessAfterAFailureIsDurableBeforeItIsAnswered() async throws {
    let failure = ChannelAnswer.failed(.init(.payee, .accountWrong, code: "NO"))
    let house = try await house(failure, now: Shared(Scripted.paid(1_000)))
    let id = try await house.submit(1_000)
    try await house.until(id, .actionRequired)
    let sequence = house.lastSequence
    #expect(try await answer(house, PayoutKey(id, attempt: 1)))
    #expect(house.lastSequence > sequence)
    let strayed = PayoutEvent.strayed(PayoutKey(id, attempt: 1), channel: try Label("scripted"), minorUnits: 1_000)
    #expect(house.witness.events.contains(strayed))
    await house.stopAll()
  }

  /// Whatever happens, an open one is asked about; and of what is not ours nothing follows.
  @Test func openAndUnknownOnesAreAnsweredAtOnce() async throws {
    let house = try await house(Self.silence, now: Shared(Self.silence))
    let id = try await house.submit(1_000)
    try await house.until(id, .inDoubt)
    #expect(try await answer(house, PayoutKey(id, attempt: 1)))
    #expect(try await answer(house, PayoutKey(id, attempt: 9)))
    await house.stopAll()
  }

  @Test func withoutRoomOrAfterTheEndNothingIsPromised() async throws {
    var limits = DispatcherLimits()
    limits.notifiedMaximum = 0
    let house = try await house(Scripted.paid(1_000), now: Shared(Self.refund), limits: limits)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    #expect(try await answer(house, key) == false)
    await house.stopAll()
    #expect(await house.dispatcher.takeNotice(of: key, from: try Label("scripted")) == false)
  }
}
