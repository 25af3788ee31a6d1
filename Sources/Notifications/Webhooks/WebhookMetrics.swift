internal import LedgerCore
package import Telemetry

/// Counts what becomes of deliveries, and shows what waits.
package struct WebhookMetrics: Sendable {
  private let delivered: Counter
  private let failed: Counter
  private let dead: Counter

  package init(_ registry: Registry) {
    func deliveries(_ outcome: String) -> Counter {
      registry.counter(
        "settle_webhook_deliveries_total",
        "Tries to deliver a webhook by what became of them: delivered, failed (tried again), dead (the last try failed).",
        ["outcome": outcome])
    }
    delivered = deliveries("delivered")
    failed = deliveries("failed")
    dead = deliveries("dead")
  }

  package func observe(_ event: WebhookEvent) {
    switch event {
    case .tried(_, _, _, _, let state, _):
      switch state {
      case .delivered: delivered.add()
      case .waiting: failed.add()
      case .dead: dead.add()
      }
    case .queued, .switchedOff, .deadLetters, .switchedOn, .removed, .idle, .behind, .caughtUp, .pruned, .trouble: break
    }
  }

  /// What is read at each scrape.
  package static func register(
    _ engine: WebhookEngine, on registry: Registry, nowMicroseconds: @escaping @Sendable () -> Int64
  ) {
    registry.readings([
      ("settle_webhook_endpoints", "Endpoints by their state."),
      ("settle_webhook_endpoints_behind", "Endpoints that are on and have more to come than may wait."),
      ("settle_webhook_backlog", "Deliveries that wait, by the state of their endpoint."),
      ("settle_webhook_dead_letters", "Deliveries that were given up and not sent again."),
      ("settle_webhook_oldest_seconds", "Age of the change that has waited longest for an endpoint that is on."),
    ]) {
      guard let figures = await engine.figures() else { return [:] }
      func byState(_ numbers: [WebhookEndpointState: Int]) -> [Registry.Sample] {
        WebhookEndpointState.allCases.map { Registry.Sample(Double(numbers[$0] ?? 0), ["state": $0.metricName]) }
      }
      let age = figures.oldest.map { Double(max(0, nowMicroseconds() - $0.microseconds)) / 1e6 }
      return [
        "settle_webhook_endpoints": byState(figures.endpoints),
        "settle_webhook_endpoints_behind": [Registry.Sample(Double(figures.behind))],
        "settle_webhook_backlog": byState(figures.waiting),
        "settle_webhook_dead_letters": [Registry.Sample(Double(figures.deadLetters))],
        "settle_webhook_oldest_seconds": [Registry.Sample(age ?? 0)],
      ]
    }
  }
}

extension WebhookEndpointState {
  /// As a label value.
  fileprivate var metricName: String {
    switch self {
    case .enabled: "enabled"
    case .disabled: "disabled"
    case .gone: "gone"
    }
  }
}
