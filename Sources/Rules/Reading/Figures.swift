internal import LedgerCore

/// Figures as people write them in the document, and back. Every function is total: what is no such figure is nil.
package enum Figures {
  /// `-12`, `0`, `5000`: digits with nothing between them. No leading zero, because YAML means octal by it.
  static func integer(_ text: String) -> Int64? {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    guard !digits.isEmpty, digits.allSatisfy(isDigit), digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      return nil
    }
    return Int64(text)
  }

  /// `5000`, `0.5`, `5000.00` to hundredths, which are the minor units of every currency that rules take.
  static func amount(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, let units = integer(String(whole)) else { return nil }
    let (scaled, overflow) = units.multipliedReportingOverflow(by: 100)
    guard !overflow else { return nil }
    guard parts.count == 2 else { return scaled }
    let decimals = parts[1].utf8
    guard (1...2).contains(decimals.count), decimals.allSatisfy(isDigit), let value = Int64(parts[1]) else {
      return nil
    }
    let hundredths = decimals.count == 1 ? value * 10 : value
    let (sum, tooLarge) = scaled.addingReportingOverflow(whole.first == "-" ? -hundredths : hundredths)
    return tooLarge ? nil : sum
  }

  /// `00:00` to `24:00` in minutes.
  static func timeOfDay(_ text: String) -> Int32? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"), let hours = twoDigits(bytes[0], bytes[1]),
      let minutes = twoDigits(bytes[3], bytes[4]), minutes < 60, hours < 24 || hours == 24 && minutes == 0
    else { return nil }
    return hours * 60 + minutes
  }

  /// `+08:00`, `-03:30` in seconds: what the world's clocks use, -12:00 to +14:00.
  static func utcOffset(_ text: String) -> Int32? {
    guard let sign = text.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let minutes = timeOfDay(String(text.dropFirst()))
    else { return nil }
    let seconds = sign == UInt8(ascii: "-") ? -minutes * 60 : minutes * 60
    return (-12 * 3600...14 * 3600).contains(seconds) ? seconds : nil
  }

  /// `2026-02-17`
  static func date(_ text: String) -> CivilDate? {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let century = twoDigits(bytes[0], bytes[1]), let year = twoDigits(bytes[2], bytes[3]),
      let month = twoDigits(bytes[5], bytes[6]), let day = twoDigits(bytes[8], bytes[9])
    else { return nil }
    return CivilDate(year: century * 100 + year, month: month, day: day)
  }

  /// Hundredths as `5000.00`.
  package static func amountText(_ minorUnits: Int64) -> String {
    let magnitude = minorUnits.magnitude
    let (units, rest) = magnitude.quotientAndRemainder(dividingBy: 100)
    return (minorUnits < 0 ? "-" : "") + "\(units)." + (rest < 10 ? "0" : "") + "\(rest)"
  }

  /// Minutes of a day as `03:00`.
  package static func timeText(_ minutes: Int32) -> String { "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))" }

  static func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func twoDigits(_ tens: UInt8, _ ones: UInt8) -> Int32? {
    guard isDigit(tens), isDigit(ones) else { return nil }
    return Int32(tens - UInt8(ascii: "0")) * 10 + Int32(ones - UInt8(ascii: "0"))
  }
}

/// Bounds that hold for every amount of a document.
package enum Amounts {
  /// Ten million million units, in hundredths: far above any payout, and far below where sums of amounts overflow.
  package static let maximum: Int64 = 1_000_000_000_000_000
}
