internal import COpenSSL

/// SHA-256 (FIPS 180-4), in one call or piece by piece.
///
/// It uses libcrypto's low-level functions: the context is plain data inside this value. The EVP interface would look an
/// algorithm up and allocate for each digest, which costs more than hashing a short message. These functions cannot fail:
/// their result is always 1.
package struct SHA256 {
  private var context = SHA256_CTX()

  package init() {
    SHA256_Init(&context)
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    SHA256_Update(&context, start, bytes.count)
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  package mutating func update(_ digest: Digest256) {
    digest.withUnsafeBytes { update($0) }
  }

  /// The digest of everything so far. The value may be updated further: this works on a copy.
  package func finalize() -> Digest256 {
    var copy = context
    var digest = Digest256()
    digest.withUnsafeMutableBytes { bytes in
      _ = SHA256_Final(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, &copy)
    }
    return digest
  }

  package static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest256 {
    var sha = SHA256()
    sha.update(bytes)
    return sha.finalize()
  }

  package static func hash(_ bytes: [UInt8]) -> Digest256 {
    bytes.withUnsafeBytes { hash($0) }
  }
}
