internal import Digests
internal import LedgerCore

/// The content of a request of the methods that are not hot, for `ContentFingerprint`: the same bytes, without a bound on
/// their number. Add the fields in order of their numbers, which are at most 15.
///
/// What is private is never among them: its keyed hash stands in its place, so that a fingerprint in the journal tells
/// nobody whether a guess is right.
struct ContentFields {
  private var bytes: [UInt8]

  init(_ method: ContentFingerprint.Method) { bytes = [ContentFingerprint.formatVersion, method.rawValue] }

  var fingerprint: Fingerprint128 { bytes.withUnsafeBytes { SHA256.hash($0) }.prefix }

  /// Left out when it is `Label.none`.
  mutating func add(_ field: UInt8, _ label: Label) {
    if !label.isNone { addPresent(field, label) }
  }

  /// For fields with presence: set and empty differs from absent.
  mutating func addPresent(_ field: UInt8, _ label: Label) { label.withBytes { add(field, bytes: $0) } }

  /// Left out when it is 0.
  mutating func add(_ field: UInt8, _ number: UInt64) {
    if number != 0 { addPresent(field, number) }
  }

  mutating func addPresent(_ field: UInt8, _ number: UInt64) {
    bytes.append(field << 3)
    addVarint(number)
  }

  mutating func add(_ field: UInt8, _ text: String) {
    if !text.isEmpty { Array(text.utf8).withUnsafeBytes { add(field, bytes: $0) } }
  }

  mutating func add(_ field: UInt8, keyed hash: Fingerprint128) { hash.withUnsafeBytes { add(field, bytes: $0) } }

  mutating func add(_ field: UInt8, _ digest: Digest256) { digest.withUnsafeBytes { add(field, bytes: $0) } }

  /// A message in a field, with its own fields.
  mutating func add(_ field: UInt8, _ body: (inout ContentFields) -> Void) {
    var inner = ContentFields(bytes: [])
    body(&inner)
    inner.bytes.withUnsafeBytes { add(field, bytes: $0) }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func add(_ field: UInt8, bytes added: UnsafeRawBufferPointer) {
    bytes.append(field << 3 | 2)
    addVarint(UInt64(added.count))
    bytes.append(contentsOf: added)
  }

  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
