internal import Synchronization

/// The ledger's door for callers that may suspend: a port whose replies resume continuations.
final class TaskDoor: Sendable {
  private struct State {
    var waiting: [UInt32: CheckedContinuation<LedgerReply, Never>] = [:]
    var nextTicket: UInt32 = 0
  }

  private final class Waiting: Sendable {
    let state = Mutex(State())
    /// Set once, right after the port that wakes this.
    let port = Mutex<LedgerPort?>(nil)

    func deliver() {
      guard let replies = port.withLock({ $0 })?.takeReplies() else { return }
      for reply in replies {
        state.withLock { $0.waiting.removeValue(forKey: reply.ticket) }?.resume(returning: reply)
      }
    }
  }

  private let waiting = Waiting()
  private let port: LedgerPort

  init(mailbox: Mailbox) {
    port = LedgerPort(mailbox: mailbox) { [weak waiting] in waiting?.deliver() }
    waiting.port.withLock { $0 = port }
  }

  func perform(_ operation: LedgerOperation, deadlineNanoseconds: Int64?) async -> LedgerReply {
    let ticket = waiting.state.withLock { state in
      state.nextTicket &+= 1
      return state.nextTicket
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A task that was cancelled before it came here has told the mailbox of it too early to be heard.
        guard !Task.isCancelled else {
          return continuation.resume(returning: LedgerReply(ticket: ticket, outcome: .cancelled))
        }
        waiting.state.withLock { $0.waiting[ticket] = continuation }
        port.send([LedgerRequest(ticket: ticket, deadlineNanoseconds: deadlineNanoseconds, operation: operation)])
      }
    } onCancel: {
      port.cancel(ticket)
    }
  }
}
