/// What is remembered of an agent's habits, in bounded space, as risk rules need it. Part of the state: `evolve` updates it
/// from records alone, so that a replay judges the same.
///
/// Times are whole seconds and amounts at most 2^32 - 1 minor units: nearly 43 million yuan, above which every amount is
/// equally unusual. Sums stop at their largest value instead of wrapping. Nothing here knows of local time; hours are
/// those of UTC, which rules shift.
package struct AgentProfile: Sendable, BitwiseCopyable {
  /// Latest submissions kept: a median of twelve is not moved by three that are far off, and no honest agent needs more in
  /// ten minutes or an hour.
  package static let historyMaximum = 12
  /// Latest failures kept; more within a day are no worse than these.
  package static let failuresMaximum = 4
  /// Buckets of ten minutes and of eight hours: the minutes before a withdrawal, and a little more than its day.
  package static let minuteBucketSeconds: UInt32 = 600
  package static let dayBucketSeconds: UInt32 = 8 * 3_600
  static let bucketsMaximum = 4
  static let daySeconds: UInt32 = 86_400

  /// Withdrawals submitted so far, whatever became of them.
  package internal(set) var submissions: UInt32 = 0
  /// Oldest first, the newest at the end; unused places at the front are 0.
  var times = InlineArray<12, UInt32>(repeating: 0)
  var amounts = InlineArray<12, UInt32>(repeating: 0)
  /// Submissions by hour of UTC; all are halved when one is full, so that old habits fade.
  var hours = InlineArray<24, UInt8>(repeating: 0)
  var minuteBuckets = DepositBuckets()
  var dayBuckets = DepositBuckets()
  /// Seconds, oldest first; unused places at the front are 0.
  var failures = InlineArray<4, UInt32>(repeating: 0)
  /// The UTC day that is being counted, days since 1970-01-01.
  var day: UInt32 = 0
  var today = DayFigures()
  /// Means over days with any activity, the last ones weighing most.
  var usual = DayFigures()
  /// Days with activity that the means hold, saturating.
  package internal(set) var daysObserved: UInt8 = 0
  /// Payouts reported as abnormal, less those cleared; saturating.
  package internal(set) var abnormalOutcomes: UInt8 = 0
  /// Of the newest abnormal report; 0 for none.
  var abnormalTime: UInt32 = 0

  package init() {}

  // What `evolve` tells. Amounts in minor units, above 0.

  package mutating func deposited(_ amount: Int64, at time: Timestamp) {
    let seconds = Self.seconds(time)
    turn(to: seconds)
    let amount = UInt32(clamping: amount)
    minuteBuckets.add(amount, start: Self.bucketStart(seconds, Self.minuteBucketSeconds))
    dayBuckets.add(amount, start: Self.bucketStart(seconds, Self.dayBucketSeconds))
    today.deposits = today.deposits.addingSaturating(DayFigures.one)
    today.depositAmount = today.depositAmount.addingSaturating(amount)
  }

  package mutating func submitted(_ amount: Int64, verdict: RiskVerdict, at time: Timestamp) {
    let seconds = Self.seconds(time)
    turn(to: seconds)
    submissions = submissions.addingSaturating(1)
    let amount = UInt32(clamping: amount)
    for place in 1..<Self.historyMaximum {
      times[place - 1] = times[place]
      amounts[place - 1] = amounts[place]
    }
    times[Self.historyMaximum - 1] = max(seconds, times[Self.historyMaximum - 2])
    amounts[Self.historyMaximum - 1] = max(amount, 1)
    let hour = Int(seconds % Self.daySeconds / 3_600)
    if hours[hour] == .max {
      for other in 0..<24 { hours[other] /= 2 }
    }
    hours[hour] += 1
    today.payouts = today.payouts.addingSaturating(DayFigures.one)
    today.payoutAmount = today.payoutAmount.addingSaturating(amount)
    switch verdict {
    case .approve, .review: break
    case .reject: addFailure(seconds)
    }
  }

  /// A submission that was refused for a business reason, or a review that ended with a rejection.
  package mutating func failed(at time: Timestamp) { addFailure(Self.seconds(time)) }

  package mutating func reported(_ outcome: ReviewOutcome, at time: Timestamp) {
    switch outcome {
    case .cleared:
      if abnormalOutcomes > 0 { abnormalOutcomes -= 1 }
      if abnormalOutcomes == 0 { abnormalTime = 0 }
    case .fraud, .stolenCard, .laundering:
      abnormalOutcomes = abnormalOutcomes.addingSaturating(1)
      abnormalTime = max(abnormalTime, Self.seconds(time))
    }
  }

  private mutating func addFailure(_ seconds: UInt32) {
    for place in 1..<Self.failuresMaximum { failures[place - 1] = failures[place] }
    failures[Self.failuresMaximum - 1] = max(seconds, failures[Self.failuresMaximum - 2])
  }

  /// Folds the day that was counted into the means when another begins. Days without activity leave them alone: a holiday
  /// does not make the day after it unusual.
  private mutating func turn(to seconds: UInt32) {
    let newDay = seconds / Self.daySeconds
    guard newDay > day else { return }
    if !today.isEmpty {
      usual.fold(today, isFirst: daysObserved == 0)
      daysObserved = daysObserved.addingSaturating(1)
    }
    today = DayFigures()
    day = newDay
  }
}

/// What happened in a day, or happens in a usual one. Counts are in sixteenths, so that means of small ones keep their
/// digits; amounts in minor units.
package struct DayFigures: Hashable, Sendable, BitwiseCopyable {
  /// A count of one.
  package static let one: UInt16 = 16
  /// A day weighs an eighth in the mean: a fortnight makes a habit.
  private static let weightShift = 3

  package internal(set) var payouts: UInt16 = 0
  package internal(set) var deposits: UInt16 = 0
  package internal(set) var payoutAmount: UInt32 = 0
  package internal(set) var depositAmount: UInt32 = 0

  var isEmpty: Bool { payouts == 0 && deposits == 0 }

  mutating func fold(_ day: DayFigures, isFirst: Bool) {
    if isFirst {
      self = day
      return
    }
    func mean<Value: FixedWidthInteger>(_ old: Value, _ new: Value) -> Value {
      Value(clamping: Int64(old) + (Int64(new) - Int64(old)) >> Self.weightShift)
    }
    payouts = mean(payouts, day.payouts)
    deposits = mean(deposits, day.deposits)
    payoutAmount = mean(payoutAmount, day.payoutAmount)
    depositAmount = mean(depositAmount, day.depositAmount)
  }
}

/// The latest deposits, added up per span of time; unused places at the front are 0.
struct DepositBuckets: BitwiseCopyable {
  /// First second of the span.
  var starts = InlineArray<4, UInt32>(repeating: 0)
  var sums = InlineArray<4, UInt32>(repeating: 0)
  var counts = InlineArray<4, UInt16>(repeating: 0)

  private static let newest = AgentProfile.bucketsMaximum - 1

  mutating func add(_ amount: UInt32, start: UInt32) {
    if start > starts[Self.newest] {
      for place in 1...Self.newest {
        starts[place - 1] = starts[place]
        sums[place - 1] = sums[place]
        counts[place - 1] = counts[place]
      }
      starts[Self.newest] = start
      sums[Self.newest] = 0
      counts[Self.newest] = 0
    }
    sums[Self.newest] = sums[Self.newest].addingSaturating(max(amount, 1))
    counts[Self.newest] = counts[Self.newest].addingSaturating(1)
  }
}

extension AgentProfile {
  /// Whole seconds since 1970, at least 1: 0 stands for "never".
  static func seconds(_ time: Timestamp) -> UInt32 { max(1, UInt32(clamping: time.microseconds / 1_000_000)) }

  /// At least 1, as the first bucket of 1970 would otherwise be "never".
  static func bucketStart(_ seconds: UInt32, _ width: UInt32) -> UInt32 { max(1, seconds / width * width) }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  func addingSaturating(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
