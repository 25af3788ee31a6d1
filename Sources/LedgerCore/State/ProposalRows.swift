/// What one person proposed, and perhaps another confirmed.
struct ProposalRow: BitwiseCopyable {
  /// Raw values stand in snapshots and are never renumbered.
  enum Kind: UInt8 {
    /// Subject: a payee account.
    case revealPayee = 1
    /// Subject: an agent.
    case adjustment = 2
    /// Subject: a withdrawal; the reason is the hash of the evidence.
    case doubtPaid = 3
    case doubtNotPaid = 4
    case doubtFailed = 5
    case doubtStrayed = 6

    init(_ verdict: DoubtVerdict) {
      self =
        switch verdict {
        case .paid: .doubtPaid
        case .notPaid: .doubtNotPaid
        case .failed: .doubtFailed
        case .strayed: .doubtStrayed
        }
    }

    /// nil where it is about no doubt.
    var verdict: DoubtVerdict? {
      switch self {
      case .revealPayee, .adjustment: nil
      case .doubtPaid: .paid
      case .doubtNotPaid: .notPaid
      case .doubtFailed: .failed
      case .doubtStrayed: .strayed
      }
    }
  }

  let kind: Kind
  let epoch: UInt8
  /// Of the person who confirmed; 0 while nobody did.
  var confirmerRole: UInt8 = 0
  /// Of an adjustment or a doubt, else 0.
  let currency: Currency
  let subject: UInt64
  /// Of an adjustment: minor units, positive for the agent. Of a doubt: what left. Else 0.
  let amount: Int64
  /// Of an adjustment; empty for a reveal.
  let reason: LabelArena.Reference
  let proposer: LabelArena.Reference
  let createTime: Timestamp
  let createSequence: UInt64
  /// Empty while nobody confirmed.
  var confirmer: LabelArena.Reference
  var confirmTime = Timestamp(microseconds: 0)
  /// 0 while nobody confirmed.
  var confirmSequence: UInt64 = 0
  /// Of an adjustment that is posted: the account; else 0.
  var account: UInt64 = 0
  var lastSequence: UInt64

  init(
    kind: Kind, epoch: UInt8, subject: UInt64, amount: Int64, currency: Currency, reason: LabelArena.Reference,
    proposer: LabelArena.Reference, nobody: LabelArena.Reference, createTime: Timestamp, createSequence: UInt64
  ) {
    self.kind = kind
    self.epoch = epoch
    self.subject = subject
    self.amount = amount
    self.currency = currency
    self.reason = reason
    self.proposer = proposer
    confirmer = nobody
    self.createTime = createTime
    self.createSequence = createSequence
    lastSequence = createSequence
  }
}

/// Somebody was shown what a proposal revealed.
struct RevealRow: BitwiseCopyable {
  let proposal: UInt64
  let person: LabelArena.Reference
  let sequence: UInt64
}
