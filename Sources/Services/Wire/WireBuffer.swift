/// Memory for one message to send, used again for the next. One for each loop.
final class WireBuffer {
  /// Room for any single reply without a second allocation.
  private static let initialCapacity = 16 << 10

  /// Owned: allocated here and in `grow`, freed in `deinit`; only `Writer`s that live inside `write` point into it.
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = Self.initialCapacity
    memory = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  func removeAll() { count = 0 }

  /// Appends what `body` writes, which must be at most `maximumBytes`.
  @inline(__always)
  func write(atMost maximumBytes: Int, _ body: (inout WireWriter) -> Void) {
    if capacity - count < maximumBytes { grow(by: maximumBytes) }
    var writer = WireWriter(memory + count, limit: maximumBytes)
    body(&writer)
    count = writer.cursor - memory
  }

  /// What was written; valid during the call.
  @inline(__always)
  func withBytes<R>(_ body: (RawSpan) -> R) -> R {
    body(UnsafeRawBufferPointer(start: memory, count: count).bytes)
  }

  private func grow(by needed: Int) {
    let larger = max(capacity * 2, count + needed)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: memory, byteCount: count)
    memory.deallocate()
    memory = moved
    capacity = larger
  }
}

/// Writes the canonical protobuf encoding: fields in order of their numbers, defaults left out. It does not check room
/// byte by byte: `WireBuffer.write` has granted it, from the bounds that the types of the values carry.
struct WireWriter {
  fileprivate(set) var cursor: UnsafeMutableRawPointer
  #if DEBUG
    private let end: UnsafeMutableRawPointer
  #endif

  /// Also for memory of the caller's own, which must outlive the writer.
  init(_ start: UnsafeMutableRawPointer, limit: Int) {
    cursor = start
    #if DEBUG
      end = start + limit
    #endif
  }

  @inline(__always)
  private func expectRoom(_ count: Int) {
    #if DEBUG
      // The bound given to `WireBuffer.write` was too small: a mistake of this module that tests must see.
      precondition(cursor + count <= end, "wrote past the granted room")
    #endif
  }

  @inline(__always)
  mutating func byte(_ value: UInt8) {
    expectRoom(1)
    cursor.storeBytes(of: value, as: UInt8.self)
    cursor += 1
  }

  @inline(__always)
  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      byte(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    byte(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  mutating func raw(_ bytes: UnsafeRawBufferPointer) {
    expectRoom(bytes.count)
    UnsafeMutableRawBufferPointer(start: cursor, count: bytes.count).copyMemory(from: bytes)
    cursor += bytes.count
  }

  /// A varint field, left out when zero. `tag` is `number << 3`, below 128.
  @inline(__always)
  mutating func field(_ tag: UInt8, varint value: UInt64) {
    guard value != 0 else { return }
    byte(tag)
    varint(value)
  }

  /// A string or bytes field, left out when empty. `tag` is `number << 3 | 2`, below 128.
  @inline(__always)
  mutating func field(_ tag: UInt8, bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 0 else { return }
    byte(tag)
    varint(UInt64(bytes.count))
    raw(bytes)
  }

  /// A sub-message of fewer than 128 bytes, whose length therefore is one byte.
  @inline(__always)
  mutating func shortMessage(_ tag: UInt8, _ body: (inout WireWriter) -> Void) {
    byte(tag)
    let length = cursor
    byte(0)
    body(&self)
    length.storeBytes(of: UInt8(truncatingIfNeeded: cursor - length - 1), as: UInt8.self)
  }

  /// A sub-message of any size. Its length is expected to take two bytes (128 to 16,383); the body is moved where it
  /// does not, so the granted room must hold `WireWriter.longestLength` bytes for it.
  @inline(__always)
  mutating func message(_ tag: UInt8, _ body: (inout WireWriter) -> Void) {
    byte(tag)
    let length = cursor
    byte(0)
    byte(0)
    let start = cursor
    body(&self)
    let count = cursor - start
    if count >= 0x80, count < 0x4000 {
      length.storeBytes(of: UInt8(truncatingIfNeeded: count) | 0x80, as: UInt8.self)
      length.storeBytes(of: UInt8(truncatingIfNeeded: count >> 7), toByteOffset: 1, as: UInt8.self)
    } else {
      moveBody(from: start, count: count, length: length)
    }
  }

  private mutating func moveBody(from start: UnsafeMutableRawPointer, count: Int, length: UnsafeMutableRawPointer) {
    let lengthCount = Self.varintBytes(UInt64(count))
    (length + lengthCount).copyMemory(from: start, byteCount: count)
    cursor = length
    varint(UInt64(count))
    cursor = length + lengthCount + count
  }

  /// Most bytes that a message's length takes (messages stay below 2 GiB).
  static let longestLength = 5
  /// Most bytes of any varint.
  static let longestVarint = 10

  static func varintBytes(_ value: UInt64) -> Int {
    value == 0 ? 1 : (70 - value.leadingZeroBitCount) / 7
  }
}
