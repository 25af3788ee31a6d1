/// Reads little-endian fields out of bytes that may be anything.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var remaining: Int { bytes.count - offset }

  /// The next byte, if there is one.
  func peek() -> UInt8? { remaining > 0 ? bytes[offset] : nil }

  @inline(__always)
  mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) throws(CodecError) -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw CodecError(.cutShort, at: offset) }
    defer { offset += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  @inline(__always)
  mutating func readLabel() throws(CodecError) -> Label {
    let start = offset
    let count = Int(try read(UInt8.self))
    guard remaining >= count else { throw CodecError(.cutShort, at: offset) }
    do throws(Label.Defect) {
      let label = try Label(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
      offset += count
      return label
    } catch { throw CodecError(.label(error), at: start) }
  }

  mutating func readCurrency() throws(CodecError) -> Currency {
    let start = offset
    let currency = Currency(code: try read(UInt32.self))
    guard currency.isWellFormed else { throw CodecError(.currency(currency.code), at: start) }
    return currency
  }

  mutating func readState() throws(CodecError) -> WithdrawalState {
    let start = offset
    let raw = try read(UInt8.self)
    guard let state = WithdrawalState(rawValue: raw) else { throw CodecError(.withdrawalState(raw), at: start) }
    return state
  }
}

/// Why bytes are no record (or no row of a snapshot), and where in them.
package struct CodecError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case cutShort
    /// Bytes behind the record's end.
    case trailingBytes(Int)
    /// Written by a later version of this program: run that one.
    case unknownVersion(UInt8)
    case unknownKind(UInt8)
    case label(Label.Defect)
    case currency(UInt32)
    case withdrawalState(UInt8)
    case namespace(UInt8)
    case method(UInt8)
    case refusal(UInt8)
    case role(UInt8)
    /// A number that its field does not know.
    case value(UInt8)
    /// More bytes than such a field may have.
    case tooLong(bytes: Int)
  }
  package var reason: Reason
  /// Bytes from the record's start.
  package var offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
