package import LedgerCore

/// The citizen identification number of GB 11643-1999, as it stands on resident ID cards: 6 digits of the place, 8 of the
/// date of birth, 3 of the order, 1 check character (ISO 7064, MOD 11-2). Also on the residence permits of people from
/// Hong Kong, Macau and Taiwan, which have places of their own.
///
/// Not judged here: the former 15-digit number (no longer valid since 2013), permits of foreigners, and whether the place
/// exists below its province, since abolished places stay in numbers for life.
package enum ResidentIDNumber {
  static let length = 18
  /// Nobody alive is older.
  static let earliestYear: Int32 = 1900

  /// What is wrong with the number; nil when nothing is. Spaces and dashes do not count.
  package static func defect(_ text: String, today: CivilDate) -> ElementDefect.Reason? {
    let symbols = Array(NumberText.normalized(text).utf8)
    guard !symbols.isEmpty else { return .missing }
    guard symbols.count == length else {
      return .wrongLength(characters: symbols.count, allowed: length...length)
    }
    let digits = symbols.prefix(length - 1).compactMap(CardNumber.digit)
    guard digits.count == length - 1, let check = checkValue(symbols[length - 1]) else { return .notDigits }
    guard provinces.contains(number(digits[0..<2])) else { return .unknownProvince }
    let birth = CivilDate(
      year: Int32(number(digits[6..<10])), month: Int32(number(digits[10..<12])), day: Int32(number(digits[12..<14])))
    guard let birth, birth.year >= earliestYear else { return .noSuchDateOfBirth }
    guard birth <= today else { return .bornInTheFuture }
    // MOD 11-2: the symbols' values, each times 2 to the power of its place from the right (the check's is 0), sum to 1.
    let sum = digits.reduce(0) { ($0 + $1) * 2 % 11 } + check
    return sum % 11 == 1 ? nil : .wrongCheckDigit
  }

  private static func number(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 10 + $1 } }

  private static func checkValue(_ symbol: UInt8) -> Int? {
    symbol == UInt8(ascii: "X") ? 10 : CardNumber.digit(symbol)
  }

  /// GB/T 2260, the first two digits: provinces, autonomous regions, cities of their rank, special administrative regions;
  /// 81 to 83 are also those of residence permits.
  static let provinces: Set<Int> = [
    11, 12, 13, 14, 15,  // Beijing, Tianjin, Hebei, Shanxi, Inner Mongolia
    21, 22, 23,  // Liaoning, Jilin, Heilongjiang
    31, 32, 33, 34, 35, 36, 37,  // Shanghai, Jiangsu, Zhejiang, Anhui, Fujian, Jiangxi, Shandong
    41, 42, 43, 44, 45, 46,  // Henan, Hubei, Hunan, Guangdong, Guangxi, Hainan
    50, 51, 52, 53, 54,  // Chongqing, Sichuan, Guizhou, Yunnan, Tibet
    61, 62, 63, 64, 65,  // Shaanxi, Gansu, Qinghai, Ningxia, Xinjiang
    71, 81, 82, 83,  // Taiwan, Hong Kong, Macau, permits of people from Taiwan
  ]
}
