package import Ledger
package import LedgerCore
internal import Routing
internal import Synchronization
package import Telemetry

package struct AlarmLimits: Sendable {
  /// Doubt that a channel has not ended after so long needs a person to ask it.
  package var inDoubtMicroseconds: Int64 = 10 * 60 * 1_000_000
  /// Payouts of one agent, or over one channel, in a row that did not arrive.
  package var notArrivedInARow = 3
  /// Single payouts above it are told to somebody, minor units: the house's threshold for a closer look.
  package var largeMinorUnits: Int64 = 5_000_000
  /// What happened once is shown for a day.
  package var shownMicroseconds: Int64 = 24 * 3_600 * 1_000_000
  /// Doubts and mismatches that the ledger is asked about at a time: whether people have decided meanwhile.
  package var doubtsAtOnce = 256
  /// Payouts looked at in one go for promises that are over.
  package var overdueLookedAt = 64
  /// An agent's newest withdrawals that are looked at: with those that were never to be paid among them.
  package var withdrawalsLookedAt = 16
  /// Agents looked at in one go; the others have their turn at the next.
  package var agentsLookedAt = 64
  /// Failures that wait to be looked at: beyond it the next one of the same agent will tell.
  package var failuresMaximum = 4_096

  package init() {}
}

/// Turns what happens to payouts into alarms. Events come from any task; `look` is called now and then.
package final class PayoutAlarms: PayoutObserver {
  private struct State {
    /// Since when, microseconds.
    var inDoubt: [PayoutKey: Int64] = [:]
    var mismatched: Set<PayoutKey> = []
    var notArrived: [Label: Int] = [:]
    /// Alarms about things that happened, and until when they are shown.
    var shown: [Shown: Int64] = [:]
    var overdue: Set<WithdrawalID> = []
    /// Withdrawals of which something failed since the last look.
    var failed: Set<WithdrawalID> = []
    /// Agents to look at: those with a failure, and those whose alarm is on.
    var suspects: [AgentName] = []
  }

  private struct Shown: Hashable {
    let code: AlarmCode
    let subject: String
  }

  private struct AgentName: Hashable {
    let partner: Label
    let agent: Label
    var subject: String { "\(partner)/\(agent)" }
  }

  private let board: AlarmBoard
  private let clock: any LedgerClock
  private let limits: AlarmLimits
  private let state = Mutex(State())

  package init(_ board: AlarmBoard, clock: any LedgerClock, limits: AlarmLimits = AlarmLimits()) {
    self.board = board
    self.clock = clock
    self.limits = limits
  }

  package func observe(_ event: PayoutEvent) {
    let now = clock.now().microseconds
    switch event {
    case .sent(_, let channel): board.clear(.floatLow, "\(channel)")
    case .answered(let key, _, let state, _):
      if !state.needsPeople { leaveDoubt(key) }
    case .paid(let key, let channel, let money, _):
      leaveDoubt(key)
      arrived(channel)
      guard money.minorUnits > limits.largeMinorUnits else { return }
      show(
        .largePayout, "\(key.withdrawal)", "a single payout of \(money.minorUnits) minor units \(money.currency)", now)
    case .failed(let key, let channel, let state, _, let code):
      leaveDoubt(key)
      // Called off is not failed to arrive.
      guard state != .cancelled else { return }
      suspect(key.withdrawal)
      didNotArrive(channel, code, now)
    case .inDoubt(let key, _):
      state.withLock { if $0.inDoubt[key] == nil { $0.inDoubt[key] = now } }
    case .returned(let key, _): suspect(key.withdrawal)
    case .returnDiffered, .paymentDiffered, .strayed, .mismatched, .conflicted, .unknownPayout: contradicted(event, now)
    case .breakerChanged, .floatLow, .ledgerOlderThanChannel, .channelSilent, .channelHeard, .channelMissing, .bankFile:
      troubled(event, now)
    }
  }

  /// What a channel says is not what stands here.
  private func contradicted(_ event: PayoutEvent, _ now: Int64) {
    switch event {
    case .returnDiffered(let key, let channel, let minorUnits):
      show(
        .returnDiffers, "\(key.withdrawal)",
        "\(channel) says that \(minorUnits) minor units of \(key) came back, which is not what was paid: nothing was "
          + "booked, ask the channel", now)
    case .paymentDiffered(let key, let channel, let minorUnits):
      show(
        .resultConflict, "\(key.withdrawal)",
        "\(channel)'s statement has \(minorUnits) minor units for \(key), which is not what it had proven paid: ask the "
          + "channel", now)
    case .strayed(let key, let channel, let minorUnits):
      show(
        .strayPayment, "\(key.withdrawal)",
        "\(channel) paid \(minorUnits) minor units for attempt \(key) after it counted as failed: what the books can "
          + "hold of it is in suspense, and the withdrawal is blocked until two finance people settle it", now)
    case .mismatched(let key, let channel, let paid):
      state.withLock { _ = $0.mismatched.insert(key) }
      board.raise(
        .mismatch, "\(key.withdrawal)",
        "\(channel) paid \(paid) minor units for \(key), not what was asked: two finance people decide",
        nowMicroseconds: now)
    case .conflicted(let key, let channel):
      show(.resultConflict, "\(key.withdrawal)", "\(channel) says that \(key) failed, which it had proven paid", now)
    case .unknownPayout(let key, let channel):
      show(
        .unknownPayout, "\(key)",
        "\(channel) tells of \(key), which this ledger never gave to it: an older backup, or somebody else who uses its "
          + "account", now)
    case .sent, .answered, .paid, .failed, .inDoubt, .returned, .breakerChanged, .floatLow, .ledgerOlderThanChannel,
      .channelSilent, .channelHeard, .channelMissing, .bankFile:
      break
    }
  }

  /// Something is wrong with a channel.
  private func troubled(_ event: PayoutEvent, _ now: Int64) {
    switch event {
    case .breakerChanged(let channel, let breaker):
      switch breaker {
      case .closed: board.clear(.breakerOpen, "\(channel)")
      case .open, .halfOpen:
        board.raise(
          .breakerOpen, "\(channel)", "too many of its payouts fail technically: traffic goes elsewhere",
          nowMicroseconds: now)
      }
    case .floatLow(let channel, let available, let needed):
      board.raise(
        .floatLow, "\(channel)", "\(available) minor units are free there, \(needed) are needed: fund it",
        nowMicroseconds: now)
    case .ledgerOlderThanChannel(let key, let channel):
      board.raise(
        .ledgerOlderThanChannel, "\(channel)",
        "it knows \(key), which this ledger has not made: an older backup was started, so nothing is sent",
        nowMicroseconds: now)
    case .channelSilent(let channel, let code):
      board.raise(
        .channelSilent, "\(channel)",
        "it does not say whether it knows payouts that this ledger has not made (\(code)): it gets none until it does",
        nowMicroseconds: now)
    case .channelHeard(let channel): board.clear(.channelSilent, "\(channel)")
    case .channelMissing(let channel, let count):
      board.raise(
        .channelMissing, "\(channel)",
        "\(count) payouts are open there, and it is not configured any more: nobody asks about them; put it back into the "
          + "list of channels, drained", nowMicroseconds: now)
    case .bankFile(let channel, .rejected(let file, let why)):
      show(.fileRejected, "\(channel)/\(file)", "the bank's file was not believed: \(why)", now)
    case .bankFile(let channel, .troubled(let why)):
      // Told once by the channel: shown until it works again.
      board.raise(
        .directoryTroubled, "\(channel)", "the bank's directory cannot be worked with: \(why)", nowMicroseconds: now)
    case .bankFile(let channel, .closed), .bankFile(let channel, .taken):
      board.clear(.directoryTroubled, "\(channel)")
    case .sent, .answered, .paid, .failed, .inDoubt, .returned, .returnDiffered, .paymentDiffered, .strayed,
      .mismatched, .conflicted, .unknownPayout:
      break
    }
  }

  /// Raises what time makes alarming, clears what is over.
  package func look(at ledger: Ledger) async {
    let now = clock.now().microseconds
    await forgetDecided(ledger, now)
    let (old, ended) = state.withLock { state in
      let old = state.inDoubt.filter { now - $0.value > limits.inDoubtMicroseconds }.map(\.key)
      let ended = state.shown.filter { $0.value <= now }.map(\.key)
      for shown in ended { state.shown[shown] = nil }
      return (old, ended)
    }
    for key in old {
      board.raise(
        .inDoubtAge, "\(key.withdrawal)",
        "attempt \(key) has been in doubt for more than "
          + "\(limits.inDoubtMicroseconds / 60_000_000) minutes: ask the channel, and settle it by two finance people",
        nowMicroseconds: now)
    }
    for shown in ended { board.clear(shown.code, shown.subject) }
    await lookForOverdue(ledger, now)
    await lookAtAgents(ledger, now)
  }

  /// People decide in the ledger, and no answer of a channel tells of it.
  private func forgetDecided(_ ledger: Ledger, _ now: Int64) async {
    let waiting = state.withLock { state in
      state.inDoubt.filter { now - $0.value > limits.inDoubtMicroseconds }.map(\.key) + state.mismatched
    }
    var rest = waiting[...]
    while !rest.isEmpty {
      let some = rest.prefix(limits.doubtsAtOnce)
      rest = rest.dropFirst(some.count)
      let replies = await ledger.performAll(some.map { .query(.payout($0.withdrawal)) })
      for (key, reply) in zip(some, replies) {
        guard case .answered(.payout(let payout)) = reply.outcome, !payout.needsPeople(for: key) else { continue }
        leaveDoubt(key)
      }
    }
  }

  private func lookForOverdue(_ ledger: Ledger, _ now: Int64) async {
    var overdue: Set<WithdrawalID> = []
    for query in [
      Query.duePayouts(after: nil, limit: limits.overdueLookedAt),
      .openPayouts(after: nil, limit: limits.overdueLookedAt),
    ] {
      guard case .answered(.payouts(let payouts)) = await ledger.perform(.query(query)).outcome else { return }
      for payout in payouts where payout.expectedArrival.microseconds < now { overdue.insert(payout.id) }
    }
    let met = state.withLock { state in
      defer { state.overdue = overdue }
      return state.overdue.subtracting(overdue)
    }
    for id in met { board.clear(.slaMissed, "\(id)") }
    for id in overdue.sorted() {
      board.raise(.slaMissed, "\(id)", "it was promised to have arrived by now", nowMicroseconds: now)
    }
  }

  // MARK: - In a row

  private func suspect(_ withdrawal: WithdrawalID) {
    state.withLock { state in
      guard state.failed.count < limits.failuresMaximum else { return }
      state.failed.insert(withdrawal)
    }
  }

  /// An agent whose money does not arrive sees withdrawals, not attempts: what another channel paid a second later has
  /// arrived. So the withdrawals are looked at, as they stand now.
  private func lookAtAgents(_ ledger: Ledger, _ now: Int64) async {
    let failed = state.withLock { state in
      let some = Array(state.failed.prefix(limits.agentsLookedAt))
      state.failed.subtract(some)
      return some
    }
    for id in failed {
      let reply = await ledger.perform(.query(.payout(id)))
      guard case .answered(.payout(let payout)) = reply.outcome else {
        if reply.isNoAnswer { suspect(id) }
        continue
      }
      let name = AgentName(partner: payout.partner, agent: payout.agent)
      state.withLock { if !$0.suspects.contains(name) { $0.suspects.append(name) } }
    }
    let suspects = state.withLock { state in
      let some = Array(state.suspects.prefix(limits.agentsLookedAt))
      state.suspects.removeFirst(some.count)
      return some
    }
    for name in suspects {
      guard let count = await notArrived(name, ledger) else {
        state.withLock { $0.suspects.append(name) }
        continue
      }
      guard count >= limits.notArrivedInARow else {
        board.clear(.payoutsNotArrived, name.subject)
        continue
      }
      board.raise(
        .payoutsNotArrived, name.subject, "the agent's last \(count) payouts did not arrive", nowMicroseconds: now)
      // Until one arrives.
      state.withLock { $0.suspects.append(name) }
    }
  }

  /// How many of the newest in a row. nil: the ledger does not say.
  private func notArrived(_ name: AgentName, _ ledger: Ledger) async -> Int? {
    let filter = WithdrawalFilter(
      partner: name.partner, agent: name.agent, state: nil, before: nil, limit: limits.withdrawalsLookedAt)
    guard case .page(.withdrawals(let withdrawals, _), _) = await ledger.perform(.query(.withdrawals(filter))).outcome
    else { return nil }
    var count = 0
    for withdrawal in withdrawals {
      switch withdrawal.state {
      case .paid, .confirmed: return count
      case .failed, .returned, .actionRequired: count += 1
      // Not decided yet, or never to be paid.
      case .submitted, .pendingReview, .rejected, .expired, .cancelled, .approved, .processing, .awaitingPayee,
        .cancelling, .inDoubt:
        break
      }
    }
    return count
  }

  private func arrived(_ channel: Label) {
    let count = state.withLock { $0.notArrived.removeValue(forKey: channel) ?? 0 }
    if count >= limits.notArrivedInARow { board.clear(.payoutsNotArrived, "\(channel)") }
  }

  private func didNotArrive(_ channel: Label, _ code: Label, _ now: Int64) {
    let count = state.withLock { state in
      state.notArrived[channel, default: 0] += 1
      return state.notArrived[channel] ?? 0
    }
    guard count >= limits.notArrivedInARow else { return }
    board.raise(
      .payoutsNotArrived, "\(channel)", "\(count) payouts in a row did not arrive, the last one with \(code)",
      nowMicroseconds: now)
  }

  // MARK: - The board

  private func leaveDoubt(_ key: PayoutKey) {
    let (wasInDoubt, wasMismatched) = state.withLock { state in
      (state.inDoubt.removeValue(forKey: key) != nil, state.mismatched.remove(key) != nil)
    }
    if wasInDoubt { board.clear(.inDoubtAge, "\(key.withdrawal)") }
    if wasMismatched { board.clear(.mismatch, "\(key.withdrawal)") }
  }

  private func show(_ code: AlarmCode, _ subject: String, _ message: String, _ now: Int64) {
    state.withLock { $0.shown[Shown(code: code, subject: subject)] = now + limits.shownMicroseconds }
    board.raise(code, subject, message, nowMicroseconds: now)
  }
}

extension Payout {
  fileprivate func needsPeople(for key: PayoutKey) -> Bool {
    guard let open, self.key == key else { return false }
    return open.state.needsPeople
  }
}

extension AttemptState {
  /// No answer has ended it; people may.
  fileprivate var needsPeople: Bool {
    switch self {
    case .unknown, .mismatch: true
    case .sent, .accepted, .awaitingPayee, .paid, .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled,
      .lapsed:
      false
    }
  }
}
