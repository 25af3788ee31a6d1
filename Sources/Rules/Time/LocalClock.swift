package import LedgerCore

/// The wall clock that the rules go by: a fixed offset from UTC. China has one zone, UTC+8, and no summer time since 1991,
/// so its offset needs no table; a place whose clocks change cannot be written in a document.
package struct LocalClock: Hashable, Sendable, BitwiseCopyable {
  package let utcOffsetSeconds: Int32
  /// Minute of the local day at which a day of the limits begins, 0..<1440.
  package let dayBoundaryMinute: Int32

  static let microsecondsPerMinute: Int64 = 60_000_000
  static let microsecondsPerDay: Int64 = 86_400_000_000
  package static let minutesPerDay: Int32 = 1440

  /// 0001-01-03 to 9999-12-29: times outside count as these, so that nothing that is computed from a time overflows.
  private static let earliest: Int64 = -62_135_424_000_000_000
  private static let latest: Int64 = 253_402_041_600_000_000

  package init(utcOffsetSeconds: Int32, dayBoundaryMinute: Int32) {
    self.utcOffsetSeconds = utcOffsetSeconds
    self.dayBoundaryMinute = dayBoundaryMinute
  }

  /// A local day and how far it has gone.
  struct Moment {
    /// Days since 1970-01-01.
    var day: Int32
    /// 0..<86,400,000,000
    var microsecond: Int64

    /// Rounded down.
    var minute: Int32 { Int32(truncatingIfNeeded: microsecond / LocalClock.microsecondsPerMinute) }
  }

  @inline(__always)
  func moment(at time: Timestamp) -> Moment { moment(localMicroseconds: localMicroseconds(time)) }

  /// The reverse of `moment`; the microsecond may also lie behind the day.
  @inline(__always)
  func time(day: Int32, microsecond: Int64) -> Timestamp {
    let offset = Int64(utcOffsetSeconds) * 1_000_000
    return Timestamp(microseconds: Int64(day) * Self.microsecondsPerDay + microsecond - offset)
  }

  @inline(__always)
  func time(day: Int32, minute: Int32) -> Timestamp {
    time(day: day, microsecond: Int64(minute) * Self.microsecondsPerMinute)
  }

  /// The day and month whose limits a submission at `time` uses.
  @inline(__always)
  package func limitDay(at time: Timestamp) -> LimitDay {
    let boundary = Int64(dayBoundaryMinute) * Self.microsecondsPerMinute
    let day = moment(localMicroseconds: localMicroseconds(time) - boundary).day
    let date = CivilDate(daysSince1970: day)
    return LimitDay(day: day, month: 12 * date.year + date.month - 1)
  }

  /// `2026-02-17 09:30` by this clock.
  package func text(_ time: Timestamp) -> String {
    let moment = moment(at: time)
    return "\(CivilDate(daysSince1970: moment.day)) \(Figures.timeText(moment.minute))"
  }

  @inline(__always)
  private func localMicroseconds(_ time: Timestamp) -> Int64 {
    min(max(time.microseconds, Self.earliest), Self.latest) + Int64(utcOffsetSeconds) * 1_000_000
  }

  @inline(__always)
  private func moment(localMicroseconds local: Int64) -> Moment {
    var (day, rest) = local.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
    if rest < 0 {
      day -= 1
      rest += Self.microsecondsPerDay
    }
    return Moment(day: Int32(truncatingIfNeeded: day), microsecond: rest)
  }
}
