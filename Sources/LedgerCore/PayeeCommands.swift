package import Digests

package struct CreatePayee: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  package var rail: Rail
  /// Keyed hash of the normalised number.
  package var numberHash: Fingerprint128
  /// Keyed hash of the normalised holder's name.
  package var nameHash: Fingerprint128
  /// Last four digits at most.
  package var maskedNumber: Label
  package var maskedName: Label
  /// Short name of the bank; `Label.none` for wallets and unknown ones.
  package var bank: Label
  /// The verifier found number and holder right.
  package var isVerified: Bool
  package var sealed: SealedData
  package init(
    key: RequestKey, partner: Label, agent: Label, rail: Rail, numberHash: Fingerprint128, nameHash: Fingerprint128,
    maskedNumber: Label, maskedName: Label, bank: Label, isVerified: Bool, sealed: SealedData
  ) {
    self.key = key
    self.partner = partner
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
}

/// A later check of an account that could not be verified when it was created.
package struct RecordPayeeVerification: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var payee: PayeeID
  package var isVerified: Bool
  package init(key: RequestKey, scope: Scope, payee: PayeeID, isVerified: Bool) {
    self.key = key
    self.scope = scope
    self.payee = payee
    self.isVerified = isVerified
  }
}

/// The account's key is destroyed once this is durable; number and name are gone then, its history stays.
package struct ErasePayee: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var payee: PayeeID
  package var reason: Label
  package init(key: RequestKey, scope: Scope, payee: PayeeID, reason: Label) {
    self.key = key
    self.scope = scope
    self.payee = payee
    self.reason = reason
  }
}
