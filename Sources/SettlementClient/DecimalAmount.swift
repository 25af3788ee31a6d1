/// Amounts as people write them: decimal digits to minor units and back, digit by digit. No floating point.
package enum DecimalAmount {
  package enum Defect: Error, Hashable, Sendable {
    case empty
    /// "-5" or "+5": an amount has no sign.
    case signed
    /// Anything but the digits 0 to 9 and one point: "1e3", "1,000", "１２", " 5".
    case notDecimal(Character)
    /// ".5" or "5.": digits belong on both sides of the point.
    case missingDigits
    case tooManyDecimals(allowed: Int)
    /// More than a 64-bit count of minor units holds.
    case tooLarge
  }

  /// Minor units of `text`, for example 100000 for "1000.00" at two decimals. Fewer decimals than allowed are filled up.
  package static func minorUnits(_ text: String, decimals: Int) throws(Defect) -> Int64 {
    guard let first = text.utf8.first else { throw .empty }
    if first == 0x2d || first == 0x2b { throw .signed }
    if let wrong = text.first(where: { !isDigit($0) && $0 != "." }) { throw .notDecimal(wrong) }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count > 2 { throw .notDecimal(".") }
    if parts.contains(where: \.isEmpty) { throw .missingDigits }
    let fraction = parts.count == 2 ? parts[1] : ""
    if fraction.utf8.count > decimals { throw .tooManyDecimals(allowed: decimals) }

    var value: Int64 = 0
    for digit in parts[0].utf8 { value = try append(Int64(digit) - 0x30, to: value) }
    for digit in fraction.utf8 { value = try append(Int64(digit) - 0x30, to: value) }
    for _ in fraction.utf8.count..<decimals { value = try append(0, to: value) }
    return value
  }

  /// "1000.00" for 100000 at two decimals; "-0.05" for -5.
  package static func text(minorUnits: Int64, decimals: Int) -> String {
    var digits = String(minorUnits.magnitude)
    if digits.utf8.count <= decimals {
      digits = String(repeating: "0", count: decimals + 1 - digits.utf8.count) + digits
    }
    let sign = minorUnits < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }

  /// Decimals of a currency by ISO 4217 (list one, "minor unit"); the many that are not named here have two.
  package static func decimals(ofCurrency code: String) -> Int {
    switch code {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
      "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }

  private static func isDigit(_ character: Character) -> Bool {
    guard let ascii = character.asciiValue else { return false }
    return (0x30...0x39).contains(ascii)
  }

  private static func append(_ digit: Int64, to value: Int64) throws(Defect) -> Int64 {
    let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
    let (sum, carried) = tens.addingReportingOverflow(digit)
    guard !overflowed && !carried else { throw .tooLarge }
    return sum
  }
}

extension DecimalAmount.Defect: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "it is empty"
    case .signed: "it has a sign; amounts are written without one"
    case .notDecimal(let character):
      "\"\(character)\" is not allowed; write digits 0 to 9 with at most one point, such as 1000.00"
    case .missingDigits: "digits are missing before or after the point; write 0.50 or 5"
    case .tooManyDecimals(let allowed):
      allowed == 0 ? "the currency has no decimals" : "the currency has \(allowed) decimals at most"
    case .tooLarge: "it is larger than any amount the ledger holds"
    }
  }
}
