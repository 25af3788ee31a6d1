/// The number of a bank card (ISO/IEC 7812): the issuer's prefix, the account, and a digit that shows slips of the pen.
package enum CardNumber {
  /// Chinese debit cards have 16 to 19 digits, some credit cards 15.
  static let lengths = 15...19

  /// What is wrong with the number; nil when nothing is. Spaces and dashes do not count.
  package static func defect(_ text: String) -> ElementDefect.Reason? {
    let symbols = Array(NumberText.normalized(text).utf8)
    guard !symbols.isEmpty else { return .missing }
    let digits = symbols.compactMap(digit)
    guard digits.count == symbols.count else { return .notDigits }
    guard lengths.contains(digits.count) else {
      return .wrongLength(characters: digits.count, allowed: lengths)
    }
    guard isLuhn(digits) else { return .wrongCheckDigit }
    return BankPrefixes.bank(ofCardNumber: symbols) == nil ? .unknownBankPrefix : nil
  }

  /// ISO/IEC 7812-1, annex B: from the right, every second digit doubled (and its digits added), the sum a multiple of ten.
  static func isLuhn(_ digits: [Int]) -> Bool {
    var sum = 0
    for (place, digit) in digits.reversed().enumerated() {
      let value = place % 2 == 0 ? digit : digit * 2
      sum += value > 9 ? value - 9 : value
    }
    return sum % 10 == 0
  }

  static func digit(_ symbol: UInt8) -> Int? {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(symbol) ? Int(symbol - UInt8(ascii: "0")) : nil
  }
}
