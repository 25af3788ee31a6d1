import Ledger
import LedgerCore
import Routing
import Testing

@testable import Payouts

/// P02 through the dispatcher: a channel says the same twice, something else later, or names what it never got.
struct ContradictionTests {
  /// A house with one channel whose queries answer what `now` holds, and 10,000.00 on both sides.
  private func house(
    sends first: ChannelAnswer, now: Shared<ChannelAnswer>
  ) async throws -> (House, Scripted) {
    let channel = try Scripted { call, _ in
      switch call {
      case .send: first
      case .query, .cancel: now.value
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    return (house, channel)
  }

  private func call(_ house: House, _ key: PayoutKey) throws {
    house.dispatcher.notified(key, by: try Label("scripted"))
  }

  private func queries(_ channel: Scripted, _ key: PayoutKey) -> Int { channel.calls.count { $0 == .query(key) } }

  @Test func paidTwiceIsPaidOnce() async throws {
    let answer = Shared(Scripted.paid(1_000))
    let (house, channel) = try await house(sends: Scripted.paid(1_000), now: answer)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    let (sequence, float) = (house.lastSequence, try await house.float("scripted"))
    for round in 1...3 {
      try call(house, key)
      try await house.until("asked") { queries(channel, key) == round }
    }
    await house.settle()
    #expect(house.lastSequence == sequence, "nothing was recorded")
    #expect(try await house.float("scripted") == float)
    #expect(try await house.available() == 999_000)
    #expect(house.witness.events.count { if case .paid = $0 { true } else { false } } == 1)
    await house.stopAll()
  }

  @Test func paidAfterFailedIsStrayAndBlocks() async throws {
    let answer = Shared(ChannelAnswer.notFound)
    let (house, _) = try await house(sends: .failed(.init(.payee, .accountWrong, code: "NO_SUCH")), now: answer)
    let id = try await house.submit(1_000)
    try await house.until(id, .actionRequired)
    let key = PayoutKey(id, attempt: 1)
    answer.value = Scripted.paid(1_000)
    try call(house, key)
    try await house.until("strayed") {
      house.witness.events.contains(.strayed(key, channel: try Label("scripted"), minorUnits: 1_000))
    }
    let found = try await house.withdrawal(id)
    #expect(found.state == .actionRequired, "a closed attempt changes no state")
    #expect(found.payout?.facts.isBlocked == true)
    #expect(try await house.float("scripted").creditsPosted == 1_000, "the money is not there any more")
    #expect(try await house.available() == 999_000, "and still held")
    // Told again: once is once.
    let sequence = house.lastSequence
    try call(house, key)
    await house.settle()
    #expect(house.lastSequence == sequence)
    await house.stopAll()
  }

  @Test func failedAfterPaidIsAConflictAndStaysPaid() async throws {
    let answer = Shared(ChannelAnswer.failed(.init(.refused, .regulatory, code: "NOT_ALLOWED")))
    let (house, _) = try await house(sends: Scripted.paid(1_000), now: answer)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    let sequence = house.lastSequence
    try call(house, key)
    try await house.until("told") { house.witness.events.contains(.conflicted(key, channel: try Label("scripted"))) }
    #expect(try await house.withdrawal(id).state == .paid)
    #expect(house.lastSequence == sequence)
    await house.stopAll()
  }

  /// Paid with another amount than was proven before.
  @Test func anotherAmountAfterPaidIsAConflict() async throws {
    let answer = Shared(Scripted.paid(999))
    let (house, _) = try await house(sends: Scripted.paid(1_000), now: answer)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    try call(house, key)
    try await house.until("told") { house.witness.events.contains(.conflicted(key, channel: try Label("scripted"))) }
    #expect(try await house.available() == 999_000)
    await house.stopAll()
  }

  @Test func anUnknownPayoutMovesNothingAndIsTold() async throws {
    let (house, channel) = try await house(sends: Scripted.paid(1_000), now: Shared(Scripted.paid(1_000)))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let sequence = house.lastSequence
    let calls = channel.calls
    let unknown = [
      PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 99), attempt: 1), PayoutKey(id, attempt: 2),
      PayoutKey(id, attempt: 99), PayoutKey(WithdrawalID(epoch: 3, shard: 1, ordinal: 1), attempt: 1),
    ]
    for key in unknown {
      try call(house, key)
      try await house.until("\(key) told") {
        house.witness.events.contains(.unknownPayout(key, channel: try Label("scripted")))
      }
    }
    #expect(house.lastSequence == sequence)
    #expect(channel.calls == calls, "nobody is asked about what nobody sent")
    await house.stopAll()
  }

  /// A channel speaks for what it was given, and for nothing else.
  @Test func anotherChannelsPayoutIsUnknownThere() async throws {
    let (paying, other) = (
      try Scripted("paying") { call, _ in if case .cancel = call { .notFound } else { Scripted.paid(1_000) } },
      try Scripted("other") { _, _ in .failed(.init(.refused, .regulatory, code: "NO")) }
    )
    let house = try await House([paying, other])
    try await house.fund("paying", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    house.dispatcher.notified(key, by: try Label("other"))
    try await house.until("told") { house.witness.events.contains(.unknownPayout(key, channel: try Label("other"))) }
    #expect(!other.calls.contains(.query(key)))
    #expect(try await house.withdrawal(id).state == .paid)
    await house.stopAll()
  }

  /// No timer watches over a closed key: a question that got lost is asked again all the same.
  @Test func aLostQuestionAboutAClosedKeyIsAskedAgain() async throws {
    let channel = try Scripted { call, before in
      switch call {
      case .send: .failed(.init(.refused, .regulatory, code: "NO"))
      case .query: before < 3 ? .unknown(code: "HTTP_502", message: "") : Scripted.paid(1_000)
      case .cancel: .notFound
      }
    }
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .failed)
    let key = PayoutKey(id, attempt: 1)
    try call(house, key)
    try await house.until("strayed") {
      house.witness.events.contains(.strayed(key, channel: try Label("scripted"), minorUnits: 1_000))
    }
    #expect(queries(channel, key) == 4)
    await house.stopAll()
  }

  @Test func aChannelThatNeverAnswersIsAskedAFewTimes() async throws {
    let (house, channel) = try await house(
      sends: .failed(.init(.refused, .regulatory, code: "NO")), now: Shared(.unknown(code: "HTTP_502", message: "")))
    let id = try await house.submit(1_000)
    try await house.until(id, .failed)
    let key = PayoutKey(id, attempt: 1)
    try call(house, key)
    let most = 1 + DispatcherLimits.standard.inDoubtMilliseconds.count
    try await house.until(step: 60_000, "asked for the last time") { queries(channel, key) == most }
    for _ in 0..<10 {
      house.clock.advance(milliseconds: 7_200_000)
      await house.settle()
    }
    #expect(queries(channel, key) == most)
    // A callback makes it worth asking anew.
    try call(house, key)
    try await house.until("asked anew") { queries(channel, key) == most + 1 }
    await house.stopAll()
  }
}
