extension LedgerState {
  /// A withdrawal enters PENDING_REVIEW.
  mutating func openReview(_ withdrawal: UInt64, _ screening: Screening, _ moment: Moment) {
    let nothing = labels.append(.none)
    reviews.add(
      ReviewAct(
        review: reviews.row(of: withdrawal), kind: .opened, figure: screening.checkers, person: nothing, note: nothing,
        time: moment.time, sequence: moment.sequence, due: screening.reviewDue))
  }

  /// A withdrawal left PENDING_REVIEW.
  mutating func closeReview(_ withdrawal: UInt64) { reviews.close(reviews.find(withdrawal)) }
}

extension LedgerState {
  func decideExpiry(_ time: Timestamp) -> Decision { .rejected(.nothingDue) }

  func decide(_ command: AmendWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: ReviewWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: HoldWithdrawal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: ReportOutcome, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }

  mutating func evolve(_ fact: ReviewActed, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: HoldChanged, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: WithdrawalAmended, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    throw .tableFull
  }

  mutating func evolve(_ fact: ReviewExpired, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: OutcomeReported, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }
}
