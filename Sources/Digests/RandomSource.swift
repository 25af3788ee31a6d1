internal import COpenSSL

/// Where keys, nonces and identifiers come from: a parameter, so that a test can repeat them or make them fail.
package protocol RandomSource: Sendable {
  /// Fills the whole buffer with bytes that nobody can foresee.
  func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(RandomFailure)
}

extension RandomSource {
  package func bytes(_ count: Int) throws(RandomFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // The array's own method does not carry the error's type.
    let filled = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(RandomFailure) in try fill(buffer) }
    }
    try filled.get()
    return bytes
  }
}

/// There is no randomness to be had. Whatever needed it must not go on with other bytes.
package struct RandomFailure: Error, Hashable, CustomStringConvertible {
  package init() {}

  package var description: String {
    "the system gives no random bytes; see whether /dev/urandom and the getrandom call are available to the process"
  }
}

/// libcrypto's generator, which the operating system seeds.
package struct SystemRandom: RandomSource {
  package init() {}

  package func fill(_ bytes: UnsafeMutableRawBufferPointer) throws(RandomFailure) {
    guard bytes.count > 0 else { return }
    guard let count = Int32(exactly: bytes.count) else { throw RandomFailure() }
    let result = RAND_bytes(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, count)
    guard result == 1 else {
      ERR_clear_error()
      throw RandomFailure()
    }
  }
}
