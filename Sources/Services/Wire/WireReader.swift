/// What kept bytes from being a protobuf message. Nothing of a malformed message is looked at.
struct MalformedMessage: Error, Hashable, Sendable {
  enum Defect: Hashable, Sendable {
    case truncated
    case varintTooLong
    case badTag
    case unbalancedGroup
    case nestedTooDeeply
    case notUTF8
  }
  let defect: Defect
  /// Offset of the byte at which reading stopped, from the start of the (sub-)message being read.
  let offset: Int
}

/// A field's number and wire type as on the wire, `number << 3 | type`, so that a reader may `switch` over constants.
typealias WireTag = UInt32

/// Reads the protobuf binary format from memory that it does not own. Accepts exactly what SwiftProtobuf accepts: a
/// known field of an unexpected wire type is skipped like an unknown one, as every protobuf parser does.
///
/// No input traps: lengths are compared with what is left before anything moves, and varints are bounded.
struct WireReader {
  /// Messages and groups inside each other; the limit of SwiftProtobuf (and of the C++ parser).
  static let maximumDepth = 100

  private let start: UnsafeRawPointer
  private var cursor: UnsafeRawPointer
  private let end: UnsafeRawPointer
  /// Messages or groups that may still be opened inside this one.
  private let depthLeft: Int

  /// Stands for the address of an empty buffer, which has none; never read.
  private static let nothing: StaticString = ""

  init(_ bytes: UnsafeRawBufferPointer, depth: Int = 1) {
    start = bytes.baseAddress ?? UnsafeRawPointer(Self.nothing.utf8Start)
    cursor = start
    end = start + bytes.count
    depthLeft = Self.maximumDepth - depth
  }

  private func malformed(_ defect: MalformedMessage.Defect) -> MalformedMessage {
    MalformedMessage(defect: defect, offset: cursor - start)
  }

  func notUTF8() -> MalformedMessage { malformed(.notUTF8) }

  /// The next field's tag, nil at the end.
  @inline(__always)
  mutating func nextTag() throws(MalformedMessage) -> WireTag? {
    guard cursor < end else { return nil }
    let first = cursor.load(as: UInt8.self)
    // One byte, number 1 to 15, types 0, 1, 2, 5: every field of ours.
    if first & 0x80 == 0, first >= 8, first & 7 <= 2 || first & 7 == 5 {
      cursor += 1
      return WireTag(first)
    }
    return try longTag()
  }

  private mutating func longTag() throws(MalformedMessage) -> WireTag {
    // At most five bytes and 32 bits.
    let before = cursor
    let value = try varint()
    guard cursor - before <= 5, value <= UInt64(WireTag.max), value >= 8 else { throw malformed(.badTag) }
    switch value & 7 {
    case 0, 1, 2, 3, 5: return WireTag(value)
    case 4: throw malformed(.unbalancedGroup)
    default: throw malformed(.badTag)
    }
  }

  /// Bits beyond the 64th of a ten-byte varint are dropped, as all parsers do.
  @inline(__always)
  mutating func varint() throws(MalformedMessage) -> UInt64 {
    guard cursor < end else { throw malformed(.truncated) }
    let first = cursor.load(as: UInt8.self)
    if first & 0x80 == 0 {
      cursor += 1
      return UInt64(first)
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(MalformedMessage) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70 {
      guard cursor < end else { throw malformed(.truncated) }
      let byte = cursor.load(as: UInt8.self)
      cursor += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    throw malformed(.varintTooLong)
  }

  /// The bytes of a length-delimited field, in place.
  @inline(__always)
  mutating func bytes() throws(MalformedMessage) -> UnsafeRawBufferPointer {
    let count = try varint()
    guard count <= UInt64(end - cursor) else { throw malformed(.truncated) }
    let field = UnsafeRawBufferPointer(start: cursor, count: Int(count))
    cursor += Int(count)
    return field
  }

  /// A reader of the sub-message that comes next.
  mutating func message() throws(MalformedMessage) -> WireReader {
    guard depthLeft > 0 else { throw malformed(.nestedTooDeeply) }
    return WireReader(try bytes(), depth: Self.maximumDepth - depthLeft + 1)
  }

  /// Passes over the value of a field that is not ours.
  mutating func skip(_ tag: WireTag) throws(MalformedMessage) {
    // Open groups, innermost last. Only peers that send groups, which ours never does, make it allocate.
    var open: [WireTag] = []
    var tag = tag
    while true {
      switch tag & 7 {
      case 0: _ = try varint()
      case 1: try advance(8)
      case 2: _ = try bytes()
      case 3:
        guard open.count < depthLeft else { throw malformed(.nestedTooDeeply) }
        open.append(tag >> 3)
      case 4:
        guard open.popLast() == tag >> 3 else { throw malformed(.unbalancedGroup) }
      case 5: try advance(4)
      default: throw malformed(.badTag)
      }
      if open.isEmpty { return }
      tag = try groupTag()
    }
  }

  private mutating func groupTag() throws(MalformedMessage) -> WireTag {
    let value = try varint()
    guard value < UInt64(WireTag.max), value >= 8 else { throw malformed(.badTag) }
    return WireTag(value)
  }

  private mutating func advance(_ count: Int) throws(MalformedMessage) {
    guard end - cursor >= count else { throw malformed(.truncated) }
    cursor += count
  }
}

/// A string field as it stands in the message. Whether it is UTF-8 is asked where it is turned into a value.
typealias WireText = UnsafeRawBufferPointer

extension UnsafeRawBufferPointer {
  var isUTF8: Bool { String(validating: self, as: UTF8.self) != nil }
}

extension WireReader {
  /// Reads a string field into `text`. What an earlier occurrence held is dropped (the last one wins), but it must have
  /// been UTF-8.
  @inline(__always)
  mutating func text(into text: inout WireText) throws(MalformedMessage) {
    if !text.isEmpty, !text.isUTF8 { throw notUTF8() }
    text = try bytes()
  }
}
