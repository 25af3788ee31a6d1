package import HTTPStreams

/// Custom metadata of a call: lower-case names with values, in order. A name ending in "-bin" has bytes as its value,
/// any other printable ASCII.
package struct Metadata: Hashable, Sendable {
  package struct Entry: Hashable, Sendable {
    package let name: String
    /// The value itself: decoded for "-bin" names.
    package let value: [UInt8]

    package init(name: String, value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  package private(set) var entries: [Entry] = []

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }

  /// Leaves out what cannot be sent: a name outside `a-z 0-9 - _ .`, one reserved for the protocol, or a text value
  /// that is not printable ASCII.
  package mutating func append(_ name: String, _ value: [UInt8]) {
    guard Self.isSendable(name), !Self.isReserved(Array(name.utf8)) else { return }
    guard name.hasSuffix("-bin") || value.allSatisfy({ $0 >= 0x20 && $0 <= 0x7e }) else { return }
    entries.append(Entry(name: name, value: value))
  }

  package mutating func append(_ name: String, _ value: String) { append(name, Array(value.utf8)) }

  /// The first value of that name.
  package func bytes(_ name: String) -> [UInt8]? { entries.first { $0.name == name }?.value }

  /// The first value of that name as text.
  package func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

  /// Header fields for the wire.
  var wireFields: [(name: String, value: [UInt8])] {
    entries.map { (name: $0.name, value: $0.name.hasSuffix("-bin") ? Base64.encode($0.value) : $0.value) }
  }

  /// The custom fields of a received block. Values of "-bin" names are split at ',' before they are decoded; one that
  /// is not base64 is left out.
  package init(_ headers: borrowing ReceivedHeaders) {
    for field in headers.fields {
      let name = headers.bytes[field.name]
      if Self.isReserved(Array(name)) { continue }
      let value = headers.bytes[field.value]
      let text = String(decoding: name, as: UTF8.self)
      if text.hasSuffix("-bin") {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
          let trimmed = part.filter { $0 != UInt8(ascii: " ") }
          if let decoded = Base64.decode(trimmed) { entries.append(Entry(name: text, value: decoded)) }
        }
      } else {
        entries.append(Entry(name: text, value: Array(value)))
      }
    }
  }

  private static func isSendable(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
          UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  /// Pseudo-header fields, `grpc-` names and what HTTP and the protocol use themselves.
  static func isReserved(_ name: [UInt8]) -> Bool {
    if name.first == UInt8(ascii: ":") { return true }
    if name.starts(with: "grpc-".utf8) { return true }
    return name.elementsEqual("te".utf8) || name.elementsEqual("content-type".utf8)
      || name.elementsEqual("host".utf8) || name.elementsEqual("connection".utf8)
      || name.elementsEqual("content-length".utf8)
  }
}
