package import Digests
package import LedgerCore

/// What sealed data belongs to. Moved to another record it does not open.
package struct PrivatePlace: Sendable {
  package enum Kind: UInt8, Sendable {
    case agent = 1
    case payee = 2
    /// The request of an attempt to pay: the last label is its key.
    case payout = 3
  }

  package let kind: Kind
  package let partner: Label
  package let agent: Label
  /// Of the request that brought the data.
  package let requestID: Label

  package init(kind: Kind, partner: Label, agent: Label, requestID: Label) {
    self.kind = kind
    self.partner = partner
    self.agent = agent
    self.requestID = requestID
  }

  package func binding(of ledger: Fingerprint128) -> [UInt8] {
    var bytes = ledger.withUnsafeBytes { Array($0) } + [kind.rawValue]
    for label in [partner, agent, requestID] {
      bytes.append(UInt8(truncatingIfNeeded: label.count))  // at most 64
      label.withBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}

/// Two private texts that are kept together: an account's number and its holder's name, or a person's name and ID number.
package struct PrivatePair: Sendable {
  /// Longest name as it was written: 64 characters of three bytes, as Chinese ones have.
  package static let nameBytesMaximum = 192
  /// Longest number: an e-mail address (RFC 5321). Together with the name and the seal they fit into `SealedData`.
  package static let numberBytesMaximum = 254

  private static let formatVersion: UInt8 = 1

  package let number: String
  package let name: String

  package init(number: String, name: String) {
    self.number = number
    self.name = name
  }

  /// Version 1, the length of the number (one byte), the number, the name.
  package var encoded: [UInt8] {
    [Self.formatVersion, UInt8(clamping: number.utf8.count)] + Array(number.utf8) + Array(name.utf8)
  }

  package init?(encoded bytes: [UInt8]) {
    guard bytes.count >= 2, bytes[0] == Self.formatVersion, bytes.count >= 2 + Int(bytes[1]) else { return nil }
    let split = 2 + Int(bytes[1])
    guard let number = String(validating: bytes[2..<split], as: UTF8.self),
      let name = String(validating: bytes[split...], as: UTF8.self)
    else { return nil }
    self.init(number: number, name: name)
  }
}

/// Private data: a description would put it into logs.
extension PrivatePair: CustomStringConvertible, CustomReflectable {
  package var description: String { "<private>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
