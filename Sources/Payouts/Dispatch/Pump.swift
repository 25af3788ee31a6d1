internal import Ledger
internal import LedgerCore
internal import Routing
internal import Synchronization

// From due payouts to attempts that have begun: the most urgent first, a page at a time, each page in one parcel.
extension Dispatcher {
  func pump() async {
    var walk = Walk()
    while isRunning {
      let look = await lookForDue(&walk)
      let now = clock.monotonicMilliseconds()
      switch look {
      case .nothingLeft: await pumpSignal.wait(untilMilliseconds: now + limits.idleMilliseconds, clock)
      case .parked, .noRoom: await pumpSignal.wait(untilMilliseconds: now + limits.parkedMilliseconds, clock)
      case .fruitless: await pumpSignal.wait(untilMilliseconds: walk.restUntil, clock)
      case .overloaded: await clock.sleep(untilMilliseconds: now + limits.overloadedMilliseconds)
      case .ended: return
      }
    }
  }

  /// How far the payouts were passed by that no channel could take. Each look begins at the front all the same, where the
  /// urgent ones are; only then it goes on from here, and not before a rest.
  private struct Walk {
    /// The last one that was passed by; nil: the walk begins at the front.
    var last: WithdrawalID?
    var restUntil: Int64 = 0
  }

  private enum Look {
    case nothingLeft
    /// Some could not go now.
    case parked
    /// Many could not go; further ones may.
    case fruitless
    /// Channels have as many calls as they may.
    case noRoom
    case overloaded
    case ended
  }

  /// One payout of a page that is to go out.
  private struct Chosen {
    var payout: Payout
    var lane: ChannelLane
    var fee: Int64
    var candidates: [RouteCandidate]
    /// As the channel gets it; nil where there is no request: what is wrong stands in `unmade`.
    var body: [UInt8]?
    var unmade: RequestSafe.Unmade?
    var stored: StoredRequest
  }

  private func lookForDue(_ walk: inout Walk) async -> Look {
    var after: WithdrawalID?
    var isFront = true
    var hasLeft = walk.last != nil
    var fruitless = 0
    var page = await ledger.performAll(questions(after: nil))
    while isRunning {
      guard let (standings, payouts) = Self.read(page) else { return Self.look(atFailed: page) }
      guard !payouts.isEmpty else {
        // All were seen: the next walk begins anew.
        walk.last = nil
        return hasLeft ? .parked : .nothingLeft
      }
      guard !state.withLock({ $0.isHalted }) else { return .parked }

      let choice = choose(payouts, standings)
      if let left = choice.left {
        hasLeft = true
        after = left
      }
      if choice.chosen.isEmpty, choice.isFull { return .noRoom }
      if isFront, choice.chosen.isEmpty, let last = walk.last {
        // Nothing new at the front: on with the walk, unless it rests.
        guard clock.monotonicMilliseconds() >= walk.restUntil else { return .fruitless }
        after = last
        fruitless = -1
      }
      isFront = isFront && !choice.chosen.isEmpty
      fruitless = choice.chosen.isEmpty ? fruitless + 1 : 0
      if choice.chosen.isEmpty, fruitless >= limits.fruitlessPages { return rest(&walk, at: payouts.last?.id) }
      // What follows is asked in the same parcel, behind the attempts: it sees what they left.
      let operations = choice.chosen.map { Self.begin($0) } + questions(after: after)
      let replies = await ledger.performAll(operations)
      let begun = replies.prefix(choice.chosen.count)
      let isWhole = send(choice.chosen, begun)
      if choice.isFull { return .noRoom }
      page = Array(replies.suffix(2))
      guard !isWhole else { continue }
      // Those that did not begin are still there, and must not be met again and again.
      if begun.contains(where: { $0.isNoAnswer }) { return Self.look(atFailed: Array(begun)) }
      hasLeft = true
      fruitless += 1
      if fruitless >= limits.fruitlessPages { return .parked }
    }
    return .ended
  }

  private func rest(_ walk: inout Walk, at last: WithdrawalID?) -> Look {
    walk.last = last
    walk.restUntil = clock.monotonicMilliseconds() + limits.fruitlessMilliseconds
    return .fruitless
  }

  private func questions(after: WithdrawalID?) -> [LedgerOperation] {
    [.query(.channels), .query(.duePayouts(after: after, limit: limits.page))]
  }

  private static func read(_ replies: [LedgerReply]) -> ([ChannelStanding], [Payout])? {
    guard replies.count == 2, case .answered(.channels(let standings)) = replies[0].outcome,
      case .answered(.payouts(let payouts)) = replies[1].outcome
    else { return nil }
    return (standings, payouts)
  }

  private static func look(atFailed replies: [LedgerReply]) -> Look {
    replies.contains { $0.isEnd } ? .ended : .overloaded
  }

  // MARK: - Choosing

  private struct Choice {
    var chosen: [Chosen] = []
    /// The last one that stays where it is.
    var left: WithdrawalID?
    /// No lane has room for more.
    var isFull = false
  }

  private func choose(_ payouts: [Payout], _ standings: [ChannelStanding]) -> Choice {
    var choice = Choice()
    choice.chosen.reserveCapacity(payouts.count)
    var views = RouteViews(lanes, standings, clock: clock, dayOffsetMinutes: dayOffsetMinutes)
    var rooms = lanes.map { self.room(of: $0) }
    var room = openRoom
    let minute = localMinute(clock.now())
    let now = clock.monotonicMilliseconds()
    var full: Set<Int> = []
    for payout in payouts {
      let question = RouteQuestion(
        amount: payout.net, rail: payout.account?.rail, speed: payout.speed, attempts: payout.attempts,
        minuteOfDay: minute)
      let decision = views.route(question, weights)
      guard let id = decision.chosen?.id, let lane = lane(of: id) else {
        tellLowFloats(decision, payout)
        choice.left = payout.id
        continue
      }
      guard room > 0, rooms[lane.index] > 0 else {
        full.insert(lane.index)
        guard room > 0, rooms.contains(where: { $0 > 0 }) else {
          choice.isFull = true
          break
        }
        choice.left = payout.id
        continue
      }
      room -= 1
      rooms[lane.index] -= 1
      views.take(lane, payout.net, fee: decision.fee, nowMilliseconds: now)
      choice.chosen.append(chosen(payout, lane, decision))
    }
    if !full.isEmpty {
      state.withLock { $0.needsRoom = true }
      // What came back in between has told nobody.
      if openRoom > 0, lanes.contains(where: { full.contains($0.index) && self.room(of: $0) > 0 }) {
        pumpSignal.set()
      }
    }
    return choice
  }

  private func chosen(_ payout: Payout, _ lane: ChannelLane, _ decision: RouteDecision) -> Chosen {
    var chosen = Chosen(
      payout: payout, lane: lane, fee: decision.fee, candidates: decision.candidates, stored: RequestSafe.nothing)
    do throws(RequestSafe.Unmade) {
      let made = try safe.make(payout, for: lane.channel)
      chosen.body = made.body
      chosen.stored = made.stored
    } catch { chosen.unmade = error }
    return chosen
  }

  private func tellLowFloats(_ decision: RouteDecision, _ payout: Payout) {
    for candidate in decision.candidates where candidate.verdict == .floatLow {
      guard let lane = lane(of: candidate.channel) else { continue }
      let isNew = lane.state.withLock { state in
        defer { state.toldFloatLow = true }
        return !state.toldFloatLow
      }
      guard isNew else { continue }
      let needed = payout.net.minorUnits + candidate.feeMinorUnits
      Task { [observer, ledger] in
        guard case .answered(.channels(let standings)) = await ledger.perform(.query(.channels)).outcome else { return }
        let float = standings.first { $0.channel == candidate.channel }?.floats.first {
          $0.currency == payout.net.currency
        }
        observer.observe(.floatLow(channel: candidate.channel, available: float?.available ?? 0, needed: needed))
      }
    }
  }

  private static func begin(_ chosen: Chosen) -> LedgerOperation {
    .command(
      .beginAttempt(
        BeginAttempt(
          payoutKey: chosen.payout.key, channel: chosen.lane.manifest.id, payee: chosen.payout.payee,
          request: chosen.stored, channelFeeMinorUnits: chosen.fee, candidates: chosen.candidates)))
  }

  // MARK: - Sending

  /// Sends those whose attempt is durable: their reply says so, and nothing else does. False: some did not begin.
  private func send(_ chosen: [Chosen], _ replies: ArraySlice<LedgerReply>) -> Bool {
    var calls = [[Call]](repeating: [], count: lanes.count)
    var unmade: [Found] = []
    var isWhole = true
    let now = clock.monotonicMilliseconds()
    let time = clock.now()
    state.withLock { state in
      for (chosen, reply) in zip(chosen, replies) {
        let payout = chosen.payout
        guard case .answered(.done) = reply.outcome else {
          isWhole = false
          RouteViews.giveBack(chosen.lane, payout.net)
          continue
        }
        let key = payout.key
        state.open.insert(
          OpenRow(
            key: key, lane: chosen.lane.index, amount: payout.net, body: chosen.body, createTime: payout.createTime,
            beginTime: time, state: .sent, isCancelling: false, isBusy: true, beginMilliseconds: now))
        if let body = chosen.body {
          calls[chosen.lane.index].append(
            Call(kind: .send, request: SentRequest(key: key, amount: payout.net, body: body)))
        } else {
          unmade.append(Self.found(unmade: chosen.unmade, key, payout.net, lane: chosen.lane.index))
        }
      }
      state.found.append(contentsOf: unmade)
    }
    if !unmade.isEmpty { foundSignal.set() }
    for (lane, calls) in zip(lanes, calls) where !calls.isEmpty {
      lane.state.withLock { $0.toldFloatLow = false }
      put(calls, on: lane)
    }
    return isWhole
  }

  /// An attempt without a request ends as if the channel had said that the payee is wrong: nothing was sent.
  static func found(unmade: RequestSafe.Unmade?, _ key: PayoutKey, _ amount: Money, lane: Int) -> Found {
    let reason = unmade?.reason ?? .accountWrong
    let code = unmade?.code.description ?? "NOT_SENT"
    return Found(
      kind: .query, lane: lane, key: key, amount: amount,
      answer: .failed(ChannelAnswer.Failure(.payee, reason, code: code)), tookMilliseconds: 0)
  }
}

extension LedgerReply {
  /// It says nothing about what was asked.
  var isNoAnswer: Bool {
    if case .answered = outcome { false } else { true }
  }

  /// The ledger takes nothing more, or may have failed: the next start goes on.
  var isEnd: Bool {
    switch outcome {
    case .stopping, .outcomeUnknown: true
    case .answered, .page, .batch, .deadlineExceeded, .cancelled, .overloaded: false
    }
  }
}
