package import Rules

/// Rules documents as text: YAML in, a validated document or all of its defects out.
package enum RulesFile {
  /// The standard document is a hundredth of it; nothing larger was meant.
  package static let bytesMaximum = 1 << 20

  package static func parse(_ text: String) -> Result<RulesDocument, RulesDefects> {
    guard text.utf8.count <= bytesMaximum else { return .failure(RulesDefects(tooLarge(text.utf8.count))) }
    switch YAMLTree.read(text) {
    case .failure(let defects): return .failure(defects)
    case .success(let raw):
      do throws(RulesDefects) {
        return .success(try RulesDocument(validating: raw))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Of a file's bytes, which need not be a text at all.
  package static func parse(_ bytes: [UInt8]) -> Result<RulesDocument, RulesDefects> {
    guard bytes.count <= bytesMaximum else { return .failure(RulesDefects(tooLarge(bytes.count))) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .failure(RulesDefects(RulesDefect(reason: "is not UTF-8: save it as UTF-8")))
    }
    return parse(text)
  }

  private static func tooLarge(_ bytes: Int) -> RulesDefect {
    RulesDefect(reason: "has \(bytes) bytes: a rules document has at most \(bytesMaximum)")
  }
}
