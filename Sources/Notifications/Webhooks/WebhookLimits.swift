/// Bounds of what a partner's receivers may cost.
package enum WebhookLimits {
  /// Of one partner.
  package static let endpointsMaximum = 8
  /// Deliveries of one endpoint that wait: with eight endpoints 100,000 for a partner, some 100 MB. An endpoint that is
  /// full takes no more changes; they stay in the journal, and it goes on from there when it has room again.
  package static let waitingMaximum = 12_500
  /// Requests of one endpoint at once, while its receiver answers well. One that fails gets one at a time.
  package static let attemptsAtOnceMaximum = 8
  /// Of an attempt, from looking up the host to the status of the answer (Standard Webhooks: 15 to 30 s).
  package static let attemptMicroseconds: Int64 = 15 * second
  /// Of an answer's body: what comes after it is not read.
  package static let replyBytesMaximum = 16 << 10
  /// Longest pause of an endpoint that fails every time: nothing more comes than one attempt a minute.
  package static let pauseMicrosecondsMaximum = 60 * second
  /// Longest Retry-After that is honoured: as long as the longest step of the schedule.
  package static let retryAfterSecondsMaximum: Int64 = 24 * 3_600
  /// After a rotation the old secret signs too for so long.
  package static let rotationMicroseconds: Int64 = 24 * 3_600 * second
  /// A repeated request to make a secret shows it again for so long: its first answer may have been lost.
  package static let secretShownMicroseconds: Int64 = 24 * 3_600 * second
  /// Delivered ones can be looked at and sent again for a week, dead ones for a month.
  package static let deliveredKeptMicroseconds: Int64 = 7 * 24 * 3_600 * second
  package static let deadKeptMicroseconds: Int64 = 30 * 24 * 3_600 * second
  package static let pruneEveryMicroseconds: Int64 = 3_600 * second
  /// Rows pruned in one transaction, so that deliveries need not wait for long.
  package static let prunedAtOnce = 1_000
  /// Changes taken from the feed at once.
  package static let feedPage = 256
  package static let urlBytesMaximum = 2_048
  /// Where a host is, is asked again after so long.
  package static let addressKeptMicroseconds: Int64 = 60 * second
  /// Where it was is good for so long while no name server answers: a receiver need not be cut off with them.
  package static let addressKeptUnansweredMicroseconds: Int64 = 3_600 * second
  /// Look-ups of host names at once: each holds a thread for as long as the name servers take, which may be a minute.
  package static let lookupsMaximum = 64
  /// Of them for one partner: as many as it has endpoints. It takes the hosts of eight partners, all of them hanging, to take
  /// the threads from others, and then these go on with the addresses that they know.
  package static let lookupsOfPartnerMaximum = endpointsMaximum
  /// Who asks waits for so long: the rest of the attempt is for the receiver. The look-up itself goes on.
  package static let lookupMicroseconds: Int64 = 5 * second
  /// On an error of our own (disk, journal) the work is tried again after so long.
  package static let troubleMicroseconds: Int64 = second

  static let second: Int64 = 1_000_000
}
