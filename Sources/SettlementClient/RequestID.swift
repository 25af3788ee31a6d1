/// Fresh request ids for callers that bring none.
package enum RequestID {
  /// "r-" and 26 symbols of Crockford's base32: 130 random bits, so that no two ever meet by chance.
  package static func fresh(random: () -> UInt64) -> String {
    let symbols = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var text: [UInt8] = [0x72, 0x2d]
    var bits: UInt64 = 0
    for index in 0..<26 {
      // Twelve symbols of five bits come out of one number.
      if index % 12 == 0 { bits = random() }
      text.append(symbols[Int(bits & 31)])
      bits >>= 5
    }
    return String(decoding: text, as: UTF8.self)
  }
}
