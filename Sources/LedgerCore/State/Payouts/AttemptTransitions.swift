// What results make of a withdrawal. One table for deciding, applying and reading snapshots.
extension LedgerState {
  /// Entered by a result for the open attempt; nil where the withdrawal stays where it is.
  /// - Parameters:
  ///   - hasTriesLeft: another attempt may be made without a person.
  ///   - isCancelAsked: somebody asked to cancel this attempt, whatever state it is in by now.
  static func state(
    after result: AttemptState, from state: WithdrawalState, hasTriesLeft: Bool, isCancelAsked: Bool
  ) -> WithdrawalState? {
    let entered: WithdrawalState
    switch result {
    case .sent: return nil
    case .accepted: entered = state == .inDoubt ? .processing : state
    case .awaitingPayee: entered = .awaitingPayee
    case .unknown, .mismatch: entered = .inDoubt
    case .paid: entered = .paid
    // Whoever asked for a cancel has it, whatever kept the money with us.
    case .payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled, .lapsed:
      entered =
        state == .cancelling || isCancelAsked ? .cancelled : self.state(afterFailure: result, from: state, hasTriesLeft)
    }
    return entered == state ? nil : entered
  }

  private static func state(
    afterFailure result: AttemptState, from state: WithdrawalState, _ hasTriesLeft: Bool
  ) -> WithdrawalState {
    switch result {
    case .tryAgain, .tryElsewhere:
      hasTriesLeft && (state == .processing || state == .inDoubt) ? .approved : .actionRequired
    case .refused: .failed
    case .payeeFailure, .cancelled, .lapsed, .sent, .accepted, .awaitingPayee, .unknown, .mismatch, .paid:
      .actionRequired
    }
  }

  /// The same for the withdrawal as it stands.
  func state(after result: AttemptState, _ withdrawal: UInt64) -> WithdrawalState? {
    Self.state(
      after: result, from: withdrawals[withdrawal].state, hasTriesLeft: hasTriesLeft(withdrawal),
      isCancelAsked: payouts.rows[withdrawal].isCancelAsked)
  }

  /// Whether a record may tell that state. Records from before a cancel outlived doubt tell the one without it.
  func mayEnter(_ entered: WithdrawalState?, after result: AttemptState, _ withdrawal: UInt64) -> Bool {
    entered == state(after: result, withdrawal)
      || entered
        == Self.state(
          after: result, from: withdrawals[withdrawal].state, hasTriesLeft: hasTriesLeft(withdrawal),
          isCancelAsked: false)
  }

  /// Ordinals of the withdrawal and of the attempt that a key names; nil when there is no such attempt.
  func findAttempt(_ key: PayoutKey) -> (withdrawal: UInt64, attempt: UInt64)? {
    guard let withdrawal = findWithdrawal(key.withdrawal, in: .all) else { return nil }
    var attempt = payouts.rows[withdrawal].newestAttempt
    while attempt != 0, attempts[attempt].number != key.attempt { attempt = attempts[attempt].previous }
    return attempt == 0 ? nil : (withdrawal, attempt)
  }

  /// The open attempt; 0 for none.
  func openAttempt(_ withdrawal: UInt64) -> UInt64 {
    let newest = payouts.rows[withdrawal].newestAttempt
    return newest != 0 && attempts[newest].state.isOpen ? newest : 0
  }

  func payoutKey(ofAttempt attempt: UInt64) -> PayoutKey {
    PayoutKey(withdrawalID(attempts[attempt].withdrawal), attempt: attempts[attempt].number)
  }

  func hasTriesLeft(_ withdrawal: UInt64) -> Bool {
    let row = payouts.rows[withdrawal]
    return row.tries < PayoutLimits.attemptsMaximum && row.attempts < PayoutKey.attemptMaximum
  }

  /// What of the fee is given back when it is paid at `time`: a promise of minutes that was not kept costs nothing.
  func refundForDelay(_ withdrawal: UInt64, paidAt time: Timestamp) -> Int64 {
    let row = withdrawals[withdrawal]
    let terms = screenings[withdrawal].screening(fee: row.fee).terms
    guard terms.speed != .nextDay, time > terms.expectedArrival else { return 0 }
    return row.fee - payouts.rows[withdrawal].feeRefunded
  }

  /// The queue that a withdrawal belongs to by its state.
  mutating func enterLane(_ withdrawal: UInt64) {
    payouts.move(withdrawal, to: laneKey(withdrawal))
  }

  func laneKey(_ withdrawal: UInt64) -> LaneKey {
    switch withdrawals[withdrawal].state {
    // While it is held or blocked nobody sends it; then it waits anew.
    case .approved: isHeld(withdrawal) || payouts.rows[withdrawal].isBlocked ? .none : screenings[withdrawal].laneKey
    case .processing, .awaitingPayee, .inDoubt, .cancelling: .open
    case .actionRequired: .action
    case .submitted, .pendingReview, .rejected, .expired, .cancelled, .paid, .confirmed, .returned, .failed: .none
    }
  }
}

extension ScreeningRow {
  var laneKey: LaneKey { .due(speed, on: settlementDay) }
}
