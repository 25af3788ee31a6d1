internal import LedgerCore
internal import Routing
internal import Yams

/// What is wrong with a list of channels: where, and what to do.
package struct ChannelListDefect: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 1; 0 where no line is to blame.
  package var line: Int
  package var reason: String
  package init(line: Int, _ reason: String) {
    self.line = line
    self.reason = reason
  }
  package var description: String { line > 0 ? "line \(line): \(reason)" : reason }
}

/// The fields of one mapping. Each is asked for once; what nobody asked for is a mistake in the file.
package struct ChannelFields {
  private let mapping: Node.Mapping
  private let line: Int
  private var isAsked: Set<String> = []

  init(_ node: Node) throws(ChannelListDefect) {
    line = node.mark?.line ?? 0
    guard case .mapping(let mapping) = node else {
      throw ChannelListDefect(line: line, "is no list of `name: value` pairs")
    }
    self.mapping = mapping
  }

  package func defect(_ reason: String) -> ChannelListDefect { ChannelListDefect(line: line, reason) }

  func defect(_ name: String, _ reason: String) -> ChannelListDefect {
    ChannelListDefect(line: node(name)?.mark?.line ?? line, "`\(name)` \(reason)")
  }

  private func node(_ name: String) -> Node? { mapping.first { $0.key.scalar?.string == name }?.value }

  private mutating func take(_ name: String) -> Node? {
    isAsked.insert(name)
    return node(name)
  }

  /// nil where it is not there.
  package mutating func text(_ name: String) throws(ChannelListDefect) -> String? {
    guard let node = take(name) else { return nil }
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw defect(name, "is no text") }
    return scalar.string
  }

  package mutating func required(_ name: String) throws(ChannelListDefect) -> String {
    guard let text = try text(name) else { throw defect("`\(name)` is missing") }
    return text
  }

  package mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(ChannelListDefect) -> Int64? {
    guard let text = try text(name) else { return nil }
    guard let value = Int64(text), range.contains(value) else {
      throw defect(name, "is \"\(text.prefix(40))\"; it must be \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  package mutating func permille(_ name: String) throws(ChannelListDefect) -> UInt16 {
    UInt16(clamping: try integer(name, in: 0...1_000) ?? 0)
  }

  package mutating func flag(_ name: String) throws(ChannelListDefect) -> Bool? {
    switch try text(name) {
    case nil: nil
    case "true": true
    case "false": false
    default: throw defect(name, "is neither true nor false")
    }
  }

  package mutating func texts(_ name: String) throws(ChannelListDefect) -> [String]? {
    guard let node = take(name) else { return nil }
    guard case .sequence(let sequence) = node else { throw defect(name, "is no list") }
    var texts: [String] = []
    for item in sequence {
      guard case .scalar(let scalar) = item else { throw defect(name, "is no list of single words") }
      texts.append(scalar.string)
    }
    return texts
  }

  /// Minutes of the day, from `HH:MM`; 24:00 is the end of the day.
  package mutating func minute(_ name: String) throws(ChannelListDefect) -> Int? {
    guard let text = try text(name) else { return nil }
    guard let minute = Self.minute(of: text) else { throw defect(name, "is \"\(text.prefix(40))\"; write \"HH:MM\"") }
    return minute
  }

  static func minute(of text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 2, parts[1].utf8.count == 2, let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...59).contains(minute), (0...24).contains(hour), hour < 24 || minute == 0
    else { return nil }
    return hour * 60 + minute
  }

  package mutating func fields(_ name: String) throws(ChannelListDefect) -> ChannelFields? {
    try take(name).map { (node) throws(ChannelListDefect) in try ChannelFields(node) }
  }

  package mutating func list(_ name: String) throws(ChannelListDefect) -> [ChannelFields]? {
    guard let node = take(name) else { return nil }
    guard case .sequence(let sequence) = node else { throw defect(name, "is no list") }
    var list: [ChannelFields] = []
    for item in sequence { list.append(try ChannelFields(item)) }
    return list
  }

  /// A misspelt field would be a default that nobody meant.
  package func end() throws(ChannelListDefect) {
    for (key, _) in mapping {
      guard let name = key.scalar?.string, isAsked.contains(name) else {
        throw ChannelListDefect(
          line: key.mark?.line ?? line,
          "`\(key.scalar?.string.prefix(40) ?? "?")` is no field of this; see `settle channel example`")
      }
    }
  }
}
