internal import Ledger
package import LedgerCore

/// The engine's only source of time: a parameter, so that tests see three days pass in a moment.
package protocol WebhookTime: Sendable {
  func now() -> Timestamp
  /// Returns early, by throwing, when the task is cancelled.
  func sleep(microseconds: Int64) async throws(CancellationError)
}

package struct SystemWebhookTime: WebhookTime {
  package init() {}

  package func now() -> Timestamp { SystemClock().now() }

  package func sleep(microseconds: Int64) async throws(CancellationError) {
    do {
      try await Task.sleep(for: .microseconds(max(0, microseconds)))
    } catch {
      throw CancellationError()
    }
  }
}
