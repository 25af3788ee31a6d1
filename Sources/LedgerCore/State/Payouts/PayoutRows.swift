// Rows of channels, of our money there, and of attempts. A stored ordinal of 0 means "none".

/// A channel that staff did something with, or that paid something.
struct ChannelRow: BitwiseCopyable {
  let label: LabelArena.Reference
  var state = ChannelState.enabled
  var reason = LabelArena.Reference.none
  var lastSequence: UInt64 = 0
}

/// Our money at a channel in one currency, and what the channel took for its work.
struct FloatRow: BitwiseCopyable {
  let channel: UInt64
  let book: UInt64
  /// An asset: its debits are what there is.
  var balances = Balances()
  /// expense:channel_fee
  var fees = Balances()

  /// Not below zero; were it so, nothing would be available.
  var available: Int64 {
    let (credits, overflow) = balances.creditsPosted.addingReportingOverflow(balances.creditsPending)
    return overflow ? 0 : max(0, balances.debitsPosted - credits)
  }
}

struct FundingRow: BitwiseCopyable {
  let float: UInt64
  let amount: Int64
  let reference: LabelArena.Reference
  let time: Timestamp
  let sequence: UInt64
}

struct AttemptRow: BitwiseCopyable {
  /// Withdrawal ordinal (40 bits), number (8), state (8), reason (8).
  private var packed: UInt64
  let float: UInt64
  /// Channel fee reserved with the net amount.
  let reservedFee: Int64
  let beginTime: Timestamp
  let beginSequence: UInt64
  /// Of the last result; once it is closed, of what closed it.
  var updateTime: Timestamp
  var updateSequence: UInt64
  var reference = LabelArena.Reference.none
  var code = LabelArena.Reference.none
  var paid: Int64 = 0
  var channelFee: Int64 = 0
  /// Of the withdrawal's fee, given back when it was paid.
  var refund: Int64 = 0
  /// What happened after it was closed, the newest.
  var aftermath: UInt64 = 0
  /// What the payee confirms with, while that may be needed.
  var confirmation: UInt64 = 0
  /// Of the same withdrawal.
  let previous: UInt64

  init(
    withdrawal: UInt64, number: UInt8, float: UInt64, reservedFee: Int64, time: Timestamp, sequence: UInt64,
    previous: UInt64
  ) {
    packed = withdrawal << 24 | UInt64(number) << 16 | UInt64(AttemptState.sent.rawValue) << 8
    self.float = float
    self.reservedFee = reservedFee
    beginTime = time
    beginSequence = sequence
    updateTime = time
    updateSequence = sequence
    self.previous = previous
  }

  var withdrawal: UInt64 { packed >> 24 }
  var number: UInt8 { UInt8(truncatingIfNeeded: packed >> 16) }
  var state: AttemptState {
    get {
      // Only the initializer and the setter write these bits, from the enum itself.
      guard let state = AttemptState(rawValue: UInt8(truncatingIfNeeded: packed >> 8)) else {
        preconditionFailure("a stored attempt state is no state")
      }
      return state
    }
    set { packed = packed & ~0xFF00 | UInt64(newValue.rawValue) << 8 }
  }
  var reason: PayoutReason {
    get {
      // As above.
      guard let reason = PayoutReason(rawValue: UInt8(truncatingIfNeeded: packed)) else {
        preconditionFailure("a stored payout reason is no reason")
      }
      return reason
    }
    set { packed = packed & ~0xFF | UInt64(newValue.rawValue) }
  }
}

/// What happened to an attempt after it was closed.
struct AftermathRow: BitwiseCopyable {
  /// Raw values stand in snapshots and are never renumbered.
  enum Kind: UInt8 {
    /// Paid, and the money came back.
    case returned = 1
    /// Counted as failed, and the money left.
    case strayed = 2
    /// What had strayed came back.
    case strayReturned = 3
  }

  let kind: Kind
  let reason: PayoutReason
  let attempt: UInt64
  /// What left, or came back.
  let amount: Int64
  /// Of the withdrawal's fee, given back with it.
  let refund: Int64
  /// What the channel took for what strayed; else 0.
  var channelFee: Int64 = 0
  /// What the agent got of a return; else 0.
  var toAgent: Int64 = 0
  let reference: LabelArena.Reference
  let code: LabelArena.Reference
  let time: Timestamp
  let sequence: UInt64
}

/// How paying a withdrawal stands: one row for each, by the same ordinal.
struct PayoutRow: BitwiseCopyable {
  var newestAttempt: UInt64 = 0
  /// Of the last record about its payout; 0 for none.
  var lastSequence: UInt64 = 0
  /// Given back so far, minor units.
  var feeRefunded: Int64 = 0
  /// Of ACTION_REQUIRED: it fails then. Of AWAITING_PAYEE: the payee may confirm until then. Else 1970.
  var deadline = Timestamp(microseconds: 0)
  /// Neighbours in its lane.
  var previous: UInt64 = 0
  var next: UInt64 = 0
  var lane = LaneKey.none
  var attempts: UInt8 = 0
  /// Attempts since people last had a say: submit, or rework.
  var tries: UInt8 = 0
  /// Money left for an attempt that counts as failed.
  var isBlocked = false
  /// Somebody asked to cancel while the newest attempt was open: whatever the channel says in between, that decides its end.
  /// Snapshots do not tell it: it follows from the states that the withdrawal went through.
  var isCancelAsked = false
}
