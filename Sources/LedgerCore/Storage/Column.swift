/// A table that only grows, by ordinal: 1 is the first row, 0 means "no row" wherever an ordinal is stored.
///
/// Rows lie in chunks that are never moved or copied, so that adding a row costs the same with a thousand rows as with a
/// thousand million: no request waits for a table to be copied. The memory is taken from the heap by hand, because an
/// `Array` would copy itself to grow and count references; the one owner is this value, which cannot be copied, and its
/// `deinit` frees everything.
struct Column<Row: BitwiseCopyable>: ~Copyable {
  /// 8,192 rows of about 100 bytes are about 1 MiB: large enough to come from `mmap` and be touched page by page, small
  /// enough that a nearly empty table costs little.
  private static var rowsPerChunkShift: UInt64 { 13 }
  private static var rowsPerChunk: Int { 1 << rowsPerChunkShift }
  private static var rowMask: UInt64 { (1 << rowsPerChunkShift) - 1 }

  /// One pointer per chunk; growing it copies eight bytes for each 8,192 rows.
  private var chunks: UnsafeMutablePointer<UnsafeMutablePointer<Row>>
  private var chunkCount = 0
  private var chunkCapacity = 16
  /// The newest row's ordinal.
  private(set) var count: UInt64 = 0

  init() {
    chunks = .allocate(capacity: chunkCapacity)
  }

  deinit {
    for i in 0..<chunkCount { chunks[i].deallocate() }
    chunks.deallocate()
  }

  func contains(_ ordinal: UInt64) -> Bool { ordinal &- 1 < count }

  /// Of all rows, oldest first.
  var ordinals: Range<UInt64> { 1..<count + 1 }

  subscript(_ ordinal: UInt64) -> Row {
    @inline(__always) get { row(ordinal).pointee }
  }

  mutating func update(_ ordinal: UInt64, _ change: (inout Row) -> Void) {
    change(&row(ordinal).pointee)
  }

  @discardableResult
  mutating func append(_ row: Row) -> UInt64 {
    let chunk = Int(count >> Self.rowsPerChunkShift)
    if chunk == chunkCount { addChunk() }
    (chunks[chunk] + Int(count & Self.rowMask)).initialize(to: row)
    count += 1
    return count
  }

  @inline(__always)
  private func row(_ ordinal: UInt64) -> UnsafeMutablePointer<Row> {
    // Stored ordinals are checked when they are stored, and callers' are looked up with `contains` first. A wrong one
    // here is our own mistake; stopping is better than reading another row's money.
    precondition(contains(ordinal), "ordinal outside its table")
    let index = ordinal &- 1
    return chunks[Int(truncatingIfNeeded: index >> Self.rowsPerChunkShift)]
      + Int(truncatingIfNeeded: index & Self.rowMask)
  }

  private mutating func addChunk() {
    if chunkCount == chunkCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Row>>.allocate(capacity: chunkCapacity * 2)
      larger.moveInitialize(from: chunks, count: chunkCount)
      chunks.deallocate()
      chunks = larger
      chunkCapacity *= 2
    }
    (chunks + chunkCount).initialize(to: .allocate(capacity: Self.rowsPerChunk))
    chunkCount += 1
  }
}

// Sound because a column has exactly one owner (it cannot be copied), and reading changes nothing: whoever holds the value
// may use its memory, on whatever thread.
extension Column: @unchecked Sendable {}

/// Ordinals are stored in 40 bits. 2^40 rows of the smallest table would take 17 TB, so memory ends long before; `evolve`
/// and the snapshot reader still check.
enum Ordinal {
  static let bits: UInt64 = 40
  static let maximum: UInt64 = (1 << bits) - 1
}
