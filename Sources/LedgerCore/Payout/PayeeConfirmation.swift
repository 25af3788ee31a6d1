/// What the payee's application needs so that the payee can confirm, as the channel gave it (WeChat Pay: `package_info`).
/// Whoever has it may ask the payee to take the money, so no log, audit trail or dump shows it.
package struct PayeeConfirmation: Hashable, Sendable {
  /// Longest, in bytes: WeChat Pay's have about 160. Three times that is room for a longer one of tomorrow, and is as much as
  /// sealed data may have, for which records and rows of snapshots have room.
  package static let maximumBytes = 512
  /// UTF-8 without control characters, at least one byte. Compared as bytes: the channel knows no other writing of it.
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) throws(Label.Defect) {
    guard !bytes.isEmpty else { throw .empty }
    guard bytes.count <= Self.maximumBytes else { throw .tooLong(bytes: bytes.count) }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
      throw .controlCharacter
    }
    self.bytes = bytes
  }

  package init(_ text: String) throws(Label.Defect) { try self.init(Array(text.utf8)) }

  package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension PayeeConfirmation: CustomStringConvertible, CustomReflectable {
  package var description: String { "<confirmation of \(bytes.count) bytes>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
