// Rows of appeals. A stored ordinal of 0 means "none".

struct AppealRow: BitwiseCopyable {
  let withdrawal: UInt64
  let kind: AppealKind
  var state = AppealState.open
  let epoch: UInt8
  var evidenceCount: UInt16 = 0
  let disputed: Int64
  var awarded: Int64 = 0
  let text: LabelArena.Reference
  var answer = LabelArena.Reference.none
  var assignee = LabelArena.Reference.none
  let createTime: Timestamp
  let createSequence: UInt64
  let firstAnswerDue: Timestamp
  var firstAnswerTime = Timestamp(microseconds: 0)
  var resolveTime = Timestamp(microseconds: 0)
  var resolveSequence: UInt64 = 0
  var lastSequence: UInt64
  var newestEvidence: UInt64 = 0
  /// About the same withdrawal.
  let previous: UInt64
  /// Of the first appeal about a withdrawal: the newest about it.
  var newest: UInt64 = 0

  var due: Timestamp { createTime.advanced(by: AppealLimits.resolveMicroseconds) }

  init(
    withdrawal: UInt64, kind: AppealKind, epoch: UInt8, disputed: Int64, text: LabelArena.Reference,
    createTime: Timestamp, createSequence: UInt64, firstAnswerDue: Timestamp, previous: UInt64
  ) {
    self.withdrawal = withdrawal
    self.kind = kind
    self.epoch = epoch
    self.disputed = disputed
    self.text = text
    self.createTime = createTime
    self.createSequence = createSequence
    self.firstAnswerDue = firstAnswerDue
    self.previous = previous
    lastSequence = createSequence
  }
}

struct EvidenceRow: BitwiseCopyable {
  let appeal: UInt64
  let person: LabelArena.Reference
  let note: LabelArena.Reference
  let hash: LabelArena.Reference
  let time: Timestamp
  let sequence: UInt64
  let previous: UInt64
}
