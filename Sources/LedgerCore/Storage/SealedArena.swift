/// Keeps sealed private data for ever, end to end in chunks that never move.
struct SealedArena: ~Copyable, @unchecked Sendable {
  // Sendable for the reason given at `Column`: one owner, and reading changes nothing.

  /// Where the bytes lie: offset above, length in the low ten bits.
  struct Reference: BitwiseCopyable {
    fileprivate let bits: UInt64

    /// No bytes at all.
    static let none = Reference(bits: 0)
  }

  private static let lengthBits: UInt64 = 10
  private static let lengthMask: UInt64 = (1 << lengthBits) - 1
  /// 1 MiB: the waste at a chunk's end (data never spans two) is under 0.05 %.
  private static let chunkShift: UInt64 = 20
  private static let chunkBytes = 1 << chunkShift

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  /// Bytes used of the last chunk.
  private var used = Self.chunkBytes

  init() {}

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  mutating func append(_ sealed: SealedData) -> Reference {
    let count = sealed.bytes.count
    guard count > 0 else { return .none }
    if count > Self.chunkBytes - used {
      chunks.append(.allocate(byteCount: Self.chunkBytes, alignment: 8))
      used = 0
    }
    let chunk = chunks.count - 1
    UnsafeMutableRawBufferPointer(rebasing: chunks[chunk][used..<used + count]).copyBytes(from: sealed.bytes)
    let offset = UInt64(chunk) << Self.chunkShift | UInt64(used)
    used += count
    return Reference(bits: offset << Self.lengthBits | UInt64(count))
  }

  func sealed(_ reference: Reference) -> SealedData {
    let count = Int(reference.bits & Self.lengthMask)
    guard count > 0 else { return .none }
    let offset = reference.bits >> Self.lengthBits
    let start = Int(offset & UInt64(Self.chunkBytes - 1))
    let bytes = chunks[Int(offset >> Self.chunkShift)][start..<start + count]
    return SealedData(Array(bytes)) ?? .none  // never: only `append` makes references
  }
}
