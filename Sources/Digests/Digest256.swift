/// A SHA-256 digest, or any 32 bytes compared as one value (a seal, a state hash).
///
/// Four words hold the bytes in memory order, so that the value is plain data: no reference count, no heap.
package struct Digest256: Hashable, Sendable {
  package static let byteCount = 32

  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// 32 zero bytes.
  package init() { words = (0, 0, 0, 0) }

  /// Takes the first 32 bytes; `nil` when there are fewer.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.byteCount else { return nil }
    self.init()
    withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<Self.byteCount])) }
  }

  /// Reads the value from 64 (or 2 x 32) hexadecimal digits of either case.
  package init?(hexadecimal text: some StringProtocol) {
    self.init()
    guard withUnsafeMutableBytes({ Hexadecimal.decode(text, into: $0) }) else { return nil }
  }

  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var copy = words
    return try Swift.withUnsafeBytes(of: &copy, body)
  }

  package mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try Swift.withUnsafeMutableBytes(of: &words, body)
  }

  /// The first 16 bytes.
  package var prefix: Fingerprint128 { Fingerprint128(first: words.0, second: words.1) }

  /// 64 lower-case hexadecimal digits.
  package var hexadecimal: String { withUnsafeBytes(Hexadecimal.encode) }

  package static func == (left: Self, right: Self) -> Bool {
    left.words.0 == right.words.0 && left.words.1 == right.words.1 && left.words.2 == right.words.2
      && left.words.3 == right.words.3
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

extension Digest256: CustomStringConvertible {
  package var description: String { hexadecimal }
}

/// The first 128 bits of a SHA-256 digest: enough to tell contents apart (a collision takes about 2^64 tries), at half
/// the memory. Where an adversary gains from two contents with one fingerprint, use the whole digest.
package struct Fingerprint128: Hashable, Sendable, BitwiseCopyable {
  package static let byteCount = 16

  /// The bytes in memory order, eight each.
  package var first: UInt64
  package var second: UInt64

  package init() { self.init(first: 0, second: 0) }

  package init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  /// Takes the first 16 bytes; `nil` when there are fewer.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.byteCount else { return nil }
    first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
  }

  /// Reads the value from 32 hexadecimal digits of either case.
  package init?(hexadecimal text: some StringProtocol) {
    var words: (UInt64, UInt64) = (0, 0)
    guard Swift.withUnsafeMutableBytes(of: &words, { Hexadecimal.decode(text, into: $0) }) else { return nil }
    self.init(first: words.0, second: words.1)
  }

  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var copy = (first, second)
    return try Swift.withUnsafeBytes(of: &copy, body)
  }

  /// 32 lower-case hexadecimal digits.
  package var hexadecimal: String { withUnsafeBytes(Hexadecimal.encode) }
}

extension Fingerprint128: CustomStringConvertible {
  package var description: String { hexadecimal }
}
