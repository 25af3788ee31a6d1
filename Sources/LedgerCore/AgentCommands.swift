package import Digests

/// Changes what is set and leaves what is nil. By operators and compliance.
package struct UpdateAgent: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  package var tier: Label?
  package var frozen: Bool?
  package var creditGrade: CreditGrade?
  package var openViolations: UInt16?
  package var limits: LimitOverride?
  /// `Label.none` takes the agent to the top.
  package var parent: Label?
  /// Why, for the audit: a code or a few words.
  package var reason: Label
  package init(
    key: RequestKey, partner: Label, agent: Label, tier: Label?, frozen: Bool?, creditGrade: CreditGrade?,
    openViolations: UInt16?, limits: LimitOverride?, parent: Label?, reason: Label
  ) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.tier = tier
    self.frozen = frozen
    self.creditGrade = creditGrade
    self.openViolations = openViolations
    self.limits = limits
    self.parent = parent
    self.reason = reason
  }
}

/// The three elements of a real-name check. Raw values stand in the journal and are never renumbered.
package struct VerifiedElements: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt8
  package static let name = VerifiedElements(rawValue: 1)
  package static let idNumber = VerifiedElements(rawValue: 2)
  package static let card = VerifiedElements(rawValue: 4)
  package static let all: VerifiedElements = [.name, .idNumber, .card]
  package init(rawValue: UInt8) { self.rawValue = rawValue }
}

/// Encrypted private data: bytes that only the holder of the key store can open.
package struct SealedData: Hashable, Sendable {
  /// Longest, in bytes: name, number and bank of anybody fit with their key's name and tag.
  package static let maximumBytes = 512
  package let bytes: [UInt8]
  /// Nothing is known.
  package static let none = SealedData(none: ())
  /// nil beyond `maximumBytes`.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.maximumBytes else { return nil }
    self.bytes = bytes
  }

  private init(none: Void) { bytes = [] }
}

/// What the real-name check of an agent found.
package struct RecordVerification: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  /// Those that passed.
  package var elements: VerifiedElements
  /// Keyed hash of the normalised name; payees' holders are compared with it.
  package var nameHash: Fingerprint128
  /// Keyed hash of the ID number.
  package var idHash: Fingerprint128
  package var maskedName: Label
  package var sealed: SealedData
  package init(
    key: RequestKey, partner: Label, agent: Label, elements: VerifiedElements, nameHash: Fingerprint128,
    idHash: Fingerprint128, maskedName: Label, sealed: SealedData
  ) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.elements = elements
    self.nameHash = nameHash
    self.idHash = idHash
    self.maskedName = maskedName
    self.sealed = sealed
  }
}
