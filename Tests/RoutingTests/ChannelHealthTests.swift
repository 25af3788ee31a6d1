import LedgerCore
import Routing
import Testing

@Suite("Health and breaker of a channel")
struct ChannelHealthTests {
  static let limits = HealthLimits.standard
  static let answer: Int64 = 200

  /// A channel, and the clock that it is told.
  final class Bench {
    var health = ChannelHealth(expectedArrivalMilliseconds: 5_000)
    var now: Int64 = 1_000_000

    var breaker: HealthReport.Breaker {
      health.report(at: now).breaker
    }

    var report: HealthReport { health.report(at: now) }
    var mayProbe: Bool { health.mayProbe(at: now) }
    func takeProbe() -> Bool { health.takeProbe(at: now) }

    var isClosed: Bool { breaker == .closed }

    var isOpen: Bool {
      if case .open = breaker { true } else { false }
    }

    /// One attempt after the other, each answered.
    func attempts(_ count: Int, _ outcome: HealthOutcome, took: Int64 = answer) {
      for _ in 0..<count {
        health.begin(at: now)
        now += took
        health.record(outcome, tookMilliseconds: took, at: now)
      }
    }

    func probe(_ outcome: HealthOutcome) {
      #expect(takeProbe())
      attempts(1, outcome)
    }

    /// A dead channel's first opening.
    func open() { attempts(limits.consecutiveMaximum, .technicalFailure) }

    func halfOpen() {
      open()
      now += limits.backOffMilliseconds
    }
  }

  // MARK: Closed

  @Test(
    "so many failures in a row open at once, whatever they are called",
    arguments: [HealthOutcome.technicalFailure, .unknown])
  func consecutive(_ outcome: HealthOutcome) {
    let bench = Bench()
    bench.attempts(100, .success)
    bench.attempts(Self.limits.consecutiveMaximum - 1, outcome)
    #expect(bench.isClosed)
    bench.attempts(1, outcome)
    #expect(bench.breaker == .open(since: bench.now, probeAt: bench.now + Self.limits.backOffMilliseconds))
  }

  @Test("a success between them begins the row anew")
  func interrupted() {
    let bench = Bench()
    for _ in 0..<5 {
      bench.attempts(Self.limits.consecutiveMaximum - 1, .technicalFailure)
      bench.attempts(60, .success)
      bench.now += Self.limits.outcomeWindowMilliseconds
    }
    #expect(bench.isClosed)
  }

  @Test("payees' mistakes never open, and hide nothing")
  func payeeFailures() {
    let bench = Bench()
    bench.attempts(500, .payeeFailure)
    #expect(bench.isClosed)
    #expect(bench.report.technicalFailures == 0)
    #expect(bench.report.successPermille == 990)
    for _ in 0..<Self.limits.consecutiveMaximum {
      bench.attempts(1, .technicalFailure)
      bench.attempts(1, .payeeFailure)
    }
    #expect(bench.isOpen)
  }

  /// Share of technical failures in a full window, and whether that opens.
  @Test("over 5 % of the window opens", arguments: [(19, false), (18, true), (30, false), (10, true)])
  func share(_ successesPerFailure: Int, _ opens: Bool) {
    let bench = Bench()
    for _ in 0..<40 where bench.isClosed {
      bench.attempts(successesPerFailure, .success, took: 20)
      bench.attempts(1, .technicalFailure, took: 20)
    }
    #expect(bench.isOpen == opens)
  }

  @Test("below the smallest sample a share says nothing")
  func sample() {
    let bench = Bench()
    for _ in 0..<3 {
      bench.attempts(9, .success)
      bench.attempts(1, .technicalFailure)
    }
    bench.attempts(8, .success)
    #expect(bench.report.attempts == Self.limits.sampleMinimum - 2)
    #expect(bench.isClosed)
    bench.attempts(2, .success)
    // Only a failure opens, not the success that completes the sample.
    #expect(bench.isClosed)
    bench.attempts(1, .technicalFailure)
    #expect(bench.isOpen)
  }

  @Test("a channel that fails one of three is left within 64 attempts after a good minute")
  func recent() {
    let bench = Bench()
    bench.attempts(10_000, .success, took: 5)
    var attempts = 0
    while bench.isClosed, attempts < 64 {
      bench.attempts(1, attempts % 3 == 2 ? .technicalFailure : .success, took: 5)
      attempts += 1
    }
    #expect(bench.isOpen)
    #expect(attempts == 3 * Self.limits.recentMaximum)
  }

  @Test("what is older than the window is forgotten")
  func window() {
    let bench = Bench()
    bench.attempts(60, .success)
    bench.attempts(3, .technicalFailure)
    #expect(bench.report.technicalFailures == 3)
    bench.now += Self.limits.outcomeWindowMilliseconds
    let report = bench.report
    #expect(report.attempts == 0)
    #expect(report.technicalFailures == 0)
    #expect(report.successPermille == 990)
  }

  // MARK: Silence

  @Test("a channel that answers nothing is left before its time-outs come")
  func silence() {
    let bench = Bench()
    bench.attempts(50, .success)
    for _ in 0..<Self.limits.silentCallsMinimum { bench.health.begin(at: bench.now) }
    bench.now += Self.limits.silenceMilliseconds - 1
    #expect(bench.isClosed)
    bench.now += 1
    #expect(bench.isOpen)
  }

  @Test("fewer calls than that prove nothing")
  func fewSilentCalls() {
    let bench = Bench()
    for _ in 0..<Self.limits.silentCallsMinimum - 1 { bench.health.begin(at: bench.now) }
    bench.now += 100_000
    #expect(bench.isClosed)
  }

  @Test(
    "any answer breaks the silence, a time-out of ours does not",
    arguments: [(HealthOutcome.success, true), (.payeeFailure, true), (.unknown, false)])
  func brokenSilence(_ outcome: HealthOutcome, _ isAnswer: Bool) {
    let bench = Bench()
    bench.attempts(50, .success)
    for _ in 0...Self.limits.silentCallsMinimum { bench.health.begin(at: bench.now) }
    bench.now += Self.limits.silenceMilliseconds - 1
    bench.health.record(outcome, tookMilliseconds: Self.answer, at: bench.now)
    bench.now += 1
    #expect(bench.isClosed == isAnswer)
  }

  @Test("a slow channel has four times its usual answer")
  func slowAnswers() {
    let bench = Bench()
    bench.attempts(50, .success, took: 2_000)
    for _ in 0..<20 { bench.health.begin(at: bench.now) }
    bench.now += 7_999
    #expect(bench.isClosed)
    bench.now += 1
    #expect(bench.isOpen)
  }

  // MARK: Open

  @Test("what is open waits for its back-off, whatever comes")
  func open() {
    let bench = Bench()
    bench.open()
    let opened = bench.now
    let expected = HealthReport.Breaker.open(since: opened, probeAt: opened + Self.limits.backOffMilliseconds)
    for outcome in HealthOutcome.allCases { bench.health.record(outcome, tookMilliseconds: 1, at: bench.now) }
    bench.now = opened + Self.limits.backOffMilliseconds - 1
    #expect(!bench.mayProbe)
    #expect(!bench.takeProbe())
    #expect(bench.breaker == expected)
    bench.now += 1
    #expect(bench.mayProbe)
    #expect(bench.breaker == .halfOpen(since: bench.now, probesLeft: Self.limits.probes))
  }

  @Test("the back-off doubles up to its maximum", arguments: [HealthOutcome.technicalFailure, .unknown])
  func backOff(_ outcome: HealthOutcome) {
    let bench = Bench()
    bench.attempts(Self.limits.consecutiveMaximum, outcome)
    for wait in [10, 20, 30, 30] as [Int64] {
      #expect(bench.breaker == .open(since: bench.now, probeAt: bench.now + wait * 1_000))
      bench.now += wait * 1_000
      bench.probe(outcome)
    }
  }

  // MARK: Half-open

  @Test("so many good probes, one at a time, close it with nothing held against it")
  func closes() {
    let bench = Bench()
    bench.halfOpen()
    for left in (1...Self.limits.probes).reversed() {
      #expect(
        bench.breaker == .halfOpen(since: bench.now - Self.answer * Int64(Self.limits.probes - left), probesLeft: left))
      #expect(bench.takeProbe())
      #expect(!bench.takeProbe())
      #expect(!bench.mayProbe)
      bench.attempts(1, .success)
    }
    #expect(bench.isClosed)
    #expect(bench.report.technicalFailures == 0)
    // The old row is forgotten, too.
    bench.attempts(Self.limits.consecutiveMaximum - 1, .technicalFailure)
    #expect(bench.isClosed)
  }

  @Test("one bad probe opens again, for twice as long", arguments: [HealthOutcome.technicalFailure, .unknown])
  func opensAgain(_ outcome: HealthOutcome) {
    let bench = Bench()
    bench.halfOpen()
    bench.probe(.success)
    bench.probe(outcome)
    #expect(bench.breaker == .open(since: bench.now, probeAt: bench.now + 2 * Self.limits.backOffMilliseconds))
  }

  @Test("a payee's mistake says nothing: the probe is there again")
  func payeeProbe() {
    let bench = Bench()
    bench.halfOpen()
    let since = bench.now
    #expect(bench.mayProbe)
    bench.probe(.payeeFailure)
    #expect(bench.breaker == .halfOpen(since: since, probesLeft: Self.limits.probes))
  }

  @Test("time-outs of before it was half-open say nothing", arguments: HealthOutcome.allCases)
  func late(_ outcome: HealthOutcome) {
    let bench = Bench()
    bench.halfOpen()
    let since = bench.now
    #expect(bench.takeProbe())
    bench.health.record(outcome, tookMilliseconds: 100 + 1, at: since + 100)
    bench.now += 100
    // Neither opened nor closed, and the probe is still under way.
    #expect(bench.breaker == .halfOpen(since: since, probesLeft: 0))
  }

  @Test("a half-open channel that gets no small payouts is tried with any in the end")
  func probedByAll() {
    let bench = Bench()
    bench.halfOpen()
    // Whoever looks first finds it half-open.
    #expect(!bench.report.isProbedByAll)
    bench.now += Self.limits.probeByAllMilliseconds - 1
    #expect(!bench.report.isProbedByAll)
    bench.now += 1
    #expect(bench.report.isProbedByAll)
    #expect(bench.takeProbe())
    #expect(!bench.report.isProbedByAll, "one, and then another rest")
  }

  @Test("time-outs of before it was closed say nothing")
  func lateAfterClosing() {
    let bench = Bench()
    bench.halfOpen()
    for _ in 0..<Self.limits.probes { bench.probe(.success) }
    for _ in 0..<100 { bench.health.record(.unknown, tookMilliseconds: 10_000, at: bench.now + 1) }
    bench.now += 1
    #expect(bench.isClosed)
    #expect(bench.report.attempts == 0)
  }

  @Test("a probe that nobody tells about is given out again")
  func lostProbe() {
    let bench = Bench()
    bench.halfOpen()
    #expect(bench.takeProbe())
    bench.now += Self.limits.probePatienceMilliseconds - 1
    #expect(!bench.mayProbe)
    bench.now += 1
    #expect(bench.mayProbe)
  }

  @Test(
    "a relapse goes on with the longer back-off, a long good time forgives", arguments: [(Int64(-1), Int64(2)), (0, 1)])
  func relapse(_ beyond: Int64, _ times: Int64) {
    let bench = Bench()
    bench.halfOpen()
    for _ in 0..<Self.limits.probes { bench.probe(.success) }
    let needed = Self.answer * Int64(Self.limits.consecutiveMaximum)
    bench.now += Self.limits.relapseMilliseconds - needed + beyond
    bench.attempts(Self.limits.consecutiveMaximum, .technicalFailure)
    #expect(bench.breaker == .open(since: bench.now, probeAt: bench.now + times * Self.limits.backOffMilliseconds))
  }

  @Test("what a query finds later counts, too")
  func recordLater() {
    let bench = Bench()
    for _ in 0..<Self.limits.consecutiveMaximum {
      bench.health.recordLater(.technicalFailure, begunAt: bench.now, at: bench.now + 1)
    }
    bench.now += 1
    #expect(bench.isOpen)
  }

  // MARK: Figures

  @Test("the contract's time holds until enough arrived; then that of 95 in a hundred")
  func arrivals() {
    let bench = Bench()
    for count in 1..<Self.limits.arrivalsMinimum {
      bench.health.recordArrival(milliseconds: 100, at: bench.now)
      #expect(bench.report.arrivalP95Milliseconds == 5_000, "\(count)")
    }
    bench.health.recordArrival(milliseconds: 100, at: bench.now)
    #expect((100..<125).contains(bench.report.arrivalP95Milliseconds))
    // 5 of 100 may be later, 6 not.
    for _ in 0..<75 { bench.health.recordArrival(milliseconds: 100, at: bench.now) }
    for _ in 0..<5 { bench.health.recordArrival(milliseconds: 60_000, at: bench.now) }
    #expect(bench.report.arrivalP95Milliseconds < 125)
    for _ in 0..<2 { bench.health.recordArrival(milliseconds: 60_000, at: bench.now) }
    #expect((60_000..<75_000).contains(bench.report.arrivalP95Milliseconds))
    bench.now += Self.limits.arrivalWindowMilliseconds
    #expect(bench.report.arrivalP95Milliseconds == 5_000)
  }

  @Test(
    "a time is told at most a quarter too large, never too small",
    arguments: [0, 1, 2, 3, 4, 5, 7, 8, 9, 999, 1_000, 1_001, 86_400_000, 4_294_967_295, .max] as [Int64])
  func classes(_ milliseconds: Int64) {
    let bench = Bench()
    for _ in 0..<Self.limits.arrivalsMinimum { bench.health.recordArrival(milliseconds: milliseconds, at: bench.now) }
    let told = Int64(bench.report.arrivalP95Milliseconds)
    let real = min(max(1, milliseconds), Int64(UInt32.max))
    #expect(told >= real)
    #expect(told - real <= real / 4)
  }

  @Test("one failure of a new channel is no 0 %")
  func prior() {
    let bench = Bench()
    #expect(bench.report.successPermille == 990)
    bench.attempts(1, .technicalFailure)
    #expect(bench.report.successPermille == 942)
    bench.attempts(39, .success)
    #expect(bench.report.successPermille == 980)
  }

  /// Against a plain count over a list, at random times and outcomes.
  @Test("the window counts what a list would", arguments: 1...4 as ClosedRange<UInt64>)
  func againstAList(_ seed: UInt64) {
    var limits = HealthLimits()
    // Never opens: this is about counting.
    limits.consecutiveMaximum = 65
    limits.recentMaximum = 65
    limits.sampleMinimum = .max
    var health = ChannelHealth(expectedArrivalMilliseconds: 1_000, limits: limits)
    var random = SeededGenerator(seed: seed)
    var list: [(slice: Int64, outcome: HealthOutcome)] = []
    let slice = limits.outcomeWindowMilliseconds / 30
    var now: Int64 = 5
    for round in 0..<3_000 {
      now += Int64.random(in: 0...(round % 500 == 499 ? 200_000 : 300), using: &random)
      let outcome = HealthOutcome.allCases.randomElement(using: &random) ?? .success
      health.recordLater(outcome, begunAt: now, at: now)
      list.append((now / slice, outcome))
      let inside = list.filter { $0.slice > now / slice - 30 }
      let report = health.report(at: now)
      #expect(report.attempts == UInt32(inside.count), "seed \(seed), round \(round)")
      let technical = inside.count { $0.outcome == .technicalFailure || $0.outcome == .unknown }
      #expect(report.technicalFailures == UInt32(technical), "seed \(seed), round \(round)")
    }
  }

  @Test("time that goes back stands still")
  func backwards() {
    let bench = Bench()
    bench.attempts(10, .success)
    bench.health.record(.success, tookMilliseconds: 1, at: bench.now - 30_000)
    #expect(bench.report.attempts == 11)
  }
}
