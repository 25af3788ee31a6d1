import LedgerCore
import Testing

/// What two people may decide, on which facts, and that the channel's fee is not forgotten.
@Suite struct PayoutVerdictTests {
  /// eve proposes "not paid"; then the channel says that 90 of 100 left; cai confirms: another attempt would pay twice.
  @Test(arguments: [DoubtVerdict.notPaid, .failed])
  func aVerdictIsOnTheChannelsLatestWord(verdict: DoubtVerdict) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .inDoubt)
    let proposal = try #require(try ledger.doubt(id, verdict).proposal)
    try ledger.tell(id, .paid, paid: 900)
    #expect(ledger.stateOf(id) == .inDoubt && ledger.attempts(id).last?.state == .mismatch)
    let moved = try ledger.moved {
      let answer = try ledger.confirm(proposal, by: cai)
      #expect(answer.refusal == .digestOutdated)
    }
    #expect(moved == [:] && ledger.stateOf(id) == .inDoubt && ledger.due().isEmpty)
    try ledger.requireWhole()
  }

  /// Any word of the channel's is news: also one that only adds its number.
  @Test func anyNewsOutdatesAProposal() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .inDoubt)
    let proposal = try #require(try ledger.doubt(id, .paid, paid: payoutNet).proposal)
    try ledger.tell(id, .unknown, reference: "bill-7")
    #expect(try ledger.confirm(proposal, by: cai).refusal == .digestOutdated)
    // What changes nothing outdates nothing.
    let again = try #require(try ledger.doubt(id, .paid, paid: payoutNet).proposal)
    #expect(try ledger.tell(id, .unknown).rejection == .nothingToChange)
    #expect(try ledger.confirm(again, by: cai).proposal?.state == .confirmed)
    #expect(ledger.stateOf(id) == .paid)
  }

  @Test(arguments: [DoubtVerdict.notPaid, .failed])
  func moneyThatIsKnownToHaveLeftIsNotDeniedByPeople(verdict: DoubtVerdict) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .paid, paid: 900)
    #expect(try ledger.doubt(id, verdict).refusal == .moneyHasLeft(paid: 900))
    // A mismatch of which nothing is known to have left: people know better.
    let nothing = try ledger.payout(in: .processing)
    try ledger.tell(nothing, .mismatch, paid: 0, fee: 0)
    #expect(try ledger.resolve(nothing, verdict).proposal?.state == .confirmed)
    try ledger.requireWhole()
  }

  /// Float after the verdict = funding - paid - fee.
  @Test func peopleDoNotForgetTheChannelsFee() throws {
    let rows: [(String, told: Int64?, reserved: Int64, fee: Int64)] = [
      ("no word of it: what was reserved", nil, 5, 5), ("the proof tells another", 8, 5, 8),
      ("the proof tells none", 0, 5, 5), ("nothing reserved", nil, 0, 0),
    ]
    for (name, told, reserved, fee) in rows {
      for verdict in [DoubtVerdict.paid, .strayed] {
        let ledger = try Ledger.paying()
        try ledger.fund("fresh", 5_000)
        let id = try ledger.submitPayout()
        try ledger.begin(id, on: "fresh", fee: reserved)
        if let told { try ledger.tell(id, .paid, paid: 900, fee: told) } else { try ledger.tell(id, .unknown) }
        try ledger.resolve(id, verdict, paid: 900)
        #expect(ledger.stateOf(id) == (verdict == .paid ? .paid : .failed), "\(name)")
        let float = ledger.channel("fresh")?.floats.first
        #expect(float?.available == 5_000 - 900 - fee && float?.feesPosted == fee, "\(name) \(verdict)")
        try ledger.requireSound("\(name) \(verdict)")
        try ledger.requireWhole("\(name) \(verdict)")
      }
    }
  }

  /// A late proof tells the fee with the amount.
  @Test func aStrayPaymentTakesItsFeeAlong() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .failed)
    let moved = try ledger.moved { try ledger.tell(id, .paid, fee: 7) }
    #expect(
      moved == [
        .suspense: FourSums(debits: payoutNet), .channelFee: FourSums(debits: 7),
        .float: FourSums(credits: payoutNet + 7),
      ])
    try ledger.requireSound("stray")
    try ledger.requireWhole("stray")
  }

  /// What no book can hold is for people, and is not asked about for ever: the fee is left out.
  @Test func figuresThatNoBookCanHoldAreForPeople() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    let moved = try ledger.moved {
      let answer = try ledger.tell(id, .paid, fee: .max)
      #expect(answer.isDone)
    }
    #expect(moved == [:])
    #expect(ledger.stateOf(id) == .inDoubt)
    let attempt = try #require(ledger.attempts(id).last)
    #expect(attempt.state == .mismatch && attempt.paidMinorUnits == payoutNet && attempt.channelFeeMinorUnits == 0)
    #expect(try ledger.tell(id, .paid, fee: .max).rejection == .nothingToChange)
    try ledger.requireWhole("mismatch")
    #expect(try ledger.resolve(id, .paid, paid: payoutNet).proposal?.state == .confirmed)
    #expect(ledger.stateOf(id) == .paid)
    // So is a mismatch's own.
    let other = try ledger.payout(in: .processing)
    try ledger.tell(other, .paid, paid: 900, fee: .max)
    #expect(ledger.attempts(other).last?.channelFeeMinorUnits == 0)
    #expect(try ledger.resolve(other, .paid, paid: 900).proposal?.state == .confirmed)
    try ledger.requireSound("paid")
    try ledger.requireWhole("paid")
  }

  @Test func aStrayPaymentThatNoBookCanHoldBlocks() throws {
    let ledger = try Ledger.paying()
    let first = try ledger.payout(in: .failed)
    let id = try ledger.payout(in: .actionRequired)
    // The amount can be held, with its fee it cannot.
    #expect(try ledger.tell(first, .paid, paid: .max - payoutNet, fee: .max).isDone)
    #expect(ledger.channel("alpha")?.floats.first?.feesPosted == 0)
    let moved = try ledger.moved {
      let answer = try ledger.tell(id, .paid, paid: .max)
      #expect(answer.isDone)
    }
    #expect(moved == [:])
    #expect(ledger.attempts(id).last?.isStray == true && ledger.withdrawal(id)?.payout?.facts.isBlocked == true)
    #expect(try ledger.tell(id, .paid, paid: .max).rejection == .nothingToChange)
    #expect(try ledger.retry(id).refusal == .payoutBlocked)
    try ledger.requireSound("stray")
    try ledger.requireWhole("stray")
    try ledger.resolve(id, .notPaid)
    #expect(try ledger.retry(id).withdrawal?.state == .approved)
    try ledger.requireWhole("let go")
  }
}
