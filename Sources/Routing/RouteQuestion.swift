package import LedgerCore

/// One payout that looks for its channel.
package struct RouteQuestion: Sendable, Hashable {
  /// What the payee gets.
  package var amount: Money
  /// nil: the platform's own reference.
  package var rail: Rail?
  package var speed: Speed
  /// Attempts so far, oldest first.
  package var attempts: [AttemptBrief]
  /// Of the local day.
  package var minuteOfDay: Int

  package init(amount: Money, rail: Rail?, speed: Speed, attempts: [AttemptBrief], minuteOfDay: Int) {
    self.amount = amount
    self.rail = rail
    self.speed = speed
    self.attempts = attempts
    self.minuteOfDay = minuteOfDay
  }
}

/// A channel as routing looks at it.
package struct ChannelView: Sendable {
  package var manifest: ChannelManifest
  package var state: ChannelState
  /// Free money there in the payout's currency, minor units.
  package var floatAvailable: Int64
  /// Sent today in that currency, minor units.
  package var sentToday: Int64
  package var health: HealthReport

  package init(
    manifest: ChannelManifest, state: ChannelState, floatAvailable: Int64, sentToday: Int64, health: HealthReport
  ) {
    self.manifest = manifest
    self.state = state
    self.floatAvailable = floatAvailable
    self.sentToday = sentToday
    self.health = health
  }
}

/// How a channel has been doing, at one moment.
package struct HealthReport: Sendable, Hashable {
  package enum Breaker: Sendable, Hashable {
    case closed
    /// Until then nothing is sent; times are monotonic milliseconds.
    case open(since: Int64, probeAt: Int64)
    /// So many small payouts may show whether it works again.
    case halfOpen(since: Int64, probesLeft: Int)
  }
  package var breaker: Breaker
  /// Of the sliding window.
  package var attempts: UInt32
  package var technicalFailures: UInt32
  /// Without payees' mistakes.
  package var successPermille: UInt16
  package var arrivalP95Milliseconds: UInt32
  /// Small payouts to try it with do not come: any may.
  package var isProbedByAll: Bool

  package init(
    breaker: Breaker, attempts: UInt32, technicalFailures: UInt32, successPermille: UInt16,
    arrivalP95Milliseconds: UInt32, isProbedByAll: Bool = false
  ) {
    self.breaker = breaker
    self.attempts = attempts
    self.technicalFailures = technicalFailures
    self.successPermille = successPermille
    self.arrivalP95Milliseconds = arrivalP95Milliseconds
    self.isProbedByAll = isProbedByAll
  }
}
