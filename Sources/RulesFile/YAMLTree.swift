internal import Rules
internal import Yams

/// A YAML text as a tree of names and texts. Of YAML it takes what rules need: one document of mappings, lists and single
/// values. Anchors and aliases are refused, because with them a short text can stand for a tree that fills the memory.
enum YAMLTree {
  /// The rules have six levels.
  private static let depthMaximum = 16

  static func read(_ text: String) -> Result<RawRules, RulesDefects> {
    if let line = AnchorScan.firstLine(in: text) {
      return .failure(
        defect(
          line,
          "has an anchor or alias (& or * before a name): write the values out, or quote the text in a comment's line of its own"
        ))
    }
    do {
      // Yams hands libyaml a pointer into the text; a text of 15 bytes or fewer lives in the String value itself, where
      // that pointer would not last. The line behind it makes every text longer.
      guard let root = try compose(yaml: text + "\n# end of the document\n", .basic, .default, .utf8) else {
        return .failure(defect(0, "is empty"))
      }
      var defects: [RulesDefect] = []
      let node = convert(root, depth: 0, &defects)
      return defects.isEmpty ? .success(RawRules(root: node)) : .failure(RulesDefects(defects))
    } catch {
      return .failure(describe(error))
    }
  }

  private static func convert(_ node: Node, depth: Int, _ defects: inout [RulesDefect]) -> RawNode {
    let line = node.mark?.line ?? 0
    guard depth < depthMaximum else {
      defects.append(RulesDefect(line: line, reason: "lies more than \(depthMaximum) levels deep: rules have six"))
      return RawNode(.sequence([]), line: line)
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted =
        switch scalar.style {
        case .any, .plain: false
        case .singleQuoted, .doubleQuoted, .literal, .folded: true
        }
      return RawNode(.scalar(scalar.string, isQuoted: isQuoted), line: line)
    case .sequence(let sequence):
      return RawNode(.sequence(sequence.map { convert($0, depth: depth + 1, &defects) }), line: line)
    case .mapping(let mapping):
      var entries: [RawEntry] = []
      for (key, value) in mapping {
        let keyLine = key.mark?.line ?? 0
        guard case .scalar(let name) = key else {
          defects.append(RulesDefect(line: keyLine, reason: "has a key that is no single word"))
          continue
        }
        entries.append(
          RawEntry(key: name.string, value: convert(value, depth: depth + 1, &defects), line: keyLine))
      }
      return RawNode(.mapping(entries), line: line)
    case .alias:
      defects.append(RulesDefect(line: line, reason: "is an alias: write the value out"))
      return RawNode(.sequence([]), line: line)
    }
  }

  private static func describe(_ error: any Error) -> RulesDefects {
    guard let error = error as? YamlError else { return defect(0, "cannot be read as YAML: \(error)") }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return defect(mark.line, "is not YAML here: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "\"\($0.prefix(40))\"" }.joined(separator: ", ")
      return defect(context.mark.line, "has the key \(names) more than once in one mapping: keep one")
    case .reader(let problem, _, _, _):
      return defect(0, "is not YAML: \(problem)")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return defect(0, "cannot be read as YAML: \(error)")
    }
  }

  private static func defect(_ line: Int, _ reason: String) -> RulesDefects {
    RulesDefects(RulesDefect(line: line, reason: reason))
  }
}
