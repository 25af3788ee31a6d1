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

  /// Bytes that came out of a label: not checked again.
  @inline(__always)
  init(trusted bytes: UnsafeRawBufferPointer) {
    self.init()
    withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    byteCount = UInt8(truncatingIfNeeded: bytes.count)
  }

  /// Eight bytes in memory order, zero behind the end.
  @inline(__always)
  func word(_ index: Int) -> UInt64 { words[index] }

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

  /// ASCII is checked a word at a time; anything else goes through the standard library's decoder.
  private func validate() throws(Defect) {
    var isASCII = true
    for i in 0..<((Int(byteCount) + 7) / 8) where words[i] & 0x8080_8080_8080_8080 != 0 { isASCII = false }
    let defect: Defect? = withBytes { bytes in
      for byte in bytes where byte < 0x20 || byte == 0x7f { return .controlCharacter }
      if !isASCII && String(validating: bytes, as: UTF8.self) == nil { return .notUTF8 }
      return nil
    }
    if let defect { throw defect }
  }
}

extension Label: CustomStringConvertible {
  package var description: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
