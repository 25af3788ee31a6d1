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
