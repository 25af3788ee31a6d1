import LedgerCore
import Testing

/// Money that comes back: of what was paid, of what strayed, and of what appeals gave already.
@Suite struct PayoutReturnTests {
  /// Whatever is awarded before, the agent has what was owed, once.
  @Test(arguments: [1, 900, payoutNet, payoutAmount] as [Int64])
  func aReturnAfterAnAwardBringsTheRest(awarded: Int64) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .paid)
    let appeal = try ledger.awarded(id, disputed: awarded, awarded: awarded)
    #expect(ledger.available("a") == 1_000_000 - payoutAmount + awarded)
    let rest = max(0, payoutNet - awarded)
    let moved = try ledger.moved { try ledger.giveBack(id) }
    var expected: Books = [
      .float: FourSums(debits: payoutNet), .agent: FourSums(credits: rest),
      .suspense: FourSums(credits: payoutNet - rest),
    ]
    expected = expected.filter { $0.value != FourSums() }
    #expect(moved == expected)
    #expect(ledger.available("a") == 1_000_000 - payoutAmount + max(awarded, payoutNet))
    #expect(ledger.stateOf(id) == .returned)
    guard
      case .entries(let entries, _) = ledger.ask(
        .entries(partner: label("p"), agent: label("a"), before: nil, limit: 2)
      ).0
    else { throw Unexpected(.done) }
    #expect(entries.first?.kind == .withdrawalReturned(id) && entries.first?.amount == fen(rest))
    #expect(entries.last?.kind == .appealAwarded(appeal))
    try ledger.requireSound("\(awarded)")
    try ledger.requireWhole("\(awarded)")
  }

  /// Several appeals, one after the other; the one that is open gets nothing any more.
  @Test func anAwardAfterAReturnIsRefused() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .confirmed)
    _ = try ledger.awarded(id, disputed: 300, awarded: 100)
    _ = try ledger.awarded(id, disputed: 50, awarded: 50)
    let open = try #require(try ledger.appeal(id, .notArrived, disputed: 800).appeal)
    try ledger.assign(open.id, to: eve, by: eve)
    try ledger.giveBack(id)
    #expect(ledger.available("a") == 1_000_000 - payoutFee)
    #expect(try ledger.resolve(open.id, awarded: 1, by: cai).refusal == .appealNotPossible(state: .returned))
    let upheld = try #require(try ledger.resolve(open.id, awarded: 0, by: cai).appeal)
    #expect(upheld.state == .upheld && upheld.awardedMinorUnits == 0)
    #expect(ledger.available("a") == 1_000_000 - payoutFee)
    // All that left came back: nothing is frozen, and suspense has what was given out of it.
    #expect(ledger.books()[.suspense].map { $0.debits - $0.credits } == 0)
    try ledger.requireSound("returned")
    try ledger.requireWhole("returned")
  }

  /// People accepted that another amount left: what comes back is that amount, and the agent has what was owed.
  @Test(arguments: [1, 900, payoutNet + 30] as [Int64])
  func whatCameBackIsComparedWithWhatWasPaid(paid: Int64) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .paid, paid: paid)
    try ledger.resolve(id, .paid, paid: paid)
    for wrong in [paid - 1, paid + 1, payoutNet] {
      #expect(try ledger.giveBack(id, wrong).rejection == .returnDiffers(paid: paid), "\(wrong)")
    }
    let moved = try ledger.moved {
      let answer = try ledger.giveBack(id, paid)
      #expect(answer.isDone)
    }
    #expect(
      moved == [
        .float: FourSums(debits: paid), .agent: FourSums(credits: payoutNet),
        .suspense: FourSums(debits: max(0, payoutNet - paid), credits: max(0, paid - payoutNet)),
      ])
    #expect(ledger.stateOf(id) == .returned && ledger.available("a") == 1_000_000 - payoutFee)
    #expect(ledger.books()[.suspense].map { $0.debits - $0.credits } == 0)
    #expect(try ledger.giveBack(id, paid).rejection == .nothingToChange)
    try ledger.requireSound("\(paid)")
    try ledger.requireWhole("\(paid)")
  }

  /// Less was paid, an appeal gave what was missing, and then the payment came back.
  @Test func whatAnAppealMadeGoodIsNotGivenTwice() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .paid, paid: 900)
    try ledger.resolve(id, .paid, paid: 900)
    _ = try ledger.awarded(id, disputed: 70, awarded: 70)
    try ledger.giveBack(id, 900)
    #expect(ledger.available("a") == 1_000_000 - payoutFee)
    #expect(ledger.books()[.suspense].map { $0.debits - $0.credits } == 0)
    try ledger.requireWhole()
  }

  /// It had left suspense for the float; the withdrawal stays what it is, and blocked.
  @Test func strayMoneyThatComesBackIsBooked() throws {
    for byPeople in [false, true] {
      let ledger = try Ledger.paying()
      let id = try ledger.payout(in: .inDoubt)
      if byPeople {
        try ledger.resolve(id, .strayed, paid: 990)
      } else {
        try ledger.tell(id, .payeeFailure)
        try ledger.tell(id, .paid, paid: 990)
      }
      let state = try #require(ledger.stateOf(id))
      #expect(try ledger.giveBack(id).rejection == .returnDiffers(paid: 990))
      let moved = try ledger.moved {
        let answer = try ledger.giveBack(id, 990)
        #expect(answer.isDone)
      }
      #expect(moved == [.float: FourSums(debits: 990), .suspense: FourSums(credits: 990)])
      #expect(ledger.stateOf(id) == state && ledger.attempts(id).last?.isStray == true)
      #expect(ledger.withdrawal(id)?.payout?.facts.isBlocked == !byPeople)
      #expect(ledger.withdrawal(id)?.lastSequence == ledger.state.lastSequence)
      // Once.
      #expect(try ledger.giveBack(id, 990).rejection == .nothingToChange)
      #expect(try ledger.tell(id, .paid, paid: 990).rejection == .nothingToChange)
      try ledger.requireSound("\(byPeople)")
      try ledger.requireWhole("\(byPeople)")
    }
  }

  /// A statement with another sum confirms nothing, before and after.
  @Test func anotherSumConfirmsNothing() throws {
    let ledger = try Ledger.paying()
    for state in [WithdrawalState.paid, .confirmed] {
      let id = try ledger.payout(in: state)
      for sum in [payoutNet - 1, payoutNet + 1, 0, .min, .max] {
        #expect(try ledger.confirmArrival(id, sum).rejection == .resultConflicts, "\(state) \(sum)")
      }
    }
  }

  /// A statement that is read again tells nothing new, and that is no payment that is missing here.
  @Test func aLineThatWasSeenIsToldFromOneThatIsNotPaid() throws {
    let ledger = try Ledger.paying()
    for state in [WithdrawalState.confirmed, .returned] {
      let id = try ledger.payout(in: state)
      #expect(try ledger.confirmArrival(id).rejection == .alreadyConfirmed, "\(state)")
    }
    for state in [WithdrawalState.processing, .inDoubt, .failed, .actionRequired] {
      #expect(try ledger.confirmArrival(ledger.payout(in: state)).rejection == .nothingToChange, "\(state)")
    }
  }
}

extension Ledger {
  /// An appeal that eve looks into and cai upholds.
  func awarded(_ id: WithdrawalID, disputed: Int64, awarded: Int64) throws -> AppealID {
    let appeal = try #require(try self.appeal(id, .notArrived, disputed: disputed).appeal)
    try assign(appeal.id, to: eve, by: eve)
    let upheld = try #require(try resolve(appeal.id, awarded: awarded, by: cai).appeal)
    #expect(upheld.awardedMinorUnits == awarded)
    return appeal.id
  }
}
