extension LedgerState {
  func decide(_ command: UpdateAgent, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: RecordVerification, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }

  mutating func evolve(_ fact: AgentUpdated, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: AgentVerified, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }
}
