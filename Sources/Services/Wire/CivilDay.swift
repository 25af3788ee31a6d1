/// A day of the proleptic Gregorian calendar, as texts name it.
struct CivilDay: Hashable, Sendable {
  let year: Int64
  /// 1 to 12.
  let month: UInt8
  /// 1 to 31.
  let day: UInt8

  /// Days are counted from 1 March of year 0, so that a leap day is the last of its year; 400 years have 146,097 days
  /// (Howard Hinnant, "chrono-compatible low-level date algorithms").
  init(daysSince1970: Int64) {
    let shifted = daysSince1970 + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = UInt8(truncatingIfNeeded: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    month = UInt8(truncatingIfNeeded: monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// YYYY-MM-DD
  var text: String {
    func two(_ number: UInt8) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let years = "\(year.magnitude)"
    return (year < 0 ? "-" : "") + String(repeating: "0", count: max(0, 4 - years.utf8.count)) + years + "-"
      + two(month) + "-" + two(day)
  }
}

extension Int64 {
  /// Rounds down, also below zero.
  /// - Parameter divisor: above zero.
  func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// The local day on which a withdrawal is sent, as the contract writes it: the ten bytes of YYYY-MM-DD.
struct SettlementDate {
  let bytes: InlineArray<10, UInt8>

  /// The days of 1970-01-02 to 9999-12-31: all that ten bytes can name, and 0 means that there is none.
  private static let days: ClosedRange<Int32> = 1...2_932_896

  /// nil where there is no such day.
  @inline(__always)
  init?(daysSince1970: Int32) {
    guard Self.days.contains(daysSince1970) else { return nil }
    let day = CivilDay(daysSince1970: Int64(daysSince1970))
    let year = Int(day.year)
    bytes = [
      Self.digit(year / 1_000), Self.digit(year / 100), Self.digit(year / 10), Self.digit(year), UInt8(ascii: "-"),
      Self.digit(Int(day.month) / 10), Self.digit(Int(day.month)), UInt8(ascii: "-"), Self.digit(Int(day.day) / 10),
      Self.digit(Int(day.day)),
    ]
  }

  @inline(__always)
  private static func digit(_ number: Int) -> UInt8 { UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10) }

  var string: String {
    String(unsafeUninitializedCapacity: 10) { out in
      for index in 0..<10 { out[index] = bytes[index] }
      return 10
    }
  }
}
