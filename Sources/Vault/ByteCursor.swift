internal import Digests

/// Takes fields off the front of a file's bytes. It never reads beyond the end: what is not there is nil.
struct ByteCursor {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(bytes) }

  var remaining: Int { rest.count }

  mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// Little-endian.
  mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
    bytes(Integer.bitWidth / 8).map { $0.reversed().reduce(0) { $0 << 8 | Integer(truncatingIfNeeded: $1) } }
  }

  mutating func fingerprint() -> Fingerprint128? {
    bytes(Fingerprint128.byteCount).flatMap { bytes in bytes.withUnsafeBytes { Fingerprint128(bytes: $0) } }
  }
}

extension [UInt8] {
  /// Little-endian.
  mutating func append(integer: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: integer.littleEndian) { append(contentsOf: $0) }
  }

  mutating func append(_ fingerprint: Fingerprint128) {
    fingerprint.withUnsafeBytes { append(contentsOf: $0) }
  }

  /// Ends a file with the CRC32C of everything before.
  mutating func appendChecksum() {
    append(integer: withUnsafeBytes { CRC32C.checksum($0) })
  }

  /// The bytes before a checksum at the end that fits them; nil where it does not.
  var withoutValidChecksum: ArraySlice<UInt8>? {
    var end = ByteCursor(suffix(4))
    guard let stored = end.integer(UInt32.self) else { return nil }
    let covered = dropLast(4)
    return covered.withUnsafeBytes { CRC32C.checksum($0) } == stored ? covered : nil
  }
}

/// Of the head and of the shards. Raised whenever a byte of their layouts changes meaning.
let formatVersion: UInt32 = 1
