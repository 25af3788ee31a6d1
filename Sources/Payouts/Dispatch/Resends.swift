internal import Ledger
internal import LedgerCore
internal import Synchronization

// Before a request goes out once more, the ledger is asked: since it was sent, people may have closed the attempt, held the
// withdrawal or switched the channel off, and a table in memory knows nothing of that.
extension Dispatcher {
  private enum Standing {
    /// It waits for proof, and nobody minds that it is sent.
    case open
    /// Its payee has all that is needed to confirm: its channel is asked from time to time.
    case confirmable
    /// It waits for proof, and must not be sent: its channel is asked from time to time.
    case stopped
    /// Another attempt or none is under way: nobody waits for this one.
    case closed
    /// The ledger did not say.
    case unanswered
  }

  /// Sends them again that the ledger still wants sent; the others are asked about later, or forgotten.
  func resend(_ rows: [OpenRow]) async {
    let standings = await standings(of: rows)
    let now = clock.monotonicMilliseconds()
    var calls = [[Call]](repeating: [], count: lanes.count)
    var isEarlier = false
    let probed = lanes.map { lane in lane.state.withLock { $0.isProbed } }
    state.withLock { state in
      let isAllowed = state.isProbed && !state.isHalted && state.phase == .running
      for (row, standing) in zip(rows, standings) {
        switch standing {
        case .closed: state.open.remove(row.key)
        case .open where isAllowed && probed[row.lane]:
          var request = row.request
          // By us, or by whoever made the attempt before a start.
          request.isRepeated = true
          calls[row.lane].append(Call(kind: .send, request: request))
        case .open, .confirmable, .stopped, .unanswered:
          state.open.update(row.key) {
            $0.isBusy = false
            if standing == .confirmable { $0.hasConfirmation = true }
          }
          isEarlier = state.open.setTimer(row.key, at: limits.nextInquiry(row, now)) || isEarlier
        }
      }
    }
    for (lane, calls) in zip(lanes, calls) { put(calls, on: lane) }
    if isEarlier { timerSignal.set() }
  }

  /// Those of them that are still under way; the others are forgotten.
  func stillOpen(_ rows: [OpenRow]) async -> [OpenRow] {
    guard !rows.isEmpty else { return [] }
    let standings = await standings(of: rows)
    let closed = zip(rows, standings).filter { $1 == .closed }.map(\.0.key)
    if !closed.isEmpty { state.withLock { state in for key in closed { state.open.remove(key) } } }
    return zip(rows, standings).filter { $1 != .closed }.map(\.0)
  }

  private func standings(of rows: [OpenRow]) async -> [Standing] {
    var found: [Standing] = []
    found.reserveCapacity(rows.count)
    var rest = rows[...]
    while !rest.isEmpty {
      found += await standings(ofPage: Array(rest.prefix(limits.page)))
      rest = rest.dropFirst(limits.page)
    }
    return found
  }

  private func standings(ofPage rows: [OpenRow]) async -> [Standing] {
    let replies = await ledger.performAll(
      rows.map { .query(.withdrawal($0.key.withdrawal, .all)) } + [.query(.channels)])
    guard replies.count == rows.count + 1, case .answered(.channels(let channels)) = replies[rows.count].outcome else {
      return rows.map { _ in .unanswered }
    }
    let disabled = Set(channels.filter { $0.state == .disabled }.map(\.channel))
    return zip(rows, replies).map { row, reply in
      guard case .answered(.withdrawal(let withdrawal)) = reply.outcome else { return .unanswered }
      guard let payout = withdrawal.payout?.facts, payout.attempts.count == Int(row.key.attempt),
        let attempt = payout.attempts.last, attempt.state.isOpen, attempt.state != .mismatch
      else { return .closed }
      if attempt.payeeConfirmation != nil { return .confirmable }
      let isHeld = withdrawal.review?.facts.holdReason ?? .none != .none
      return isHeld || payout.isBlocked || disabled.contains(attempt.channel) ? .stopped : .open
    }
  }
}
