package import Digests

/// Whose things a caller may see and touch. What is outside its scope looks exactly like what does not exist.
package enum Scope: Hashable, Sendable {
  case partner(Label)
  /// Staff: every partner's.
  case all
}

/// Whose request ids are meant: every partner has a namespace of its own, staff share one.
package enum Namespace: Hashable, Sendable {
  case partner(Label)
  case staff
}

/// Identifies a mutation for ever (AIP-155).
package struct RequestKey: Hashable, Sendable {
  package var namespace: Namespace
  package var id: Label
  /// SHA-256 prefix of method and canonical content; the same id must come with the same content.
  package var content: Fingerprint128

  package init(namespace: Namespace, id: Label, content: Fingerprint128) {
    self.namespace = namespace
    self.id = id
    self.content = content
  }
}

/// Everything that wants to change the state. Decoded and checked in form; whether it may happen, `decide` tells.
package enum Command: Sendable {
  case createAgent(CreateAgent)
  case deposit(Deposit)
  case submitWithdrawal(SubmitWithdrawal)
  case cancelWithdrawal(CancelWithdrawal)
}

package struct CreateAgent: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  package init(key: RequestKey, partner: Label, agent: Label) {
    self.key = key
    self.partner = partner
    self.agent = agent
  }
}

package struct Deposit: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  package var amount: Money
  /// Unique per partner.
  package var externalReference: Label
  package init(key: RequestKey, partner: Label, agent: Label, amount: Money, externalReference: Label) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.amount = amount
    self.externalReference = externalReference
  }
}

package struct SubmitWithdrawal: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  package var amount: Money
  package var payee: Label
  package init(key: RequestKey, partner: Label, agent: Label, amount: Money, payee: Label) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.amount = amount
    self.payee = payee
  }
}

package struct CancelWithdrawal: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var id: WithdrawalID
  /// nil: cancel whatever its version.
  package var expectedSequence: UInt64?
  package init(key: RequestKey, scope: Scope, id: WithdrawalID, expectedSequence: UInt64?) {
    self.key = key
    self.scope = scope
    self.id = id
    self.expectedSequence = expectedSequence
  }
}

/// What can be asked without changing anything.
package enum Query: Sendable {
  case withdrawal(WithdrawalID, Scope)
  /// By the request_id that submitted it.
  case request(Namespace, Label, Scope)
  case agent(partner: Label, agent: Label)
  case balance(partner: Label, agent: Label, Currency)
  case withdrawals(WithdrawalFilter)
  case entries(partner: Label, agent: Label, before: UInt64?, limit: Int)
}

/// Newest first.
package struct WithdrawalFilter: Sendable {
  package var partner: Label
  package var agent: Label?
  package var state: WithdrawalState?
  /// Ordinal to go on below; nil starts at the newest.
  package var before: UInt64?
  package var limit: Int
  package init(partner: Label, agent: Label?, state: WithdrawalState?, before: UInt64?, limit: Int) {
    self.partner = partner
    self.agent = agent
    self.state = state
    self.before = before
    self.limit = limit
  }
}
