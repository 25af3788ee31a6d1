import Foundation
import JournalTesting
import Ledger
import LedgerCore
import Routing
import Testing

@testable import Payouts

/// Money moves once, whatever the channel and our own process do.
struct OnceTests {
  /// P04, F04: killed at every stage of the way, with a channel that loses answers and requests.
  @Test(arguments: 0..<12)
  func aKilledDispatcherGoesOn(_ yields: Int) async throws {
    let folder = try Folder()
    let clock = HandClock()
    var options = SimulatedOptions(seed: UInt64(yields) + 1)
    options.lostAnswerPermille = 200
    options.lostRequestPermille = 200
    let path = "\(folder.path)/sim.book"
    let channel = try SimulatedChannel(
      manifest: SimulatedChannel.manifest(id: try Label("sim")), options: options, bookPath: path, clock: clock)
    let house = try await House([channel], health: DispatcherTests.tolerant)
    try await house.fund("sim", 10_000_000)
    try await house.deposit(10_000_000)
    for _ in 0..<30 { try await house.submit(1_000) }
    for _ in 0..<yields * 5 { await Task.yield() }
    await house.kill()
    try house.reopen()
    try await house.until("all paid, seed \(options.seed)") { try await house.count(.paid) == 30 }
    var moved: [PayoutKey: Int] = [:]
    for entry in try SimulatedBook.read(path) where entry.kind == .moved { moved[entry.key, default: 0] += 1 }
    #expect(moved.count == 30)
    #expect(moved.values.allSatisfy { $0 == 1 })
    await house.stopAll()
  }

  /// Everything that a channel can do wrong, and five crashes.
  @Test func fiveThousandWithdrawalsAndFiveCrashes() async throws {
    let withdrawals = 5_000
    let seed: UInt64 = 20_260
    print("seed \(seed)")
    let folder = try Folder()
    let path = "\(folder.path)/sim.book"
    let clock = HandClock()
    var options = SimulatedOptions.misbehaving(seed: seed)
    options.confirmMilliseconds = 3_600_000
    let channel = try SimulatedChannel(
      manifest: SimulatedChannel.manifest(id: try Label("sim")), options: options, bookPath: path, clock: clock)
    let house = try await House([channel], health: DispatcherTests.tolerant)
    let id = channel.manifest.id
    channel.onNotification { [present = house.present] key in present.current?.notified(key, by: id) }
    try await house.fund("sim", 100_000_000)
    try await house.deposit(100_000_000)
    var done = 0
    for crash in 0..<5 {
      while done < withdrawals * (crash + 1) / 5 {
        let items = try (0..<100).map { _ in try LedgerOperation.command(.submitWithdrawal(house.item(1_000))) }
        _ = await house.ledger.performAll(items)
        done += items.count
      }
      for _ in 0..<crash * 40 { await Task.yield() }
      await house.kill()
      clock.advance(milliseconds: 3_000)
      try house.reopen()
    }
    func isOver() async throws -> Bool {
      clock.advance(milliseconds: 500)
      let counts = try await house.figures().counts
      func count(_ state: WithdrawalState) -> UInt64 { counts[Int(state.rawValue)] }
      // The hand is faster than a busy machine: after its midnight the channel's statement confirms what is paid.
      return count(.paid) + count(.confirmed) + count(.failed) + count(.actionRequired) == UInt64(withdrawals)
    }
    try await house.until(step: 2_000, steps: 40_000, "an end, seed \(seed)", isOver)
    try await check(house, path, withdrawals)
    await house.stopAll()
  }

  private func check(_ house: House, _ path: String, _ withdrawals: Int) async throws {
    var moved: [PayoutKey: Int64] = [:]
    var out: Int64 = 0
    for entry in try SimulatedBook.read(path) where entry.kind == .moved {
      #expect(moved[entry.key] == nil, "\(entry.key) moved twice")
      moved[entry.key] = entry.amount.minorUnits
      out += entry.amount.minorUnits + entry.fee
    }
    #expect(Set(moved.keys.map(\.withdrawal)).count == moved.count, "a withdrawal was paid under two keys")
    var paid = 0
    for ordinal in 1...UInt64(withdrawals) {
      let id = WithdrawalID(epoch: 0, shard: 0, ordinal: ordinal)
      let found = try await house.withdrawal(id)
      #expect(found.state != .inDoubt && found.state != .processing)
      let keys = (found.payout?.facts.attempts ?? []).map { PayoutKey(id, attempt: $0.number) }
      let count = keys.count { moved[$0] != nil }
      let isPaid = found.state == .paid || found.state == .confirmed
      #expect(count == (isPaid ? 1 : 0), "\(id) is \(found.state) and moved \(count) times")
      if isPaid { paid += 1 }
    }
    #expect(paid == moved.count)
    let reply = await house.ledger.perform(.query(.channels))
    guard case .answered(.channels(let channels)) = reply.outcome, let float = channels.first?.floats.first else {
      throw Surprise("\(reply.outcome)")
    }
    #expect(float.creditsPosted == out, "what the ledger says left the channel is what the channel's book says")
    #expect(float.creditsPending == 0)
    let balance = await house.ledger.perform(
      .query(.balance(partner: try Label("demo"), agent: try Label("agent"), .cny)))
    guard let agent = balance.agentBalance else { throw Surprise("\(balance.outcome)") }
    #expect(agent.creditsPosted - agent.debitsPosted == 100_000_000 - moved.values.reduce(0, +))
  }
}
