internal import Digests
internal import LedgerCore

/// What the bank knows a file by, and its name: twelve digits of a digest over ledger and channel, the local date of the
/// cut-off, and a serial that counts the channel's files without gaps. 26 characters; ISO 20022 allows 35.
struct MessageID: Hashable, Sendable, CustomStringConvertible {
  let description: String
  /// From 1.
  let serial: Int

  static let serialMaximum = 999_999
  private static let tagDigits = 12
  private static let dateDigits = 8
  private static let serialDigits = 6

  init(tag: String, day: CivilDate, serial: Int) {
    let date = BankClock.text(day).filter { $0 != "-" }
    description = tag + date + BankClock.digits(serial, Self.serialDigits)
    self.serial = serial
  }

  /// nil unless the text is an id of this tag.
  init?(_ text: String, tag: String) {
    let digits = text.utf8.dropFirst(Self.tagDigits)
    guard text.hasPrefix(tag), digits.count == Self.dateDigits + Self.serialDigits,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let serial = Int(text.suffix(Self.serialDigits)), serial > 0
    else { return nil }
    description = text
    self.serial = serial
  }

  static func tag(ledger: String, channel: Label) -> String {
    let digest = SHA256.hash(Array("\(ledger)/\(channel)".utf8))
    return digest.withUnsafeBytes { bytes in
      Hexadecimal.encode(UnsafeRawBufferPointer(rebasing: bytes[..<(tagDigits / 2)]))
    }
  }

  /// Of the transfers in one currency.
  func paymentID(_ currency: Currency) -> String { "\(self)-\(currency)" }
}
