package import Digests

/// Whose things a caller may see and touch. What is outside its scope looks exactly like what does not exist.
package enum Scope: Hashable, Sendable {
  case partner(Label)
  /// Staff: every partner's.
  case all
}

/// A member of staff, as the certificate names it. Persons are compared by name: one with two certificates or two roles is
/// still one.
package final class Person: Hashable, Sendable {
  package let name: Label
  package let role: StaffRole

  package init(name: Label, role: StaffRole) {
    self.name = name
    self.role = role
  }

  package static func == (a: Person, b: Person) -> Bool { a.name == b.name && a.role == b.role }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(role)
  }
}

/// Raw values stand in the journal and are never renumbered.
package enum StaffRole: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case reader = 1
  case reviewer = 2
  case finance = 3
  case `operator` = 4
  case compliance = 5
  case auditor = 6
}

/// Who sent a request, and with which certificate (the first eight bytes of its SHA-256, 0 where it is not known).
package struct Caller: Hashable, Sendable {
  /// nil: the partner of the request's namespace.
  package var person: Person?
  package var certificate: UInt64

  /// From before callers were recorded.
  package static let unknown = Caller(person: nil, certificate: 0)

  package init(person: Person?, certificate: UInt64) {
    self.person = person
    self.certificate = certificate
  }
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
  /// Not part of the identity: another person of the same namespace may repeat the request.
  package var caller: Caller

  package init(namespace: Namespace, id: Label, content: Fingerprint128, caller: Caller = .unknown) {
    self.namespace = namespace
    self.id = id
    self.content = content
    self.caller = caller
  }
}

/// Everything that wants to change the state. Decoded and checked in form; whether it may happen, `decide` tells.
package enum Command: Sendable {
  case createAgent(CreateAgent)
  case deposit(Deposit)
  case submitWithdrawal(SubmitWithdrawal)
  case cancelWithdrawal(CancelWithdrawal)
  case amendWithdrawal(AmendWithdrawal)
  case updateAgent(UpdateAgent)
  case recordVerification(RecordVerification)
  case createPayee(CreatePayee)
  case recordPayeeVerification(RecordPayeeVerification)
  case erasePayee(ErasePayee)
  case review(ReviewWithdrawal)
  case hold(HoldWithdrawal)
  case reportOutcome(ReportOutcome)
  case propose(Propose)
  case confirm(ConfirmProposal)
  case recordReveal(RecordReveal)
  case changeList(ChangeList)
  case activateRules(ActivateRules)
  /// The clock's own: ends the review that is due longest. Rejected with `nothingDue` when there is none.
  case expireReview
  case setChannelState(SetChannelState)
  case fundChannel(FundChannel)
  case beginAttempt(BeginAttempt)
  case recordResult(RecordResult)
  case recordReturn(RecordReturn)
  case confirmPayout(ConfirmPayout)
  case retryWithdrawal(RetryWithdrawal)
  case createAppeal(CreateAppeal)
  case actOnAppeal(ActOnAppeal)
  /// The clock's own: fails the withdrawal that has waited longest for somebody to mend it. As `expireReview`.
  case lapseAction
}

package struct CreateAgent: Sendable {
  package var key: RequestKey
  package var partner: Label
  package var agent: Label
  /// The agent of the same partner above it; `Label.none` at the top.
  package var parent: Label
  package init(key: RequestKey, partner: Label, agent: Label, parent: Label = .none) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.parent = parent
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
  /// The id of a payee account, or the platform's own reference where the rules do not ask for one.
  package var payee: Label
  /// nil: the rules' own choice.
  package var speed: Speed?
  package var acceleration: Acceleration
  /// Terms that were promised; the quote was made for this agent, amount, payee, speed and acceleration.
  package var quoted: QuotedTerms?
  package var origin: Origin?
  package init(
    key: RequestKey, partner: Label, agent: Label, amount: Money, payee: Label, speed: Speed? = nil,
    acceleration: Acceleration = .fee, quoted: QuotedTerms? = nil, origin: Origin? = nil
  ) {
    self.key = key
    self.partner = partner
    self.agent = agent
    self.amount = amount
    self.payee = payee
    self.speed = speed
    self.acceleration = acceleration
    self.quoted = quoted
    self.origin = origin
  }
}

/// What a quote promised.
package struct QuotedTerms: Hashable, Sendable, BitwiseCopyable {
  package var feeMinorUnits: Int64
  package var points: Int64
  package var validUntil: Timestamp
  package init(feeMinorUnits: Int64, points: Int64, validUntil: Timestamp) {
    self.feeMinorUnits = feeMinorUnits
    self.points = points
    self.validUntil = validUntil
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
