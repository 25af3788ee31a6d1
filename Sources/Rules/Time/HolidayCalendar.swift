internal import LedgerCore

/// On which days banks settle. Years that the document lists have their holidays and moved working days (调休) as a bit for
/// each day; of other years only weekends are known, and `covers` tells it.
package struct HolidayCalendar: Sendable {
  /// Longest run of days off that a calendar may have: no country's is half as long, and it bounds the search below.
  static let daysOffMaximum: Int32 = 31

  /// In order.
  private let years: [Year]

  struct Year: Sendable {
    var year: Int32
    /// Days since 1970-01-01.
    var firstDay: Int32
    var dayCount: Int32
    /// Bit 1: a working day. Bit 0 of word 0 is 1 January.
    private var bits: InlineArray<6, UInt64>

    /// Weekends are off, all else is working days.
    init?(weekdaysOf year: Int32) {
      guard let first = CivilDate(year: year, month: 1, day: 1) else { return nil }
      self.year = year
      firstDay = first.daysSince1970
      dayCount = CivilDate.isLeap(year) ? 366 : 365
      bits = InlineArray(repeating: 0)
      for day in firstDay..<firstDay + dayCount { set(day, isWorking: !CivilDate.isWeekend(daysSince1970: day)) }
    }

    @inline(__always)
    func contains(_ day: Int32) -> Bool { day >= firstDay && day < firstDay + dayCount }

    /// - Parameter day: one that the year contains.
    @inline(__always)
    func isWorking(_ day: Int32) -> Bool {
      let index = Int(day - firstDay)
      return bits[index / 64] >> UInt64(index % 64) & 1 == 1
    }

    /// - Parameter day: one that the year contains.
    mutating func set(_ day: Int32, isWorking: Bool) {
      let index = Int(day - firstDay)
      let bit: UInt64 = 1 << UInt64(index % 64)
      if isWorking { bits[index / 64] |= bit } else { bits[index / 64] &= ~bit }
    }

    var longestRunOff: Int32 {
      var longest: Int32 = 0
      var run: Int32 = 0
      for day in firstDay..<firstDay + dayCount {
        run = isWorking(day) ? 0 : run + 1
        longest = max(longest, run)
      }
      return longest
    }
  }

  init(_ years: [Year]) { self.years = years.sorted { $0.year < $1.year } }

  /// The years whose holidays are known, in order.
  package var knownYears: [Int32] { years.map(\.year) }

  /// - Parameter day: days since 1970-01-01.
  package func covers(_ day: Int32) -> Bool { years.contains { $0.contains(day) } }

  /// - Parameter day: days since 1970-01-01.
  @inline(__always)
  package func isWorkingDay(_ day: Int32) -> Bool {
    for year in years where year.contains(day) { return year.isWorking(day) }
    return !CivilDate.isWeekend(daysSince1970: day)
  }

  /// The first working day from `day` on.
  package func workingDay(onOrAfter day: Int32) -> Int32 {
    var candidate = day
    // A run of days off may end one year and begin the next.
    for _ in 0..<2 * Self.daysOffMaximum + 2 {
      if isWorkingDay(candidate) { return candidate }
      candidate &+= 1
    }
    return candidate
  }
}
