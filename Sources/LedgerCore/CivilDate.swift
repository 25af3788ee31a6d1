/// A day of the Gregorian calendar, years 1 to 9999 (carried back before the calendar's own beginning).
///
/// The arithmetic counts years from 1 March, so that the leap day is the last of its year, in eras of 400 years, which
/// all have the same number of days.
package struct CivilDate: Hashable, Sendable, BitwiseCopyable, Comparable {
  package let year: Int32
  /// 1...12
  package let month: Int32
  /// 1...31
  package let day: Int32

  private static let daysOfEra: Int32 = 146_097
  /// From 0000-03-01 to 1970-01-01.
  private static let daysBefore1970: Int32 = 719_468
  /// 0001-01-01 and 9999-12-31.
  private static let first: Int32 = -719_162
  private static let last: Int32 = 2_932_896

  /// nil: there is no such day, or its year is not 1...9999.
  package init?(year: Int32, month: Int32, day: Int32) {
    guard (1...9999).contains(year), (1...12).contains(month),
      day >= 1, day <= Self.daysOfMonth(month, isLeapYear: Self.isLeap(year))
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// - Parameter daysSince1970: before the year 1 it counts as its first day, behind 9999 as its last.
  package init(daysSince1970: Int32) {
    let shifted = min(max(daysSince1970, Self.first), Self.last) + Self.daysBefore1970
    let era = shifted / Self.daysOfEra
    let dayOfEra = shifted - era * Self.daysOfEra
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  package var daysSince1970: Int32 {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let era = yearFromMarch / 400
    let yearOfEra = yearFromMarch - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * Self.daysOfEra + dayOfEra - Self.daysBefore1970
  }

  /// 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday.
  package static func weekday(daysSince1970 day: Int32) -> Int32 {
    let rest = (day % 7 + 3) % 7
    return rest < 0 ? rest + 7 : rest
  }

  package static func < (a: Self, b: Self) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }

  package static func isWeekend(daysSince1970 day: Int32) -> Bool { weekday(daysSince1970: day) >= 5 }

  package static func isLeap(_ year: Int32) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func daysOfMonth(_ month: Int32, isLeapYear: Bool) -> Int32 {
    switch month {
    case 2: isLeapYear ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: CustomStringConvertible {
  /// `2026-02-17`
  package var description: String {
    "\(Self.twoDigits(year / 100))\(Self.twoDigits(year % 100))-\(Self.twoDigits(month))-\(Self.twoDigits(day))"
  }

  private static func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
