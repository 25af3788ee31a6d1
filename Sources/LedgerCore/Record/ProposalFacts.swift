package import Digests

/// `partner` is the one whose payee or agent it is about.
package struct Proposed: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: ProposalID
  package var subject: ProposalSubject

  package init(key: RequestKey, partner: Label, id: ProposalID, subject: ProposalSubject) {
    self.key = key
    self.partner = partner
    self.id = id
    self.subject = subject
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(subject)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = ProposalID(rawValue: try input.read(UInt64.self))
    subject = try input.readProposalSubject()
  }
}

/// Another person agrees. An adjustment is posted by it: Dr suspense / Cr available, or the other way round.
package struct ProposalConfirmed: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: ProposalID
  /// Of what was confirmed.
  package var digest: Digest256

  package init(key: RequestKey, partner: Label, id: ProposalID, digest: Digest256) {
    self.key = key
    self.partner = partner
    self.id = id
    self.digest = digest
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(digest)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = ProposalID(rawValue: try input.read(UInt64.self))
    digest = try input.readDigest()
  }
}

/// Somebody is shown number and name of a payee account.
package struct PayeeRevealed: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: ProposalID

  package init(key: RequestKey, partner: Label, id: ProposalID) {
    self.key = key
    self.partner = partner
    self.id = id
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = ProposalID(rawValue: try input.read(UInt64.self))
  }
}
