package import Digests

/// A payee account, without what is private.
package struct Payee: Hashable, Sendable {
  package enum State: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case unverified = 1
    case verified = 2
    /// Number and name are gone for good.
    case erased = 3
  }
  package var id: PayeeID
  package var partner: Label
  package var agent: Label
  package var rail: Rail
  package var state: State
  package var maskedNumber: Label
  package var maskedName: Label
  /// `Label.none` for wallets and unknown banks.
  package var bank: Label
  package var numberHash: Fingerprint128
  package var nameHash: Fingerprint128
  /// What opening needs to know besides the key; the request that created it, to which the data is bound.
  package var requestID: Label
  package var sealed: SealedData
  package var createTime: Timestamp
  package var lastSequence: UInt64

  package init(
    id: PayeeID, partner: Label, agent: Label, rail: Rail, state: State, maskedNumber: Label, maskedName: Label,
    bank: Label, numberHash: Fingerprint128, nameHash: Fingerprint128, requestID: Label, sealed: SealedData,
    createTime: Timestamp, lastSequence: UInt64
  ) {
    self.id = id
    self.partner = partner
    self.agent = agent
    self.rail = rail
    self.state = state
    self.maskedNumber = maskedNumber
    self.maskedName = maskedName
    self.bank = bank
    self.numberHash = numberHash
    self.nameHash = nameHash
    self.requestID = requestID
    self.sealed = sealed
    self.createTime = createTime
    self.lastSequence = lastSequence
  }
}

/// What a submission would meet now.
package struct Quote: Hashable, Sendable {
  package var terms: Terms
  package var rulesVersion: UInt32
  /// Why it would be refused as things are; nil when it would not.
  package var obstacle: Refusal?
  /// The risk decision as it would be.
  package var risk: RiskResult
  package var limits: LimitStanding
  package var time: Timestamp

  package init(
    terms: Terms, rulesVersion: UInt32, obstacle: Refusal?, risk: RiskResult, limits: LimitStanding, time: Timestamp
  ) {
    self.terms = terms
    self.rulesVersion = rulesVersion
    self.obstacle = obstacle
    self.risk = risk
    self.limits = limits
    self.time = time
  }
}

/// Limits of an agent in one currency and what is used of them on this day and in this month, minor units.
package struct LimitStanding: Hashable, Sendable {
  package var limits: Limits
  package var day: LimitDay
  package var dayUsed: Int64
  package var dayCountUsed: Int64
  package var monthUsed: Int64
  package var lastSequence: UInt64

  package init(
    limits: Limits, day: LimitDay, dayUsed: Int64, dayCountUsed: Int64, monthUsed: Int64, lastSequence: UInt64
  ) {
    self.limits = limits
    self.day = day
    self.dayUsed = dayUsed
    self.dayCountUsed = dayCountUsed
    self.monthUsed = monthUsed
    self.lastSequence = lastSequence
  }
}

/// A person's yes.
package struct Approval: Hashable, Sendable {
  package var person: Label
  package var role: StaffRole
  package var time: Timestamp

  package init(person: Label, role: StaffRole, time: Timestamp) {
    self.person = person
    self.role = role
    self.time = time
  }
}

/// How the review of a withdrawal stands, or ended. One object, because few withdrawals have one.
package final class ReviewStanding: Hashable, Sendable {
  package struct Facts: Hashable, Sendable {
    /// People who must approve.
    package var required: UInt8 = 0
    /// Since the last change of what is approved; oldest first.
    package var approvals: [Approval] = []
    /// Undecided by then, it expires.
    package var due = Timestamp(microseconds: 0)
    /// nil, or the person who is at it until `claimedUntil`.
    package var claimedBy: Label?
    package var claimedUntil = Timestamp(microseconds: 0)
    package var isEscalated = false
    /// What the partner was asked; `Label.none` for nothing. The clock stands while it is asked.
    package var informationNote: Label = .none
    /// Why compliance holds it; `Label.none` when it does not. Also of a withdrawal that is not in review.
    package var holdReason: Label = .none
    /// Code of the person who rejected it; `Label.none` when nobody did.
    package var rejectionReason: Label = .none
    /// What an approval is bound to.
    package var digest = Digest256()
    /// What was found out later; nil for nothing.
    package var outcome: ReviewOutcome?

    package init() {}
  }

  package let facts: Facts

  package init(_ facts: Facts) { self.facts = facts }

  package static func == (a: ReviewStanding, b: ReviewStanding) -> Bool { a.facts == b.facts }

  package func hash(into hasher: inout Hasher) { hasher.combine(facts) }
}

/// Raw values stand in the journal and are never renumbered.
package enum ProposalState: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case open = 1
  /// A reveal that may be used, an adjustment that is posted.
  case confirmed = 2
  case expired = 3
}

package struct Proposal: Hashable, Sendable {
  package var id: ProposalID
  package var subject: ProposalSubject
  package var state: ProposalState
  package var proposer: Label
  package var confirmations: [Approval]
  package var createTime: Timestamp
  /// Of an open one: until when it may be confirmed; of a confirmed reveal: until when it may be used.
  package var validUntil: Timestamp
  /// What a confirmation is bound to.
  package var digest: Digest256
  package var lastSequence: UInt64

  package init(
    id: ProposalID, subject: ProposalSubject, state: ProposalState, proposer: Label, confirmations: [Approval],
    createTime: Timestamp, validUntil: Timestamp, digest: Digest256, lastSequence: UInt64
  ) {
    self.id = id
    self.subject = subject
    self.state = state
    self.proposer = proposer
    self.confirmations = confirmations
    self.createTime = createTime
    self.validUntil = validUntil
    self.digest = digest
    self.lastSequence = lastSequence
  }
}

/// The rules that decisions go by.
package struct RulesStanding: Hashable, Sendable {
  package var version: UInt32
  package var digest: Digest256
  package var activeSince: Timestamp
  /// 0: none were ever activated.
  package var lastSequence: UInt64

  package init(version: UInt32, digest: Digest256, activeSince: Timestamp, lastSequence: UInt64) {
    self.version = version
    self.digest = digest
    self.activeSince = activeSince
    self.lastSequence = lastSequence
  }
}
