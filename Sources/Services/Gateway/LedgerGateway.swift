package import HTTPStreams
package import Ledger
internal import LedgerCore
internal import RPC

/// What the gateway needs of a ledger's port; a seam for tests.
package protocol LedgerDoor: AnyObject, Sendable {
  /// Takes what one turn collected; every request gets exactly one reply.
  func send(_ requests: [LedgerRequest])
  /// The request may be dropped if its turn has not come; its reply comes in any case.
  func cancel(_ ticket: UInt32)
  /// Everything that came since the last call.
  func takeReplies() -> [LedgerReply]
}

extension LedgerPort: LedgerDoor {}

/// One loop's way to the ledger and back, for the calls of the hot path.
///
///     handler -> ask -> (end of the turn) one send -> ledger
///     handler <- reply <- encode <- take replies <- (one wake for each batch) <- ledger
///
/// Confined to its loop. All that is pending is in one table, so a request costs no closure, no task and no lock.
package final class LedgerGateway {
  /// Requests (items of batches count each) on their way to the ledger or back, for one loop. 65,536 of about 500 bytes
  /// are 32 MiB and, at the speed of the journal, well under a second of work: whoever comes later had better wait.
  static let maximumPendingItems = 65_536

  /// A parcel leaves when it has so many requests, before the turn of the loop ends: the ledger's thread then works on it
  /// while this one decodes the next. Smaller parcels cost more in locks than they gain.
  private static let parcelRequests = 64

  /// How a reply is to be written.
  enum ReplyKind {
    case withdrawal(Audience)
    /// Items that were wrong in form never reached the ledger; they stand here, in order.
    case batch([ItemRefusal])
  }

  struct ItemRefusal {
    /// Of all items of the request, the others included.
    let index: Int
    let status: RPCStatus
  }

  private struct Pending {
    /// nil: the caller has gone, the reply is dropped.
    var call: ServerCall?
    var kind = ReplyKind.withdrawal(.partner)
    var items = 0
    /// Told apart from a later use of the same entry.
    var generation: UInt32 = 0
  }

  private let loop: any StreamLoop
  private let door: any LedgerDoor
  /// To be added to an instant of the loop to get nanoseconds of the ledger's clock.
  private let ledgerClockOffset: Int64
  private var pending: [Pending] = []
  private var free: [UInt32] = []
  private var pendingItems = 0
  private var outgoing: [LedgerRequest] = []
  private let buffer = WireBuffer()

  /// - Parameters:
  ///   - clock: the ledger's, for the deadlines.
  ///   - makeDoor: gets what the door is to call, on any thread, when replies wait and none waited before.
  package init(
    loop: any StreamLoop, clock: any LedgerClock, makeDoor: (@escaping @Sendable () -> Void) -> any LedgerDoor
  ) {
    self.loop = loop
    ledgerClockOffset = clock.monotonicNanoseconds() &- loop.now.nanoseconds
    let reference = WeakReference()
    let bound = LoopBound(reference, on: loop)
    door = makeDoor { loop.execute { bound.value.gateway?.deliver() } }
    reference.gateway = self
  }

  package convenience init(loop: any StreamLoop, ledger: Ledger) {
    self.init(loop: loop, clock: ledger.clock) { ledger.makePort(wake: $0) }
  }

  /// Lets the door's wake-up outlive the gateway. Used on the loop only.
  private final class WeakReference {
    weak var gateway: LedgerGateway?
  }

  // MARK: To the ledger

  /// Asks for `call`, which will be answered later. The result is the token for `cancelled`.
  /// - Parameter items: what it weighs: 1, or the number of items of a batch.
  func ask(
    _ operation: consuming LedgerOperation, for call: ServerCall, as kind: ReplyKind, items: Int = 1
  ) -> UInt64 {
    guard pendingItems + items <= Self.maximumPendingItems else {
      call.fail(
        RPCStatus(
          overloaded: "TOO_MANY_PENDING_CALLS", "the server has more requests waiting than it takes",
          metadata: ["limit": "\(Self.maximumPendingItems)"]))
      return 0
    }
    pendingItems += items
    let ticket = takeEntry()
    let index = Int(ticket)
    pending[index].call = call
    pending[index].kind = kind
    pending[index].items = items
    if outgoing.isEmpty {
      let bound = LoopBound(self, on: loop)
      loop.execute { bound.value.flush() }
    }
    outgoing.append(
      LedgerRequest(
        ticket: ticket, deadlineNanoseconds: call.deadline.map { ($0 + ledgerClockOffset).nanoseconds },
        operation: operation))
    if outgoing.count >= Self.parcelRequests { flush() }
    return UInt64(pending[index].generation) << 32 | UInt64(ticket)
  }

  /// The caller of `token` is gone.
  func cancelled(_ token: UInt64) {
    let ticket = UInt32(truncatingIfNeeded: token)
    let index = Int(ticket)
    guard index < pending.count, pending[index].generation == UInt32(token >> 32), pending[index].call != nil else {
      return
    }
    pending[index].call = nil
    if !outgoing.isEmpty { flush() }  // the door must know the request before it hears that it is cancelled
    door.cancel(ticket)
  }

  private func flush() {
    guard !outgoing.isEmpty else { return }
    let requests = outgoing
    outgoing = []
    outgoing.reserveCapacity(Self.parcelRequests)
    door.send(requests)
  }

  private func takeEntry() -> UInt32 {
    if let ticket = free.popLast() { return ticket }
    pending.append(Pending())
    return UInt32(pending.count - 1)  // at most maximumPendingItems
  }

  // MARK: And back

  private func deliver() {
    // In place: a reply is some 700 bytes, and an iterator would copy each.
    door.takeReplies().withUnsafeBufferPointer { replies in
      for index in replies.indices {
        guard let (call, kind) = vacate(replies[index].ticket), let call else { continue }
        answer(call, kind, replies[index])
      }
    }
  }

  /// Makes the entry free; nil when it was, the call is nil when its caller has gone.
  private func vacate(_ ticket: UInt32) -> (call: ServerCall?, kind: ReplyKind)? {
    let index = Int(ticket)
    guard index < pending.count, pending[index].items > 0 else { return nil }
    let call = pending[index].call
    let kind = pending[index].kind
    pendingItems -= pending[index].items
    pending[index].call = nil
    pending[index].kind = .withdrawal(.partner)
    pending[index].items = 0
    pending[index].generation &+= 1
    free.append(ticket)
    return (call, kind)
  }

  private func answer(_ call: ServerCall, _ kind: ReplyKind, _ reply: borrowing LedgerReply) {
    switch reply.outcome {
    case .answered(let answer):
      guard case .withdrawal(let audience) = kind else { return call.fail(.strangeAnswer) }
      answerOne(call, answer, reply.receipt, for: audience)
    case .batch(let answers, let receipts):
      guard case .batch(let refusals) = kind, answers.count == receipts.count else { return call.fail(.strangeAnswer) }
      buffer.removeAll()
      buffer.writeBatch(answers, receipts, refusals)
      buffer.withBytes { call.reply($0) }
    case .page, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown:
      call.fail(RPCStatus(unanswered: reply.outcome))
    }
  }

  private func answerOne(
    _ call: ServerCall, _ answer: borrowing Answer, _ receipt: Receipt, for audience: Audience
  ) {
    switch answer {
    case .withdrawal(let withdrawal):
      buffer.removeAll()
      buffer.write(atMost: WireWriter.withdrawalBound(withdrawal)) {
        $0.withdrawal(withdrawal, receipt, for: audience)
      }
      buffer.withBytes { call.reply($0) }
    case .refused(let refusal): call.fail(RPCStatus(refusal))
    case .rejected(let rejection): call.fail(RPCStatus(rejection))
    case .agent, .balance, .deposit, .withdrawals, .entries, .quote, .limits, .payee, .payees, .proposal, .proposals,
      .listEntry, .listEntries, .profile, .rules, .payouts, .payout, .channel, .channels, .payoutFigures, .sent,
      .appeal,
      .appeals, .done:
      call.fail(.strangeAnswer)
    }
  }

  /// A batch of which no item reached the ledger.
  func answer(_ call: ServerCall, allRefused refusals: [ItemRefusal]) {
    buffer.removeAll()
    buffer.writeBatch([], [], refusals)
    buffer.withBytes { call.reply($0) }
  }
}
