/// `grpc-timeout`: 1 to 8 ASCII digits and one unit (PROTOCOL-HTTP2.md, "Timeout").
enum RequestTimeout {
  private static let maximumDigits = 8

  /// Nanoseconds, clamped to Int64.max (99,999,999 hours do not fit); nil when malformed.
  static func parse(_ text: ArraySlice<UInt8>) -> Int64? {
    guard let unit = text.last, text.count >= 2, text.count <= maximumDigits + 1 else { return nil }
    var value: Int64 = 0
    for byte in text.dropLast() {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))  // at most 99,999,999
    }
    let nanosecondsPerUnit: Int64
    switch unit {
    case UInt8(ascii: "H"): nanosecondsPerUnit = 3_600_000_000_000
    case UInt8(ascii: "M"): nanosecondsPerUnit = 60_000_000_000
    case UInt8(ascii: "S"): nanosecondsPerUnit = 1_000_000_000
    case UInt8(ascii: "m"): nanosecondsPerUnit = 1_000_000
    case UInt8(ascii: "u"): nanosecondsPerUnit = 1_000
    case UInt8(ascii: "n"): nanosecondsPerUnit = 1
    default: return nil
    }
    let (product, overflow) = value.multipliedReportingOverflow(by: nanosecondsPerUnit)
    return overflow ? .max : product
  }

  /// The shortest exact form, or rounded up to the finest unit that holds it in 8 digits.
  static func format(nanoseconds: Int64) -> String {
    let units: [(nanoseconds: Int64, symbol: String)] = [
      (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"), (60_000_000_000, "M"),
      (3_600_000_000_000, "H"),
    ]
    let timeout = max(nanoseconds, 0)
    for unit in units {
      let (whole, rest) = timeout.quotientAndRemainder(dividingBy: unit.nanoseconds)
      let count = rest == 0 ? whole : whole + 1
      if count <= 99_999_999 { return "\(count)\(unit.symbol)" }
    }
    return "99999999H"
  }
}
