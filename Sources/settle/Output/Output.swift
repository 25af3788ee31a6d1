import SettlementProto

/// Prints results: for people, or for machines.
struct Output {
  enum Style: Hashable, Sendable { case text, json }

  let style: Style

  func print(_ result: some Printable) throws(Failure) {
    switch style {
    case .json: try Console.result(result.json.line + "\n")
    case .text: for line in result.lines { try Console.result(line + "\n") }
    }
  }

  /// Something worth knowing that is not the result.
  func note(_ text: String) { Console.problem("settle: \(text)") }
}

/// A result with its two forms. The JSON is an interface: members are added, never renamed or removed.
protocol Printable {
  var json: JSON { get }
  var lines: [String] { get }
}

/// Two columns, the first one padded.
func table(_ rows: [(String, String)]) -> [String] {
  let width = rows.map(\.0.count).max() ?? 0
  return rows.map { name, value in name + String(repeating: " ", count: width - name.count + 2) + value }
}

/// How to see what follows a page.
func nextPage(_ token: String) -> [String] {
  token.isEmpty ? [] : ["more: --page-token \(shown(token))"]
}

/// Text of other people on our terminal: control and formatting characters are shown, not obeyed.
func shown(_ text: String) -> String {
  var out = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
    default:
      out.append(scalar)
    }
  }
  return String(out)
}
