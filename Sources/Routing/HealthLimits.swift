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

  /// So many technical failures without any other outcome between them open at once: a fifth of a hundred attempts would be
  /// the 5 % that a dead channel must stay below. By chance, of a channel that fails one of a hundred: once in 10^8.
  package var consecutiveMaximum = 4
  /// So many of the last 64 outcomes open at once: a channel that fails one of three is left within 64 attempts, though it
  /// has a good minute in the window. By chance, at one of twenty: less than one in ten million.
  package var recentMaximum = 16

  /// A channel that answers nothing is found before its time-outs are: so many calls wait ...
  package var silentCallsMinimum = 4
  /// ... and none came back for so long (or for four times its usual answer, if that is longer). A channel that only
  /// paused is back after one back-off; what a dead one swallows is in doubt until it speaks.
  package var silenceMilliseconds: Int64 = 3_000

  /// Back-off after the first opening; doubles with each that follows. At ten payouts a second the first probe is not among
  /// the hundred attempts in which the failures were.
  package var backOffMilliseconds: Int64 = 10_000
  /// Half a minute: the end of an outage is noticed within that. An hour of it costs at most 120 payouts a detour, or, if
  /// the channel is silent until the time-out, leaves at most 90 in doubt.
  package var backOffMaximumMilliseconds: Int64 = 30_000
  /// A breaker that opens again so soon after it was closed goes on with the longer back-off.
  package var relapseMilliseconds: Int64 = 600_000

  /// So many probes must succeed, one after the other, to close it. One alone may be luck; more at once would be lost together.
  package var probes = 3
  /// A half-open channel that nobody tried for so long gets payouts of any size: it may be one that has no small ones.
  package var probeByAllMilliseconds: Int64 = 300_000
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
