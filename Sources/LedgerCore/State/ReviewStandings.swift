internal import Digests

// What there is to say of a withdrawal's review, as callers know it.
extension LedgerState {
  /// Compliance holds it, and it can still be held back.
  func isHeld(_ withdrawal: UInt64) -> Bool {
    let review = reviews.find(withdrawal)
    return review != 0 && reviews.rows[review].hold != 0 && !withdrawals[withdrawal].state.isFinal
  }

  /// Of the newest act; 0 when there was none. What is seen of a withdrawal rests on it too.
  func lastAct(ofWithdrawal withdrawal: UInt64) -> (sequence: UInt64, time: Timestamp)? {
    let review = reviews.find(withdrawal)
    guard review != 0 else { return nil }
    let act = reviews.acts[reviews.rows[review].newest]
    return (act.sequence, act.time)
  }

  /// nil where there never was anything to review, hold or report.
  func reviewStanding(_ withdrawal: UInt64) -> ReviewStanding? {
    let review = reviews.find(withdrawal)
    guard review != 0 else { return nil }
    let row = reviews.rows[review]
    var facts = ReviewStanding.Facts()
    facts.required = row.required
    facts.approvals = reviews.approvals(review).map { approval(reviews.acts[$0]) }
    facts.due = row.due
    if row.claim != 0, row.isOpen {
      let claim = reviews.acts[row.claim]
      facts.claimedBy = labels.label(claim.person)
      facts.claimedUntil = Self.end(ofClaim: claim)
    }
    facts.isEscalated = row.isEscalated
    if row.isOpen { facts.informationNote = note(row.question) }
    if isHeld(withdrawal) { facts.holdReason = note(row.hold) }
    facts.rejectionReason = note(row.rejection)
    if row.required > 0 { facts.digest = reviewDigest(withdrawal, version: row.version) }
    facts.outcome = ReviewOutcome(rawValue: row.outcome)
    return ReviewStanding(facts)
  }

  static func end(ofClaim claim: ReviewAct) -> Timestamp { claim.time.advanced(by: ReviewLimits.claimMicroseconds) }

  private func note(_ act: UInt64) -> Label { act == 0 ? .none : labels.label(reviews.acts[act].note) }

  private func approval(_ act: ReviewAct) -> Approval {
    // Only `addAct` and the snapshot reader store roles, both from the enum itself.
    guard let role = StaffRole(rawValue: act.role) else { preconditionFailure("a stored approval without a role") }
    return Approval(person: labels.label(act.person), role: role, time: act.time)
  }

  /// What an approval is bound to: SHA-256 of
  ///
  ///     "settle review 1\0", ledger id 16 bytes, withdrawal id u64, amount (currency u32, minor units i64), fee i64,
  ///     points i64, payee label, risk result as in records, rules version u32, version u64
  ///
  /// The version is the sequence of the submit or of the last amend. Approvals are no part of it, or the second person
  /// could never approve what the first did.
  func reviewDigest(_ withdrawal: UInt64, version: UInt64) -> Digest256 {
    let row = withdrawals[withdrawal]
    let screening = screenings[withdrawal].screening(fee: row.fee)
    return Digest256(capacity: 512) { out in
      for byte in "settle review 1\0".utf8 { out.write(byte) }
      out.write(ledgerID)
      out.write(withdrawalID(withdrawal).rawValue)
      out.write(Money(minorUnits: row.amount, currency: books[accounts[row.account].book].currency))
      out.write(row.fee)
      out.write(screening.terms.points)
      out.write(labels.label(row.payee))
      out.write(screening.risk)
      out.write(screening.rulesVersion)
      out.write(version)
    }
  }
}
