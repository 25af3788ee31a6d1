/// Collects what is wrong while a document is read, so that reading goes on behind a defect. Lives as long as one reading.
final class Reading {
  private(set) var defects: [RulesDefect] = []

  func report(_ line: Int, _ path: String, _ reason: String) {
    defects.append(RulesDefect(line: line, path: path, reason: reason))
  }

  /// A text of the document for a message: short, and with nothing in it that a terminal would obey.
  static func quoted(_ text: String) -> String {
    let shown = 40
    var result = "\""
    for scalar in text.unicodeScalars.prefix(shown) {
      result.unicodeScalars.append(scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    return result + (text.unicodeScalars.count > shown ? "...\"" : "\"")
  }
}
