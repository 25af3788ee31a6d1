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

  /// A port of its own, so that its replies come by the batch.
  private final class ParcelInbox: Sendable {
    struct State {
      var outcomes: [LedgerReply?]
      var missing: Int
      var continuation: CheckedContinuation<[LedgerReply], Never>?
    }
    let state: Mutex<State>
    let port = Mutex<LedgerPort?>(nil)

    init(count: Int) { state = Mutex(State(outcomes: Array(repeating: nil, count: count), missing: count)) }

    func deliver() {
      guard let replies = port.withLock({ $0 })?.takeReplies() else { return }
      let done = state.withLock { state -> (CheckedContinuation<[LedgerReply], Never>, [LedgerReply])? in
        for reply in replies where state.outcomes[Int(reply.ticket)] == nil {
          state.outcomes[Int(reply.ticket)] = reply
          state.missing -= 1
        }
        guard state.missing == 0, let continuation = state.continuation else { return nil }
        state.continuation = nil
        return (continuation, state.outcomes.compactMap { $0 })
      }
      guard let (continuation, outcomes) = done else { return }
      port.withLock { $0 = nil }
      continuation.resume(returning: outcomes)
    }
  }

  /// All of them in one parcel, decided in order; the replies in the same order, when the last is there.
  func performAll(_ operations: [LedgerOperation], mailbox: Mailbox) async -> [LedgerReply] {
    guard !operations.isEmpty else { return [] }
    let inbox = ParcelInbox(count: operations.count)
    let port = LedgerPort(mailbox: mailbox) { inbox.deliver() }
    inbox.port.withLock { $0 = port }
    return await withCheckedContinuation { continuation in
      inbox.state.withLock { $0.continuation = continuation }
      port.send(
        operations.enumerated().map {
          LedgerRequest(ticket: UInt32($0.offset), deadlineNanoseconds: nil, operation: $0.element)
        })
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
