package import Digests

/// Gives a withdrawal another payee, where information was asked for; it is screened again and approvals are void.
package struct AmendWithdrawal: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var id: WithdrawalID
  package var payee: Label
  /// nil: whatever its version.
  package var expectedSequence: UInt64?
  package init(key: RequestKey, scope: Scope, id: WithdrawalID, payee: Label, expectedSequence: UInt64?) {
    self.key = key
    self.scope = scope
    self.id = id
    self.payee = payee
    self.expectedSequence = expectedSequence
  }
}

/// What a person does with a withdrawal in review.
package enum ReviewAction: Hashable, Sendable {
  /// For `ReviewLimits.claimMicroseconds` others are told who is at it.
  case claim
  case release
  /// - Parameter digest: of what the person saw.
  case approve(digest: Digest256)
  case reject(reason: Label)
  /// Pauses the clock and lets the partner amend.
  case requestInformation(note: Label)
  /// Compliance must be among the approvers then.
  case escalate(reason: Label)
}

package enum ReviewLimits {
  /// How long a claim holds: enough to look into one withdrawal, short enough that a forgotten one blocks nobody for long.
  package static let claimMicroseconds: Int64 = 15 * 60 * 1_000_000
  /// How long the partner has to answer what it was asked: over a weekend. What was left for those who decide is kept.
  package static let informationMicroseconds: Int64 = 72 * 3_600 * 1_000_000
  /// How long a proposal waits for its confirmations.
  package static let proposalMicroseconds: Int64 = 24 * 3_600 * 1_000_000
  /// How long a confirmed reveal may be used.
  package static let revealMicroseconds: Int64 = 5 * 60 * 1_000_000
}

package struct ReviewWithdrawal: Sendable {
  package var key: RequestKey
  package var id: WithdrawalID
  package var action: ReviewAction
  package init(key: RequestKey, id: WithdrawalID, action: ReviewAction) {
    self.key = key
    self.id = id
    self.action = action
  }
}

/// Compliance stops or lets go a withdrawal that is not final.
package struct HoldWithdrawal: Sendable {
  package var key: RequestKey
  package var id: WithdrawalID
  package var isHeld: Bool
  package var reason: Label
  package init(key: RequestKey, id: WithdrawalID, isHeld: Bool, reason: Label) {
    self.key = key
    self.id = id
    self.isHeld = isHeld
    self.reason = reason
  }
}

/// What was found out about a withdrawal later. Raw values stand in the journal and are never renumbered.
package enum ReviewOutcome: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// It was honest after all.
  case cleared = 1
  case fraud = 2
  case stolenCard = 3
  case laundering = 4

  package var isAbnormal: Bool {
    switch self {
    case .cleared: false
    case .fraud, .stolenCard, .laundering: true
    }
  }
}

/// Teaches the profile and the lists.
package struct ReportOutcome: Sendable {
  package var key: RequestKey
  package var id: WithdrawalID
  package var outcome: ReviewOutcome
  /// What of the withdrawal enters the black list, without an end.
  package var listed: [ListSubject]
  package var note: Label
  package init(key: RequestKey, id: WithdrawalID, outcome: ReviewOutcome, listed: [ListSubject], note: Label) {
    self.key = key
    self.id = id
    self.outcome = outcome
    self.listed = listed
    self.note = note
  }
}
