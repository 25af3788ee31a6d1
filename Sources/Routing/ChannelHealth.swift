/// What one channel's attempts say about it, and its breaker. A value: whoever sends owns it and tells it the time, in
/// monotonic milliseconds.
///
///     closed    -- too many technical failures, or silence -->   open
///     open      -- back-off over -->                             half-open
///     half-open -- a technical failure, or silence -->           open, twice as long
///     half-open -- `probes` successes -->                        closed, with nothing held against it
///
/// An outcome of an attempt that was begun before the state was entered says nothing about it: time-outs of what was sent
/// before an outage come when the channel may long be back.
package struct ChannelHealth: Sendable {
  private enum State: Sendable {
    case closed(since: Int64)
    case open(since: Int64, probeAt: Int64)
    case halfOpen(Probing)
  }

  private struct Probing: Sendable {
    var since: Int64
    /// Taken and not told about: one at a time.
    var isUnderWay = false
    var passed = 0
    var lastTaken: Int64
  }

  private let limits: HealthLimits
  private let expectedArrivalMilliseconds: UInt32
  private var state = State.closed(since: .min)
  private var outcomes: OutcomeWindow
  private var arrivals: ArrivalWindow

  /// The last 64 blamable outcomes, the newest in the lowest bit; 1 is a technical failure.
  private var recent: UInt64 = 0
  /// Calls that were begun and not recorded; and since when none was answered.
  private var inFlight = 0
  private var silentSince: Int64 = 0
  /// A moving average over about eight answers; nil before the first.
  private var answerMilliseconds: Int64?

  /// Openings in a row, each with twice the back-off of the last; and when the last one was over.
  private var openings = 0
  private var closedAt: Int64?

  package init(expectedArrivalMilliseconds: UInt32, limits: HealthLimits = .standard) {
    self.limits = limits
    self.expectedArrivalMilliseconds = expectedArrivalMilliseconds
    outcomes = OutcomeWindow(milliseconds: limits.outcomeWindowMilliseconds)
    arrivals = ArrivalWindow(milliseconds: limits.arrivalWindowMilliseconds)
  }

  // MARK: What happened

  /// An attempt is sent to the channel. Each is followed by one `record`, whatever becomes of it.
  package mutating func begin(at now: Int64) {
    pass(to: now)
    if inFlight == 0 { silentSince = now }
    inFlight += 1
  }

  /// What the channel answered to an attempt (that it works on it is a success), or `unknown` once its time was up.
  package mutating func record(_ outcome: HealthOutcome, tookMilliseconds: Int64, at now: Int64) {
    inFlight = max(0, inFlight - 1)
    if outcome != .unknown {
      silentSince = now
      let took = max(0, tookMilliseconds)
      answerMilliseconds = answerMilliseconds.map { $0 + (took - $0) / 8 } ?? took
    }
    pass(to: now)
    judge(outcome, begunAt: now - max(0, tookMilliseconds), at: now)
  }

  /// What became of an attempt after it was answered: a query that finds it failed, for instance.
  package mutating func recordLater(_ outcome: HealthOutcome, begunAt: Int64, at now: Int64) {
    pass(to: now)
    judge(outcome, begunAt: begunAt, at: now)
  }

  /// The payee has the money, so long after it was sent.
  package mutating func recordArrival(milliseconds: Int64, at now: Int64) {
    arrivals.add(milliseconds: milliseconds, at: now)
  }

  // MARK: What follows

  package mutating func report(at now: Int64) -> HealthReport {
    pass(to: now)
    outcomes.forget(at: now)
    arrivals.forget(at: now)
    return HealthReport(
      breaker: breaker, attempts: outcomes.total.all, technicalFailures: outcomes.total.technical,
      successPermille: successPermille,
      arrivalP95Milliseconds: arrivals.count < limits.arrivalsMinimum
        ? expectedArrivalMilliseconds : arrivals.p95Milliseconds,
      isProbedByAll: isProbedByAll(at: now))
  }

  /// Whether a payout sent now would be a probe that is allowed.
  package mutating func mayProbe(at now: Int64) -> Bool {
    pass(to: now)
    return probesLeft > 0
  }

  /// Takes the allowed probe, for a payout that was routed to a channel whose breaker is half-open, before the next one is
  /// routed. False: another one has it.
  package mutating func takeProbe(at now: Int64) -> Bool {
    pass(to: now)
    guard case .halfOpen(var probing) = state, probesLeft > 0 else { return false }
    probing.isUnderWay = true
    probing.lastTaken = now
    state = .halfOpen(probing)
    return true
  }

  private var breaker: HealthReport.Breaker {
    switch state {
    case .closed: .closed
    case .open(let since, let probeAt): .open(since: since, probeAt: probeAt)
    case .halfOpen(let probing): .halfOpen(since: probing.since, probesLeft: probesLeft)
    }
  }

  private var probesLeft: Int {
    guard case .halfOpen(let probing) = state else { return 0 }
    return probing.isUnderWay ? 0 : max(0, limits.probes - probing.passed)
  }

  private func isProbedByAll(at now: Int64) -> Bool {
    guard case .halfOpen(let probing) = state else { return false }
    return now - probing.lastTaken >= limits.probeByAllMilliseconds
  }

  private var successPermille: UInt16 {
    let prior = UInt64(limits.priorAttempts)
    let successes = UInt64(outcomes.total.successes) * 1_000 + prior * UInt64(limits.priorPermille)
    let attempts = UInt64(outcomes.total.blamable) + prior
    return attempts == 0 ? 1_000 : UInt16(clamping: successes / attempts)
  }

  // MARK: The breaker

  /// What time alone brings about.
  private mutating func pass(to now: Int64) {
    if isSilent(at: now) {
      switch state {
      case .closed, .halfOpen: open(at: now)
      case .open: break
      }
    }
    switch state {
    case .closed: break
    case .open(_, let probeAt):
      if now >= probeAt { state = .halfOpen(Probing(since: now, lastTaken: now)) }
    case .halfOpen(var probing):
      guard probing.isUnderWay, now - probing.lastTaken >= limits.probePatienceMilliseconds else { return }
      probing.isUnderWay = false
      state = .halfOpen(probing)
    }
  }

  private func isSilent(at now: Int64) -> Bool {
    guard inFlight >= limits.silentCallsMinimum else { return false }
    let usual = answerMilliseconds.map { $0 * 4 } ?? Int64(expectedArrivalMilliseconds) * 2
    return now - silentSince >= max(limits.silenceMilliseconds, usual)
  }

  private mutating func judge(_ outcome: HealthOutcome, begunAt: Int64, at now: Int64) {
    switch state {
    case .closed(let since):
      guard begunAt >= since else { return }
      count(outcome, at: now)
      if outcome.isTechnical, mustOpen { open(at: now) }
    case .open:
      // It shows in the report, and changes nothing: what is open waits.
      outcomes.add(outcome, at: now)
    case .halfOpen(var probing):
      outcomes.add(outcome, at: now)
      guard begunAt >= probing.since else { return }
      probing.isUnderWay = false
      switch outcome {
      case .technicalFailure, .unknown: open(at: now)
      case .payeeFailure: state = .halfOpen(probing)
      case .success:
        probing.passed += 1
        if probing.passed >= limits.probes { close(at: now) } else { state = .halfOpen(probing) }
      }
    }
  }

  private mutating func count(_ outcome: HealthOutcome, at now: Int64) {
    outcomes.add(outcome, at: now)
    guard outcome != .payeeFailure else { return }
    recent = recent << 1 | (outcome.isTechnical ? 1 : 0)
  }

  private var mustOpen: Bool {
    if (~recent).trailingZeroBitCount >= limits.consecutiveMaximum { return true }
    if recent.nonzeroBitCount >= limits.recentMaximum { return true }
    let total = outcomes.total
    return total.blamable >= limits.sampleMinimum
      && UInt64(total.technical) * 1_000 > UInt64(limits.technicalPermille) * UInt64(total.blamable)
  }

  private mutating func open(at now: Int64) {
    if let closedAt, now - closedAt >= limits.relapseMilliseconds { openings = 0 }
    closedAt = nil
    let maximum = limits.backOffMaximumMilliseconds
    // Beyond twenty doublings every maximum holds anyway.
    let (doubled, overflow) = limits.backOffMilliseconds.multipliedReportingOverflow(by: 1 << Int64(min(openings, 20)))
    let wait = overflow ? maximum : min(doubled, maximum)
    openings += 1
    state = .open(since: now, probeAt: now + wait)
    // Those still under way are given up: probes must not be judged by their silence.
    inFlight = 0
  }

  private mutating func close(at now: Int64) {
    state = .closed(since: now)
    closedAt = now
    outcomes.clear()
    recent = 0
  }
}
