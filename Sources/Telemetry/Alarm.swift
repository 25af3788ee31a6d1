/// Something that needs a person's attention, for as long as it is so.
package enum AlarmCode: String, Sendable, CaseIterable {
  case breakerOpen = "BREAKER_OPEN"
  /// A payout has been in doubt for too long.
  case inDoubtAge = "IN_DOUBT_AGE"
  case floatLow = "FLOAT_LOW"
  /// Several payouts in a row did not arrive: of one agent, or over one channel.
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
  /// A channel told of a payout that this ledger never gave to it.
  case unknownPayout = "UNKNOWN_PAYOUT"
  /// Money came back, and it is not what was paid.
  case returnDiffers = "RETURN_DIFFERS"
  /// A channel that does not answer after a start gets no payouts.
  case channelSilent = "CHANNEL_SILENT"
  /// Payouts are open at a channel that is not configured any more.
  case channelMissing = "CHANNEL_MISSING"
  /// A bank's file was not believed, or its directory cannot be worked with.
  case fileRejected = "FILE_REJECTED"
  case directoryTroubled = "DIRECTORY_TROUBLED"
}
