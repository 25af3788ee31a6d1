/// What risk rules ask of a profile. All times are before now; all spans end now.
extension AgentProfile {
  /// How many and how much, in minor units.
  package struct Volume: Hashable, Sendable, BitwiseCopyable {
    package var count: Int64
    package var amount: Int64

    package init(count: Int64, amount: Int64) {
      self.count = count
      self.amount = amount
    }
  }

  /// The usual size of a payout. The spread is the median distance from the median: one payout that is far off moves
  /// neither of them.
  package struct AmountHabit: Hashable, Sendable, BitwiseCopyable {
    /// Payouts it was taken from, up to `historyMaximum`.
    package var count: Int
    /// Minor units.
    package var median: Int64
    /// Minor units.
    package var spread: Int64
  }

  /// Submissions of the last seconds, as far as they are kept.
  package func submitted(within span: UInt32, of now: Timestamp) -> Volume {
    let first = Self.first(within: span, of: now)
    var volume = Volume(count: 0, amount: 0)
    var place = Self.historyMaximum - 1
    while place >= 0, times[place] >= first {
      volume.count += 1
      volume.amount += Int64(amounts[place])
      place -= 1
    }
    return volume
  }

  /// Submissions of at least `least` and less than `bound` minor units in the last seconds.
  package func submitted(from least: Int64, below bound: Int64, within span: UInt32, of now: Timestamp) -> Int64 {
    let first = Self.first(within: span, of: now)
    var count: Int64 = 0
    var place = Self.historyMaximum - 1
    while place >= 0, times[place] >= first {
      let amount = Int64(amounts[place])
      if amount >= least && amount < bound { count += 1 }
      place -= 1
    }
    return count
  }

  /// Deposits of the last minutes, to the ten minutes that `span` reaches into. At most the last forty minutes with
  /// deposits are known.
  package func depositedMinutes(within span: UInt32, of now: Timestamp) -> Volume {
    minuteBuckets.volume(from: Self.first(within: span, of: now), width: Self.minuteBucketSeconds)
  }

  /// Deposits of the last hours, to the eight hours that `span` reaches into. At most the last 32 hours with deposits are
  /// known.
  package func depositedHours(within span: UInt32, of now: Timestamp) -> Volume {
    dayBuckets.volume(from: Self.first(within: span, of: now), width: Self.dayBucketSeconds)
  }

  package func failures(within span: UInt32, of now: Timestamp) -> Int64 {
    let first = Self.first(within: span, of: now)
    var count: Int64 = 0
    for place in 0..<Self.failuresMaximum where failures[place] >= first { count += 1 }
    return count
  }

  /// Seconds since the newest submission; nil when there was none.
  package func secondsSinceSubmission(_ now: Timestamp) -> UInt32? {
    Self.age(times[Self.historyMaximum - 1], now)
  }

  /// Seconds since payouts of this agent were last reported abnormal; nil when they never were, or were all cleared.
  package func secondsSinceAbnormal(_ now: Timestamp) -> UInt32? { Self.age(abnormalTime, now) }

  /// A usual day with activity. Zero until a day is over.
  package var usualDay: DayFigures { usual }

  /// Submissions of an UTC hour (0...23) for each 256 submissions.
  package func share256(ofHour hour: Int) -> Int64 {
    var all: Int64 = 0
    for other in 0..<24 { all += Int64(hours[other]) }
    return all == 0 ? 0 : Int64(hours[((hour % 24) + 24) % 24]) * 256 / all
  }

  package var amountHabit: AmountHabit {
    let count = min(Int(submissions), Self.historyMaximum)
    guard count > 0 else { return AmountHabit(count: 0, median: 0, spread: 0) }
    var sorted = amounts  // unused places are 0 and come first
    Self.sort(&sorted)
    let median = sorted[Self.historyMaximum - count + count / 2]
    for place in 0..<Self.historyMaximum {
      let isUsed = place >= Self.historyMaximum - count
      sorted[place] = isUsed ? (sorted[place] > median ? sorted[place] - median : median - sorted[place]) : 0
    }
    Self.sort(&sorted)
    return AmountHabit(
      count: count, median: Int64(median), spread: Int64(sorted[Self.historyMaximum - count + count / 2]))
  }

  /// By insertion: twelve numbers, often nearly in order.
  private static func sort(_ values: inout InlineArray<12, UInt32>) {
    for place in 1..<historyMaximum {
      let value = values[place]
      var free = place
      while free > 0, values[free - 1] > value {
        values[free] = values[free - 1]
        free -= 1
      }
      values[free] = value
    }
  }

  /// At least 1, so that unused places are before it.
  private static func first(within span: UInt32, of now: Timestamp) -> UInt32 {
    let now = seconds(now)
    return now > span ? now - span : 1
  }

  private static func age(_ time: UInt32, _ now: Timestamp) -> UInt32? {
    guard time > 0 else { return nil }
    let now = seconds(now)
    return now > time ? now - time : 0
  }
}

extension DepositBuckets {
  fileprivate func volume(from first: UInt32, width: UInt32) -> AgentProfile.Volume {
    var volume = AgentProfile.Volume(count: 0, amount: 0)
    for place in 0..<AgentProfile.bucketsMaximum where starts[place] > 0 {
      guard UInt64(starts[place]) + UInt64(width) > UInt64(first) else { continue }
      volume.count += Int64(counts[place])
      volume.amount += Int64(sums[place])
    }
    return volume
  }
}
