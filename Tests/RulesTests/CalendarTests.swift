internal import LedgerCore
import Testing

@testable internal import Rules

@Suite("Local days, working days and the maintenance window")
struct CalendarTests {
  /// Working days of each month of 2026 by the State Council's notice, counted in Python from its text.
  @Test func workingDaysOf2026() throws {
    let calendar = try TestDocument.document().calendar
    let counted = try (1...12).map { month in
      let first = try #require(CivilDate(year: 2026, month: Int32(month), day: 1)).daysSince1970
      let days = (first..<first + 31).filter { CivilDate(daysSince1970: $0).month == Int32(month) }
      return days.filter(calendar.isWorkingDay).count
    }
    #expect(counted == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23])
  }

  @Test func aYearWithoutACalendarKnowsWeekendsAndSaysSo() throws {
    let document = try TestDocument.document()
    let newYear = try #require(CivilDate(year: 2027, month: 1, day: 1)).daysSince1970
    #expect(document.calendar.isWorkingDay(newYear))
    #expect(!document.calendar.isWorkingDay(newYear + 1))
    #expect(document.isCalendarMissing(day: newYear))
    #expect(!document.isCalendarMissing(day: newYear - 1))
    #expect(document.warnings(at: TestDocument.time("2026-11-30 23:59")).isEmpty)
    #expect(document.warnings(at: TestDocument.time("2026-12-01 00:00")).count == 1)
    #expect(document.warnings(at: TestDocument.time("2027-06-01 00:00")).first?.hasPrefix("calendar.2027") == true)
  }

  /// (day boundary, local time, limit day, month of it)
  @Test(arguments: [
    ("00:00", "2026-02-28 23:59:59", "2026-02-28", 2), ("00:00", "2026-03-01 00:00", "2026-03-01", 3),
    ("04:30", "2026-03-01 04:29:59", "2026-02-28", 2), ("04:30", "2026-03-01 04:30", "2026-03-01", 3),
    ("23:59", "2026-12-31 23:58", "2026-12-30", 12), ("00:00", "1969-12-31 23:59:59", "1969-12-31", 12),
  ])
  func limitDaysBeginAtTheBoundary(_ row: (boundary: String, time: String, day: String, month: Int32)) throws {
    let raw = TestDocument.changed("day_boundary", to: TestDocument.quoted(row.boundary))
    let day = try RulesDocument(validating: raw).day(at: TestDocument.time(row.time))
    #expect(CivilDate(daysSince1970: day.day).description == row.day)
    #expect(day.month % 12 + 1 == row.month)
    #expect(day.month / 12 == CivilDate(daysSince1970: day.day).year)
  }

  @Test(arguments: [
    ("2026-03-04 12:00", "2026-03-05 00:00", "2026-03-05 03:00", false),
    ("2026-03-05 00:00", "2026-03-05 00:00", "2026-03-05 03:00", true),
    ("2026-03-05 02:59:59", "2026-03-05 00:00", "2026-03-05 03:00", true),
    ("2026-03-05 03:00", "2026-03-06 00:00", "2026-03-06 03:00", false),
  ])
  func noticeOfTheWindow(_ row: (now: String, begin: String, end: String, isNow: Bool)) throws {
    let document = try TestDocument.document()
    let notice = try #require(document.maintenance(at: TestDocument.time(row.now)))
    #expect(document.clock.text(notice.begin) == row.begin)
    #expect(document.clock.text(notice.end) == row.end)
    #expect(notice.isNow == row.isNow)
  }

  @Test func noticeOfAWindowAcrossMidnight() throws {
    let window = TestDocument.map(["begin": TestDocument.quoted("22:00"), "end": TestDocument.quoted("02:00")])
    let document = try RulesDocument(validating: TestDocument.changed("maintenance_window", to: window))
    for (now, begin) in [("2026-03-05 01:00", "2026-03-04 22:00"), ("2026-03-05 22:00", "2026-03-05 22:00")] {
      let notice = try #require(document.maintenance(at: TestDocument.time(now)))
      #expect(notice.isNow)
      #expect(document.clock.text(notice.begin) == begin)
      #expect(notice.end.microseconds - notice.begin.microseconds == 4 * 3_600_000_000)
    }
  }
}
