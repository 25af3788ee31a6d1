internal import Ledger
internal import LedgerCore
internal import Routing
internal import Synchronization

// A start: first what a former process left open, then whether this ledger is the latest one, then new payouts.
extension Dispatcher {
  func openAndPump() async {
    await takeOverOpen()
    state.withLock { state in
      state.isTakenOver = true
      state.earlyCancels = []
    }
    await countSentToday()
    await probeAll()
    state.withLock { $0.isProbed = true }
    await pump()
  }

  // MARK: - What was left open

  /// Attempts whose answer nobody recorded become unknown, and all are asked about at once. None is sent before the channel
  /// has said that it does not know it.
  private func takeOverOpen() async {
    var after: WithdrawalID?
    var orphans: [Label: Int] = [:]
    while isRunning {
      let reply = await ledger.perform(.query(.openPayouts(after: after, limit: limits.page)))
      guard case .answered(.payouts(let payouts)) = reply.outcome else {
        guard !reply.isEnd else { return }
        await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
        continue
      }
      guard let last = payouts.last else { break }
      for case let open? in payouts.map(\.open) where lane(of: open.channel) == nil {
        orphans[open.channel, default: 0] += 1
      }
      await takeOver(payouts)
      // A page may end what it shows, but this one has only put its attempts in doubt: they stay where they are.
      after = last.id
    }
    for (channel, count) in orphans.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      observer.observe(.channelMissing(channel: channel, openPayouts: count))
    }
  }

  /// Daily maxima count on over a restart: what this day's attempts asked for stands in the ledger.
  private func countSentToday() async {
    guard lanes.contains(where: { $0.manifest.dailyMaximum < .max }) else { return }
    let day = RouteViews.day(clock.now(), dayOffsetMinutes)
    let midnight = Timestamp(microseconds: (Int64(day) * 1_440 - Int64(dayOffsetMinutes)) * 60_000_000)
    var sums: [Int: [Currency: Int64]] = [:]
    var below: UInt64?
    while isRunning {
      let reply = await ledger.perform(.query(.sent(since: midnight, below: below)))
      guard case .answered(.sent(let found, let next)) = reply.outcome else {
        guard !reply.isEnd else { return }
        await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
        continue
      }
      for sum in found {
        guard let lane = lane(of: sum.channel) else { continue }
        let before = sums[lane.index, default: [:]][sum.currency, default: 0]
        let (total, overflow) = before.addingReportingOverflow(sum.minorUnits)
        sums[lane.index, default: [:]][sum.currency] = overflow ? .max : total
      }
      guard next != nil else { break }
      below = next
    }
    for lane in lanes {
      lane.state.withLock { state in
        state.sentDay = day
        state.sentToday = sums[lane.index] ?? [:]
      }
    }
  }

  private func takeOver(_ payouts: [Payout]) async {
    let requests = await storedRequests(of: payouts)
    let now = clock.monotonicMilliseconds()
    var unanswered: [RecordResult] = []
    var rows: [OpenRow] = []
    for payout in payouts {
      guard let open = payout.open, let lane = lane(of: open.channel), open.state != .mismatch else { continue }
      let stored = requests[open.beginSequence]
      let body = stored.flatMap { safe.open($0, of: payout) }
      var row = OpenRow(
        key: payout.key, lane: lane.index, amount: payout.net, body: body, createTime: payout.createTime,
        beginTime: open.beginTime, state: open.state, isCancelling: open.isCancelling, isBusy: true,
        beginMilliseconds: now)
      if open.state == .sent {
        unanswered.append(RecordResult(payoutKey: payout.key, result: AttemptResult(.unknown, source: .timer)))
        row.enter(.unknown, now)
      }
      row.since = now
      rows.append(row)
    }
    // What is unknown here must be IN_DOUBT there: nobody would record it later.
    guard await tell(unanswered) != nil else { return }
    begin(rows, requests, payouts)
    for payout in payouts where payout.open?.state == .mismatch { await tellMismatch(payout) }
  }

  /// People may still have to decide about it: nobody would tell them again.
  private func tellMismatch(_ payout: Payout) async {
    let reply = await ledger.perform(.query(.withdrawal(payout.id, .all)))
    guard case .answered(.withdrawal(let withdrawal)) = reply.outcome,
      let attempt = withdrawal.payout?.facts.attempts.last, attempt.state == .mismatch
    else { return }
    observer.observe(.mismatched(payout.key, channel: attempt.channel, paidMinorUnits: attempt.paidMinorUnits))
  }

  private func begin(_ rows: [OpenRow], _ requests: [UInt64: StoredRequest], _ payouts: [Payout]) {
    var sequences: [PayoutKey: UInt64] = [:]
    for payout in payouts { if let open = payout.open { sequences[payout.key] = open.beginSequence } }
    var calls = [[Call]](repeating: [], count: lanes.count)
    var unmade: [Found] = []
    var doubts: [PayoutEvent] = []
    state.withLock { state in
      for var row in rows {
        let lane = lanes[row.lane]
        if state.earlyCancels.remove(row.key.withdrawal) != nil { row.isCancelling = true }
        if row.state == .unknown { doubts.append(.inDoubt(row.key, channel: lane.manifest.id)) }
        if let sequence = sequences[row.key], let stored = requests[sequence], !stored.isSealed, stored.bytes.isEmpty {
          // It had no request: it was never sent.
          unmade.append(Self.found(unmade: nil, row.key, row.amount, lane: row.lane))
        } else if lane.canQuery {
          calls[row.lane].append(Call(kind: row.isCancelling ? .cancel : .query, request: row.request))
        } else {
          row.isBusy = false
        }
        state.open.insert(row)
      }
      state.found.append(contentsOf: unmade)
    }
    if !unmade.isEmpty { foundSignal.set() }
    for (lane, calls) in zip(lanes, calls) { put(calls, on: lane) }
    for event in doubts { observer.observe(event) }
  }

  /// By the sequence of the record that holds them: the journal is read from the oldest on, passing over what lies between.
  private func storedRequests(of payouts: [Payout]) async -> [UInt64: StoredRequest] {
    let wanted = payouts.compactMap { $0.open?.beginSequence }.sorted()
    var found: [UInt64: StoredRequest] = [:]
    var place = 0
    while place < wanted.count, isRunning {
      let page: RecordPage
      do throws(FeedError) {
        // As many as lie close together.
        let span = min(Int(wanted[wanted.count - 1] - wanted[place]) + 1, limits.page)
        page = try await ledger.records(from: wanted[place], limit: span)
      } catch {
        guard error == .busy else { return found }
        await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
        continue
      }
      guard let last = page.records.last else { return found }
      for stored in page.records {
        if case .attemptBegun(let fact) = stored.record { found[stored.sequence] = fact.request }
      }
      while place < wanted.count, wanted[place] <= last.sequence { place += 1 }
    }
    return found
  }

  // MARK: - Is this the latest ledger?

  /// Before the first payout is sent, each channel is asked for keys that it can only know from another, later life of this
  /// ledger: the next attempts of payouts that wait or are under way (they were never sent, or this ledger would know), and
  /// first attempts of withdrawals that are still to come. If it knows one, an older backup was started while the channel went
  /// on: nothing is sent any more.
  ///
  /// What it cannot catch: a backup that lacks only what the probes do not reach (payouts in between that were submitted and
  /// paid through a channel that cannot be asked, or more than `probesMaximum` waiting ones of which only later ones were
  /// sent), a later life that sent nothing yet, and channels that forget. A restore with a new epoch gives new ids: then only
  /// the keys of what waits can show it. Payouts that the backup shows as open are asked about, and never sent unless the
  /// channel does not know them.
  private func probeAll() async {
    await withTaskGroup(of: Void.self) { group in
      for lane in lanes {
        group.addTask { await self.probe(lane) }
      }
      // One channel that does not answer keeps no other from its payouts: it is asked again in its own time.
      await group.waitForAll()
    }
  }

  private func probe(_ lane: ChannelLane) async {
    guard lane.canQuery else { return lane.state.withLock { $0.isProbed = true } }
    guard let requests = await probes() else { return }
    if await ask(lane, requests) != nil { keepProbing(lane, requests) }
  }

  /// In the background: the others are not kept waiting.
  private func keepProbing(_ lane: ChannelLane, _ requests: [SentRequest]) {
    let task = Task {
      var unanswered = 1
      while self.isRunning {
        await self.clock.sleep(
          untilMilliseconds: self.clock.monotonicMilliseconds() + self.limits.probeAgainMilliseconds)
        if Task.isCancelled { return }
        guard let code = await self.ask(lane, requests) else {
          if unanswered >= self.limits.probeRoundsUnanswered {
            self.observer.observe(.channelHeard(channel: lane.manifest.id))
          }
          return self.pumpSignal.set()
        }
        unanswered += 1
        guard unanswered == self.limits.probeRoundsUnanswered else { continue }
        self.observer.observe(.channelSilent(channel: lane.manifest.id, code: Label(channelText: code)))
      }
    }
    state.withLock { $0.tasks.append(task) }
  }

  /// nil: all were answered, whatever that showed. Else what one of them came back with.
  private func ask(_ lane: ChannelLane, _ requests: [SentRequest]) async -> String? {
    var open = requests[...]
    while !open.isEmpty {
      let part = open.prefix(limits.probesAtOnce)
      open = open.dropFirst(limits.probesAtOnce)
      let answers = await withTaskGroup(of: (PayoutKey, ChannelAnswer).self) { group in
        for request in part {
          group.addTask {
            let answer = await self.within(milliseconds: self.limits.probeMilliseconds) {
              await lane.channel.query(request)
            }
            return (request.key, answer ?? .unknown(code: OwnCode.hung, message: ""))
          }
        }
        var answers: [(PayoutKey, ChannelAnswer)] = []
        for await answer in group { answers.append(answer) }
        return answers
      }
      for (key, answer) in answers {
        switch answer {
        case .notFound: break
        case .unknown(let code, _): return code
        case .paid, .accepted, .waiting, .failed, .returned:
          state.withLock { $0.isHalted = true }
          observer.observe(.ledgerOlderThanChannel(key, channel: lane.manifest.id))
          return nil
        }
      }
    }
    lane.state.withLock { $0.isProbed = true }
    return nil
  }

  /// nil: the ledger stops. A full mailbox is waited for: without probes nothing would be known.
  private func probes() async -> [SentRequest]? {
    let most = max(1, (limits.probesMaximum - Int(limits.probedOrdinals)) / 2)
    while isRunning {
      let replies = await ledger.performAll([
        .query(.payoutFigures), .query(.duePayouts(after: nil, limit: most)),
        .query(.openPayouts(after: nil, limit: most)),
      ])
      if replies.count == 3, case .answered(.payoutFigures(let figures)) = replies[0].outcome,
        case .answered(.payouts(let waiting)) = replies[1].outcome,
        case .answered(.payouts(let open)) = replies[2].outcome
      {
        return probes(waiting, open, newest: figures.counts.reduce(0, &+))
      }
      guard !replies.contains(where: { $0.isEnd }) else { return nil }
      await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
    }
    return nil
  }

  /// - Parameter newest: ordinals are dense, so their number is the newest one.
  private func probes(_ waiting: [Payout], _ open: [Payout], newest: UInt64) -> [SentRequest] {
    var probes = waiting.map { SentRequest(key: $0.key, amount: $0.net, body: []) }
    for payout in open where payout.key.attempt < .max {
      let next = PayoutKey(payout.id, attempt: payout.key.attempt + 1)
      probes.append(SentRequest(key: next, amount: payout.net, body: []))
    }
    for ordinal in (newest + 1)...(newest + max(1, limits.probedOrdinals)) {
      let id = WithdrawalID(epoch: ledger.identity.epoch, shard: ledger.identity.shard, ordinal: ordinal)
      probes.append(
        SentRequest(key: PayoutKey(id, attempt: 1), amount: Money(minorUnits: 0, currency: .cny), body: []))
    }
    return probes
  }
}
