import Testing

@testable internal import Rules
@testable internal import RulesFile

@Suite("Defects of a rules file: line, path and reason")
struct DefectTests {
  static func lines(_ text: String) -> [String] {
    switch RulesFile.parse(text) {
    case .success: []
    case .failure(let defects): defects.lines(file: "rules.yaml")
    }
  }

  /// The standard document with the first occurrence of some text changed, and the line on which it stood.
  static func changed(_ old: String, _ new: String) throws -> (text: String, line: Int) {
    let text = ShippedRules.standard.text
    let range = try #require(text.firstRange(of: old))
    let line = text[..<range.lowerBound].utf8.count { $0 == UInt8(ascii: "\n") } + 1
    return (text.replacing(old, with: new, maxReplacements: 1), line)
  }

  /// What is replaced, by what, and the message behind "rules.yaml:LINE: ".
  @Test(arguments: [
    ("version: 2", "version: 0", "version: must be a whole number from 1 to 4294967295, not \"0\""),
    ("version: 2", "version: one", "version: must be a whole number from 1 to 4294967295, not \"one\""),
    ("version: 2", "version:", "version: must be a whole number from 1 to 4294967295, not \"\""),
    ("version: 2", "version: &v 2", "has an anchor or alias"),
    ("version: 2", "version: *v", "has an anchor or alias"),
    ("currencies: [CNY]", "currencies: [CNY, yuan]", "currencies: \"yuan\" is no currency"),
    ("day_count: 10", "day_counts: 10", "tiers.bronze.day_counts: is no key of the rules"),
    (
      "inherits: bronze", "inherits: gold",
      "tiers.silver.inherits: \"silver\" inherits from \"gold\" inherits from \"silver\" again: "
        + "a tier must not inherit from itself"
    ),
    (
      "per_million: 3000", "per_million: -3000",
      "speeds.EXPRESS.fee.per_million: must be a whole number from 0 to 100000"
    ),
    ("\"20:00\"", "\"20.00\"", "speeds.SAME_DAY.cut_off: must be a time of the day"),
    ("end: \"03:00\"", "end: \"00:00\"", "maintenance_window.end: equals the begin"),
    ("2026-01-04, 2026-02-14", "2026-01-02, 2026-02-14", "calendar.2026.working_days: 2026-01-02 is a holiday too"),
    (
      "above: 50000.00", "above: 60000.00",
      "review.bands[1].above: nothing covers amounts above 50000.00 up to 60000.00"
    ),
    ("above: 50000.00", "above: 40000.00", "review.bands[1].above: the band before already goes up to 50000.00"),
    ("quote_valid_minutes: 15", "quote_valid_minutes: [15]", "quote_valid_minutes: must be a whole number"),
    ("quote_valid_minutes: 15", "quote_valid_minutes: 15\nversion: 2", "has the key \"version\" more than once"),
    ("quote_valid_minutes: 15", "quote_valid_minutes: {", "is not YAML here"),
    ("quote_valid_minutes: 15", "\tquote_valid_minutes: 15", "is not YAML here"),
    ("quote_valid_minutes: 15", "? [a]\n: 1\nquote_valid_minutes: 15", "has a key that is no single word"),
    ("quote_valid_minutes: 15", "---\nversion: 1", "is not YAML here: but found another document"),
    ("quote_valid_minutes: 15", "<<: {version: 2}\nquote_valid_minutes: 15", "<<: is no key of the rules"),
  ])
  func messages(_ row: (old: String, new: String, message: String)) throws {
    let (text, line) = try Self.changed(row.old, row.new)
    let lines = Self.lines(text)
    #expect(
      lines.contains { $0.hasPrefix("rules.yaml:") && $0.contains(": \(row.message)") }, "\(lines)")
    // Three of them are found at another line than where they were made.
    let elsewhere = ["is not YAML here", "has the key", "speeds.NEXT_DAY"].contains { row.message.hasPrefix($0) }
    #expect(
      elsewhere || lines.contains { $0.hasPrefix("rules.yaml:\(line): \(row.message)") }, "line \(line): \(lines)")
  }

  @Test(arguments: [
    "", "\n", "# nothing\n", "---\n", "x", "[]", "{}", "a: b", "null", "\u{0}", "\u{FEFF}", "? ", "- ", "%",
  ])
  func textsThatAreNoDocument(_ text: String) {
    #expect(!Self.lines(text).isEmpty)
  }

  @Test func sizeAndEncodingAreBounded() {
    let large = String(repeating: "#", count: RulesFile.bytesMaximum + 1)
    #expect(Self.lines(large) == ["rules.yaml: has 1048577 bytes: a rules document has at most 1048576"])
    let padded = ShippedRules.standard.text + String(repeating: "#\n", count: 200_000)
    #expect(Self.lines(padded).isEmpty)
    guard case .failure(let defects) = RulesFile.parse([UInt8](repeating: 0xFF, count: 30)) else {
      Issue.record("bytes that are no text were taken")
      return
    }
    #expect(defects.defects.first?.reason.contains("UTF-8") == true)
  }

  /// Nine aliases of the level below.
  static func nine(_ level: Int) -> String {
    [String](repeating: level == 0 ? "x" : "*a\(level - 1)", count: 9).joined(separator: ", ")
  }

  /// The first two would be a tree of 10^9 nodes, once as a value and once as keys that are compared.
  @Test(arguments: [
    (0..<10).map { "a\($0): &a\($0) [\(nine($0))]" }, (0..<10).map { "- &a\($0)\n  ? [\(nine($0))]\n  : x" },
    ["# \"", "a: \"", "# \", &x b"],
    ["a: [b,&x c]"], ["a: {b:*x}"], ["a:\u{85}&x b"], ["a: -\u{2028}*x"], ["? &x a\n: b"], ["a: !!str &x b"],
  ])
  func anchorsAreFoundWhereverTheyStand(_ text: [String]) {
    let lines = Self.lines(text.joined(separator: "\n"))
    #expect(lines.count == 1 && lines[0].contains("anchor or alias"), "\(lines)")
  }

  @Test func ampersandsAndStarsInCommentsAndTextsAreNone() throws {
    let text = try Self.changed("name: standard", "# R&D *see above* & 5*3\nname: \"R&D & Co\" # x&y").text
    #expect(Self.lines(text).isEmpty)
  }

  @Test(arguments: [
    String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
    String(repeating: "{a: ", count: 50_000), String(repeating: "? ", count: 100_000),
    String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    String(repeating: "- ", count: 900) + "x",
    (0..<900).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n") + " x",
  ])
  func deepNestingIsRefused(_ text: String) {
    let lines = Self.lines(text)
    #expect(!lines.isEmpty && lines.count <= RulesDefects.reportedMaximum + 1)
  }
}
