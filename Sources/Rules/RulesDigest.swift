internal import Digests

/// What a document says, as 32 bytes: the server tells by them that two documents of one version differ.
///
/// It covers keys and values as they are written, and nothing that the program adds: a later program that knows more keys
/// gives an old document the same digest. Comments, blank lines, quotes and the order of keys do not count.
enum RulesDigest {
  /// Changes with the encoding below; a text of its own keeps these digests apart from all others.
  private static let domain = "settle rules document 1"

  private enum Kind: UInt8 {
    case scalar = 1
    case mapping = 2
    case sequence = 3
  }

  static func of(_ raw: RawRules) -> Digest256 {
    var bytes: [UInt8] = []
    append(domain, to: &bytes)
    append(raw.root, to: &bytes)
    return SHA256.hash(bytes)
  }

  /// Every part tells its length first, so that no two trees have the same bytes.
  private static func append(_ node: RawNode, to bytes: inout [UInt8]) {
    switch node.content {
    case .scalar(let text, _):
      bytes.append(Kind.scalar.rawValue)
      append(text, to: &bytes)
    case .mapping(let entries):
      bytes.append(Kind.mapping.rawValue)
      append(count: entries.count, to: &bytes)
      for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        append(entry.key, to: &bytes)
        append(entry.value, to: &bytes)
      }
    case .sequence(let items):
      bytes.append(Kind.sequence.rawValue)
      append(count: items.count, to: &bytes)
      for item in items { append(item, to: &bytes) }
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(count: text.utf8.count, to: &bytes)
    bytes += text.utf8
  }

  private static func append(count: Int, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt64(count).littleEndian) { bytes += $0 }
  }
}
