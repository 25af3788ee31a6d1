package import LedgerCore

/// All figures of the risk rules. Points are added up; the sum meets the thresholds of the agent's tier. Amounts are minor
/// units of the payout's currency, times seconds unless they say otherwise.
///
/// The defaults were tuned on generated traffic with the training seeds only.
package struct RiskSettings: Sendable, Hashable {
  /// Of tiers that `tierThresholds` does not name.
  package var thresholds = RiskThresholds()
  package var tierThresholds: [TierThresholds] = []
  package var novelty = NoveltySettings()
  package var links = LinkSettings()
  package var velocity = VelocitySettings()
  package var amounts = AmountSettings()
  package var flow = FlowSettings()
  package var conduct = ConductSettings()
  package var lists = ListSettings()

  package init() {}

  func thresholds(of tier: Label) -> RiskThresholds {
    for entry in tierThresholds where entry.tier == tier { return entry.thresholds }
    return thresholds
  }
}

/// From which score on a withdrawal is looked at by people, or refused.
package struct RiskThresholds: Sendable, Hashable {
  /// This score and more goes to review.
  package var review: Int16 = 70
  /// This score and more is rejected at once: three strong signs together. Above `review`.
  package var reject: Int16 = 160

  package init() {}

  package init(review: Int16, reject: Int16) {
    self.review = review
    self.reject = reject
  }
}

package struct TierThresholds: Sendable, Hashable {
  package var tier: Label
  package var thresholds: RiskThresholds

  package init(tier: Label, thresholds: RiskThresholds) {
    self.tier = tier
    self.thresholds = thresholds
  }
}

/// Something is seen for the first time.
package struct NoveltySettings: Sendable, Hashable {
  /// An agent is very new for so long: stolen cards and bonus hunters cash out before anybody complains.
  package var veryNewAgentSeconds: Int64 = 3 * 86_400
  package var veryNewAgentPoints: Int16 = 30
  /// An agent is new for so long.
  package var newAgentSeconds: Int64 = 14 * 86_400
  package var newAgentPoints: Int16 = 25
  /// The first payout to a payee by an agent who has paid out before.
  package var firstPayoutToPayeePoints: Int16 = 40
  /// An agent's very first payout has a new payee by nature.
  package var firstPayoutOfAllPoints: Int16 = 10
  /// A payee stays new for so many hours: who tests with a small amount drains soon after.
  package var payeeNewHours: UInt32 = 48
  package var payeeNewPoints: Int16 = 40
  /// Added to either where the address is new to the agent as well: a thief sits elsewhere, even with the agent's telephone.
  package var elsewherePoints: Int16 = 30
  /// A device that this agent did not use before the last `payeeNewHours`.
  package var newDevicePoints: Int16 = 35
  /// A payout of this share of the balance drains it, percent.
  package var drainPercent: Int64 = 85
  /// Less is not worth stealing.
  package var drainMinimum: Int64 = 50_000
  /// Draining counts only towards a new payee: honest agents drain their balance every day, to their own card.
  package var drainPoints: Int16 = 30

  package init() {}
}

/// Agents that share something.
package struct LinkSettings: Sendable, Hashable {
  /// Agents lately seen with a payee, this one included, from which on it is shared; a family's card has two or three.
  package var payeeAgents: Int64 = 4
  package var payeeSharedPoints: Int16 = 70
  /// Another's payee, and new to this agent: the first sign of a mule.
  package var othersPayeePoints: Int16 = 60
  /// How far back payees and devices are looked at, hours.
  package var windowHours: UInt32 = 14 * 24
  /// As for payees. Colleagues share a computer in twos and threes.
  package var deviceAgents: Int64 = 4
  package var deviceSharedPoints: Int16 = 80
  /// Another's device, and new to this agent.
  package var othersDevicePoints: Int16 = 35
  /// An address is looked at for so many hours only: over a day, a mobile carrier puts hundreds of strangers on one.
  package var addressWindowHours: UInt32 = 2
  /// Agents that came new to the address within the window, this one included.
  package var addressAgents: Int64 = 3
  package var addressSharedPoints: Int16 = 40
  /// As many new agents let the address enter the black list by itself; at most `LinkTable.agentsMaximum`.
  package var addressListAgents: Int64 = 8
  /// How long it stays there. Addresses change hands, so never for good.
  package var addressListSeconds: Int64 = 7 * 86_400
  /// Only agents younger than this count against an address: those who have long been here are an office.
  package var addressAgentAgeSeconds: Int64 = 30 * 86_400

  package init() {}
}

/// How often. Counts include this submission.
package struct VelocitySettings: Sendable, Hashable {
  package var tenMinutesCount: Int64 = 3
  package var tenMinutesPoints: Int16 = 70
  package var hourCount: Int64 = 6
  package var hourPoints: Int16 = 50
  package var dayCount: Int64 = 8
  package var dayPoints: Int16 = 30
  /// A rule speaks only above this percentage of the agent's usual count of a whole day.
  package var usualPercent: Int64 = 150

  package init() {}
}

/// How much.
package struct AmountSettings: Sendable, Hashable {
  /// Payouts that make a habit; with fewer the agent has none.
  package var habitCount = 4
  /// An amount is unusual above median + this many spreads.
  package var spreads: Int64 = 8
  /// The spread is taken as at least this share of the median, percent: who always takes the same may take a little more.
  package var spreadMinimumPercent: Int64 = 25
  /// Smaller amounts are never unusual.
  package var unusualMinimum: Int64 = 100_000
  package var unusualPoints: Int16 = 35
  /// For an agent without a habit that is new, amounts from here on are unusual.
  package var newcomerAmount: Int64 = 150_000
  package var newcomerPoints: Int16 = 35
  /// Above this a payout is large whatever the habit (50,000 CNY).
  package var largeAmount: Int64 = 5_000_000
  package var largePoints: Int16 = 50
  /// Local hours of the night: from this one ...
  package var nightFirstHour: Int64 = 0
  /// ... so many.
  package var nightHours: Int64 = 6
  /// Payouts of tonight against those of a usual night, percent.
  package var nightSurgePercent: Int64 = 300
  /// Less in a night is never a surge.
  package var nightMinimum: Int64 = 100_000
  package var nightPoints: Int16 = 25

  package init() {}
}

/// How money came in before it goes out.
package struct FlowSettings: Sendable, Hashable {
  /// Minutes between in and out, in seconds; looked at in steps of ten minutes.
  package var fastSeconds: UInt32 = 1_200
  /// Share of the payout that came in within them, percent.
  package var fastPercent: Int64 = 80
  /// Less is not worth the hurry.
  package var fastMinimum: Int64 = 50_000
  package var fastPoints: Int16 = 45
  /// For agents who paid out so often, fast in and out is a habit that only counts with something else.
  package var fastHabitCount: UInt32 = 8
  package var fastHabitPoints: Int16 = 10
  /// Deposits of the last day, from which on they are many.
  package var scatteredCount: Int64 = 15
  /// ... and against a usual day's, percent.
  package var scatteredUsualPercent: Int64 = 300
  /// Share of those deposits that this payout takes out at once, percent.
  package var scatteredOutPercent: Int64 = 50
  package var scatteredPoints: Int16 = 75
  /// Amounts under which somebody may want to stay: limits of a payout, and of review.
  package var splitThresholds: [Int64] = [500_000, 2_000_000, 5_000_000]
  /// Just below is above this share of a threshold, percent.
  package var splitPercent: Int64 = 90
  /// A single one just below, above what is usual for the agent: says little alone.
  package var splitOncePoints: Int16 = 35
  /// Payouts just below one threshold within a day, this one included.
  package var splitCount: Int64 = 2
  package var splitPoints: Int16 = 60
  /// More of them.
  package var splitManyCount: Int64 = 4
  package var splitManyPoints: Int16 = 110

  package init() {}
}

/// What the agent did, or did not, before.
package struct ConductSettings: Sendable, Hashable {
  package var dormantSeconds: UInt32 = 21 * 86_400
  package var dormantPoints: Int16 = 25
  /// Failures of the last day.
  package var failures: Int64 = 2
  package var failuresPoints: Int16 = 25
  /// A payout reported abnormal speaks against its agent for so long.
  package var abnormalSeconds: UInt32 = 90 * 86_400
  package var abnormalPoints: Int16 = 45

  package init() {}
}

package struct ListSettings: Sendable, Hashable {
  /// Points of a black-listed agent, payee, device or address. Whatever they are, the verdict is a rejection.
  package var blackPoints: Int16 = 1_000
  /// Taken off for a white-listed agent.
  package var whiteAgentPoints: Int16 = 50
  /// Taken off for a white-listed payee.
  package var whitePayeePoints: Int16 = 40

  package init() {}
}
