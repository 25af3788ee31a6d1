package import Digests

/// Posted: Dr suspense / Cr disputed, of what it is about.
package struct AppealCreated: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: AppealID
  package var withdrawal: WithdrawalID
  package var kind: AppealKind
  package var disputedMinorUnits: Int64
  package var firstAnswerDue: Timestamp
  package var text: Label

  package init(
    key: RequestKey, partner: Label, id: AppealID, withdrawal: WithdrawalID, kind: AppealKind,
    disputedMinorUnits: Int64, firstAnswerDue: Timestamp, text: Label
  ) {
    self.key = key
    self.partner = partner
    self.id = id
    self.withdrawal = withdrawal
    self.kind = kind
    self.disputedMinorUnits = disputedMinorUnits
    self.firstAnswerDue = firstAnswerDue
    self.text = text
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    out.write(withdrawal.rawValue)
    out.write(kind.rawValue)
    out.write(disputedMinorUnits)
    out.write(firstAnswerDue.microseconds)
    out.write(text)
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = AppealID(rawValue: try input.read(UInt64.self))
    withdrawal = WithdrawalID(rawValue: try input.read(UInt64.self))
    kind = try input.readEnum(AppealKind.self)
    disputedMinorUnits = try input.read(Int64.self)
    firstAnswerDue = Timestamp(microseconds: try input.read(Int64.self))
    text = try input.readLabel()
  }
}

/// Resolved: Dr disputed / Cr available of what is awarded, Dr disputed / Cr suspense of the rest.
package struct AppealActed: Sendable, Hashable {
  package var key: RequestKey
  package var partner: Label
  package var id: AppealID
  package var action: AppealAction

  package init(key: RequestKey, partner: Label, id: AppealID, action: AppealAction) {
    self.key = key
    self.partner = partner
    self.id = id
    self.action = action
  }

  private enum Tag {
    static let addEvidence: UInt8 = 1
    static let assign: UInt8 = 2
    static let resolve: UInt8 = 3
  }

  func encode(into out: inout ByteWriter) {
    out.write(id.rawValue)
    switch action {
    case .addEvidence(let note, let hash):
      out.write(Tag.addEvidence)
      out.write(note)
      out.writeOrNone(hash)
    case .assign(let assignee):
      out.write(Tag.assign)
      out.write(assignee)
    case .resolve(let isUpheld, let awarded, let answer):
      out.write(Tag.resolve)
      out.write(isUpheld)
      out.write(awarded)
      out.write(answer)
    }
  }

  init(from input: inout ByteReader, key: RequestKey, partner: Label) throws(CodecError) {
    self.key = key
    self.partner = partner
    id = AppealID(rawValue: try input.read(UInt64.self))
    let start = input.offset
    switch try input.read(UInt8.self) {
    case Tag.addEvidence: action = .addEvidence(note: try input.readLabel(), hash: try input.readLabelOrNone())
    case Tag.assign: action = .assign(to: try input.readLabel())
    case Tag.resolve:
      action = .resolve(
        isUpheld: try input.readBool(), awardedMinorUnits: try input.read(Int64.self), answer: try input.readLabel())
    case let other: throw CodecError(.value(other), at: start)
    }
  }
}
