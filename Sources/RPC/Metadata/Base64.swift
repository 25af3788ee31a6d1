/// Base64 (RFC 4648 section 4) for `-bin` metadata: written without padding, read with or without it.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let notASymbol: UInt8 = 0xff
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: notASymbol, count: 256)
    for (value, symbol) in alphabet.enumerated() { values[Int(symbol)] = UInt8(value) }
    return values
  }()

  package static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count * 4 + 2) / 3)
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        out.append(alphabet[Int(bits >> bitCount & 0x3f)])
      }
    }
    if bitCount > 0 { out.append(alphabet[Int(bits << (6 - bitCount) & 0x3f)]) }
    return out
  }

  /// nil when there is a foreign symbol, misplaced padding, or a length that no bytes encode to.
  package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    var symbols = 0
    var padding = 0
    for symbol in text {
      if symbol == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      let value = values[Int(symbol)]
      guard padding == 0, value != notASymbol else { return nil }
      symbols += 1
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
    guard symbols % 4 != 1, padding == 0 || (symbols + padding) % 4 == 0 && padding <= 2 else { return nil }
    return out
  }
}
