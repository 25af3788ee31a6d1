package import Digests

/// Sixteen random bytes that name the key of one sealed record.
package struct KeyID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let byteCount = Fingerprint128.byteCount

  package let value: Fingerprint128

  package init(_ value: Fingerprint128) { self.value = value }

  /// Takes the first 16 bytes; `nil` when there are fewer.
  package init?(bytes: [UInt8]) {
    guard let value = bytes.withUnsafeBytes({ Fingerprint128(bytes: $0) }) else { return nil }
    self.value = value
  }

  package var bytes: [UInt8] { value.withUnsafeBytes { Array($0) } }

  /// As the bytes are ordered one by one.
  package static func < (left: Self, right: Self) -> Bool {
    let (leftFirst, rightFirst) = (UInt64(bigEndian: left.value.first), UInt64(bigEndian: right.value.first))
    guard leftFirst == rightFirst else { return leftFirst < rightFirst }
    return UInt64(bigEndian: left.value.second) < UInt64(bigEndian: right.value.second)
  }

  package var description: String { value.hexadecimal }

  /// The file of the store that the key is in: the id's first ten bits.
  var shard: Int { Int(UInt64(bigEndian: value.first) >> (64 - UInt64(shardBits))) }

  /// The same id moved into a shard (0 to 1,023): other first ten bits.
  func moved(toShard shard: Int) -> KeyID {
    let rest = UInt64(bigEndian: value.first) & (UInt64.max >> UInt64(shardBits))
    let first = UInt64(truncatingIfNeeded: shard) << (64 - UInt64(shardBits)) | rest
    return KeyID(Fingerprint128(first: first.bigEndian, second: value.second))
  }
}

/// Which master key wraps something: 16 bytes of a code made with that key, from which nobody comes back to it.
package struct MasterKeyID: Hashable, Sendable, CustomStringConvertible {
  package let value: Fingerprint128

  package init(_ value: Fingerprint128) { self.value = value }

  package var description: String { value.hexadecimal }
}

/// With a million keys a shard is a file of 74 KB, and a new key rewrites that much, not 74 MB.
let shardBits = 10
let shardCount = 1 << shardBits
