import Journal
import Ledger
import LedgerCore
import Payouts
import Routing
import Telemetry

/// What is read of the ledger and the channels at each scrape.
enum LedgerReadings {
  /// Measures frames from the opening of the journal on.
  static func frameMeter(_ registry: Registry) -> FrameMeter {
    let clock = SystemClock()
    let seconds = registry.histogram("settle_journal_sync_seconds", "Write and sync of one frame.")
    let bytes = registry.histogram(
      "settle_journal_frame_bytes", "Size of a frame on disk.", make: Histogram.bytes)
    let records = registry.counter("settle_journal_records_total", "Records that became durable.")
    return FrameMeter(
      monotonicNanoseconds: { clock.monotonicNanoseconds() },
      record: { count, size, nanoseconds in
        records.add(count)
        bytes.record(Int64(size))
        seconds.record(nanoseconds)
      })
  }

  static func register(_ ledger: Ledger, on registry: Registry) {
    registry.reading("settle_ledger_queue", "Requests that wait for the ledger's thread.") {
      [Registry.Sample(Double(ledger.waitingRequests))]
    }
    registry.reading("settle_ledger_last_sequence", "Of the last durable record.", .counter) {
      [Registry.Sample(Double(ledger.feed.lastSequence))]
    }
    registry.reading("settle_withdrawals", "Withdrawals by their state now.") {
      guard let figures = await figures(ledger) else { return [] }
      return WithdrawalState.allCases.map { state in
        Registry.Sample(Double(figures.counts[Int(state.rawValue)]), ["state": state.shortName])
      }
    }
    registry.reading(
      "settle_withdrawals_oldest_seconds",
      "Age of the one that has waited longest: for a channel, on its way, for people."
    ) {
      guard let figures = await figures(ledger) else { return [] }
      let now = ledger.clock.now().microseconds
      let oldest = [
        ("approved", figures.oldestApproved), ("under_way", figures.oldestUnderWay),
        ("action_required", figures.oldestActionRequired),
      ]
      return oldest.map { name, since in
        Registry.Sample(since.map { Double(max(0, now - $0.microseconds)) / 1e6 } ?? 0, ["waiting": name])
      }
    }
    registry.reading("settle_channel_float_minor_units", "Our money at a channel.") {
      guard case .answered(.channels(let channels)) = await ledger.perform(.query(.channels)).outcome else { return [] }
      return channels.flatMap { channel in
        channel.floats.flatMap { float in
          [("available", float.available), ("pending", float.creditsPending)].map { kind, amount in
            Registry.Sample(
              Double(amount), ["channel": "\(channel.channel)", "currency": "\(float.currency)", "kind": kind])
          }
        }
      }
    }
  }

  static func register(_ desk: any PayoutDesk, on registry: Registry) {
    @Sendable func activities() async -> [(String, ChannelActivity)] {
      var found: [(String, ChannelActivity)] = []
      for manifest in desk.manifests {
        if let activity = await desk.activity(of: manifest.id) { found.append(("\(manifest.id)", activity)) }
      }
      return found
    }
    registry.reading("settle_channel_breaker", "0 closed, 1 half open, 2 open.") {
      await activities().map { name, activity in
        let value: Double =
          switch activity.health.breaker {
          case .closed: 0
          case .halfOpen: 1
          case .open: 2
          }
        return Registry.Sample(value, ["channel": name])
      }
    }
    registry.reading("settle_channel_success_ratio", "Of the sliding window, without payees' mistakes.") {
      await activities().map { Registry.Sample(Double($1.health.successPermille) / 1_000, ["channel": $0]) }
    }
    registry.reading("settle_channel_in_flight", "Calls under way.") {
      await activities().map { Registry.Sample(Double($1.inFlight), ["channel": $0]) }
    }
    registry.reading("settle_channel_in_doubt", "Payouts whose outcome nobody knows.") {
      await activities().map { Registry.Sample(Double($1.inDoubt), ["channel": $0]) }
    }
  }

  static func register(_ board: AlarmBoard, on registry: Registry) {
    registry.reading("settle_alarms", "What needs attention now.") {
      AlarmCode.allCases.map { Registry.Sample(Double(board.count($0)), ["code": $0.rawValue]) }
    }
  }

  private static func figures(_ ledger: Ledger) async -> PayoutFigures? {
    guard case .answered(.payoutFigures(let figures)) = await ledger.perform(.query(.payoutFigures)).outcome else {
      return nil
    }
    return figures
  }
}
