package enum AppealLimits {
  /// Within which an agent hears from a person.
  package static let firstAnswerMicroseconds: Int64 = 24 * 3_600 * 1_000_000
  /// The same for agents with a large turnover.
  package static let vipFirstAnswerMicroseconds: Int64 = 4 * 3_600 * 1_000_000
  /// Minor units in a month above which an agent is one of those.
  package static let vipMonthMinorUnits: Int64 = 50_000_000
  /// Within which an appeal is to be resolved.
  package static let resolveMicroseconds: Int64 = 48 * 3_600 * 1_000_000
  /// Pieces of evidence of one appeal: more is a case for e-mail.
  package static let evidenceMaximum: UInt16 = 32
  /// Appeals about one withdrawal, one after the other.
  package static let perWithdrawalMaximum: UInt16 = 8
}

/// What an agent complains of. Raw values are those of the wire enum and of the journal, never renumbered.
package enum AppealKind: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// PAID, and the payee has nothing.
  case notArrived = 1
  case wrongAmount = 2
  /// It came, but later than promised.
  case late = 3
  case fee = 4
  case other = 5
}

/// Raw values are those of the wire enum and of the journal, never renumbered.
package enum AppealState: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  case open = 1
  /// A person is at it.
  case assigned = 2
  case upheld = 3
  case rejected = 4

  package var isOpen: Bool { self == .open || self == .assigned }
}

package struct CreateAppeal: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var withdrawal: WithdrawalID
  package var kind: AppealKind
  /// Minor units that it is about, 0 for none; they are frozen until it is resolved.
  package var disputedMinorUnits: Int64
  package var text: Label
  package init(
    key: RequestKey, scope: Scope, withdrawal: WithdrawalID, kind: AppealKind, disputedMinorUnits: Int64, text: Label
  ) {
    self.key = key
    self.scope = scope
    self.withdrawal = withdrawal
    self.kind = kind
    self.disputedMinorUnits = disputedMinorUnits
    self.text = text
  }
}

/// What is done with an appeal.
package enum AppealAction: Hashable, Sendable {
  /// - Parameter hash: SHA-256 of a document, 64 hexadecimal digits; `Label.none` for none.
  case addEvidence(note: Label, hash: Label)
  /// To the caller, by name: nobody is given one. The first one is the first answer.
  case assign(to: Label)
  /// What is awarded is posted to the agent; the rest goes back where it came from.
  case resolve(isUpheld: Bool, awardedMinorUnits: Int64, answer: Label)
}

package struct ActOnAppeal: Sendable {
  package var key: RequestKey
  package var scope: Scope
  package var appeal: AppealID
  package var action: AppealAction
  package init(key: RequestKey, scope: Scope, appeal: AppealID, action: AppealAction) {
    self.key = key
    self.scope = scope
    self.appeal = appeal
    self.action = action
  }
}

/// An appeal as it stands.
package struct Appeal: Hashable, Sendable {
  package struct Evidence: Hashable, Sendable {
    /// `Label.none`: the partner.
    package var person: Label
    package var time: Timestamp
    package var note: Label
    /// 64 hexadecimal digits; `Label.none` for none.
    package var hash: Label

    package init(person: Label, time: Timestamp, note: Label, hash: Label) {
      self.person = person
      self.time = time
      self.note = note
      self.hash = hash
    }
  }

  package var id: AppealID
  package var partner: Label
  package var agent: Label
  package var withdrawal: WithdrawalID
  package var kind: AppealKind
  package var state: AppealState
  package var disputed: Money
  /// Minor units; 0 while it is not upheld.
  package var awardedMinorUnits: Int64
  package var text: Label
  /// Oldest first.
  package var evidence: [Evidence]
  /// `Label.none` while nobody is at it.
  package var assignee: Label
  package var createTime: Timestamp
  package var firstAnswerDue: Timestamp
  package var due: Timestamp
  /// 1970 while nobody answered.
  package var firstAnswerTime: Timestamp
  /// 1970 while it is open.
  package var resolveTime: Timestamp
  /// A clock went over while it was open.
  package var isEscalated: Bool
  /// Words to the agent; `Label.none` while it is open.
  package var answer: Label
  package var lastSequence: UInt64

  package init(
    id: AppealID, partner: Label, agent: Label, withdrawal: WithdrawalID, kind: AppealKind, state: AppealState,
    disputed: Money, awardedMinorUnits: Int64, text: Label, evidence: [Evidence], assignee: Label,
    createTime: Timestamp, firstAnswerDue: Timestamp, due: Timestamp, firstAnswerTime: Timestamp,
    resolveTime: Timestamp, isEscalated: Bool, answer: Label, lastSequence: UInt64
  ) {
    self.id = id
    self.partner = partner
    self.agent = agent
    self.withdrawal = withdrawal
    self.kind = kind
    self.state = state
    self.disputed = disputed
    self.awardedMinorUnits = awardedMinorUnits
    self.text = text
    self.evidence = evidence
    self.assignee = assignee
    self.createTime = createTime
    self.firstAnswerDue = firstAnswerDue
    self.due = due
    self.firstAnswerTime = firstAnswerTime
    self.resolveTime = resolveTime
    self.isEscalated = isEscalated
    self.answer = answer
    self.lastSequence = lastSequence
  }
}

/// Open ones are listed by when they are due, then the others, newest first.
package struct AppealFilter: Sendable {
  /// nil: of all partners.
  package var partner: Label?
  package var openOnly: Bool
  package var escalatedOnly: Bool
  /// Where the page before ended, as its answer told; nil for the start.
  package var after: UInt64?
  package var limit: Int
  package init(partner: Label?, openOnly: Bool, escalatedOnly: Bool, after: UInt64?, limit: Int) {
    self.partner = partner
    self.openOnly = openOnly
    self.escalatedOnly = escalatedOnly
    self.after = after
    self.limit = limit
  }
}
