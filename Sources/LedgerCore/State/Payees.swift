extension LedgerState {
  func decide(_ command: CreatePayee, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: RecordPayeeVerification, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: ErasePayee, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }

  mutating func evolve(_ fact: PayeeCreated, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: PayeeVerified, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: PayeeErased, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }
}
