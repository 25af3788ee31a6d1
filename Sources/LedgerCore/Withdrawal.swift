/// The states of design.md; raw values are those of the wire enum and of the journal, never renumbered.
///
///     submit -> APPROVED | PENDING_REVIEW | REJECTED
///     PENDING_REVIEW -> APPROVED | REJECTED | EXPIRED
///     APPROVED, PENDING_REVIEW, ACTION_REQUIRED -> CANCELLED
///     APPROVED -> PROCESSING | PENDING_REVIEW
///     PROCESSING, AWAITING_PAYEE, IN_DOUBT, CANCELLING -> one of the other three | PAID | ACTION_REQUIRED | FAILED
///     PROCESSING, IN_DOUBT -> APPROVED
///     AWAITING_PAYEE -> CANCELLING -> CANCELLED
///     ACTION_REQUIRED -> APPROVED | PENDING_REVIEW | REJECTED | FAILED
///     PAID -> CONFIRMED
///     PAID, CONFIRMED -> RETURNED
package enum WithdrawalState: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case submitted = 1
  case pendingReview = 2
  case approved = 3
  case rejected = 4
  case expired = 5
  case cancelled = 6
  case processing = 7
  case awaitingPayee = 8
  case inDoubt = 9
  case actionRequired = 10
  case cancelling = 11
  case paid = 12
  case confirmed = 13
  case returned = 14
  case failed = 15

  /// No transition leaves it. PAID and CONFIRMED still may become RETURNED.
  package var isFinal: Bool {
    switch self {
    case .rejected, .expired, .cancelled, .returned, .failed: true
    case .submitted, .pendingReview, .approved, .processing, .awaitingPayee, .inDoubt, .actionRequired, .cancelling,
      .paid, .confirmed:
      false
    }
  }

  /// A cancel succeeds at once, because no channel has it; of AWAITING_PAYEE it begins, and the channel decides.
  package var isCancelable: Bool {
    switch self {
    case .pendingReview, .approved, .actionRequired, .awaitingPayee: true
    case .submitted, .rejected, .expired, .cancelled, .processing, .inDoubt, .cancelling, .paid, .confirmed, .returned,
      .failed:
      false
    }
  }
}

package struct TimelineEntry: Hashable, Sendable {
  package let state: WithdrawalState
  package let time: Timestamp
  package init(state: WithdrawalState, time: Timestamp) {
    self.state = state
    self.time = time
  }
}

/// Entries oldest first. The first six live in place, which is every withdrawal that meets no trouble.
package struct Timeline: Sendable, Hashable {
  package static let inPlace = 6
  private var first: InlineArray<6, TimelineEntry>
  private var rest: [TimelineEntry] = []
  package private(set) var count = 0

  package init() {
    first = InlineArray(repeating: TimelineEntry(state: .submitted, time: Timestamp(microseconds: 0)))
  }

  package mutating func append(_ entry: TimelineEntry) {
    if count < Self.inPlace { first[count] = entry } else { rest.append(entry) }
    count += 1
  }

  package subscript(_ index: Int) -> TimelineEntry {
    index < Self.inPlace ? first[index] : rest[index - Self.inPlace]
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && (0..<a.count).allSatisfy { a[$0] == b[$0] }
  }

  package func hash(into hasher: inout Hasher) {
    for i in 0..<count { hasher.combine(self[i]) }
  }
}

/// A withdrawal as it stands, copied out of the state.
package struct Withdrawal: Sendable, Hashable {
  package var id: WithdrawalID
  package var partner: Label
  package var agent: Label
  package var payee: Label
  package var requestID: Label
  package var state: WithdrawalState
  package var amount: Money
  /// Minor units of the amount's currency; net = amount - fee.
  package var feeMinorUnits: Int64
  package var createTime: Timestamp
  package var updateTime: Timestamp
  /// Sequence of the record that changed it last; also its etag.
  package var lastSequence: UInt64
  package var timeline: Timeline
  package var screening: Screening
  /// nil where there never was anything to review, hold or report.
  package var review: ReviewStanding?
  /// nil where no payout was ever tried.
  package var payout: PayoutStanding?

  package var netMinorUnits: Int64 { amount.minorUnits - feeMinorUnits }

  package init(
    id: WithdrawalID, partner: Label, agent: Label, payee: Label, requestID: Label, state: WithdrawalState,
    amount: Money, feeMinorUnits: Int64, createTime: Timestamp, updateTime: Timestamp, lastSequence: UInt64,
    timeline: Timeline, screening: Screening, review: ReviewStanding? = nil, payout: PayoutStanding? = nil
  ) {
    self.id = id
    self.partner = partner
    self.agent = agent
    self.payee = payee
    self.requestID = requestID
    self.state = state
    self.amount = amount
    self.feeMinorUnits = feeMinorUnits
    self.createTime = createTime
    self.updateTime = updateTime
    self.lastSequence = lastSequence
    self.timeline = timeline
    self.screening = screening
    self.review = review
    self.payout = payout
  }
}
