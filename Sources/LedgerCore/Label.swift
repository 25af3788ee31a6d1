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
    guard let start = bytes.baseAddress, bytes.count > 0 else { throw .empty }
    guard bytes.count <= Self.maximumBytes else { throw .tooLong(bytes: bytes.count) }
    self.init(trusted: start, count: bytes.count)
    try validate()
  }

  /// 1 to 64 bytes that are known to be a label: not checked again.
  ///
  /// By words, because a copy whose length the compiler does not know is a call that costs more than all of this.
  @inline(__always)
  init(trusted start: UnsafeRawPointer, count: Int) {
    self.init()
    byteCount = UInt8(truncatingIfNeeded: count)
    for i in 0..<count / 8 { words[i] = start.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self) }
    if count % 8 != 0 { words[count / 8] = Self.lastWord(start, count) }
  }

  /// The `count % 8` bytes at the end, zero behind them. Reads nothing outside the `count` bytes.
  @inline(__always)
  private static func lastWord(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count >= 8 {
      let last = start.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      return last >> UInt64(8 * (8 - count % 8))
    }
    var word: UInt64 = 0
    for i in 0..<count { word |= UInt64(start.load(fromByteOffset: i, as: UInt8.self)) << UInt64(8 * i) }
    return word
  }

  /// Eight bytes in memory order, zero behind the end.
  @inline(__always)
  func word(_ index: Int) -> UInt64 { words[index] }

  /// Writes `maximumBytes` bytes, of which `count` mean something.
  @inline(__always)
  func store(to64 start: UnsafeMutableRawPointer) {
    start.storeBytes(of: words, as: InlineArray<8, UInt64>.self)
  }

  /// Whether the label's bytes stand at `start`, where at least as many are readable.
  @inline(__always)
  func stands(at start: UnsafeRawPointer) -> Bool {
    let count = Int(byteCount)
    for i in 0..<count / 8 where words[i] != start.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self) {
      return false
    }
    return count % 8 == 0 || words[count / 8] == Self.lastWord(start, count)
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
      // Behind the end put spaces, which are allowed.
      let word = rest >= 8 ? words[i] : words[i] | (ones &* 0x20) << UInt64(8 * rest)
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
