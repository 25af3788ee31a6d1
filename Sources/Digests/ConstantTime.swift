internal import COpenSSL

/// Compares without telling by its duration where the first difference is: for anything an adversary may guess at
/// (signatures, tokens). The lengths are not secret.
package func equalInConstantTime(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
  return CRYPTO_memcmp(leftStart, rightStart, left.count) == 0
}
