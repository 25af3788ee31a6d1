import LedgerCore
import Routing
import Telemetry
import Testing

@testable import Payouts

/// What Prometheus reads of payouts, by channel.
struct PayoutMetricsTests {
  private let key = PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 1), attempt: 1)

  private func lines(_ events: [PayoutEvent]) async -> [String] {
    let registry = Registry()
    let metrics = PayoutMetrics(registry)
    for event in events { metrics.observe(event) }
    return await registry.text().split(separator: "\n").map(String.init)
  }

  @Test func outcomesAreCountedByChannel() async throws {
    let (a, b) = (try Label("a"), try Label("b"))
    let money = Money(minorUnits: 1_000, currency: .cny)
    let lines = await lines([
      .sent(key, channel: a), .sent(key, channel: a), .sent(key, channel: b),
      .paid(key, channel: a, money, sinceSubmit: 1_500),
      .failed(key, channel: a, .tryElsewhere, .channelUnavailable, code: .none),
      .failed(key, channel: a, .tryElsewhere, .channelUnavailable, code: .none),
      .failed(key, channel: b, .payeeFailure, .accountWrong, code: .none),
      .inDoubt(key, channel: b), .returned(key, channel: a), .strayed(key, channel: b, minorUnits: 1_000),
    ])
    let expected = [
      ("a", "sent", 2), ("a", "paid", 1), ("a", "try_elsewhere", 2), ("a", "returned", 1), ("a", "in_doubt", 0),
      ("b", "sent", 1), ("b", "paid", 0), ("b", "payee_failure", 1), ("b", "in_doubt", 1), ("b", "strayed", 1),
    ]
    for (channel, outcome, count) in expected {
      let line = "settle_channel_payouts_total{channel=\"\(channel)\",outcome=\"\(outcome)\"} \(count)"
      #expect(lines.contains(line), "\(line) in \(lines.joined(separator: "\n"))")
    }
    #expect(!lines.contains { $0.contains("\"refused\"") }, "what never happened has no line")
  }

  /// Every failure has a name of its own.
  @Test func eachFailureIsAnOutcome() async throws {
    let channel = try Label("a")
    let failures = AttemptState.allCases.filter(\.isFailure)
    let lines = await lines(failures.map { .failed(key, channel: channel, $0, .none, code: .none) })
    let outcomes = lines.filter { $0.hasPrefix("settle_channel_payouts_total{") && $0.hasSuffix(" 1") }
    #expect(outcomes.count == failures.count && Set(outcomes).count == failures.count)
  }

  @Test func answersAndArrivalsAreTimed() async throws {
    let channel = try Label("a")
    let money = Money(minorUnits: 1_000, currency: .cny)
    let lines = await lines([
      .answered(key, channel: channel, .accepted, milliseconds: 20),
      .answered(key, channel: channel, .paid, milliseconds: 4_000),
      .paid(key, channel: channel, money, sinceSubmit: 61_000),
    ])
    #expect(lines.contains("settle_channel_answer_seconds_count{channel=\"a\"} 2"))
    #expect(lines.contains("settle_channel_answer_seconds_sum{channel=\"a\"} 4.02"))
    #expect(lines.contains("settle_payout_arrival_seconds_count{channel=\"a\"} 1"))
    #expect(lines.contains("settle_payout_arrival_seconds_sum{channel=\"a\"} 61"))
    #expect(lines.contains("settle_payout_arrival_seconds_bucket{channel=\"a\",le=\"60\"} 0"), "beyond the minute")
    #expect(lines.contains("settle_payout_arrival_seconds_bucket{channel=\"a\",le=\"120\"} 1"))
  }

  @Test func whatIsShownElsewhereMakesNoLine() async throws {
    let channel = try Label("a")
    let lines = await lines([
      .conflicted(key, channel: channel), .mismatched(key, channel: channel, paidMinorUnits: 1),
      .floatLow(channel: channel, available: 1, needed: 2), .unknownPayout(key, channel: channel),
      .channelMissing(channel: channel, openPayouts: 1), .channelSilent(channel: channel, code: .none),
      .channelHeard(channel: channel), .breakerChanged(channel: channel, .closed),
      .returnDiffered(key, channel: channel, returnedMinorUnits: 1), .bankFile(channel: channel, .troubled("")),
      .ledgerOlderThanChannel(key, channel: channel),
    ])
    #expect(!lines.contains { $0.contains("channel=") })
  }

  @Test func severalObserversAreAllTold() throws {
    let (first, second) = (Witness(), Witness())
    let event = PayoutEvent.sent(key, channel: try Label("a"))
    PayoutObservers([first, second]).observe(event)
    #expect(first.events == [event] && second.events == [event])
  }
}
