/// A rules document as it was written, before anybody has checked it: names, texts, and the lines they stand on. Whoever
/// reads a file (or builds a document in a test) makes this; `RulesDocument` is made from nothing else.
package struct RawRules: Sendable {
  package var root: RawNode

  package init(root: RawNode) { self.root = root }
}

package struct RawNode: Sendable {
  package enum Content: Sendable {
    /// - Parameter isQuoted: what stands in quotes is a text, whatever it looks like.
    case scalar(String, isQuoted: Bool)
    /// In the order of the file; a key may stand in it twice, which is a defect.
    case mapping([RawEntry])
    case sequence([RawNode])
  }

  package var content: Content
  /// From 1; 0 where there is no file.
  package var line: Int

  package init(_ content: Content, line: Int = 0) {
    self.content = content
    self.line = line
  }
}

package struct RawEntry: Sendable {
  package var key: String
  package var value: RawNode
  /// Of the key, from 1; 0 where there is no file.
  package var line: Int

  package init(key: String, value: RawNode, line: Int = 0) {
    self.key = key
    self.value = value
    self.line = line
  }
}
