internal import Ledger
internal import LedgerCore
internal import Routing
internal import Synchronization

// What becomes known of payouts that are closed: money that came back, or that left after all.
extension Dispatcher {
  /// Why somebody should look at a key again.
  enum Notice: Sendable {
    /// The channel called: whatever the key counts as, also as paid, it may stand otherwise there.
    case callback
    /// Its statement has a payment that is none here.
    case statement
  }

  /// What channels told of keys that are not open any more.
  func record(returns: [Found]) async {
    for found in returns {
      guard case .returned(let back) = found.answer else { continue }
      let differs = PayoutEvent.returnDiffered(
        found.key, channel: lanes[found.lane].manifest.id, returnedMinorUnits: back.amount.minorUnits)
      guard back.amount.currency == found.amount.currency else {
        observer.observe(differs)
        continue
      }
      let line = StatementLine(
        key: found.key, kind: .returned(code: back.code), amount: back.amount, reference: back.reference)
      var booking = await book([line], lanes[found.lane])
      while booking == .noAnswer, !isStopped {
        await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
        booking = await book([line], lanes[found.lane])
      }
      // People have still to decide about it, or no book can hold it: unlike a statement's line, nobody tells it again.
      if booking == .some, await mayBeOut(found.key) { observer.observe(differs) }
    }
  }

  /// A question about a closed key that was not answered: no timer watches over it, so it is asked again here, a few times.
  func askAgain(_ unanswered: [Found]) {
    for found in unanswered {
      let wait = state.withLock { state -> Int64? in
        let tries = state.afterthoughts[found.key, default: 0]
        guard state.phase == .running, tries < limits.inDoubtMilliseconds.count,
          tries > 0 || state.afterthoughts.count < limits.notifiedMaximum
        else {
          state.afterthoughts[found.key] = nil
          return nil
        }
        state.afterthoughts[found.key] = tries + 1
        return limits.inDoubtMilliseconds[tries]
      }
      guard let wait else { continue }
      let call = Call(kind: .query, request: SentRequest(key: found.key, amount: found.amount, body: []))
      Task { [self] in
        await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + wait)
        if isRunning { put([call], on: lanes[found.lane]) }
      }
    }
  }
}
