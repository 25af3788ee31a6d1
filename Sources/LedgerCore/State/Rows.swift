internal import Digests

// Rows of the tables, packed into whole words without padding. A stored ordinal of 0 means "none".

/// A namespace of request ids. Staff's is namespace 0 and has no row here; partner n is namespace n.
struct PartnerRow: BitwiseCopyable {
  var label: LabelArena.Reference
  var newestWithdrawal: UInt64 = 0
}

/// How many refusals a namespace has had recorded in the hour of record time that it was refused in last.
struct RefusalMeter: BitwiseCopyable {
  /// One hour: long enough to stop a flood, short enough that a mended caller goes on the same day.
  static let windowMicroseconds: Int64 = 3_600_000_000

  private(set) var window: Int64 = 0
  private(set) var count: Int64 = 0

  static func window(at time: Timestamp) -> Int64 { time.microseconds / windowMicroseconds }

  func count(at time: Timestamp) -> Int64 { Self.window(at: time) == window ? count : 0 }

  /// Time from `time` to the next window.
  static func restMicroseconds(at time: Timestamp) -> Int64 {
    windowMicroseconds - time.microseconds % windowMicroseconds
  }

  mutating func add(at time: Timestamp) {
    count = count(at: time) + 1
    window = Self.window(at: time)
  }

  init() {}

  init(window: Int64, count: Int64) {
    self.window = window
    self.count = count
  }
}

struct AgentRow: BitwiseCopyable {
  var partner: UInt64
  var label: LabelArena.Reference
  var createTime: Timestamp
  var createSequence: UInt64
  var firstAccount: UInt64 = 0
  var newestWithdrawal: UInt64 = 0
  var newestEntry: UInt64 = 0
}

/// An agent's available account in one currency.
struct AccountRow: BitwiseCopyable {
  var agent: UInt64
  var book: UInt64
  var balances = Balances()
  var lastSequence: UInt64 = 0
  var nextOfAgent: UInt64 = 0
  var usage = LimitUsage()
}

/// The house's accounts in one currency.
struct BookRow: BitwiseCopyable {
  var currency: Currency
  /// custody:bank
  var custody = Balances()
  /// payout:clearing
  var clearing = Balances()
  /// income:withdrawal_fee
  var feeIncome = Balances()
  /// suspense: the other side of adjustments, and what nobody can explain yet.
  var suspense = Balances()
  /// The sum of all floats: our money at channels.
  var floats = Balances()
  /// The sum of expense:channel_fee.
  var channelFees = Balances()
  /// Money that an appeal is about: the sum of agents' disputed accounts.
  var disputed = Balances()
  /// The sum of all agents' available accounts.
  var agents = Balances()
}

struct DepositRow: BitwiseCopyable {
  var account: UInt64
  var amount: Int64
  var externalReference: LabelArena.Reference
  var time: Timestamp
  var sequence: UInt64
}

struct WithdrawalRow: BitwiseCopyable {
  /// Account ordinal (40 bits), epoch (8), state now (8), state entered at once (8).
  private var packed: UInt64
  var amount: Int64
  var fee: Int64
  var createTime: Timestamp
  var createSequence: UInt64
  var payee: LabelArena.Reference
  /// Of the request that submitted it.
  var requestID: LabelArena.Reference
  var previousOfAgent: UInt64
  var previousOfPartner: UInt64
  /// Events after the first two, which are SUBMITTED and `firstState` at `createTime`.
  var firstEvent: UInt64 = 0
  var lastEvent: UInt64 = 0

  init(
    account: UInt64, epoch: UInt8, firstState: WithdrawalState, amount: Int64, fee: Int64, createTime: Timestamp,
    createSequence: UInt64, payee: LabelArena.Reference, requestID: LabelArena.Reference, previousOfAgent: UInt64,
    previousOfPartner: UInt64
  ) {
    packed = account << 24 | UInt64(epoch) << 16 | UInt64(firstState.rawValue) << 8 | UInt64(firstState.rawValue)
    self.amount = amount
    self.fee = fee
    self.createTime = createTime
    self.createSequence = createSequence
    self.payee = payee
    self.requestID = requestID
    self.previousOfAgent = previousOfAgent
    self.previousOfPartner = previousOfPartner
  }

  var account: UInt64 { packed >> 24 }
  var epoch: UInt8 { UInt8(truncatingIfNeeded: packed >> 16) }
  var firstState: WithdrawalState { Self.state(packed) }
  var state: WithdrawalState {
    get { Self.state(packed >> 8) }
    set { packed = packed & ~0xFF00 | UInt64(newValue.rawValue) << 8 }
  }

  private static func state(_ bits: UInt64) -> WithdrawalState {
    // Only `init` and the setter write these bits, from the enum itself.
    guard let state = WithdrawalState(rawValue: UInt8(truncatingIfNeeded: bits)) else {
      preconditionFailure("a stored withdrawal state is no state")
    }
    return state
  }
}

/// A change of a withdrawal after its submit.
struct EventRow: BitwiseCopyable {
  /// Withdrawal ordinal (40 bits), state entered (8).
  private let packed: UInt64
  let time: Timestamp
  let sequence: UInt64
  var next: UInt64 = 0

  init(withdrawal: UInt64, state: WithdrawalState, time: Timestamp, sequence: UInt64) {
    packed = withdrawal << 8 | UInt64(state.rawValue)
    self.time = time
    self.sequence = sequence
  }

  var withdrawal: UInt64 { packed >> 8 }
  var state: WithdrawalState {
    // Only `init` writes these bits, from the enum itself.
    guard let state = WithdrawalState(rawValue: UInt8(truncatingIfNeeded: packed)) else {
      preconditionFailure("a stored event state is no state")
    }
    return state
  }
}

/// One movement of an agent's account; amount, time and sequence are those of its subject.
struct EntryRow: BitwiseCopyable {
  /// Raw values stand in snapshots and are never renumbered.
  enum Kind: UInt8 {
    /// Subject: a deposit.
    case deposit = 1
    /// Subject: a withdrawal.
    case held = 2
    /// Subject: the event that released it.
    case released = 3
    /// Subject: a withdrawal; in points.
    case heldPoints = 4
    /// Subject: the event that released it; in points.
    case releasedPoints = 5
    /// Subject: a proposal.
    case adjusted = 10
    /// Subject: an attempt that was paid; in points.
    case tookPoints = 11
    /// Subject: a funding.
    case funded = 20
    /// Subject: an attempt.
    case reserved = 21
    /// Subject: an attempt.
    case unreserved = 22
    /// Subject: an attempt.
    case settled = 23
    /// Subject: an attempt.
    case feeRefunded = 24
    /// Subject: an aftermath.
    case returned = 25
    /// Subject: an aftermath.
    case strayed = 26
    /// Subject: an aftermath: the fee of what came back.
    case feeRefundedLater = 27
    /// Subject: an aftermath.
    case strayReturned = 28
    /// Subject: an appeal.
    case disputed = 30
    /// Subject: an appeal that was upheld with money.
    case awarded = 31
    /// Subject: an appeal: all that was disputed went back.
    case disputeRejected = 32
  }

  private let packed: UInt64
  /// Of those that its agent sees; what only moves money between other accounts is not among them.
  var previousOfAgent: UInt64

  init(_ kind: Kind, subject: UInt64, previousOfAgent: UInt64) {
    packed = subject << 8 | UInt64(kind.rawValue)
    self.previousOfAgent = previousOfAgent
  }

  var subject: UInt64 { packed >> 8 }
  var kind: Kind {
    // Only `init` writes these bits, from the enum itself.
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: packed)) else {
      preconditionFailure("a stored entry kind is no kind")
    }
    return kind
  }
}

struct RefusalRow: BitwiseCopyable {
  let partner: UInt64
  let method: RequestRefused.Method
  let refusal: Refusal
  let sequence: UInt64
}

/// What is kept of a request for ever.
struct RequestRow: BitwiseCopyable {
  /// What it led to. Raw values stand in snapshots and are never renumbered.
  enum Outcome: UInt8 {
    /// Subject: an agent.
    case agentCreated = 1
    /// Subject: a deposit.
    case deposited = 2
    /// Subject: a withdrawal.
    case submitted = 3
    /// Subject: a withdrawal.
    case cancelled = 4
    /// Subject: a refusal.
    case refused = 5
    /// Subject: an agent.
    case agentUpdated = 6
    /// Subject: an agent.
    case agentVerified = 7
    /// Subject: a payee account.
    case payeeCreated = 8
    /// Subject: a payee account.
    case payeeVerified = 9
    /// Subject: a payee account.
    case payeeErased = 10
    /// Subject: an act of a review.
    case reviewActed = 20
    /// Subject: a proposal.
    case proposed = 21
    /// Subject: a proposal.
    case proposalConfirmed = 22
    /// Subject: a reveal.
    case payeeRevealed = 23
    /// Subject: a change of the lists.
    case listChanged = 24
    /// Subject: a line of the rules log.
    case rulesActivated = 25
    /// Subject: a channel.
    case channelChanged = 30
    /// Subject: a withdrawal.
    case reworked = 31
    /// Subject: a withdrawal.
    case cancelBegun = 32
    /// Subject: an appeal.
    case appealCreated = 33
    /// Subject: an appeal.
    case appealActed = 34
  }

  let id: LabelArena.Reference
  private let content0: UInt64
  private let content1: UInt64
  let namespace: UInt64
  private let packed: UInt64

  init(
    id: LabelArena.Reference, content: Fingerprint128, namespace: UInt64, outcome: Outcome, subject: UInt64
  ) {
    self.id = id
    content0 = content.first
    content1 = content.second
    self.namespace = namespace
    packed = subject << 8 | UInt64(outcome.rawValue)
  }

  var content: Fingerprint128 { Fingerprint128(first: content0, second: content1) }
  var subject: UInt64 { packed >> 8 }
  var outcome: Outcome {
    // Only `init` writes these bits, from the enum itself.
    guard let outcome = Outcome(rawValue: UInt8(truncatingIfNeeded: packed)) else {
      preconditionFailure("a stored request outcome is no outcome")
    }
    return outcome
  }
}
