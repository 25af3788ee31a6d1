import SettlementClient
import Testing

@Suite("Amounts as people write them")
struct DecimalAmountTests {
  @Test(
    "become minor units digit by digit",
    arguments: [
      ("1000.00", 2, 100_000),
      ("1000", 2, 100_000),
      ("0.5", 2, 50),
      ("0.05", 2, 5),
      ("0", 2, 0),
      ("007.00", 2, 700),
      ("1.234", 3, 1234),
      ("15", 0, 15),
      ("92233720368547758.07", 2, Int64.max),
      ("9223372036854775807", 0, Int64.max),
      // 2^53 + 1: the first whole number that a double cannot hold.
      ("90071992547409.93", 2, 9_007_199_254_740_993),
    ] as [(String, Int, Int64)])
  func accepted(text: String, decimals: Int, minorUnits: Int64) throws {
    #expect(try DecimalAmount.minorUnits(text, decimals: decimals) == minorUnits)
  }

  @Test(
    "are refused for a stated reason",
    arguments: [
      ("", 2, .empty),
      ("-5", 2, .signed),
      ("+5", 2, .signed),
      ("1e3", 2, .notDecimal("e")),
      ("1,000.00", 2, .notDecimal(",")),
      (" 5", 2, .notDecimal(" ")),
      ("5 ", 2, .notDecimal(" ")),
      ("１２", 2, .notDecimal("１")),
      ("٣", 2, .notDecimal("٣")),
      ("0x10", 2, .notDecimal("x")),
      ("1.2.3", 2, .notDecimal(".")),
      ("NaN", 2, .notDecimal("N")),
      (".", 2, .missingDigits),
      (".5", 2, .missingDigits),
      ("5.", 2, .missingDigits),
      ("1.001", 2, .tooManyDecimals(allowed: 2)),
      ("1.000", 2, .tooManyDecimals(allowed: 2)),
      ("1.0", 0, .tooManyDecimals(allowed: 0)),
      ("92233720368547758.08", 2, .tooLarge),
      ("92233720368547759", 2, .tooLarge),
      (String(repeating: "9", count: 10_000), 2, .tooLarge),
    ] as [(String, Int, DecimalAmount.Defect)])
  func refused(text: String, decimals: Int, defect: DecimalAmount.Defect) {
    #expect(throws: defect) { try DecimalAmount.minorUnits(text, decimals: decimals) }
  }

  @Test(
    "are printed with all their decimals",
    arguments: [
      (100_000, 2, "1000.00"), (5, 2, "0.05"), (-5, 2, "-0.05"), (0, 2, "0.00"), (15, 0, "15"), (1234, 3, "1.234"),
      (Int64.max, 2, "92233720368547758.07"), (Int64.min, 2, "-92233720368547758.08"),
    ] as [(Int64, Int, String)])
  func printed(minorUnits: Int64, decimals: Int, text: String) {
    #expect(DecimalAmount.text(minorUnits: minorUnits, decimals: decimals) == text)
  }

  @Test("come back as they were printed")
  func roundTrip() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<1000 {
      let value = Int64.random(in: 0...Int64.max, using: &generator)
      let decimals = Int.random(in: 0...4, using: &generator)
      let text = DecimalAmount.text(minorUnits: value, decimals: decimals)
      #expect(try DecimalAmount.minorUnits(text, decimals: decimals) == value, "\(value) at \(decimals) decimals")
    }
  }
}
