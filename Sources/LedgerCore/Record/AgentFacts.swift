package import Digests

/// The standing of an agent as it is from now on.
package struct AgentUpdated: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  /// `Label.none`: the tier that the rules give to all.
  package var tier: Label
  /// `Label.none`: at the top.
  package var parent: Label
  package var isFrozen: Bool
  package var creditGrade: CreditGrade
  package var openViolations: UInt16
  package var limits: LimitOverride
  package var reason: Label

  package init(
    key: RequestKey, partner: Label, agent: Label, tier: Label, parent: Label, isFrozen: Bool, creditGrade: CreditGrade,
    openViolations: UInt16, limits: LimitOverride, reason: Label
  ) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.tier = tier
    self.parent = parent
    self.isFrozen = isFrozen
    self.creditGrade = creditGrade
    self.openViolations = openViolations
    self.limits = limits
    self.reason = reason
  }

  func encode(into out: inout ByteWriter) {
    out.write(agent)
    out.writeOrNone(tier)
    out.writeOrNone(parent)
    out.write(isFrozen)
    out.write(creditGrade.rawValue)
    out.write(openViolations)
    out.write(limits)
    out.write(reason)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    agent = try input.readLabel()
    tier = try input.readLabelOrNone()
    parent = try input.readLabelOrNone()
    isFrozen = try input.readBool()
    creditGrade = try input.readEnum(CreditGrade.self)
    openViolations = try input.read(UInt16.self)
    limits = try input.readLimitOverride()
    reason = try input.readLabel()
  }
}

/// A real-name check of an agent, passed or not.
package struct AgentVerified: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  /// Those that passed.
  package var elements: VerifiedElements
  package var nameHash: Fingerprint128
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

  func encode(into out: inout ByteWriter) {
    out.write(agent)
    out.write(elements.rawValue)
    out.write(nameHash)
    out.write(idHash)
    out.write(maskedName)
    out.write(sealed)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    agent = try input.readLabel()
    elements = try input.readElements()
    nameHash = try input.readFingerprint()
    idHash = try input.readFingerprint()
    maskedName = try input.readLabel()
    sealed = try input.readSealed()
  }
}
