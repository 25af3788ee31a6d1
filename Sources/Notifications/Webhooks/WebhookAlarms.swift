package import Telemetry

/// Tells people of receivers that only their owners can mend.
package struct WebhookAlarms: Sendable {
  private let board: AlarmBoard
  private let nowMicroseconds: @Sendable () -> Int64

  package init(_ board: AlarmBoard, nowMicroseconds: @escaping @Sendable () -> Int64) {
    self.board = board
    self.nowMicroseconds = nowMicroseconds
  }

  package func observe(_ event: WebhookEvent) {
    switch event {
    case .switchedOff(let endpoint):
      board.raise(
        .webhookOff, endpoint,
        "the webhook endpoint answered 410 and is off: its partner switches it on or deletes it; changes wait in the "
          + "journal", nowMicroseconds: nowMicroseconds())
    case .switchedOn(let endpoint): board.clear(.webhookOff, endpoint)
    case .removed(let endpoint):
      board.clear(.webhookOff, endpoint)
      board.clear(.webhookDeadLetters, endpoint)
    // The first one is enough: it took three days of failures.
    case .tried(let endpoint, let message, let status, let error, .dead, _):
      board.raise(
        .webhookDeadLetters, endpoint,
        "\(message) was given up after three days (\(status == 0 ? error : "it answered \(status)")): once the receiver "
          + "is mended, `settle webhook redeliver` sends what is dead", nowMicroseconds: nowMicroseconds())
    case .deadLetters(let endpoint, let count):
      board.raise(
        .webhookDeadLetters, endpoint,
        "\(count) deliveries were given up: once the receiver is mended, `settle webhook redeliver` sends what is dead",
        nowMicroseconds: nowMicroseconds())
    case .tried(let endpoint, _, _, _, .delivered, _): board.clear(.webhookDeadLetters, endpoint)
    case .tried, .queued, .idle, .behind, .caughtUp, .pruned, .trouble: break
    }
  }
}
