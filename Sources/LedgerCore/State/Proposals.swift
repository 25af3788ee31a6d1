extension LedgerState {
  func decide(_ command: Propose, _ policy: any Policy, _ time: Timestamp) -> Decision { .rejected(.nothingToChange) }
  func decide(_ command: ConfirmProposal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: RecordReveal, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }

  mutating func evolve(_ fact: Proposed, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: ProposalConfirmed, _ moment: Moment) throws(CorruptRecord) -> UInt64? {
    throw .tableFull
  }

  mutating func evolve(_ fact: PayeeRevealed, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }
}
