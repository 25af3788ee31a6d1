package import LedgerCore
internal import Routing
internal import Synchronization
package import Telemetry

/// Counts and times what happens to payouts, by channel.
package final class PayoutMetrics: PayoutObserver {
  private struct Instruments {
    let sent: Counter
    let paid: Counter
    let inDoubt: Counter
    let returned: Counter
    let strayed: Counter
    let answer: Histogram
    let arrival: Histogram
    var failed: [AttemptState: Counter] = [:]
  }

  private let registry: Registry
  private let instruments = Mutex<[Label: Instruments]>([:])

  package init(_ registry: Registry) { self.registry = registry }

  package func observe(_ event: PayoutEvent) {
    switch event {
    case .sent(_, let channel): of(channel).sent.add()
    case .answered(_, let channel, _, let milliseconds): of(channel).answer.record(milliseconds * 1_000_000)
    case .paid(_, let channel, _, let sinceSubmit):
      let instruments = of(channel)
      instruments.paid.add()
      instruments.arrival.record(sinceSubmit)
    case .failed(_, let channel, let state, _, _): failed(channel, state).add()
    case .inDoubt(_, let channel): of(channel).inDoubt.add()
    case .returned(_, let channel): of(channel).returned.add()
    case .strayed(_, let channel, _): of(channel).strayed.add()
    // Shown as alarms and by the channel's health.
    case .mismatched, .conflicted, .breakerChanged, .floatLow, .returnDiffered, .paymentDiffered, .unknownPayout,
      .ledgerOlderThanChannel,
      .channelSilent, .channelHeard, .channelMissing, .bankFile:
      break
    }
  }

  private func of(_ channel: Label) -> Instruments {
    instruments.withLock { known in
      if let found = known[channel] { return found }
      let name = "\(channel)"
      func count(_ outcome: String) -> Counter {
        registry.counter(
          "settle_channel_payouts_total", "Payouts by channel and what became of them.",
          ["channel": name, "outcome": outcome])
      }
      let made = Instruments(
        sent: count("sent"), paid: count("paid"), inDoubt: count("in_doubt"), returned: count("returned"),
        strayed: count("strayed"),
        answer: registry.histogram(
          "settle_channel_answer_seconds", "From asking a channel to its answer.", ["channel": name]),
        arrival: registry.histogram(
          "settle_payout_arrival_seconds", "From a withdrawal's submission to the proof that it is paid.",
          ["channel": name]
        ) {
          // Milliseconds: from a tenth of a second over the minute of EXPRESS and ten minutes to days.
          Histogram(
            bounds: [
              100, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
              14_400_000, 86_400_000, 172_800_000,
            ], scale: 1e3)
        })
      known[channel] = made
      return made
    }
  }

  private func failed(_ channel: Label, _ state: AttemptState) -> Counter {
    if let known = instruments.withLock({ $0[channel]?.failed[state] }) { return known }
    _ = of(channel)
    let counter = registry.counter(
      "settle_channel_payouts_total", "Payouts by channel and what became of them.",
      ["channel": "\(channel)", "outcome": state.metricName])
    instruments.withLock { $0[channel]?.failed[state] = counter }
    return counter
  }
}

extension AttemptState {
  /// As a label value.
  fileprivate var metricName: String {
    switch self {
    case .sent: "sent"
    case .accepted: "accepted"
    case .awaitingPayee: "awaiting_payee"
    case .unknown: "unknown"
    case .mismatch: "mismatch"
    case .paid: "paid"
    case .payeeFailure: "payee_failure"
    case .tryAgain: "try_again"
    case .tryElsewhere: "try_elsewhere"
    case .refused: "refused"
    case .cancelled: "cancelled"
    case .lapsed: "lapsed"
    }
  }
}

/// Tells several observers.
package struct PayoutObservers: PayoutObserver {
  private let all: [any PayoutObserver]

  package init(_ all: [any PayoutObserver]) { self.all = all }

  package func observe(_ event: PayoutEvent) {
    for observer in all { observer.observe(event) }
  }
}
