import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// Calls that never come back, or much too late.
struct TimeLimitTests {
  /// One call at a time; the first send of the first payout hangs until the gate is opened, and then says `late`.
  private func hanging(
    _ gate: Gate, late: ChannelAnswer, capabilities: ChannelManifest.Capabilities = [.query],
    query: @escaping @Sendable (PayoutKey) -> ChannelAnswer = { _ in Scripted.paid(1_000) }
  ) throws -> Scripted {
    try Scripted(capabilities: capabilities, inFlight: 1) { call, before in
      switch call {
      case .send(let key) where key.withdrawal.ordinal == 1 && before == 0:
        await gate.pass()
        return late
      case .send: return Scripted.paid(1_000)
      case .query(let key), .cancel(let key): return query(key)
      }
    }
  }

  private func house(_ channel: Scripted) async throws -> House {
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    return house
  }

  @Test func aHangingCallIsInDoubtAndItsPlaceIsAnothers() async throws {
    let gate = Gate()
    // Without a query the doubt stays, so that it can be seen.
    let channel = try hanging(gate, late: Scripted.paid(1_000), capabilities: [])
    let house = try await house(channel)
    let first = try await house.submit(1_000)
    try await house.until("hanging") { gate.waiting == 1 }
    let second = try await house.submit(1_000)
    await house.settle()
    #expect(try await house.withdrawal(second).state != .paid, "the only place is taken")
    let began = house.clock.monotonicMilliseconds()
    try await house.until(second, .paid)
    let waited = house.clock.monotonicMilliseconds() - began
    let limits = house.dispatcher.limits
    #expect(waited >= limits.callMilliseconds - 5_000, "after \(waited) ms")
    #expect(waited <= limits.callMilliseconds + limits.callCheckMilliseconds + 5_000, "after \(waited) ms")
    #expect(try await house.withdrawal(first).state == .inDoubt)
    let attempt = try #require(try await house.withdrawal(first).payout?.facts.attempts.last)
    #expect(attempt.state == .unknown && "\(attempt.code)" == OwnCode.hung)
    // The proof comes hours late, and counts.
    house.clock.advance(milliseconds: 7_200_000)
    gate.open()
    try await house.until(first, .paid)
    #expect(try await house.available() == 998_000)
    #expect(try await house.float("scripted").creditsPosted == 2_000)
    await house.stopAll()
  }

  @Test func aLateFailureChangesNothing() async throws {
    let gate = Gate()
    let channel = try hanging(gate, late: .failed(.init(.tryElsewhere, .channelUnavailable, code: "DOWN")))
    let house = try await house(channel)
    let id = try await house.submit(1_000)
    try await house.until("hanging") { gate.waiting == 1 }
    try await house.until(id, .paid)
    let sequence = house.lastSequence
    gate.open()
    await house.settle()
    #expect(house.lastSequence == sequence)
    #expect(!house.witness.events.contains { if case .conflicted = $0 { true } else { false } })
    #expect(try await house.withdrawal(id).payout?.facts.attempts.count == 1)
    await house.stopAll()
  }

  /// The dangerous one: the request went out again meanwhile, and is under way. What the first call says of itself would
  /// free the payout for another key.
  @Test func aLateFailureDoesNotEndWhatWasSentAgain() async throws {
    let gate = Gate()
    let isPaid = Mutex(false)
    let channel = try Scripted { call, before in
      switch call {
      case .send where before == 0:
        await gate.pass()
        return .failed(.init(.tryElsewhere, .channelUnavailable, code: "DOWN"))
      case .send: return .accepted(reference: "A")
      case .query where before == 0: return .notFound
      case .query, .cancel: return isPaid.withLock { $0 } ? Scripted.paid(1_000) : .accepted(reference: "A")
      }
    }
    let house = try await house(channel)
    let id = try await house.submit(1_000)
    let key = PayoutKey(id, attempt: 1)
    try await house.until("sent again") { channel.calls.count { $0 == .send(key) } == 2 }
    try await house.until(id, .processing)
    gate.open()
    await house.settle()
    #expect(try await house.withdrawal(id).state == .processing)
    isPaid.withLock { $0 = true }
    try await house.until(id, .paid)
    #expect(try await house.withdrawal(id).payout?.facts.attempts.count == 1)
    #expect(channel.calls.allSatisfy { $0 != .send(PayoutKey(id, attempt: 2)) })
    await house.stopAll()
  }

  /// A stop waits its time and no longer, whatever hangs.
  @Test func aStopDoesNotWaitForWhatHangs() async throws {
    let (sends, statements, probes) = (Gate(), Gate(), Gate())
    let channel = try Scripted(
      capabilities: [.query, .statement],
      statements: { _ in
        await statements.pass()
        return .success([])
      },
      answer: { _, _ in
        await sends.pass()
        return Scripted.paid(1_000)
      })
    let silent = try Scripted("silent", knowsUnsent: true) { _, _ in
      await probes.pass()
      return .notFound
    }
    let house = try await House([channel, silent])
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    try await house.submit(1_000)
    try await house.until("all hang") { sends.waiting == 1 && statements.waiting == 1 && probes.waiting > 0 }
    let began = house.clock.monotonicMilliseconds()
    let isStopped = Mutex(false)
    let stopping = Task { [dispatcher = house.dispatcher] in
      await dispatcher.stop()
      isStopped.withLock { $0 = true }
    }
    try await house.until("stopped") { isStopped.withLock { $0 } }
    await stopping.value
    let took = house.clock.monotonicMilliseconds() - began
    #expect(took < house.dispatcher.limits.stopMilliseconds + 10_000, "\(took) ms")
    await house.stopAll()
    for gate in [sends, statements, probes] { gate.open() }
  }
}
