extension LedgerState {
  func decide(_ command: ChangeList, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }
  func decide(_ command: ActivateRules, _ policy: any Policy, _ time: Timestamp) -> Decision {
    .rejected(.nothingToChange)
  }

  mutating func evolve(_ fact: ListChanged, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }

  mutating func evolve(_ fact: RulesActivated, _ moment: Moment) throws(CorruptRecord) -> UInt64? { throw .tableFull }
}
