/// How much traffic, of which seed.
package struct TrafficPlan: Sendable, Hashable {
  /// The default settings were tuned on these and no others.
  package static let trainingSeeds: [UInt64] = [11, 12, 13, 14, 15, 16]
  /// Goals and published figures are of these. Whoever tunes settings must not look at them: figures of traffic that
  /// settings were fitted to say nothing of traffic to come.
  package static let testSeeds: [UInt64] = [9_001, 9_002, 9_003, 9_004]

  /// Some come back after weeks of absence, and there must be weeks to learn from before.
  package static let weeksMinimum = 4

  package var seed: UInt64
  /// Honest agents. Incidents of abuse grow with them, so that abuse stays below two in a hundred withdrawals.
  package var agents: Int
  package var weeks: Int
  /// Weeks that are only learned from.
  package var warmUpWeeks: Int

  /// Takes seconds, on any machine, to generate and evaluate.
  package init(seed: UInt64, agents: Int = 300, weeks: Int = 8, warmUpWeeks: Int = 3) {
    self.seed = seed
    self.agents = max(20, agents)
    self.weeks = max(Self.weeksMinimum, weeks)
    self.warmUpWeeks = min(max(1, warmUpWeeks), self.weeks - 1)
  }

  var days: Int { weeks * 7 }
  var firstMeasuredDay: Int { warmUpWeeks * 7 }
}
