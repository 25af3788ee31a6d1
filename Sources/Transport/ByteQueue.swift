#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Bytes that wait to be sent: appended at the end, copied out at the front. Keeps small memory for the next use.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var start = 0

  /// A unary reply fits; larger memory is given back when the queue is emptied.
  private static let keptBytes = 4096

  var count: Int { bytes.count - start }

  mutating func append(_ source: UnsafeRawBufferPointer) {
    // What was already taken is dropped before the array would grow because of it.
    if start > 0, start >= bytes.count / 2 {
      bytes.removeSubrange(0..<start)
      start = 0
    }
    bytes.append(contentsOf: source)
  }

  /// Moves at most `limit` bytes to `target` and says how many.
  mutating func take(into target: UnsafeMutableRawPointer, atMost limit: Int) -> Int {
    let taken = min(limit, count)
    guard taken > 0 else { return 0 }
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { memcpy(target, base + start, taken) }
    }
    start += taken
    if start == bytes.count { removeAll() }
    return taken
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptBytes)
    start = 0
  }
}
