internal import Ledger
internal import LedgerCore
internal import Routing
internal import Synchronization

// Whatever makes the dispatcher look again: time, the feed, notifications.
extension Dispatcher {
  func runTimers() async {
    while isRunning {
      let now = clock.monotonicMilliseconds()
      let (due, next) = state.withLock { state in (state.open.takeDue(at: now), state.open.nextTime) }
      ask(await stillOpen(due))
      if let next { await timerSignal.wait(untilMilliseconds: next, clock) } else { await timerSignal.wait() }
    }
  }

  private func ask(_ rows: [OpenRow]) {
    guard !rows.isEmpty else { return }
    var calls = [[Call]](repeating: [], count: lanes.count)
    for row in rows {
      calls[row.lane].append(Call(kind: row.isCancelling && canCancel(row) ? .cancel : .query, request: row.request))
    }
    for (lane, calls) in zip(lanes, calls) { put(calls, on: lane) }
  }

  private func canCancel(_ row: OpenRow) -> Bool { lanes[row.lane].manifest.capabilities.contains(.cancel) }

  /// The feed only wakes: what is due, or to be cancelled, stands in the ledger.
  ///
  /// - Parameter start: from before what was left open was looked for, so that no cancel falls between.
  func followFeed(after start: UInt64) async {
    var cursor = start
    while isRunning {
      let page: FeedPage
      do throws(FeedError) {
        page = try await ledger.feed.events(after: cursor, limit: limits.page * 8)
      } catch {
        switch error {
        case .stopped, .cancelled: return
        case .busy:
          await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
          continue
        case .beyondEnd(let last): cursor = last
        case .journalUnreadable: cursor = ledger.feed.lastSequence
        }
        // Whatever was passed over is found by looking.
        pumpSignal.set()
        continue
      }
      cursor = page.next
      var isDue = false
      for event in page.events {
        switch event.state {
        case .approved: isDue = true
        case .cancelling: beginCancel(event.withdrawal)
        case .submitted, .pendingReview, .rejected, .expired, .cancelled, .processing, .awaitingPayee, .inDoubt,
          .actionRequired, .paid, .confirmed, .returned, .failed:
          break
        }
      }
      if isDue { pumpSignal.set() }
    }
  }

  private func beginCancel(_ withdrawal: WithdrawalID) {
    let row = state.withLock { state -> OpenRow? in
      guard let row = state.open.rows[withdrawal] else {
        if !state.isTakenOver { state.earlyCancels.insert(withdrawal) }
        return nil
      }
      state.open.update(row.key) {
        $0.isCancelling = true
        if $0.isBusy { $0.askAgain = true } else { $0.isBusy = true }
      }
      guard !row.isBusy else { return nil }
      return state.open[row.key]
    }
    if let row { ask([row]) }
  }

  func lookUpNotified() async {
    while isRunning {
      let notified = state.withLock { state in
        defer { state.notified = [] }
        return state.notified
      }
      guard !notified.isEmpty else {
        await notifiedSignal.wait()
        continue
      }
      for (key, channel) in notified {
        let notice = state.withLock { $0.notices.serial }
        guard let lane = lane(of: channel) else {
          answer(key, through: notice, false)
          continue
        }
        switch await lookUp(key, lane, .callback, notice) {
        case .asked: break
        case .isNothingMore: answer(key, through: notice, true)
        case .isUnknown: answer(key, through: notice, false)
        }
      }
    }
  }

  enum LookedUp {
    /// The question's answer says more.
    case asked
    /// Nothing can be lost: it is open and asked about whatever happens, or no word about it would change anything.
    case isNothingMore
    case isUnknown
  }

  /// - Parameter serial: notices up to this one are answered with it.
  @discardableResult
  func lookUp(_ key: PayoutKey, _ lane: ChannelLane, _ notice: Notice, _ serial: UInt64 = 0) async -> LookedUp {
    let open = state.withLock { state -> OpenRow? in
      guard let row = state.open[key] else { return nil }
      state.open.update(key) {
        if $0.isBusy { $0.askAgain = true } else { $0.isBusy = true }
      }
      return row
    }
    if let open {
      // Whatever another channel says of a key, the one that has it is asked.
      if !open.isBusy { ask([open]) }
      return .isNothingMore
    }
    let reply = await ledger.perform(.query(.payout(key.withdrawal)))
    guard case .answered(.payout(let payout)) = reply.outcome, let attempt = payout.attempt(of: key),
      attempt.channel == lane.manifest.id
    else {
      // Only a ledger that answers says that there is no such payout.
      guard !reply.isNoAnswer else { return .isUnknown }
      observer.observe(.unknownPayout(key, channel: lane.manifest.id))
      return .isNothingMore
    }
    guard notice.isWorthAsking(attempt.state) else { return .isNothingMore }
    let request = SentRequest(key: key, amount: payout.net, body: [])
    put([Call(kind: .query, request: request, notice: serial)], on: lane)
    return .asked
  }
}

extension Payout {
  /// nil: no attempt of that number was made.
  func attempt(of key: PayoutKey) -> AttemptBrief? {
    guard key.attempt >= 1, Int(key.attempt) <= attempts.count else { return nil }
    return attempts[Int(key.attempt) - 1]
  }
}

extension Dispatcher.Notice {
  /// About an attempt that is closed, or for people: a success for what counts as failed must not stay unknown, nor that
  /// money came back. A statement tells returns by lines of their own.
  fileprivate func isWorthAsking(_ state: AttemptState) -> Bool {
    switch self {
    case .callback: state == .paid || state.isFailure || state == .mismatch
    case .statement: state.isFailure || state == .mismatch
    }
  }
}
