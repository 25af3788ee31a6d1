package import Digests

/// Sixteen random bytes that name a ledger for ever. They stand in every file, so that no file of another ledger is ever
/// taken for one of ours, and they begin the chain of seals.
package struct LedgerID: Hashable, Sendable, CustomStringConvertible {
  package static let byteCount = Fingerprint128.byteCount

  package let value: Fingerprint128

  package init(_ value: Fingerprint128) { self.value = value }

  /// The previous seal of the very first frame: the id, then 16 zero bytes.
  package var firstPreviousSeal: Digest256 {
    var seal = Digest256()
    seal.withUnsafeMutableBytes { bytes in value.withUnsafeBytes { bytes.copyMemory(from: $0) } }
    return seal
  }

  package var description: String { value.hexadecimal }
}
