/// A JSON value to print. Members keep their order, so that the output is the same every time.
enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case text(String)
  case array([JSON])
  case object([Member])

  struct Member: Hashable, Sendable {
    let name: String
    let value: JSON
    init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { Member($0.key, $0.value) })
  }

  /// On one line, without blanks.
  var line: String {
    var out = ""
    append(to: &out)
    return out
  }

  private func append(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .text(let value): Self.append(quoted: value, to: &out)
    case .array(let values):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += "," }
        value.append(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        Self.append(quoted: member.name, to: &out)
        out += ":"
        member.value.append(to: &out)
      }
      out += "}"
    }
  }

  private static let hexadecimal = Array("0123456789abcdef".unicodeScalars)

  private static func append(quoted text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7f {
          out += "\\u00"
          out.unicodeScalars.append(hexadecimal[Int(scalar.value >> 4)])
          out.unicodeScalars.append(hexadecimal[Int(scalar.value & 15)])
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    out += "\""
  }
}
