/// What the dispatcher allows itself.
package struct DispatcherLimits: Sendable, Hashable {
  /// Payouts asked for, routed and recorded at once: about a megabyte of requests, some milliseconds of the ledger's thread.
  package var page = 512
  /// Results recorded at once.
  package var resultsAtOnce = 1_024
  /// Attempts under way over all channels, with their requests in memory: some 200 MB at most. Beyond it nothing is begun.
  package var openMaximum = 200_000
  /// Of them, at one channel: a bank's day or a dead wallet's doubts leave room for all others.
  package var openOfChannelMaximum = 50_000
  /// Begun and waiting for a free call of their channel: more than a call can take, so that fast channels are never idle.
  package var queuedMaximum = 2_048
  /// A channel gets at most what it answers in this time beyond its calls at once: when it breaks, little has been begun.
  package var queuedMilliseconds: Int64 = 50

  /// When a payout in doubt is asked about, counted from when it came into doubt; then by `inquiryIntervalMilliseconds`.
  package var inDoubtMilliseconds: [Int64] = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000]
  /// The same for one that the channel works on: it will tell by itself, or soon be asked.
  package var acceptedMilliseconds: [Int64] = [5_000, 30_000, 120_000, 600_000, 1_800_000]
  /// The same for one that its payee has to confirm: people take their time.
  package var awaitingMilliseconds: [Int64] = [30_000, 120_000, 600_000, 1_800_000]
  package var inquiryIntervalMilliseconds: Int64 = 3_600_000

  /// Payouts that no channel could take are looked at again after this: a breaker or a float may have changed.
  package var parkedMilliseconds: Int64 = 5_000
  /// Without any news: days and opening hours change.
  package var idleMilliseconds: Int64 = 30_000
  /// Pages looked at in a row without taking a payout; after a rest the next look goes on where this one ended. Whatever is
  /// parked is passed by at 16,000 a second, some hundredths of a processor; the front of the queue is looked at each time.
  package var fruitlessPages = 8
  package var fruitlessMilliseconds: Int64 = 250
  /// The ledger had no room: a moment for its disk.
  package var overloadedMilliseconds: Int64 = 50

  /// Keys that a channel is asked for before the first payout is sent after a start, see `Dispatcher.probe`.
  package var probesMaximum = 64
  /// Of them: first attempts of withdrawals that this ledger has not made yet.
  package var probedOrdinals: UInt64 = 16
  /// A channel that did not answer them is asked again.
  package var probeAgainMilliseconds: Int64 = 5_000
  /// An honest channel answers within seconds; for others the first payouts after a start do not wait longer.
  package var probeMilliseconds: Int64 = 15_000
  /// Probes of one channel at once.
  package var probesAtOnce = 8
  /// A channel that has left so many rounds of probes unanswered is unused, and somebody is told: some ten seconds, which a
  /// restart of theirs takes.
  package var probeRoundsUnanswered = 3

  /// Notifications that wait to be looked at, or for an answer: whoever calls beyond them is told to call again.
  package var notifiedMaximum = 4_096
  /// How long a callback waits for its answer: WeChat Pay gives us five seconds. Then it is told to call again.
  package var noticeMilliseconds: Int64 = 4_000
  /// A batch that could not be put out is tried again.
  package var batchAgainMilliseconds: Int64 = 60_000
  /// Statements of yesterday are there some minutes after midnight; then there is a look every hour.
  package var statementMinute = 10
  package var statementAgainMilliseconds: Int64 = 3_600_000
  /// Days back from yesterday whose statements are read, each day all of them: longer than the longest holidays, since banks add
  /// to a day what they find out later. Reading one again changes nothing.
  package var statementDaysMaximum: Int32 = 14
  /// Days younger than this are read every hour: night files and the next morning's returns are told of them.
  package var statementDaysYoung: Int32 = 3

  /// A call that has not come back by then is given up: its payout is in doubt. A send may be followed by a question, each
  /// with a time-out of at most two minutes of its own, so an honest one is over before.
  package var callMilliseconds: Int64 = 300_000
  package var callCheckMilliseconds: Int64 = 10_000
  /// How long a stop waits for calls under way. What has not answered then is in doubt at the next start.
  package var stopMilliseconds: Int64 = 10_000

  package init() {}
  package static let standard = DispatcherLimits()
}
