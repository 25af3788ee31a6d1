package import Digests

/// `partner` is `Label.none` but for an agent's entry.
package struct ListChanged: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var subject: ListSubject
  package var colour: ListColour
  package var name: Label
  package var change: ListChange

  package init(
    key: RequestKey, partner: Label, subject: ListSubject, colour: ListColour, name: Label, change: ListChange
  ) {
    self.key = key
    self.partner = partner
    self.subject = subject
    self.colour = colour
    self.name = name
    self.change = change
  }

  func encode(into out: inout ByteWriter) {
    out.write(subject.rawValue)
    out.write(colour.rawValue)
    out.write(name)
    out.write(change)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    subject = try input.readEnum(ListSubject.self)
    colour = try input.readEnum(ListColour.self)
    name = try input.readLabel()
    change = try input.readListChange()
  }
}

/// From here on decisions go by these rules. `partner` is `Label.none`.
package struct RulesActivated: Sendable, Hashable {
  /// nil: read at the start or by a signal.
  package var key: RequestKey?
  package var version: UInt32
  package var digest: Digest256

  package init(key: RequestKey?, version: UInt32, digest: Digest256) {
    self.key = key
    self.version = version
    self.digest = digest
  }

  func encode(into out: inout ByteWriter) {
    out.write(version)
    out.write(digest)
  }

  init(from input: inout ByteReader, key: RequestKey?) throws(CodecError) {
    self.key = key
    version = try input.read(UInt32.self)
    digest = try input.readDigest()
  }
}
