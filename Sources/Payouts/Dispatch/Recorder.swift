internal import Ledger
internal import LedgerCore
internal import Routing
internal import Synchronization

// Answers become results in the ledger, and only then something follows from them.
extension Dispatcher {
  func recordAnswers() async {
    while !isStopped {
      let batch = takeFound()
      guard !batch.isEmpty else {
        await foundSignal.wait()
        continue
      }
      await record(batch)
    }
  }

  private func takeFound() -> [Found] {
    state.withLock { state in
      let count = min(state.found.count, limits.resultsAtOnce)
      let batch: [Found]
      if count == state.found.count {
        batch = state.found
        state.found = []
        state.found.reserveCapacity(count)
      } else {
        batch = Array(state.found.prefix(count))
        state.found.removeFirst(count)
      }
      state.recording = batch.count
      return batch
    }
  }

  private struct Recorded {
    var found: Found
    var result: AttemptResult
    /// Ends or changes an attempt that was open.
    var wasOpen: Bool
  }

  private func record(_ batch: [Found]) async {
    defer { state.withLock { $0.recording = 0 } }
    var results: [Recorded] = []
    var rest: [Found] = []
    var returns: [Found] = []
    var unanswered: [Found] = []
    results.reserveCapacity(batch.count)
    state.withLock { state in
      for var found in batch {
        let row = state.open[found.key]
        if found.answer == .notFound, let row, isForgotten(row) {
          // The same number might be a new bill there: it stays in doubt, and people decide.
          found.answer = .unknown(code: OwnCode.forgotten, message: "")
        }
        let source: ResultSource = found.kind == .send ? .answer : .query
        if row == nil {
          switch found.answer {
          case .returned:
            state.afterthoughts[found.key] = nil
            returns.append(found)
            continue
          case .unknown:
            unanswered.append(found)
            continue
          case .paid, .accepted, .waiting, .failed, .notFound: state.afterthoughts[found.key] = nil
          }
        }
        if let result = found.answer.result(asked: found.amount, source: source),
          result.state != row?.state || result.confirmation != nil, !isNoNews(found, row)
        {
          results.append(Recorded(found: found, result: result, wasOpen: row != nil))
        } else {
          rest.append(found)
        }
      }
    }
    guard let replies = await tell(results.map { RecordResult(payoutKey: $0.found.key, result: $0.result) }) else {
      return
    }
    let resends = follow(results, replies, rest)
    if !resends.isEmpty { await resend(resends) }
    if !returns.isEmpty { await record(returns: returns) }
    if !unanswered.isEmpty { askAgain(unanswered) }
    for (recorded, reply) in zip(results, replies) where recorded.found.notice > 0 {
      // Money that came back after it was paid is taken up in the next round.
      if case .answered(.rejected(.resultConflicts)) = reply.outcome, case .returned = recorded.found.answer {
        continue
      }
      answer(recorded.found.key, through: recorded.found.notice, !reply.isNoAnswer)
    }
    for found in rest where found.notice > 0 { answer(found.key, through: found.notice, true) }
    for found in returns where found.notice > 0 { answer(found.key, through: found.notice, !isStopped) }
    for found in unanswered where found.notice > 0 { answer(found.key, through: found.notice, false) }
  }

  /// The bill is there and waits for its payee; that a second send of it was not answered takes nothing from that.
  private func isNoNews(_ found: Found, _ row: OpenRow?) -> Bool {
    guard case .unknown = found.answer else { return false }
    return found.kind == .send && row?.state == .awaitingPayee
  }

  /// Its channel does not know what it did so long ago.
  private func isForgotten(_ row: OpenRow) -> Bool {
    guard let days = lanes[row.lane].manifest.queryDaysMaximum else { return false }
    return clock.now().microseconds - row.beginTime.microseconds > Int64(days) * 86_400_000_000
  }

  /// Tells the ledger until each result found room; nil where the dispatcher was stopped first.
  func tell(_ results: [RecordResult]) async -> [LedgerReply]? {
    var replies = await ledger.performAll(results.map { .command(.recordResult($0)) })
    while true {
      var taken: Set<PayoutKey> = []
      var again: [Int] = []
      for place in replies.indices.reversed() {
        guard replies[place].isOverloaded else {
          taken.insert(results[place].payoutKey)
          continue
        }
        // A later word about the same key was taken, and says more than this one, unless this one is the last there is.
        guard !taken.contains(results[place].payoutKey) || !results[place].result.state.isOpen else {
          replies[place].outcome = .answered(.rejected(.nothingToChange))
          continue
        }
        again.append(place)
      }
      guard !again.isEmpty else { return replies }
      await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
      if isStopped { return nil }
      again.reverse()
      let more = await ledger.performAll(again.map { .command(.recordResult(results[$0])) })
      for (place, reply) in zip(again, more) { replies[place] = reply }
    }
  }

  /// - Returns: those that are to be sent again.
  private func follow(_ results: [Recorded], _ replies: [LedgerReply], _ rest: [Found]) -> [OpenRow] {
    let now = clock.monotonicMilliseconds()
    let time = clock.now()
    var events: [PayoutEvent] = []
    events.reserveCapacity(results.count)
    var calls = [[Call]](repeating: [], count: lanes.count)
    var resends: [OpenRow] = []
    var isEarlier = false
    state.withLock { state in
      for (recorded, reply) in zip(results, replies) {
        follow(recorded, reply, &state, &events, now, time)
        isEarlier = goOn(recorded.found, &state, &calls, &resends, now) || isEarlier
      }
      for found in rest { isEarlier = goOn(found, &state, &calls, &resends, now) || isEarlier }
    }
    for (lane, calls) in zip(lanes, calls) {
      put(calls, on: lane)
      if let breaker = lane.changedBreaker(nowMilliseconds: now) {
        events.append(.breakerChanged(channel: lane.manifest.id, breaker))
      }
    }
    if isEarlier { timerSignal.set() }
    for event in events { observer.observe(event) }
    return resends
  }

  /// What a recorded result means for whoever watches; closes what it ended.
  private func follow(
    _ recorded: Recorded, _ reply: LedgerReply, _ state: inout State, _ events: inout [PayoutEvent], _ now: Int64,
    _ time: Timestamp
  ) {
    let (found, result) = (recorded.found, recorded.result)
    let channel = lanes[found.lane].manifest.id
    switch reply.outcome {
    case .answered(.done): break
    case .answered(.rejected(.resultConflicts)):
      if case .returned = found.answer {
        // It is paid here already, so what came back is the agent's.
        state.open.remove(found.key)
        state.found.append(found)
        return
      }
      events.append(.conflicted(found.key, channel: channel))
      state.open.remove(found.key)
      return
    case .answered(.rejected(.nothingToChange)):
      // Known already; what it ended is not open.
      if !result.state.isOpen || result.state == .mismatch { state.open.remove(found.key) }
      return
    // The ledger stops: the next start asks again. It knows no such attempt: nothing of ours.
    case .answered, .page, .batch, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown: return
    }
    let row = state.open[found.key]
    let isMismatch =
      result.state == .mismatch || result.state == .paid && result.paidMinorUnits != found.amount.minorUnits
    let told: AttemptState = isMismatch ? .mismatch : result.state
    events.append(.answered(found.key, channel: channel, told, milliseconds: found.tookMilliseconds))
    guard recorded.wasOpen, let row else {
      if told == .paid || isMismatch {
        events.append(.strayed(found.key, channel: channel, minorUnits: result.paidMinorUnits))
      }
      return
    }
    switch told {
    case .paid:
      state.open.remove(found.key)
      let arrival = max(0, (time.microseconds - row.beginTime.microseconds) / 1_000)
      lanes[found.lane].state.withLock { $0.health.recordArrival(milliseconds: arrival, at: now) }
      events.append(
        .paid(
          found.key, channel: channel, found.amount,
          sinceSubmit: max(0, (time.microseconds - row.createTime.microseconds) / 1_000)))
    case .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled, .lapsed:
      state.open.remove(found.key)
      if found.kind != .send, row.wasAnswered, case .failed(let failure) = found.answer {
        lanes[found.lane].state.withLock {
          $0.health.recordLater(failure.kind.healthOutcome, begunAt: row.beginMilliseconds, at: now)
        }
      }
      events.append(.failed(found.key, channel: channel, told, result.reason, code: result.code))
    case .mismatch:
      // People decide: no timer asks any more.
      state.open.remove(found.key)
      events.append(.mismatched(found.key, channel: channel, paidMinorUnits: result.paidMinorUnits))
    case .unknown:
      events.append(.inDoubt(found.key, channel: channel))
      state.open.update(found.key) { $0.enter(.unknown, now) }
    case .accepted, .awaitingPayee:
      state.open.update(found.key) {
        $0.enter(told, now)
        $0.wasAnswered = true
      }
    case .sent: break
    }
  }

  private func isWorthSendingAgain(_ found: Found, _ row: OpenRow) -> Bool {
    switch found.answer {
    // No proof of anything.
    case .notFound: found.kind != .send
    // The send's answer was lost, and with it what the payee confirms with; a query does not tell it.
    case .waiting:
      found.kind == .query && !row.hasConfirmation && !row.isCancelling
        && lanes[row.lane].manifest.capabilities.contains(.payeeConfirmation)
    case .paid, .accepted, .failed, .returned, .unknown: false
    }
  }

  /// What is done next about an attempt that is still open. True: a timer was set that is the earliest.
  private func goOn(
    _ found: Found, _ state: inout State, _ calls: inout [[Call]], _ resends: inout [OpenRow], _ now: Int64
  ) -> Bool {
    guard var row = state.open[found.key] else { return false }
    let lane = lanes[row.lane]
    row.isBusy = false
    defer { state.open.insert(row) }
    if case .waiting(_, _, let confirmation) = found.answer, confirmation != nil || found.kind == .send {
      row.hasConfirmation = true
    }
    if isWorthSendingAgain(found, row), let body = row.body, !body.isEmpty, state.phase == .running {
      // The key is the same: the channel pays it once, however often it is asked.
      row.isBusy = true
      row.inquiries += 1
      row.askAgain = false
      resends.append(row)
      return false
    }
    guard lane.canQuery else { return false }  // people find out
    if row.askAgain, state.phase == .running {
      row.askAgain = false
      row.isBusy = true
      calls[row.lane].append(Call(kind: row.isCancelling ? .cancel : .query, request: row.request))
      return false
    }
    if found.kind != .send { row.inquiries += 1 }
    let due = limits.nextInquiry(row, now)
    row.dueAt = due
    state.open.insert(row)
    return state.open.setTimer(row.key, at: due)
  }
}

extension OpenRow {
  mutating func enter(_ state: AttemptState, _ now: Int64) {
    guard self.state != state else { return }
    self.state = state
    since = now
    inquiries = 0
  }
}

extension DispatcherLimits {
  /// When an attempt is asked about next; never at once, so that a channel that knows nothing is not flooded.
  func nextInquiry(_ row: OpenRow, _ now: Int64) -> Int64 {
    let steps =
      switch row.state {
      case .accepted: acceptedMilliseconds
      case .awaitingPayee: awaitingMilliseconds
      case .sent, .unknown, .mismatch, .paid, .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled, .lapsed:
        inDoubtMilliseconds
      }
    let due = row.inquiries < steps.count ? row.since + steps[row.inquiries] : now + inquiryIntervalMilliseconds
    let soonest = now + (inDoubtMilliseconds.first ?? inquiryIntervalMilliseconds)
    return max(due, soonest)
  }
}

extension LedgerReply {
  var isOverloaded: Bool {
    if case .overloaded = outcome { true } else { false }
  }
}
