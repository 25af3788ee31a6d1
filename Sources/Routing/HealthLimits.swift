/// When a channel counts as broken, and how it may come back.
package struct HealthLimits: Sendable, Hashable {
  /// How long an outcome counts. A minute is long enough for a sample and short enough that a bad one is soon forgiven.
  package var outcomeWindowMilliseconds: Int64 = 60_000
  /// How long a time to arrival counts: banks take minutes, so a minute would hold none.
  package var arrivalWindowMilliseconds: Int64 = 600_000

  /// Over this share of technical failures the breaker opens (requirement: a channel failing more than 5 %).
  package var technicalPermille: UInt32 = 50
  /// Below so many outcomes a share says nothing: two failures of 40 are just 5 %.
  package var sampleMinimum: UInt32 = 40

  /// So many technical failures without any other outcome between them open at once: of a channel that fails one of twenty
  /// this happens by chance three times in ten million attempts.
  package var consecutiveMaximum = 5
  /// So many of the last 64 outcomes open at once: a channel that fails one of three is left within 64 attempts, though it
  /// has a good minute in the window. By chance, at one of twenty: less than one in ten million.
  package var recentMaximum = 16

  /// A channel that answers nothing is found before its time-outs are: so many calls wait ...
  package var silentCallsMinimum = 16
  /// ... and none came back for so long (or for four times its usual answer, if that is longer).
  package var silenceMilliseconds: Int64 = 5_000

  /// Back-off after the first opening; doubles with each that follows.
  package var backOffMilliseconds: Int64 = 5_000
  /// Five minutes: an hour's outage is noticed as over within that, and has cost some 40 probes.
  package var backOffMaximumMilliseconds: Int64 = 300_000
  /// A breaker that opens again so soon after it was closed goes on with the longer back-off.
  package var relapseMilliseconds: Int64 = 600_000

  /// So many successes in a row close it, and no more payouts than that are under way to find out.
  package var probes = 3
  /// A probe that was taken and never told about does not keep a channel out for ever.
  package var probePatienceMilliseconds: Int64 = 60_000

  /// Until so many arrivals were seen the contract's figure holds: the 95th of fewer is the worst one.
  package var arrivalsMinimum: UInt32 = 20
  /// A share of success begins as if so many attempts had been made, 99 of 100 well: one failure of a new channel is no 0 %.
  package var priorAttempts: UInt32 = 20
  package var priorPermille: UInt32 = 990

  package init() {}
  package static let standard = HealthLimits()
}
