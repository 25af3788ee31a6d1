/// Something that needs a person's attention, for as long as it is so.
package enum AlarmCode: String, Sendable, CaseIterable {
  case breakerOpen = "BREAKER_OPEN"
  /// A payout has been in doubt for too long.
  case inDoubtAge = "IN_DOUBT_AGE"
  case floatLow = "FLOAT_LOW"
  /// Several payouts of one agent in a row did not arrive.
  case payoutsNotArrived = "PAYOUTS_NOT_ARRIVED"
  /// A single payout above the house's threshold.
  case largePayout = "LARGE_PAYOUT"
  /// A promise of arrival, or of an answer, was not kept.
  case slaMissed = "SLA_MISSED"
  case strayPayment = "STRAY_PAYMENT"
  case mismatch = "MISMATCH"
  case resultConflict = "RESULT_CONFLICT"
  /// A partner's receiver of webhooks answered 410: nothing is sent to it.
  case webhookOff = "WEBHOOK_OFF"
  /// Webhooks were given up after three days of failures.
  case webhookDeadLetters = "WEBHOOK_DEAD_LETTERS"
  /// A channel knows payouts that this ledger has not made: an older backup was started. Nothing is sent.
  case ledgerOlderThanChannel = "LEDGER_OLDER_THAN_CHANNEL"
}
