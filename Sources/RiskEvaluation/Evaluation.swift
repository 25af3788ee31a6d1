package import LedgerCore
package import Risk

/// What became of submissions of one sort.
package struct VerdictCounts: Sendable, Hashable {
  package private(set) var approved = 0
  package private(set) var reviewed = 0
  package private(set) var rejected = 0

  package var all: Int { approved + reviewed + rejected }
  /// Rejected, or looked at by people.
  package var caught: Int { reviewed + rejected }

  package init() {}

  mutating func add(_ verdict: RiskVerdict) {
    switch verdict {
    case .approve: approved += 1
    case .review: reviewed += 1
    case .reject: rejected += 1
    }
  }

  mutating func add(_ other: VerdictCounts) {
    approved += other.approved
    reviewed += other.reviewed
    rejected += other.rejected
  }
}

/// How good an engine is, per kind of abuse and per habit.
package struct RiskReport: Sendable, Hashable {
  /// In the order of `AbuseKind.allCases`; kinds that did not occur have counts of zero.
  package private(set) var abuse: [VerdictCounts] = AbuseKind.allCases.map { _ in VerdictCounts() }
  /// In the order of `HonestHabit.allCases`.
  package private(set) var honest: [VerdictCounts] = HonestHabit.allCases.map { _ in VerdictCounts() }

  package init() {}

  package var allAbuse: VerdictCounts { Self.sum(abuse) }
  package var allHonest: VerdictCounts { Self.sum(honest) }

  /// Of 10,000 violations, how many were rejected or sent to review.
  package var caughtPer10000: Int { Self.per10000(allAbuse.caught, of: allAbuse.all) }
  /// Of 10,000 honest withdrawals, how many were approved at once.
  package var untouchedPer10000: Int { Self.per10000(allHonest.approved, of: allHonest.all) }

  mutating func add(_ truth: TrafficTruth, _ verdict: RiskVerdict) {
    switch truth {
    case .abuse(let kind):
      if let place = AbuseKind.allCases.firstIndex(of: kind) { abuse[place].add(verdict) }
    case .honest(let habit):
      if let place = HonestHabit.allCases.firstIndex(of: habit) { honest[place].add(verdict) }
    }
  }

  package mutating func add(_ other: RiskReport) {
    for place in abuse.indices { abuse[place].add(other.abuse[place]) }
    for place in honest.indices { honest[place].add(other.honest[place]) }
  }

  private static func sum(_ counts: [VerdictCounts]) -> VerdictCounts {
    counts.reduce(into: VerdictCounts()) { $0.add($1) }
  }

  static func per10000(_ part: Int, of all: Int) -> Int { all == 0 ? 0 : part * 10_000 / all }
}

/// Runs traffic, in order of time, through profiles, links and lists as the ledger keeps them. Without a `measure` event
/// everything counts.
package func evaluate(_ traffic: [TrafficEvent], _ engine: RiskEngine) -> RiskReport {
  evaluate(traffic, engine) { _, _ in }
}

/// - Parameter witness: sees every submission that counts, with its result.
package func evaluate(
  _ traffic: [TrafficEvent], _ engine: RiskEngine, witness: (TrafficEvent, RiskResult) -> Void
) -> RiskReport {
  var bench = RiskBench(engine)
  var report = RiskReport()
  var isMeasuring = !traffic.contains { $0.kind == .measure }
  for event in traffic {
    if event.kind == .measure { isMeasuring = true }
    guard let result = bench.take(event), isMeasuring, let truth = event.truth else { continue }
    report.add(truth, result.verdict)
    witness(event, result)
  }
  return report
}

/// What the engine was asked for every submission, in order: for measuring what a decision costs.
package func sampleFacts(_ traffic: [TrafficEvent], _ engine: RiskEngine) -> [RiskFacts] {
  var bench = RiskBench(engine)
  var facts: [RiskFacts] = []
  for event in traffic {
    if event.kind == .submit { facts.append(bench.facts(event)) }
    bench.take(event)
  }
  return facts
}
