package import Ledger
package import LedgerCore
internal import Routing
internal import Synchronization
package import Telemetry

package struct AlarmLimits: Sendable {
  /// Doubt that a channel has not ended after so long needs a person to ask it.
  package var inDoubtMicroseconds: Int64 = 10 * 60 * 1_000_000
  /// Payouts of one channel in a row that did not arrive.
  package var notArrivedInARow = 3
  /// Single payouts above it are told to somebody, minor units: the house's threshold for a closer look.
  package var largeMinorUnits: Int64 = 5_000_000
  /// What happened once is shown for a day.
  package var shownMicroseconds: Int64 = 24 * 3_600 * 1_000_000
  /// Payouts looked at in one go for promises that are over.
  package var overdueLookedAt = 64

  package init() {}
}

/// Turns what happens to payouts into alarms. Events come from any task; `look` is called now and then.
package final class PayoutAlarms: PayoutObserver {
  private struct State {
    /// Since when, microseconds.
    var inDoubt: [PayoutKey: Int64] = [:]
    var notArrived: [Label: Int] = [:]
    /// Alarms about things that happened, and until when they are shown.
    var shown: [Shown: Int64] = [:]
    var overdue: Set<WithdrawalID> = []
  }

  private struct Shown: Hashable {
    let code: AlarmCode
    let subject: String
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
      if state != .unknown, state != .mismatch { leaveDoubt(key) }
    case .paid(let key, let channel, let money, _):
      leaveDoubt(key)
      arrived(channel)
      guard money.minorUnits > limits.largeMinorUnits else { return }
      show(
        .largePayout, "\(key.withdrawal)", "a single payout of \(money.minorUnits) minor units \(money.currency)", now)
    case .failed(let key, let channel, _, _, let code):
      leaveDoubt(key)
      didNotArrive(channel, code, now)
    case .inDoubt(let key, _):
      state.withLock { if $0.inDoubt[key] == nil { $0.inDoubt[key] = now } }
    case .returned: break
    case .strayed(let key, let channel, let minorUnits):
      show(
        .strayPayment, "\(key.withdrawal)",
        "\(channel) paid \(minorUnits) minor units for attempt \(key) after it counted as failed: they are in suspense, "
          + "and the withdrawal is blocked until two finance people settle it", now)
    case .mismatched(let key, let channel, let paid):
      board.raise(
        .mismatch, "\(key.withdrawal)",
        "\(channel) paid \(paid) minor units for \(key), not what was asked: two finance people decide",
        nowMicroseconds: now)
    case .conflicted(let key, let channel):
      show(.resultConflict, "\(key.withdrawal)", "\(channel) says that \(key) failed, which it had proven paid", now)
    case .breakerChanged(let channel, let breaker):
      switch breaker {
      case .closed: board.clear(.breakerOpen, "\(channel)")
      case .open, .halfOpen:
        board.raise(
          .breakerOpen, "\(channel)", "more than 5 % of its payouts fail technically: traffic goes elsewhere",
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
    }
  }

  /// Raises what time makes alarming, clears what is over.
  package func look(at ledger: Ledger) async {
    let now = clock.now().microseconds
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

  private func leaveDoubt(_ key: PayoutKey) {
    guard state.withLock({ $0.inDoubt.removeValue(forKey: key) }) != nil else { return }
    board.clear(.inDoubtAge, "\(key.withdrawal)")
    board.clear(.mismatch, "\(key.withdrawal)")
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

  private func show(_ code: AlarmCode, _ subject: String, _ message: String, _ now: Int64) {
    state.withLock { $0.shown[Shown(code: code, subject: subject)] = now + limits.shownMicroseconds }
    board.raise(code, subject, message, nowMicroseconds: now)
  }
}
