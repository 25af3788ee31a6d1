internal import LedgerCore

/// The local day on which a withdrawal is sent, as the contract writes it: the ten bytes of YYYY-MM-DD.
struct SettlementDate {
  let bytes: InlineArray<10, UInt8>

  /// The days of 1970-01-02 to 9999-12-31: all that ten bytes can name, and 0 means that there is none.
  private static let days: ClosedRange<Int32> = 1...2_932_896

  /// nil where there is no such day.
  @inline(__always)
  init?(daysSince1970: Int32) {
    guard Self.days.contains(daysSince1970) else { return nil }
    let day = CivilDate(daysSince1970: daysSince1970)
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
