/// Keeps labels for ever, end to end in chunks that never move.
struct LabelArena: ~Copyable, @unchecked Sendable {
  // Sendable for the reason given at `Column`: one owner, and reading changes nothing.

  /// Where a label lies: offset above, length in the low eight bits.
  struct Reference: BitwiseCopyable {
    fileprivate let bits: UInt64

    /// Of `Label.none`.
    static let none = Reference(bits: 0)

    var isNone: Bool { bits & 0xFF == 0 }
  }

  /// 1 MiB: the waste at a chunk's end (a label never spans two) is under 0.01 %.
  private static let chunkShift: UInt64 = 20
  private static let chunkBytes = 1 << chunkShift
  /// Behind a chunk's end, so that a label may be written as 64 bytes wherever it starts.
  private static let slackBytes = Label.maximumBytes

  private var chunks: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private var chunkCount = 0
  private var chunkCapacity = 16
  /// Bytes used of the last chunk.
  private var used = Self.chunkBytes

  init() {
    chunks = .allocate(capacity: chunkCapacity)
    addChunk()  // so that `Reference.none` has somewhere to point
  }

  deinit {
    for i in 0..<chunkCount { chunks[i].deallocate() }
    chunks.deallocate()
  }

  mutating func append(_ label: Label) -> Reference {
    let count = label.count
    if count >= Self.chunkBytes - used { addChunk() }
    let start = chunks[chunkCount - 1] + used
    label.store(to64: start)
    let offset = UInt64(chunkCount - 1) << Self.chunkShift | UInt64(used)
    used += count
    return Reference(bits: offset << 8 | UInt64(count))
  }

  @inline(__always)
  func label(_ reference: Reference) -> Label {
    Label(trusted: start(reference), count: Int(reference.bits & 0xFF))
  }

  @inline(__always)
  func holds(_ label: Label, at reference: Reference) -> Bool {
    Int(reference.bits & 0xFF) == label.count && label.stands(at: start(reference))
  }

  @inline(__always)
  private func start(_ reference: Reference) -> UnsafeMutableRawPointer {
    let offset = reference.bits >> 8
    let chunk = chunks[Int(truncatingIfNeeded: offset >> Self.chunkShift)]
    return chunk + Int(truncatingIfNeeded: offset & UInt64(Self.chunkBytes - 1))
  }

  private mutating func addChunk() {
    if chunkCount == chunkCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: chunkCapacity * 2)
      larger.moveInitialize(from: chunks, count: chunkCount)
      chunks.deallocate()
      chunks = larger
      chunkCapacity *= 2
    }
    (chunks + chunkCount).initialize(to: .allocate(byteCount: Self.chunkBytes + Self.slackBytes, alignment: 8))
    chunkCount += 1
    used = 0
  }
}
