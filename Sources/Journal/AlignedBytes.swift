/// Memory for one transfer to or from the disk: zeroed at first, aligned to a block, freed with its owner.
///
/// `@unchecked Sendable`: it is plain memory, used by one holder at a time; who holds it is the owners' business
/// (`FrameBuffer`, `SegmentScanner`).
final class AlignedBytes: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer

  init(count: Int) {
    memory = .allocate(byteCount: count, alignment: blockBytes)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { memory.deallocate() }

  var count: Int { memory.count }
  var writable: UnsafeMutableRawBufferPointer { memory }
  var readable: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
}

extension UnsafeRawBufferPointer {
  /// Little-endian, at any alignment. The offset must have been checked against `count`.
  func integer<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type = Value.self) -> Value {
    Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
  }

  /// Eight bytes at a time: recovery looks at a whole segment of zeros this way.
  var isZero: Bool {
    var offset = 0
    while offset + 8 <= count {
      if loadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
      offset += 8
    }
    return self[offset...].allSatisfy { $0 == 0 }
  }
}

extension UnsafeMutableRawBufferPointer {
  func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int) {
    storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }
}
