package import Digests

package struct PayeeCreated: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: PayeeID
  package var agent: Label
  package var rail: Rail
  package var numberHash: Fingerprint128
  package var nameHash: Fingerprint128
  package var maskedNumber: Label
  package var maskedName: Label
  package var bank: Label
  package var isVerified: Bool
  package var sealed: SealedData

  package init(
    key: RequestKey, partner: Label, id: PayeeID, agent: Label, rail: Rail, numberHash: Fingerprint128,
    nameHash: Fingerprint128, maskedNumber: Label, maskedName: Label, bank: Label, isVerified: Bool, sealed: SealedData
  ) {
    self.key = key
    self.partner = partner
    self.id = id
    self.agent = agent
    self.rail = rail
    self.numberHash = numberHash
    self.nameHash = nameHash
    self.maskedNumber = maskedNumber
    self.maskedName = maskedName
    self.bank = bank
    self.isVerified = isVerified
    self.sealed = sealed
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(agent)
    out.write(rail.rawValue)
    out.write(numberHash)
    out.write(nameHash)
    out.write(maskedNumber)
    out.write(maskedName)
    out.writeOrNone(bank)
    out.write(isVerified)
    out.write(sealed)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = PayeeID(rawValue: try input.read(UInt64.self))
    agent = try input.readLabel()
    rail = try input.readEnum(Rail.self)
    numberHash = try input.readFingerprint()
    nameHash = try input.readFingerprint()
    maskedNumber = try input.readLabel()
    maskedName = try input.readLabel()
    bank = try input.readLabelOrNone()
    isVerified = try input.readBool()
    sealed = try input.readSealed()
  }
}

package struct PayeeVerified: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: PayeeID
  package var isVerified: Bool

  package init(key: RequestKey, partner: Label, id: PayeeID, isVerified: Bool) {
    self.key = key
    self.partner = partner
    self.id = id
    self.isVerified = isVerified
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(isVerified)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = PayeeID(rawValue: try input.read(UInt64.self))
    isVerified = try input.readBool()
  }
}

/// Number and name are gone for good: the sealed data stays where it is, its key is destroyed.
package struct PayeeErased: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: PayeeID
  package var reason: Label

  package init(key: RequestKey, partner: Label, id: PayeeID, reason: Label) {
    self.key = key
    self.partner = partner
    self.id = id
    self.reason = reason
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(reason)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = PayeeID(rawValue: try input.read(UInt64.self))
    reason = try input.readLabel()
  }
}
