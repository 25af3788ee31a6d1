import ArgumentParser
import Foundation

/// What somebody saw, as 64 hexadecimal digits.
struct DigestArgument: ExpressibleByArgument, Hashable, Sendable {
  /// SHA-256.
  static let byteCount = 32

  let data: Data

  init?(argument: String) {
    let digits = Array(argument.utf8)
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    data = Data(bytes)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
