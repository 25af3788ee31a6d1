// What nobody decided in time is given back.
extension LedgerState {
  /// The review that is due longest; of those due at the same time, the oldest.
  func decideExpiry(_ time: Timestamp) -> Decision {
    let review = reviews.firstDue
    guard review != 0, reviews.rows[review].due <= time else { return .rejected(.nothingDue) }
    let withdrawal = reviews.rows[review].withdrawal
    return .record(
      .reviewExpired(ReviewExpired(partner: partnerLabel(withdrawal), id: withdrawalID(withdrawal))))
  }

  mutating func evolve(_ fact: ReviewExpired, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    let withdrawal = try requireWithdrawal(fact.id, of: findPartner(fact.partner))
    let review = reviews.find(withdrawal)
    guard review != 0, reviews.rows[review].isOpen, reviews.rows[review].hold == 0,
      reviews.rows[review].due <= moment.time
    else { throw .reviewAct(fact.id) }
    try requireReleasable(withdrawal, to: .expired)

    _ = release(withdrawal, to: .expired, moment)
    return nil
  }
}
