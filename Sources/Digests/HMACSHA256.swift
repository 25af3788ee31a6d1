/// HMAC-SHA-256 (RFC 2104, FIPS 198-1), in one call or piece by piece, over libcrypto's SHA-256.
///
/// Two hashes of our own `SHA256` and not libcrypto's `HMAC()`, which allocates and so may fail: a code that fails would
/// have to be no code at all, and this one always is one.
package struct HMACSHA256 {
  private var inner = SHA256()
  private var outer = SHA256()

  private static let blockBytes = 64

  /// A key of any length; one longer than 64 bytes is hashed first, as the standard says.
  package init(key: UnsafeRawBufferPointer) {
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    block.withUnsafeMutableBytes { block in
      if key.count > Self.blockBytes {
        SHA256.hash(key).withUnsafeBytes { block.copyMemory(from: $0) }
      } else {
        block.copyMemory(from: key)
      }
      for index in block.indices { block[index] ^= 0x36 }
      inner.update(UnsafeRawBufferPointer(block))
      for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
      outer.update(UnsafeRawBufferPointer(block))
      wipe(block)
    }
  }

  package init(key: SecretKey) {
    self = key.withUnsafeBytes { HMACSHA256(key: $0) }
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) { inner.update(bytes) }

  package mutating func update(_ bytes: [UInt8]) { inner.update(bytes) }

  /// The code of everything so far. The value may be updated further.
  package func finalize() -> Digest256 {
    var outer = outer
    outer.update(inner.finalize())
    return outer.finalize()
  }

  package static func code(of message: [UInt8], key: SecretKey) -> Digest256 {
    var hmac = HMACSHA256(key: key)
    hmac.update(message)
    return hmac.finalize()
  }
}
