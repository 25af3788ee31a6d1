import COpenSSL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The two ends that OpenSSL reads from and writes to: ciphertext that came in, borrowed for the time of one call, and
/// ciphertext to send, collected until the shell takes it. A BIO of our own is the cheapest way to connect OpenSSL to
/// memory: no copy on the way in.
struct TLSPipe {
  /// Borrowed: valid only inside `TLSEngine.withInput`.
  var input: UnsafeRawPointer?
  var inputCount = 0
  /// Owned by the engine.
  var output: UnsafeMutableRawPointer?
  var outputCount = 0
  var outputCapacity = 0

  /// One TLS record with its overhead; most turns need no more.
  private static let outputStep = 17 * 1024

  mutating func take(into buffer: UnsafeMutableRawPointer, atMost count: Int) -> Int {
    let taken = min(count, inputCount)
    guard taken > 0, let from = input else { return 0 }
    memcpy(buffer, from, taken)
    input = from + taken
    inputCount -= taken
    return taken
  }

  mutating func append(_ bytes: UnsafeRawPointer, _ count: Int) {
    let needed = outputCount + count
    if needed > outputCapacity {
      let capacity = max(needed, outputCapacity * 2, Self.outputStep)
      let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      if let old = output {
        memcpy(grown, old, outputCount)
        old.deallocate()
      }
      output = grown
      outputCapacity = capacity
    }
    if let output { memcpy(output + outputCount, bytes, count) }
    outputCount = needed
  }

  mutating func freeOutput() {
    output?.deallocate()
    output = nil
    outputCount = 0
    outputCapacity = 0
  }
}

/// The BIO method that leads to a `TLSPipe`, made once for the process.
enum TLSPipeBIO {
  /// Unsafe but shared safely: written once here, and OpenSSL only reads a method.
  nonisolated(unsafe) private static let method: OpaquePointer? = makeMethod()

  /// A BIO that uses `pipe`, which must outlive it; nil when memory is out.
  static func make(_ pipe: UnsafeMutablePointer<TLSPipe>) -> OpaquePointer? {
    guard let method, let bio = BIO_new(method) else { return nil }
    BIO_set_data(bio, pipe)
    BIO_set_init(bio, 1)
    return bio
  }

  private static func makeMethod() -> OpaquePointer? {
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "settle pipe") else { return nil }
    BIO_meth_set_read(method) { bio, buffer, count in
      guard let pipe = TLSPipeBIO.pipe(of: bio), let buffer, count > 0 else { return -1 }
      settle_BIO_clear_retry_flags(bio)
      let taken = pipe.pointee.take(into: buffer, atMost: Int(count))
      if taken == 0 { settle_BIO_set_retry_read(bio) }
      return taken > 0 ? Int32(truncatingIfNeeded: taken) : -1
    }
    BIO_meth_set_write(method) { bio, bytes, count in
      guard let pipe = TLSPipeBIO.pipe(of: bio), let bytes, count > 0 else { return 0 }
      settle_BIO_clear_retry_flags(bio)
      pipe.pointee.append(bytes, Int(count))
      return count
    }
    BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return method
  }

  private static func pipe(of bio: OpaquePointer?) -> UnsafeMutablePointer<TLSPipe>? {
    BIO_get_data(bio)?.assumingMemoryBound(to: TLSPipe.self)
  }
}
