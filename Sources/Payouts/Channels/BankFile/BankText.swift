internal import LedgerCore

/// Texts as ISO 20022 takes them.
enum BankText {
  /// Max140Text, Max34Text, Max35Text: characters.
  static let nameMaximum = 140
  static let accountMaximum = 34
  static let idMaximum = 35

  /// 1 to `maximum` characters (Unicode scalars, as XML Schema counts them) that XML can carry and that show.
  static func fits(_ text: String, _ maximum: Int) -> Bool {
    let scalars = text.unicodeScalars
    return !scalars.isEmpty && scalars.count <= maximum && scalars.allSatisfy(isShown)
  }

  private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF, 0x2028, 0x2029: false
    default: true
    }
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

/// Amounts as decimal text with two places.
enum BankAmount {
  /// Those with two decimals that banks here take.
  static let currencies: [Currency] = ["CNY", "EUR", "GBP", "HKD", "MOP", "SGD", "USD"].compactMap { Currency($0) }

  static func text(_ minorUnits: Int64) -> String {
    let (whole, rest) = minorUnits.quotientAndRemainder(dividingBy: 100)
    return rest < 10 ? "\(whole).0\(rest)" : "\(whole).\(rest)"
  }

  /// Minor units above 0; nil for all else. Places beyond the second must be zeros, of which the schema allows five.
  static func minorUnits(_ text: String) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !fraction.isEmpty, fraction.count <= 5 else {
      return nil
    }
    var value: Int64 = 0
    let places = (fraction + [zero, zero]).prefix(2)
    for digit in Array(whole) + places {
      guard (zero...nine).contains(digit) else { return nil }
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowOfSum) = shifted.addingReportingOverflow(Int64(digit - zero))
      guard !overflow, !overflowOfSum else { return nil }
      value = sum
    }
    guard fraction.dropFirst(2).allSatisfy({ $0 == zero }), value > 0 else { return nil }
    return value
  }

  private static let zero = UInt8(ascii: "0")
  private static let nine = UInt8(ascii: "9")
}

/// Local dates and times as ISO 8601 writes them.
struct BankClock: Sendable {
  let utcOffsetMinutes: Int32

  func day(_ time: Timestamp) -> CivilDate {
    CivilDate(daysSince1970: Int32(clamping: local(time).dividedDown(by: Self.day)))
  }

  /// With the offset, whole seconds.
  func text(_ time: Timestamp) -> String {
    let local = local(time)
    let seconds = (local - local.dividedDown(by: Self.day) * Self.day) / 1_000_000
    let offset = abs(utcOffsetMinutes)
    return Self.text(day(time)) + "T"
      + [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { Self.digits(Int($0), 2) }.joined(separator: ":")
      + (utcOffsetMinutes < 0 ? "-" : "+") + Self.digits(Int(offset / 60), 2) + ":" + Self.digits(Int(offset % 60), 2)
  }

  static func text(_ day: CivilDate) -> String {
    digits(Int(day.year), 4) + "-" + digits(Int(day.month), 2) + "-" + digits(Int(day.day), 2)
  }

  /// Of a date, or of a time by its date as it is written: banks write local times.
  static func day(_ text: String) -> CivilDate? {
    let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.count == 10 || text.dropFirst(10).first == "T",
      parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
      let year = Int32(parts[0]), let month = Int32(parts[1]), let day = Int32(parts[2])
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }

  private static let day: Int64 = 86_400_000_000

  private func local(_ time: Timestamp) -> Int64 {
    let (local, overflow) = time.microseconds.addingReportingOverflow(Int64(utcOffsetMinutes) * 60_000_000)
    return overflow ? time.microseconds : local
  }
}

extension Int64 {
  fileprivate func dividedDown(by divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
