import Testing

@testable import LedgerCore

@Suite("Days of the calendar")
struct CivilDateTests {
  /// (days since 1970, year, month, day, weekday with Monday 0), from Python's datetime.
  static let known: [(Int32, Int32, Int32, Int32, Int32)] = [
    (-719162, 1, 1, 1, 0), (-135081, 1600, 2, 29, 1), (-25509, 1900, 2, 28, 2), (-25508, 1900, 3, 1, 3),
    (-1, 1969, 12, 31, 2), (0, 1970, 1, 1, 3), (59, 1970, 3, 1, 6), (11016, 2000, 2, 29, 1), (11017, 2000, 3, 1, 2),
    (19782, 2024, 2, 29, 3), (20453, 2025, 12, 31, 2), (20454, 2026, 1, 1, 3), (20501, 2026, 2, 17, 1),
    (47540, 2100, 2, 28, 6), (47541, 2100, 3, 1, 0), (2_932_896, 9999, 12, 31, 4), (639091, 3719, 10, 10, 1),
    (-86455, 1733, 4, 18, 5), (936847, 4535, 1, 1, 5), (-516635, 555, 7, 3, 3), (2_725_512, 9432, 3, 14, 2),
  ]

  @Test(arguments: known)
  func matchesAnotherCalendar(_ row: (number: Int32, year: Int32, month: Int32, day: Int32, weekday: Int32)) throws {
    let date = try #require(CivilDate(year: row.year, month: row.month, day: row.day))
    #expect(date.daysSince1970 == row.number)
    #expect(CivilDate(daysSince1970: row.number) == date)
    #expect(CivilDate.weekday(daysSince1970: row.number) == row.weekday)
  }

  /// The checksum is of the same walk in Python:
  /// `h = (h * 31 + (d.year * 512 + d.month * 32 + d.day) * 7 + d.weekday()) & 0xFFFFFFFFFFFFFFFF`.
  @Test func everyDayOfTenThousandYears() {
    var checksum: UInt64 = 0
    var differences = 0
    for number in Int32(-719_162)...2_932_896 {
      let date = CivilDate(daysSince1970: number)
      let weekday = CivilDate.weekday(daysSince1970: number)
      checksum = checksum &* 31 &+ UInt64((date.year * 512 + date.month * 32 + date.day) * 7 + weekday)
      if date.daysSince1970 != number { differences += 1 }
    }
    #expect(checksum == 0x5f79_aed4_cecd_c0b4)
    #expect(differences == 0)
  }

  @Test(
    arguments: [
      (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (2026, 1, 32), (0, 1, 1),
      (10000, 1, 1), (.max, .max, .max), (.min, .min, .min),
    ] as [(Int32, Int32, Int32)])
  func refusesDaysThatAreNone(_ row: (year: Int32, month: Int32, day: Int32)) {
    #expect(CivilDate(year: row.year, month: row.month, day: row.day) == nil)
  }

  @Test func numbersOutsideOfTheCalendarCountAsItsEnds() {
    #expect(CivilDate(daysSince1970: .min).description == "0001-01-01")
    #expect(CivilDate(daysSince1970: .max).description == "9999-12-31")
  }
}
