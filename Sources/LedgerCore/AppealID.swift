/// An appeal: the same 64 bits as a withdrawal's id, printed as `ap_...`.
package struct AppealID: Hashable, Sendable, Comparable {
  package let rawValue: UInt64

  private static let prefix = (UInt8(ascii: "a"), UInt8(ascii: "p"))

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  package init(epoch: UInt8, shard: UInt8, ordinal: UInt64) {
    rawValue = WithdrawalID(epoch: epoch, shard: shard, ordinal: ordinal).rawValue
  }

  package var epoch: UInt8 { WithdrawalID(rawValue: rawValue).epoch }
  package var shard: UInt8 { WithdrawalID(rawValue: rawValue).shard }
  package var ordinal: UInt64 { WithdrawalID(rawValue: rawValue).ordinal }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// nil unless the text is the printed form exactly (Crockford: lower case accepted, I and L read as 1, O as 0).
  package init?(_ text: String) {
    var text = text
    guard let value = text.withUTF8({ OrdinalText.decode(UnsafeRawBufferPointer($0), prefix: Self.prefix) }) else {
      return nil
    }
    rawValue = value
  }
}

extension AppealID: CustomStringConvertible {
  package var description: String {
    OrdinalText.description(OrdinalText.encode(rawValue, prefix: Self.prefix))
  }
}
