internal import LedgerCore

/// Times as the wallets write them, in UTC+8, which has no summer time.
enum ChinaTime {
  private static let offsetSeconds: Int64 = 8 * 3_600
  private static let daySeconds: Int64 = 86_400
  private static let microseconds: Int64 = 1_000_000

  /// `2026-02-17 09:30:00`
  static func text(_ time: Timestamp) -> String {
    let local = (floorDivision(time.microseconds, microseconds).quotient).addingReportingOverflow(offsetSeconds)
      .partialValue
    let (day, second) = floorDivision(local, daySeconds)
    let date = CivilDate(daysSince1970: Int32(clamping: day))
    return "\(date) \(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
  }

  /// `2026-02-17 09:30:00` in UTC+8, or RFC 3339 with `T` and an offset (`+08:00`, `Z`), fractions of seconds left out.
  static func parse(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19, bytes.count <= 40, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == 0x20 || bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
      let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]), hour < 24,
      let minute = number(bytes[14..<16]), minute < 60, let second = number(bytes[17..<19]), second <= 60,
      let date = CivilDate(year: Int32(year), month: Int32(month), day: Int32(day))
    else { return nil }
    var rest = bytes[19...]
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let fraction = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      guard !fraction.isEmpty else { return nil }
      rest = rest.dropFirst(fraction.count)
    }
    guard let offset = offset(Array(rest), isLocal: bytes[10] == 0x20) else { return nil }
    let local = Int64(date.daysSince1970) * daySeconds + hour * 3_600 + minute * 60 + second
    return Timestamp(microseconds: (local - offset) * microseconds)
  }

  private static func offset(_ bytes: [UInt8], isLocal: Bool) -> Int64? {
    if bytes.isEmpty { return isLocal ? offsetSeconds : nil }
    if bytes == [UInt8(ascii: "Z")] { return 0 }
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = number(bytes[1..<3]), hours < 24,
      let minutes = number(bytes[4..<6]), minutes < 60
    else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    switch bytes[0] {
    case UInt8(ascii: "+"): return seconds
    case UInt8(ascii: "-"): return -seconds
    default: return nil
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func floorDivision(_ value: Int64, _ by: Int64) -> (quotient: Int64, rest: Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: by)
    return rest < 0 ? (quotient - 1, rest + by) : (quotient, rest)
  }
}
