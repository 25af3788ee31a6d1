internal import Digests

/// What an agent may do, and what was found out about it: one row for each agent, by the same ordinal.
struct StandingRow: BitwiseCopyable {
  /// Agent ordinal; 0 at the top.
  var parent: UInt64 = 0
  /// `LabelArena.Reference.none`: the tier that the rules give to all.
  var tier = LabelArena.Reference.none
  var limits = LimitOverride()
  /// `LabelArena.Reference.none` before the first check.
  var maskedName = LabelArena.Reference.none
  /// Keyed hash of the checked name; zero before the first check.
  var nameHash = Fingerprint128()
  var idHash = Fingerprint128()
  var sealed = SealedArena.Reference.none
  /// Of the record that changed the agent last.
  var lastSequence: UInt64
  var newestPayee: UInt64 = 0
  /// Accounts that are not erased.
  var openPayees: UInt32 = 0
  var openViolations: UInt16 = 0
  var creditGrade = CreditGrade.normal
  /// The most levels of agents that were ever below it. Strictly more than that of every agent right below, which shows
  /// that there are no loops; less than `AgentLimits.levelsMaximum`.
  var levelsBelow: UInt8 = 0
  private var bits: UInt8 = 0

  init(lastSequence: UInt64) { self.lastSequence = lastSequence }

  private static let frozenBit: UInt8 = 0x80

  var isFrozen: Bool {
    get { bits & Self.frozenBit != 0 }
    set { bits = newValue ? bits | Self.frozenBit : bits & ~Self.frozenBit }
  }

  /// Elements of the real-name check that passed.
  var verified: VerifiedElements {
    get { VerifiedElements(rawValue: bits & ~Self.frozenBit) }
    set { bits = bits & Self.frozenBit | newValue.rawValue & ~Self.frozenBit }
  }
}

/// A payee account.
struct PayeeRow: BitwiseCopyable {
  let agent: UInt64
  let numberHash: Fingerprint128
  let nameHash: Fingerprint128
  let maskedNumber: LabelArena.Reference
  let maskedName: LabelArena.Reference
  let bank: LabelArena.Reference
  /// Of the request that created it.
  var requestID: LabelArena.Reference
  let sealed: SealedArena.Reference
  let createTime: Timestamp
  let createSequence: UInt64
  var lastSequence: UInt64
  let previousOfAgent: UInt64
  /// The account before it with the same number, of any agent.
  let previousWithNumber: UInt64
  /// Of the first account with a number, which is the one that the index finds: the newest. 0 for all others.
  var newestWithNumber: UInt64
  let epoch: UInt8
  let rail: Rail
  var state: Payee.State
}
