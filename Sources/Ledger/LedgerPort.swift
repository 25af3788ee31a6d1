internal import Synchronization

/// One caller's door to the ledger, usually one for each event loop: requests go in by the turn, replies come back by
/// the batch, and each batch wakes the caller once.
package final class LedgerPort: Sendable {
  private let mailbox: Mailbox
  private let wake: @Sendable () -> Void
  private let inbox = Mutex<[LedgerReply]>([])

  init(mailbox: Mailbox, wake: @escaping @Sendable () -> Void) {
    self.mailbox = mailbox
    self.wake = wake
  }

  /// Sends what one turn of the caller's loop collected. Every request gets exactly one reply, also when it was not
  /// taken. All of them are taken or none.
  package func send(_ requests: [LedgerRequest]) {
    guard !requests.isEmpty else { return }
    let weight = requests.reduce(0) { $0 + $1.operation.weight }
    switch mailbox.send(Mailbox.Parcel(port: self, requests: requests, weight: weight)) {
    case .accepted: break
    case .full:
      deliver(requests.map { LedgerReply(ticket: $0.ticket, outcome: .overloaded(.mailboxFull)) })
    case .closed:
      deliver(requests.map { LedgerReply(ticket: $0.ticket, outcome: .stopping) })
    }
  }

  /// Drops the request undecided if its turn has not come. A reply comes in any case.
  package func cancel(_ ticket: UInt32) {
    mailbox.cancel(Mailbox.Cancellation(port: ObjectIdentifier(self), ticket: ticket))
  }

  /// Everything that came since the last call.
  package func takeReplies() -> [LedgerReply] {
    inbox.withLock { inbox in
      let replies = inbox
      inbox = []
      return replies
    }
  }

  func deliver(_ replies: [LedgerReply]) {
    guard !replies.isEmpty else { return }
    let wasEmpty = inbox.withLock { inbox in
      guard inbox.isEmpty else {
        inbox.append(contentsOf: replies)
        return false
      }
      inbox = replies
      return true
    }
    if wasEmpty { wake() }
  }
}

extension LedgerOperation {
  /// Places taken in the mailbox.
  var weight: Int {
    switch self {
    case .command, .query: 1
    case .batch(let items): max(items.count, 1)
    }
  }
}
