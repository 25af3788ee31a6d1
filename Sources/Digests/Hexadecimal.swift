/// Bytes as text of two digits each.
package enum Hexadecimal {
  /// Lower case, two digits a byte, no separators.
  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { text in
      for (index, byte) in bytes.enumerated() {
        text[2 * index] = digit(byte >> 4)
        text[2 * index + 1] = digit(byte & 0xF)
      }
      return bytes.count * 2
    }
  }

  /// The same as bytes of ASCII in a buffer that the caller can wipe: for secrets, which no `String` should hold.
  package static func encodeASCII(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 0xF))
    }
    return text
  }

  /// Fills `bytes` exactly; `false` when `text` has another length or holds anything but digits.
  package static func decode(_ text: some StringProtocol, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    decode(ascii: text.utf8, into: bytes)
  }

  package static func decode(ascii text: some Sequence<UInt8>, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    var symbols = text.makeIterator()
    for index in bytes.indices {
      guard let high = symbols.next().flatMap(value), let low = symbols.next().flatMap(value) else { return false }
      bytes[index] = high << 4 | low
    }
    return symbols.next() == nil
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func value(_ symbol: UInt8) -> UInt8? {
    switch symbol {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): symbol - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): symbol - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): symbol - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
