import SettlementClient
import SettlementProto
import SwiftProtobuf

/// The file that `settle lists export` writes and `settle lists import` reads: one JSON object on each line.
enum ListFile {
  /// What a line says, and which line it is, counted from 1.
  struct Line: Sendable {
    let number: Int
    let entry: Settlement_V1_PutListEntryRequest
  }

  struct Defect: Hashable, Sendable {
    /// Counted from 1.
    let line: Int
    let what: String
  }

  /// Lines of a hundred bytes, a million of them.
  static let bytesMaximum = 100 << 20

  /// - Parameter requestID: each entry's own is this, a dash and its line number, so that the whole file may be imported
  ///   again after a lost answer.
  static func read(_ bytes: [UInt8], requestID: String) -> (lines: [Line], defects: [Defect]) {
    var lines: [Line] = []
    var defects: [Defect] = []
    for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      guard !line.allSatisfy({ [0x20, 0x09, 0x0d].contains($0) }) else { continue }
      do throws(LineDefect) {
        var entry = try Self.entry(line)
        entry.requestID = "\(requestID)-\(index + 1)"
        lines.append(Line(number: index + 1, entry: entry))
      } catch {
        defects.append(Defect(line: index + 1, what: error.what))
      }
    }
    return (lines, defects)
  }

  private struct LineDefect: Error { let what: String }

  /// Members that an export has and that the importing ledger says anew.
  private static let ignored: Set<String> = ["automatic", "time", "receipt"]

  private static func entry(_ line: ArraySlice<UInt8>) throws(LineDefect) -> Settlement_V1_PutListEntryRequest {
    let value: JSON
    do throws(JSONReader.Defect) { value = try JSONReader.read(line) } catch {
      throw LineDefect(what: "it is no JSON: \(error)")
    }
    guard case .object(let members) = value else { throw LineDefect(what: "it is not a JSON object") }
    var entry = Settlement_V1_PutListEntryRequest()
    for member in members where !ignored.contains(member.name) {
      switch member.name {
      case "subject": entry.subject = try named(member)
      case "colour": entry.colour = try named(member)
      case "partner": entry.partner = try text(member)
      case "name": entry.name = try text(member)
      case "payee_number": entry.payeeNumber = try text(member)
      case "reason": entry.reason = try text(member)
      case "expire_time":
        if member.value == .null { continue }
        let text = try text(member)
        guard let time = Google_Protobuf_Timestamp(rfc3339: text) else {
          throw LineDefect(what: "expire_time \"\(text)\" is not like 2026-01-31T12:00:00Z")
        }
        entry.expireTime = time
      // A misspelt expire_time would make an entry that never ends.
      default: throw LineDefect(what: "there is no member \"\(member.name)\"")
      }
    }
    guard entry.subject != .unspecified else { throw LineDefect(what: "subject is missing") }
    guard entry.colour != .unspecified else { throw LineDefect(what: "colour is missing") }
    guard !entry.name.isEmpty || !entry.payeeNumber.isEmpty else { throw LineDefect(what: "name is missing") }
    guard !entry.reason.isEmpty else { throw LineDefect(what: "reason is missing") }
    return entry
  }

  private static func text(_ member: JSON.Member) throws(LineDefect) -> String {
    guard case .text(let text) = member.value else { throw LineDefect(what: "\(member.name) is not a text") }
    return text
  }

  private static func named<Value: WireNamed>(_ member: JSON.Member) throws(LineDefect) -> Value {
    let text = try text(member)
    guard let name = NameArgument<Value>(argument: text) else {
      let known = NameArgument<Value>.allValueStrings.joined(separator: ", ")
      throw LineDefect(what: "\(member.name) \"\(text)\" is none of \(known)")
    }
    return name.value
  }
}

extension Google_Protobuf_Timestamp {
  /// "2026-01-31T12:00:00Z", with up to nine decimals of a second; nil for anything else.
  init?(rfc3339 text: String) {
    guard text.hasSuffix("Z") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let instant = Instant(argument: first + "Z") else { return nil }
    var nanos: Int32 = 0
    if parts.count == 2 {
      guard (1...9).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let fraction = Int32(parts[1])
      else { return nil }
      nanos = fraction
      for _ in parts[1].utf8.count..<9 { nanos *= 10 }
    }
    self.init(seconds: Int64(instant.seconds), nanos: nanos)
  }
}
