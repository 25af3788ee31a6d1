/// One thing that keeps a text from being a rules document.
package struct RulesDefect: Error, Hashable, Sendable {
  /// From 1; 0 where there is no file, or no single line.
  package var line: Int
  /// As in `tiers.silver.payout_maximum`; empty for the document as a whole.
  package var path: String
  /// What is wrong and what is allowed instead.
  package var reason: String

  package init(line: Int = 0, path: String = "", reason: String) {
    self.line = line
    self.path = path
    self.reason = reason
  }

  /// `rules.yaml:12: tiers.gold.inherits: ...`
  package func text(file: String) -> String {
    (line > 0 ? "\(file):\(line): " : "\(file): ") + (path.isEmpty ? "" : "\(path): ") + reason
  }
}

/// Everything that is wrong with a document, in the order of its lines: whoever repairs it sees all at once. Never empty.
package struct RulesDefects: Error, Hashable, Sendable {
  /// More are left out: a file that is wrong from its first line on fills no log.
  package static let reportedMaximum = 100

  package let defects: [RulesDefect]

  package init(_ defects: [RulesDefect]) {
    // A tier's defect is found again by each that inherits it.
    var seen: Set<RulesDefect> = []
    let ordered = defects.filter { seen.insert($0).inserted }.enumerated().sorted { a, b in
      a.element.line != b.element.line ? a.element.line < b.element.line : a.offset < b.offset
    }.map(\.element)
    guard ordered.count > Self.reportedMaximum else {
      self.defects = ordered
      return
    }
    let rest = ordered.count - Self.reportedMaximum
    self.defects = ordered.prefix(Self.reportedMaximum) + [RulesDefect(reason: "\(rest) more defects are not shown")]
  }

  package init(_ defect: RulesDefect) { defects = [defect] }

  package func lines(file: String) -> [String] { defects.map { $0.text(file: file) } }
}
