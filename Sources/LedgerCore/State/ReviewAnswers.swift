// Reviews and the risk log as they are asked for.
extension LedgerState {
  /// Open reviews, oldest first; `after` is the `next` of the page before. Rests on everything so far: that a review is not
  /// shown any more was learnt too.
  func answerReviews(_ filter: ReviewFilter, at time: Timestamp) -> (Answer, UInt64) {
    let limit = min(max(filter.limit, 1), AnswerLimits.itemsMaximum)
    var found: [Withdrawal] = []
    var scanned = 0
    var review =
      filter.after.map { after in
        let row = withdrawals.contains(after) ? reviews.find(after) : 0
        return row == 0 ? 0 : row + 1
      } ?? reviews.oldestOpen
    var last: UInt64 = 0
    while reviews.rows.contains(review), found.count < limit, scanned < AnswerLimits.rowsScannedMaximum {
      let row = reviews.rows[review]
      scanned += 1
      last = row.withdrawal
      if row.isOpen {
        if matches(filter, row, time) { found.append(withdrawal(row.withdrawal)) }
        review = row.nextOpen
      } else {
        // Decided since the page before: the next open one lies behind it.
        review = reviews.newestOpen > review ? review + 1 : 0
      }
    }
    return (.withdrawals(found, next: reviews.rows.contains(review) ? last : nil), lastSequence)
  }

  private func matches(_ filter: ReviewFilter, _ row: ReviewRow, _ time: Timestamp) -> Bool {
    guard row.isEscalated || !filter.escalatedOnly else { return false }
    guard withdrawals[row.withdrawal].amount >= filter.minimumMinorUnits else { return false }
    if let partner = filter.partner, partner != partnerLabel(row.withdrawal) { return false }
    guard let person = filter.claimedBy else { return true }
    guard row.claim != 0 else { return false }
    let claim = reviews.acts[row.claim]
    return labels.holds(person, at: claim.person) && time < Self.end(ofClaim: claim)
  }

  /// Withdrawals that risk did not approve at once, or that were reported later, oldest first.
  func answerRiskLog(after: UInt64?, limit: Int) -> (Answer, UInt64) {
    let limit = min(max(limit, 1), AnswerLimits.itemsMaximum)
    var ordinal = (after ?? 0) &+ 1
    var found: [Withdrawal] = []
    var sequence: UInt64 = 0
    var scanned = 0
    while withdrawals.contains(ordinal), found.count < limit, scanned < AnswerLimits.rowsScannedMaximum {
      sequence = max(sequence, lastSequence(ofWithdrawal: ordinal))
      if isInRiskLog(ordinal) { found.append(withdrawal(ordinal)) }
      scanned += 1
      ordinal += 1
    }
    return (.withdrawals(found, next: withdrawals.contains(ordinal) ? ordinal - 1 : nil), sequence)
  }

  private func isInRiskLog(_ withdrawal: UInt64) -> Bool {
    // A withdrawal in review had such a verdict once, whatever another payee changed.
    if withdrawals[withdrawal].firstState != .approved { return true }
    let review = reviews.find(withdrawal)
    return review != 0 && reviews.rows[review].outcome != 0
  }
}
