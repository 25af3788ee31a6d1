internal import Ledger
internal import LedgerCore
internal import Routing
internal import Synchronization

// A start: first what a former process left open, then whether this ledger is the latest one, then new payouts.
extension Dispatcher {
  func openAndPump() async {
    await takeOverOpen()
    await probeAll()
    await pump()
  }

  // MARK: - What was left open

  /// Attempts whose answer nobody recorded become unknown, and all are asked about at once. None is sent before the channel
  /// has said that it does not know it.
  private func takeOverOpen() async {
    var after: WithdrawalID?
    while isRunning {
      let reply = await ledger.perform(.query(.openPayouts(after: after, limit: limits.page)))
      guard case .answered(.payouts(let payouts)) = reply.outcome else {
        guard !reply.isEnd else { return }
        await clock.sleep(untilMilliseconds: clock.monotonicMilliseconds() + limits.overloadedMilliseconds)
        continue
      }
      guard let last = payouts.last else { return }
      await takeOver(payouts)
      // A page may end what it shows, but this one has only put its attempts in doubt: they stay where they are.
      after = last.id
    }
  }

  private func takeOver(_ payouts: [Payout]) async {
    let requests = await storedRequests(of: payouts)
    let now = clock.monotonicMilliseconds()
    var unanswered: [LedgerOperation] = []
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
        unanswered.append(
          .command(
            .recordResult(RecordResult(payoutKey: payout.key, result: AttemptResult(.unknown, source: .timer)))))
        row.enter(.unknown, now)
      }
      row.since = now
      rows.append(row)
    }
    if !unanswered.isEmpty { _ = await ledger.performAll(unanswered) }
    begin(rows, requests, payouts)
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
      } catch { return found }
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
  /// ledger: the next attempts of payouts that wait (they were never sent, or this ledger would know), and first attempts of
  /// withdrawals that are still to come. If it knows one, an older backup was started while the channel went on: nothing is
  /// sent any more.
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
    let requests = await probes()
    let isAnswered = await ask(lane, requests)
    guard !isAnswered else { return }
    keepProbing(lane, requests)
  }

  /// In the background: the others are not kept waiting.
  private func keepProbing(_ lane: ChannelLane, _ requests: [SentRequest]) {
    let task = Task {
      while self.isRunning {
        await self.clock.sleep(
          untilMilliseconds: self.clock.monotonicMilliseconds() + self.limits.probeAgainMilliseconds)
        if Task.isCancelled { return }
        if await self.ask(lane, requests) { return self.pumpSignal.set() }
      }
    }
    state.withLock { $0.tasks.append(task) }
  }

  /// True: all were answered, whatever that showed.
  private func ask(_ lane: ChannelLane, _ requests: [SentRequest]) async -> Bool {
    var open = requests[...]
    while !open.isEmpty {
      let part = open.prefix(limits.probesAtOnce)
      open = open.dropFirst(limits.probesAtOnce)
      let answers = await withTaskGroup(of: (PayoutKey, ChannelAnswer).self) { group in
        for request in part { group.addTask { (request.key, await lane.channel.query(request)) } }
        var answers: [(PayoutKey, ChannelAnswer)] = []
        for await answer in group { answers.append(answer) }
        return answers
      }
      for (key, answer) in answers {
        switch answer {
        case .notFound: break
        case .unknown: return false
        case .paid, .accepted, .waiting, .failed:
          state.withLock { $0.isHalted = true }
          observer.observe(.ledgerOlderThanChannel(key, channel: lane.manifest.id))
          return true
        }
      }
    }
    lane.state.withLock { $0.isProbed = true }
    return true
  }

  private func probes() async -> [SentRequest] {
    let replies = await ledger.performAll([
      .query(.payoutFigures),
      .query(.duePayouts(after: nil, limit: max(1, limits.probesMaximum - Int(limits.probedOrdinals)))),
    ])
    var probes: [SentRequest] = []
    guard replies.count == 2 else { return probes }
    if case .answered(.payouts(let waiting)) = replies[1].outcome {
      probes = waiting.map { SentRequest(key: $0.key, amount: $0.net, body: []) }
    }
    guard case .answered(.payoutFigures(let figures)) = replies[0].outcome else { return probes }
    // Ordinals are dense, so their number is the newest one.
    let newest = figures.counts.reduce(0, &+)
    for ordinal in (newest + 1)...(newest + max(1, limits.probedOrdinals)) {
      let id = WithdrawalID(epoch: ledger.identity.epoch, shard: ledger.identity.shard, ordinal: ordinal)
      probes.append(
        SentRequest(key: PayoutKey(id, attempt: 1), amount: Money(minorUnits: 0, currency: .cny), body: []))
    }
    return probes
  }
}
