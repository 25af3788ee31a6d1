package import LedgerCore

/// What the engine did, for logs and tests.
package enum WebhookEvent: Hashable, Sendable {
  /// Changes through this one are in the queue.
  case queued(through: UInt64)
  /// A try ended, and that is durable. `next`: when the next one is due, nil where none is.
  case tried(
    endpoint: String, message: String, status: Int, error: String, state: WebhookDeliveryState, next: Timestamp?)
  /// It answered 410 and is off; told again after each start while it is.
  case switchedOff(endpoint: String)
  /// So many deliveries were given up before a start, and nobody has had them sent again.
  case deadLetters(endpoint: String, count: Int)
  /// By a person.
  case switchedOn(endpoint: String)
  case removed(endpoint: String)
  /// Nothing to do before this time; nil: before something comes.
  case idle(endpoint: String, until: Timestamp?)
  /// An endpoint is full: what comes is left in the journal.
  case behind(endpoint: String, through: UInt64)
  /// It has everything again.
  case caughtUp(endpoint: String)
  /// What is kept for a while was over and is removed.
  case pruned(deliveries: Int, messages: Int)
  /// The disk, the journal or the key: tried again after a moment.
  case trouble(String)
}

/// Where an engine finds what it needs.
package struct WebhookOptions: Sendable {
  /// Of the database.
  package var path: String
  /// For tests and demos: receivers at any address and port.
  package var allowsPrivate = false
  /// PEM file of authorities that sign receivers' certificates besides the system's.
  package var authorityFile: String?
  /// Deliveries of one endpoint that may wait; fewer for tests.
  package var waitingMaximum = WebhookLimits.waitingMaximum

  package init(path: String) { self.path = path }
}
