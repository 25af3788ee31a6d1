/// Writes little-endian fields into memory that the caller has measured.
struct ByteWriter {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  private(set) var count = 0

  /// - Parameter capacity: at least what will be written; one byte more is our own mistake and stops the process.
  init(_ base: UnsafeMutableRawPointer, capacity: Int) {
    self.base = base
    self.capacity = capacity
  }

  @inline(__always)
  mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    let size = MemoryLayout<Value>.size
    // The sizes are ours (`Record.maximumBytes`, the snapshot's largest row): never a peer's or a disk's.
    precondition(size <= capacity - count, "record buffer smaller than its maximum")
    base.storeBytes(of: value.littleEndian, toByteOffset: count, as: Value.self)
    count += size
  }

  @inline(__always)
  mutating func write(_ label: Label) {
    write(UInt8(truncatingIfNeeded: label.count))
    // As above. Every maximum leaves room behind a label of any length.
    precondition(capacity - count >= Label.maximumBytes, "record buffer smaller than its maximum")
    label.store(to64: base + count)
    count += label.count
  }
}
