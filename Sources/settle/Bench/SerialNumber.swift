/// Request ids of one run: all different, all of one length, counted up in place so that a new one costs a few stores.
struct SerialNumber {
  /// `bench-`, six symbols that tell runs apart, twelve decimal digits.
  static let byteCount = 24
  private static let firstDigit = 12

  private(set) var bytes: [UInt8]

  /// - Parameter run: a number that other runs against the same server do not have; its low 30 bits are used.
  init(run: UInt64) {
    let symbols = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    bytes = Array("bench-".utf8)
    for place in 0..<6 {
      bytes.append(symbols[Int(truncatingIfNeeded: run >> UInt64(place * 5)) & 31])
    }
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Self.byteCount - Self.firstDigit))
  }

  /// Moves on; after 10^12 ids it would begin again.
  mutating func advance() {
    var place = Self.byteCount - 1
    while place >= Self.firstDigit {
      if bytes[place] != UInt8(ascii: "9") {
        bytes[place] += 1
        return
      }
      bytes[place] = UInt8(ascii: "0")
      place -= 1
    }
  }
}
