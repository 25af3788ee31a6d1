/// A name chosen by a partner (agent, request, payee): 1 to 64 bytes of UTF-8, held in place.
///
/// The bound is part of the type, so nothing past the door can be longer, and copying one never touches the heap.
package struct Label: Hashable, Sendable {
  /// Longest name, in bytes (design: partner's own strings).
  package static let maximumBytes = 64

  /// Bytes in memory order, zero behind `count`, so that equality may compare whole words.
  private var words: InlineArray<8, UInt64>
  private var byteCount: UInt8

  /// What kept bytes from being a label.
  package enum Defect: Error, Hashable, Sendable {
    case empty
    case tooLong(bytes: Int)
    case notUTF8
    /// U+0000 to U+001F or U+007F: would break logs and terminals.
    case controlCharacter
  }

  /// The name of nothing: no valid input makes it. Used where a record has no such name.
  package static let none = Label()

  private init() {
    words = InlineArray(repeating: 0)
    byteCount = 0
  }

  package init(_ bytes: UnsafeRawBufferPointer) throws(Defect) {
    guard bytes.count > 0 else { throw .empty }
    guard bytes.count <= Self.maximumBytes else { throw .tooLong(bytes: bytes.count) }
    self.init()
    withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    byteCount = UInt8(bytes.count)
    try validate()
  }

  /// The first `count` of `maximumBytes` readable bytes: one copy of fixed length is several times faster than one of a
  /// length that the compiler does not know.
  @inline(__always)
  init(firstOf64 start: UnsafeRawPointer, count: Int) throws(Defect) {
    guard count > 0 else { throw .empty }
    guard count <= Self.maximumBytes else { throw .tooLong(bytes: count) }
    self.init(trustedFirstOf64: start, count: count)
    try validate()
  }

  /// As above, for bytes that came out of a label: not checked again. `count` is at most `maximumBytes`.
  @inline(__always)
  init(trustedFirstOf64 start: UnsafeRawPointer, count: Int) {
    words = start.loadUnaligned(as: InlineArray<8, UInt64>.self)
    byteCount = UInt8(truncatingIfNeeded: count)
    for i in 0..<8 { words[i] &= Self.mask(count - 8 * i) }
  }

  /// Eight bytes in memory order, zero behind the end.
  @inline(__always)
  func word(_ index: Int) -> UInt64 { words[index] }

  /// Writes `maximumBytes` bytes, of which `count` mean something.
  @inline(__always)
  func store(to64 start: UnsafeMutableRawPointer) {
    start.storeBytes(of: words, as: InlineArray<8, UInt64>.self)
  }

  /// Whether the label's bytes stand at `start`, where `maximumBytes` are readable.
  @inline(__always)
  func stands(at64 start: UnsafeRawPointer) -> Bool {
    var rest = Int(byteCount)
    var i = 0
    while rest > 0 {
      let word = start.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self)
      if words[i] != word & Self.mask(rest) { return false }
      rest -= 8
      i += 1
    }
    return true
  }

  /// Keeps a word's first `count` bytes in memory order (little endian), all from 8 on, none up to 0.
  @inline(__always)
  private static func mask(_ count: Int) -> UInt64 {
    count >= 8 ? .max : count <= 0 ? 0 : (1 << UInt64(8 * count)) &- 1
  }

  package init(_ text: String) throws(Defect) {
    var text = text
    let result: Result<Label, Defect> = text.withUTF8 { utf8 in
      do throws(Defect) { return .success(try Label(UnsafeRawBufferPointer(utf8))) } catch { return .failure(error) }
    }
    self = try result.get()
  }

  package var count: Int { Int(byteCount) }
  package var isNone: Bool { byteCount == 0 }

  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[0..<Int(byteCount)])) }
  }

  package static func == (a: Label, b: Label) -> Bool {
    guard a.byteCount == b.byteCount else { return false }
    let used = (Int(a.byteCount) + 7) / 8
    for i in 0..<used where a.words[i] != b.words[i] { return false }
    return true
  }

  package func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }

  /// A word at a time; only what is not ASCII goes through the standard library's decoder.
  @inline(__always)
  private func validate() throws(Defect) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high: UInt64 = 0x8080_8080_8080_8080
    var notASCII: UInt64 = 0
    var control: UInt64 = 0
    var rest = Int(byteCount)
    var i = 0
    while rest > 0 {
      // Behind the end stand spaces here, which are allowed.
      let word = words[i] | (ones &* 0x20 & ~Self.mask(rest))
      notASCII |= word
      // Sets the high bit of some byte exactly when there is one below 0x20, or one equal to 0x7F (Bit Twiddling Hacks,
      // "hasless" and "haszero").
      control |= (word &- ones &* 0x20) & ~word
      let delete = word ^ (ones &* 0x7F)
      control |= (delete &- ones) & ~delete
      rest -= 8
      i += 1
    }
    guard control & high == 0 else { throw .controlCharacter }
    if notASCII & high != 0 { try validateUTF8() }
  }

  private func validateUTF8() throws(Defect) {
    guard withBytes({ String(validating: $0, as: UTF8.self) }) != nil else { throw .notUTF8 }
  }
}

extension Label: CustomStringConvertible {
  package var description: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
