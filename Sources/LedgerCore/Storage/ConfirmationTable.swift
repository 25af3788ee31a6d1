/// 64 bytes of a text: WeChat Pay's take three or four.
struct ConfirmationBlock: BitwiseCopyable {
  static let bytesMaximum = 55

  var bytes = InlineArray<55, UInt8>(repeating: 0)
  var count: UInt8 = 0
  /// Of the same text, or of those that are free.
  var next: UInt64 = 0
}

/// Texts that payees confirm with, each kept only as long as it may be needed: what is removed makes room for the next one,
/// so that there is never more memory than for those that waited at once.
///
/// A text lies in a chain of blocks; its first block's ordinal names it, and 0 is no text.
struct ConfirmationTable: ~Copyable {
  private var blocks = Column<ConfirmationBlock>()
  private var firstFree: UInt64 = 0

  init() {}

  var blockCount: UInt64 { blocks.count }

  mutating func append(_ confirmation: PayeeConfirmation) -> UInt64 {
    let bytes = confirmation.bytes
    var next: UInt64 = 0
    // From its end, so that each block knows the one behind it.
    var end = bytes.count
    while end > 0 {
      let start = (end - 1) / ConfirmationBlock.bytesMaximum * ConfirmationBlock.bytesMaximum
      var block = ConfirmationBlock()
      for index in start..<end { block.bytes[index - start] = bytes[index] }
      block.count = UInt8(truncatingIfNeeded: end - start)  // at most bytesMaximum
      block.next = next
      next = store(block)
      end = start
    }
    return next
  }

  /// nil for 0.
  func confirmation(_ first: UInt64) -> PayeeConfirmation? {
    guard first != 0 else { return nil }
    var bytes: [UInt8] = []
    var next = first
    while next != 0 {
      let block = blocks[next]
      for index in 0..<Int(block.count) { bytes.append(block.bytes[index]) }
      next = block.next
    }
    return try? PayeeConfirmation(bytes)  // always: only `append` makes chains
  }

  /// Of 0: nothing.
  mutating func remove(_ first: UInt64) {
    guard first != 0 else { return }
    var last = first
    while blocks[last].next != 0 { last = blocks[last].next }
    let free = firstFree
    blocks.update(last) { $0.next = free }
    firstFree = first
  }

  private mutating func store(_ block: ConfirmationBlock) -> UInt64 {
    guard firstFree != 0 else { return blocks.append(block) }
    let ordinal = firstFree
    firstFree = blocks[ordinal].next
    blocks.update(ordinal) { $0 = block }
    return ordinal
  }
}
