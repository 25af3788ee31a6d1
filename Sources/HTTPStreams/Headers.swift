/// Header fields to send. Immutable, and its bytes stay in place as long as it lives, so that a connection can hand
/// them to the HTTP/2 library without a copy. Make constant blocks once.
package final class HeaderBlock: Sendable {
  package struct Field: Sendable {
    package let nameOffset: Int
    package let nameCount: Int
    package let valueOffset: Int
    package let valueCount: Int
  }

  package let fields: [Field]
  /// Owned: allocated in `init`, freed in `deinit`. Unsafe but safe to share: never written in between.
  nonisolated(unsafe) private let storage: UnsafeRawBufferPointer

  /// Names must be lower case; pseudo-header fields come first.
  package init(_ list: [(name: String, value: [UInt8])]) {
    var bytes: [UInt8] = []
    var fields: [Field] = []
    for (name, value) in list {
      let nameOffset = bytes.count
      bytes.append(contentsOf: name.utf8)
      fields.append(
        Field(
          nameOffset: nameOffset, nameCount: name.utf8.count, valueOffset: bytes.count, valueCount: value.count))
      bytes.append(contentsOf: value)
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    memory.copyBytes(from: bytes)
    self.fields = fields
    self.storage = UnsafeRawBufferPointer(memory)
  }

  package convenience init(_ list: KeyValuePairs<String, String>) {
    self.init(list.map { (name: $0.key, value: Array($0.value.utf8)) })
  }

  deinit { storage.deallocate() }

  /// The bytes that `Field` offsets point into; valid while the block is alive.
  package var base: UnsafeRawPointer { storage.baseAddress.unsafelyUnwrapped }
}

/// A received header block: names and values in one buffer, in order of arrival, pseudo-header fields included.
package struct ReceivedHeaders: Sendable {
  package struct Field: Sendable {
    package let nameOffset: UInt32
    package let nameCount: UInt32
    package let valueCount: UInt32

    @inlinable package var name: Range<Int> { Int(nameOffset)..<Int(nameOffset + nameCount) }
    @inlinable package var value: Range<Int> {
      Int(nameOffset + nameCount)..<Int(nameOffset + nameCount + valueCount)
    }
  }

  /// Where the ranges of `fields` point into; what lies behind the last field is of an earlier use.
  package private(set) var bytes: [UInt8] = []
  package private(set) var fields: [Field] = []
  private var usedBytes = 0

  /// Room for the headers of a usual request, so that the memory of a slot is taken once.
  private static let bytesAtFirst = 512
  private static let fieldsAtFirst = 16
  private static let keptBytesMax = 2048
  private static let keptFieldsMax = 64

  package init() {}

  package mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let needed = usedBytes + name.count + value.count
    if needed > bytes.count { grow(to: needed) }
    fields.append(
      Field(
        nameOffset: UInt32(truncatingIfNeeded: usedBytes), nameCount: UInt32(truncatingIfNeeded: name.count),
        valueCount: UInt32(truncatingIfNeeded: value.count)))
    // One access for both: this runs for every header of every request.
    let offset = usedBytes
    bytes.withUnsafeMutableBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: name)
      UnsafeMutableRawBufferPointer(rebasing: bytes[(offset + name.count)...]).copyMemory(from: value)
    }
    usedBytes = needed
  }

  private mutating func grow(to needed: Int) {
    let count = max(needed, 2 * bytes.count, Self.bytesAtFirst)
    bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
    fields.reserveCapacity(Self.fieldsAtFirst)
  }

  package mutating func append(name: String, value: String) {
    var name = name
    var value = value
    name.withUTF8 { n in value.withUTF8 { v in append(name: .init(n), value: .init(v)) } }
  }

  /// Empties the block. The memory of a usual one is kept; that of a large one is given back, since every slot of a
  /// connection has such a block for as long as the connection lives.
  package mutating func removeAll() {
    usedBytes = 0
    if bytes.count > Self.keptBytesMax { bytes = [] }
    fields.removeAll(keepingCapacity: fields.count <= Self.keptFieldsMax)
  }

  package func isNamed(_ field: Field, _ name: StaticString) -> Bool {
    field.nameCount == name.utf8CodeUnitCount && matches(field.name, name)
  }

  package func hasValue(_ field: Field, _ value: StaticString) -> Bool {
    field.valueCount == value.utf8CodeUnitCount && matches(field.value, value)
  }

  /// The first field of that name.
  package func first(_ name: StaticString) -> Field? {
    for field in fields where isNamed(field, name) { return field }
    return nil
  }

  package func value(_ name: StaticString) -> ArraySlice<UInt8>? {
    first(name).map { bytes[$0.value] }
  }

  private func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
    bytes.withUnsafeBufferPointer { all in
      let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
      return all[range].elementsEqual(expected)
    }
  }
}
