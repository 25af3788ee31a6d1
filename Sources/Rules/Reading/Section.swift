internal import LedgerCore

/// A mapping of the document whose keys are known. A value that is missing or wrong is reported and read as nil.
struct Section {
  let reading: Reading
  let path: String
  let line: Int
  private let entries: [RawEntry]

  /// Reports what is no mapping (then nil), keys that stand twice, and keys that nobody knows.
  init?(_ node: RawNode, path: String, keys: [String], reading: Reading) {
    guard case .mapping(let entries) = node.content else {
      reading.report(node.line, path, "must be a mapping of keys to values: \(keys.joined(separator: ", "))")
      return nil
    }
    self.reading = reading
    self.path = path
    self.entries = entries
    line = node.line
    var seen: Set<String> = []
    for entry in entries {
      if !keys.contains(entry.key) {
        reading.report(
          entry.line, child(Self.shortened(entry.key)),
          "is no key of the rules: there are \(keys.joined(separator: ", "))")
      } else if !seen.insert(entry.key).inserted {
        reading.report(entry.line, child(entry.key), "stands more than once: keep one")
      }
    }
  }

  func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  func node(_ key: String) -> RawNode? { entries.first { $0.key == key }?.value }

  /// The line of the key, or of the section where it is missing.
  func line(of key: String) -> Int { entries.first { $0.key == key }?.line ?? line }

  func report(_ key: String, _ reason: String) { reading.report(line(of: key), child(key), reason) }

  func required(_ key: String) -> RawNode? {
    guard let node = node(key) else {
      reading.report(line, child(key), "is missing")
      return nil
    }
    return node
  }

  func section(_ key: String, keys: [String]) -> Section? {
    required(key).flatMap { Section($0, path: child(key), keys: keys, reading: reading) }
  }

  func items(_ key: String, maximum: Int) -> [RawNode]? {
    guard let node = required(key) else { return nil }
    guard case .sequence(let items) = node.content else {
      report(key, "must be a list")
      return nil
    }
    guard items.count <= maximum else {
      report(key, "has \(items.count) entries: at most \(maximum) are allowed")
      return nil
    }
    return items
  }

  // MARK: Single values

  func text(_ key: String) -> String? {
    required(key).flatMap { Self.text($0) ?? reported(key, "must be a text") }
  }

  /// 1 to 64 bytes.
  func label(_ key: String) -> Label? {
    guard let text = text(key) else { return nil }
    return (try? Label(text)) ?? reported(key, "must be 1 to 64 bytes of text, not \(Reading.quoted(text))")
  }

  func integer(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
    figure(key, Figures.integer, range) { "must be a whole number from \($0.lowerBound) to \($0.upperBound)" }
  }

  /// Hundredths.
  func amount(_ key: String, _ range: ClosedRange<Int64> = 0...Amounts.maximum) -> Int64? {
    figure(key, Figures.amount, range) { Self.amountRange($0) }
  }

  /// Hundredths; the word `unlimited` for `unlimited`.
  func bound(_ key: String, unlimited: Int64) -> Int64? {
    if isWord(key, "unlimited") { return unlimited }
    return figure(key, Figures.amount, 0...Amounts.maximum) { Self.amountRange($0) + ", or unlimited" }
  }

  func count(_ key: String, _ range: ClosedRange<Int64>) -> Int64? {
    if isWord(key, "unlimited") { return .max }
    return figure(key, Figures.integer, range) {
      "must be a whole number from \($0.lowerBound) to \($0.upperBound), or unlimited"
    }
  }

  /// Minute of the day.
  func time(_ key: String, _ range: ClosedRange<Int32>) -> Int32? {
    guard let text = text(key) else { return nil }
    guard let minute = Figures.timeOfDay(text), range.contains(minute) else {
      let bounds = "\(Figures.timeText(range.lowerBound)) to \(Figures.timeText(range.upperBound))"
      return reported(key, "must be a time of the day like \"03:00\", from \(bounds), not \(Reading.quoted(text))")
    }
    return minute
  }

  func flag(_ key: String) -> Bool? {
    guard let node = required(key) else { return nil }
    switch Self.plain(node) {
    case "true": return true
    case "false": return false
    default: return reported(key, "must be true or false, not \(Self.shown(node))")
    }
  }

  /// One of some words.
  func word<Value>(_ key: String, _ values: [(word: String, value: Value)]) -> Value? {
    guard let node = required(key) else { return nil }
    let text = Self.text(node)
    if let found = values.first(where: { $0.word == text }) { return found.value }
    return reported(key, "must be one of \(values.map(\.word).joined(separator: ", ")), not \(Self.shown(node))")
  }

  func isWord(_ key: String, _ word: String) -> Bool { node(key).flatMap(Self.plain) == word }

  // MARK: What is behind them

  static func text(_ node: RawNode) -> String? {
    guard case .scalar(let text, _) = node.content else { return nil }
    return text
  }

  /// nil for what stands in quotes, which is never a number or a truth value.
  private static func plain(_ node: RawNode) -> String? {
    guard case .scalar(let text, isQuoted: false) = node.content else { return nil }
    return text
  }

  private static func shown(_ node: RawNode) -> String {
    switch node.content {
    case .scalar(let text, let isQuoted): Reading.quoted(text) + (isQuoted ? " in quotes" : "")
    case .mapping: "a mapping"
    case .sequence: "a list"
    }
  }

  private static func amountRange(_ range: ClosedRange<Int64>) -> String {
    "must be an amount from \(Figures.amountText(range.lowerBound)) to \(Figures.amountText(range.upperBound)) "
      + "with at most two decimals"
  }

  private static func shortened(_ key: String) -> String {
    let quoted = Reading.quoted(key)
    return String(quoted.dropFirst().dropLast())
  }

  private func figure(
    _ key: String, _ parse: (String) -> Int64?, _ range: ClosedRange<Int64>,
    demand: (ClosedRange<Int64>) -> String
  ) -> Int64? {
    guard let node = required(key) else { return nil }
    guard let value = Self.plain(node).flatMap(parse), range.contains(value) else {
      return reported(key, "\(demand(range)), not \(Self.shown(node))")
    }
    return value
  }

  private func reported<Value>(_ key: String, _ reason: String) -> Value? {
    report(key, reason)
    return nil
  }
}
