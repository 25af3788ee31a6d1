internal import LedgerCore

extension HolidayCalendar {
  /// 200 years: nobody writes more, and looking a day up walks over them.
  private static let yearsMaximum = 200

  /// - Parameter node: a mapping of years to their notices.
  init?(_ node: RawNode, path: String, reading: Reading) {
    guard case .mapping(let entries) = node.content, entries.count <= Self.yearsMaximum else {
      reading.report(node.line, path, "must be a mapping of years, at most \(Self.yearsMaximum)")
      return nil
    }
    let before = reading.defects.count
    var years: [Year] = []
    for entry in entries {
      let name = String(Reading.quoted(entry.key).dropFirst().dropLast())
      guard let number = Figures.integer(entry.key), (1970...9999).contains(number),
        let year = Year(weekdaysOf: Int32(number))
      else {
        reading.report(entry.line, "\(path).\(name)", "must be a year from 1970 to 9999")
        continue
      }
      if years.contains(where: { $0.year == year.year }) {
        reading.report(entry.line, "\(path).\(name)", "stands more than once: keep one")
        continue
      }
      let keys = ["source", "holidays", "working_days"]
      guard let section = Section(entry.value, path: "\(path).\(name)", keys: keys, reading: reading) else { continue }
      _ = section.text("source")
      if let year = Self.filled(year, section) { years.append(year) }
    }
    guard reading.defects.count == before else { return nil }
    self.init(years)
  }

  private static func filled(_ weekdays: Year, _ section: Section) -> Year? {
    var year = weekdays
    let holidays = days("holidays", of: year, section)
    let working = days("working_days", of: year, section)
    guard let holidays, let working else { return nil }
    for holiday in holidays { year.set(holiday.day, isWorking: false) }
    for (day, line) in working {
      let date = CivilDate(daysSince1970: day)
      let path = section.child("working_days")
      if holidays.contains(where: { $0.day == day }) {
        section.reading.report(line, path, "\(date) is a holiday too: it can be one of both")
      } else if !CivilDate.isWeekend(daysSince1970: day) {
        section.reading.report(
          line, path, "\(date) is no Saturday or Sunday: only those are moved, the others are working days anyway")
      }
      year.set(day, isWorking: true)
    }
    if year.longestRunOff > daysOffMaximum {
      section.report("holidays", "\(year.longestRunOff) days off in a row: more than \(daysOffMaximum) cannot be meant")
      return nil
    }
    return year
  }

  /// The days of a list of dates and ranges of dates, with their lines; nil after reporting what is none of this year.
  private static func days(_ key: String, of year: Year, _ section: Section) -> [(day: Int32, line: Int)]? {
    guard let items = section.items(key, maximum: 366) else { return nil }
    var days: [(day: Int32, line: Int)] = []
    var isSound = true
    func report(_ item: RawNode, _ reason: String) {
      section.reading.report(item.line, section.child(key), reason)
      isSound = false
    }
    for item in items {
      guard let text = Section.text(item), let range = Self.range(text) else {
        report(item, "must be a date like 2026-01-01 or a range like 2026-01-01..2026-01-03")
        continue
      }
      guard year.contains(range.lowerBound), year.contains(range.upperBound) else {
        report(item, "\(Reading.quoted(text)) is not within \(year.year): a date stands under its own year")
        continue
      }
      if days.contains(where: { range.contains($0.day) }) {
        report(item, "\(Reading.quoted(text)) overlaps with another entry: a date stands in the list once")
        continue
      }
      days += range.map { ($0, item.line) }
    }
    return isSound ? days : nil
  }

  private static func range(_ text: String) -> ClosedRange<Int32>? {
    guard text.utf8.count == 10 || text.utf8.count == 22 else { return nil }
    guard let first = Figures.date(String(text.prefix(10)))?.daysSince1970 else { return nil }
    if text.utf8.count == 10 { return first...first }
    guard text.dropFirst(10).hasPrefix(".."), let last = Figures.date(String(text.suffix(10)))?.daysSince1970,
      first <= last
    else { return nil }
    return first...last
  }
}
