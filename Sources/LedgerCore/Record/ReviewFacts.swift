package import Digests

/// What a person did with a withdrawal in review. Raw values of `Kind` stand in the journal and are never renumbered.
package struct RecordedAction: Sendable, Hashable {
  package enum Kind: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
    case claim = 1
    case release = 2
    case approve = 3
    case reject = 4
    case requestInformation = 5
    case escalate = 6
  }
  package var kind: Kind
  /// A reason or what is asked; `Label.none` where the action has none.
  package var note: Label
  /// Approved; zero for the others.
  package var digest: Digest256

  package init(kind: Kind, note: Label = .none, digest: Digest256 = Digest256()) {
    self.kind = kind
    self.note = note
    self.digest = digest
  }
}

/// An action of a person; the last approval and a rejection also change the state.
package struct ReviewActed: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: WithdrawalID
  package var action: RecordedAction
  /// Entered by it; nil for none. REJECTED voids H1 and H2.
  package var state: WithdrawalState?

  package init(key: RequestKey, partner: Label, id: WithdrawalID, action: RecordedAction, state: WithdrawalState?) {
    self.key = key
    self.partner = partner
    self.id = id
    self.action = action
    self.state = state
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(action)
    out.write(state?.rawValue ?? 0)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
    action = try input.readAction()
    state = try input.readStateOrNone()
  }
}

package struct HoldChanged: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: WithdrawalID
  package var isHeld: Bool
  package var reason: Label

  package init(key: RequestKey, partner: Label, id: WithdrawalID, isHeld: Bool, reason: Label) {
    self.key = key
    self.partner = partner
    self.id = id
    self.isHeld = isHeld
    self.reason = reason
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(isHeld)
    out.write(reason)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
    isHeld = try input.readBool()
    reason = try input.readLabel()
  }
}

/// Another payee, screened again; approvals are void.
package struct WithdrawalAmended: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: WithdrawalID
  package var payee: Label
  package var screening: Screening
  /// Entered by it. REJECTED voids H1 and H2.
  package var state: WithdrawalState

  package init(
    key: RequestKey, partner: Label, id: WithdrawalID, payee: Label, screening: Screening, state: WithdrawalState
  ) {
    self.key = key
    self.partner = partner
    self.id = id
    self.payee = payee
    self.screening = screening
    self.state = state
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(payee)
    out.write(screening)
    out.write(state.rawValue)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
    payee = try input.readLabel()
    screening = try input.readScreening()
    state = try input.readState()
  }
}

/// Nobody decided in time. Voids H1 and H2.
package struct ReviewExpired: Sendable, Hashable {
  package var partner: Label
  package var id: WithdrawalID

  package init(partner: Label, id: WithdrawalID) {
    self.partner = partner
    self.id = id
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
  }

  init(from input: inout ByteReader, partner: Label) throws(CodecError) {
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
  }
}

/// Several subjects at once, as bits.
package struct ListSubjects: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
  package init(_ subjects: [ListSubject]) {
    rawValue = subjects.reduce(0) { $0 | 1 << $1.rawValue }
  }
  package func contains(_ subject: ListSubject) -> Bool { rawValue & 1 << subject.rawValue != 0 }
}

/// What was found out about a withdrawal later, and what of it enters the black list.
package struct OutcomeReported: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: WithdrawalID
  package var outcome: ReviewOutcome
  package var listed: ListSubjects
  package var note: Label

  package init(
    key: RequestKey, partner: Label, id: WithdrawalID, outcome: ReviewOutcome, listed: ListSubjects, note: Label
  ) {
    self.key = key
    self.partner = partner
    self.id = id
    self.outcome = outcome
    self.listed = listed
    self.note = note
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(outcome.rawValue)
    out.write(listed.rawValue)
    out.write(note)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = WithdrawalID(rawValue: try input.read(UInt64.self))
    outcome = try input.readEnum(ReviewOutcome.self)
    listed = ListSubjects(rawValue: try input.read(UInt8.self))
    note = try input.readLabel()
  }
}
