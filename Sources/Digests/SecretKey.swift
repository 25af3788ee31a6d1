internal import COpenSSL

/// 32 secret bytes: a key of AES-256 or HMAC. They never become text: a description, a dump and a debugger's view of the
/// fields show none of them. They are overwritten when the last user lets go.
///
/// `@unchecked Sendable`: the bytes are written before `init` returns and only read afterwards, until `deinit`.
package final class SecretKey: @unchecked Sendable {
  package static let byteCount = 32

  /// Outside the object, so that no copy of the object is ever a copy of the bytes.
  private let bytes: UnsafeMutableRawPointer

  private init() {
    bytes = .allocate(byteCount: Self.byteCount, alignment: MemoryLayout<UInt64>.alignment)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
  }

  deinit {
    OPENSSL_cleanse(bytes, Self.byteCount)
    bytes.deallocate()
  }

  /// Copies exactly 32 bytes; `nil` for any other count. The caller wipes its own.
  package convenience init?(copying source: UnsafeRawBufferPointer) {
    guard source.count == Self.byteCount else { return nil }
    self.init()
    writable.copyMemory(from: source)
  }

  package convenience init(random source: any RandomSource) throws(RandomFailure) {
    self.init()
    try source.fill(writable)
  }

  /// A key for one purpose, made of this one: HMAC-SHA-256 of the purpose's name. Nobody can go from it to this key, nor to
  /// that of another purpose.
  package func derived(for purpose: StaticString) -> SecretKey {
    let derived = SecretKey()
    var code = HMACSHA256(key: self)
    code.update(UnsafeRawBufferPointer(start: purpose.utf8Start, count: purpose.utf8CodeUnitCount))
    var digest = code.finalize()
    digest.withUnsafeMutableBytes { digest in
      derived.writable.copyMemory(from: UnsafeRawBufferPointer(digest))
      wipe(digest)
    }
    return derived
  }

  private var writable: UnsafeMutableRawBufferPointer { .init(start: bytes, count: Self.byteCount) }

  package func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(writable))
  }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "<secret>" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Overwrites what was secret, in a way that no optimiser leaves out.
package func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
  guard let start = bytes.baseAddress else { return }
  OPENSSL_cleanse(start, bytes.count)
}

/// Overwrites the array's own storage; a copy that was made and still shares it keeps the bytes.
package func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { wipe($0) }
}
