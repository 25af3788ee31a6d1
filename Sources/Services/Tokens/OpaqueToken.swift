internal import Digests
internal import Ledger
internal import LedgerCore

/// Page tokens and watch cursors: positions that we hand out and take back, bound to what they are positions in.
///
///     hex( format version | epoch | position 8 | since 8 | SHA-256(...)[0..<16] )
///
/// The digest covers the ledger's id, the purpose and the binding (partner, filters), so that a token that was altered,
/// cut, made by another ledger, or used for another partner or another list is recognised and refused. It is no secret:
/// whoever knew the ledger's id could make tokens, and would win nothing, since a token is only a position in what its
/// user may see anyway.
struct OpaqueToken: Hashable, Sendable {
  enum Purpose: UInt8 {
    case watch = 1
    case withdrawalsPage = 2
    case entriesPage = 3
    case reviewsPage = 4
    case payeesPage = 5
    case payeesWithNumberPage = 6
    case proposalsPage = 7
    case listEntriesPage = 8
    case auditPage = 9
    case appealsPage = 10
    case webhookDeliveriesPage = 11
    case webhookChangesPage = 12
  }

  enum Defect: Error, Hashable {
    /// Not one of ours for this purpose and binding.
    case foreign
    /// Ours, from before the ledger was restored from a backup: what it points at may be gone.
    case otherEpoch
  }

  /// What a token is a position in. Made of labels and numbers, each with its length, so that no two bindings have the
  /// same bytes.
  struct Binding {
    private(set) var bytes: [UInt8] = []

    init(_ labels: Label...) {
      for label in labels { add(label) }
    }

    mutating func add(_ label: Label) {
      bytes.append(UInt8(truncatingIfNeeded: label.count))  // at most 64
      label.withBytes { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ number: UInt8) { bytes.append(number) }

    mutating func add(figure number: Int64) {
      withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
  }

  private static let formatVersion: UInt8 = 1
  private static let payloadCount = 18
  private static let byteCount = payloadCount + Fingerprint128.byteCount

  /// A sequence or an ordinal.
  let position: UInt64
  /// The sequence at which a listing began; 0 where that means nothing.
  var since: UInt64 = 0

  func text(_ purpose: Purpose, _ binding: Binding, of ledger: LedgerIdentity) -> String {
    var bytes: [UInt8] = [Self.formatVersion, ledger.epoch]
    for number in [position, since] {
      withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
    Self.seal(bytes, purpose, binding, ledger).withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes.withUnsafeBytes { Hexadecimal.encode($0) }
  }

  init(position: UInt64, since: UInt64 = 0) {
    self.position = position
    self.since = since
  }

  init(_ text: String, _ purpose: Purpose, _ binding: Binding, of ledger: LedgerIdentity) throws(Defect) {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    guard bytes.withUnsafeMutableBytes({ Hexadecimal.decode(text, into: $0) }) else { throw .foreign }
    let payload = Array(bytes.prefix(Self.payloadCount))
    let isOurs = Self.seal(payload, purpose, binding, ledger).withUnsafeBytes { expected in
      bytes.withUnsafeBytes {
        equalInConstantTime(expected, UnsafeRawBufferPointer(rebasing: $0[Self.payloadCount...]))
      }
    }
    guard isOurs, payload[0] == Self.formatVersion else { throw .foreign }
    guard payload[1] == ledger.epoch else { throw .otherEpoch }
    (position, since) = payload.withUnsafeBytes {
      (
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt64.self)),
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 10, as: UInt64.self))
      )
    }
  }

  private static func seal(
    _ payload: [UInt8], _ purpose: Purpose, _ binding: Binding, _ ledger: LedgerIdentity
  ) -> Fingerprint128 {
    var hash = SHA256()
    hash.update([purpose.rawValue])
    ledger.id.withUnsafeBytes { hash.update($0) }
    hash.update(payload)
    hash.update(binding.bytes)
    return hash.finalize().prefix
  }
}

/// Page sizes of all lists, as the contract says.
enum PageSize {
  static let standard = 50
  static let maximum = 1_000

  static func limit(_ wanted: Int32, _ violations: inout FieldViolations) -> Int {
    switch wanted {
    case 0: return standard
    case 1...: return min(Int(wanted), maximum)
    default:
      violations.add("page_size", "NEGATIVE", "is \(wanted); must be 0 (which means \(standard)) to \(maximum)")
      return standard
    }
  }
}

extension FieldViolations {
  /// The token's content; nil where the page is the first, or after noting what is wrong.
  mutating func pageToken(
    _ text: String, _ purpose: OpaqueToken.Purpose, _ binding: OpaqueToken.Binding, of ledger: LedgerIdentity
  ) -> OpaqueToken? {
    guard !text.isEmpty else { return nil }
    do throws(OpaqueToken.Defect) {
      return try OpaqueToken(text, purpose, binding, of: ledger)
    } catch {
      add(
        "page_token", "PAGE_TOKEN_INVALID",
        "is not a token that this list gave with these filters: start again without one")
      return nil
    }
  }
}
