import LedgerCore
import Testing

/// Results that come late, twice or otherwise than they should, and what people decide about them.
@Suite struct PayoutDoubtTests {
  private func isStray(_ ledger: Ledger, _ id: WithdrawalID) -> [Bool] { ledger.attempts(id).map(\.isStray) }

  private static func stray(_ paid: Int64) -> Books {
    [
      .suspense: FourSums(debits: paid), .channelFee: FourSums(debits: channelFee),
      .float: FourSums(credits: paid + channelFee),
    ]
  }

  @Test func aResultThatIsToldAgainChangesNothing() throws {
    let ledger = try Ledger.paying()
    let results: [AttemptState] = [
      .accepted, .awaitingPayee, .unknown, .mismatch, .paid, .payeeFailure, .tryAgain, .tryElsewhere, .refused, .lapsed,
    ]
    for result in results {
      let id = try ledger.payout(in: .processing)
      try ledger.tell(id, result)
      let sequence = ledger.state.lastSequence
      #expect(try ledger.tell(id, result, source: .statement).rejection == .nothingToChange, "\(result)")
      #expect(ledger.state.lastSequence == sequence)
    }
    // A number that the channel tells later is news.
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .accepted)
    #expect(try ledger.tell(id, .accepted, reference: "bill-1").isDone)
    #expect(try ledger.tell(id, .accepted, reference: "bill-1").rejection == .nothingToChange)
    #expect(ledger.attempts(id).last?.channelReference == label("bill-1"))
    // What says less takes nothing away.
    try ledger.tell(id, .unknown)
    #expect(ledger.attempts(id).last?.channelReference == label("bill-1"))
    try ledger.requireWhole()
  }

  /// P02: ok twice, also with other words; failure after ok; ok with another amount after ok.
  @Test func whatIsPaidStaysPaid() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .paid)
    let sequence = ledger.state.lastSequence
    #expect(try ledger.tell(id, .paid).rejection == .nothingToChange)
    for result in [AttemptState.accepted, .unknown, .awaitingPayee] {
      #expect(try ledger.tell(id, result).rejection == .nothingToChange, "\(result)")
    }
    let failures: [AttemptState] = [.payeeFailure, .tryAgain, .tryElsewhere, .refused, .cancelled, .lapsed]
    for result in failures { #expect(try ledger.tell(id, result).rejection == .resultConflicts, "\(result)") }
    #expect(try ledger.tell(id, .paid, paid: payoutNet + 1).rejection == .resultConflicts)
    #expect(try ledger.tell(id, .mismatch, paid: payoutNet).rejection == .resultConflicts)
    #expect(ledger.state.lastSequence == sequence)
    try ledger.requireWhole()
  }

  /// P02: ok after a failure changes no state: the money is in suspense, and nothing more is paid.
  @Test(arguments: [.tryElsewhere, .payeeFailure, .refused, .cancelled] as [AttemptState])
  func successAfterFailureIsStray(failure: AttemptState) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, failure)
    let state = try #require(ledger.stateOf(id))
    let moved = try ledger.moved { try ledger.tell(id, .paid, attempt: 1) }
    #expect(moved == Self.stray(payoutNet))
    #expect(ledger.stateOf(id) == state && isStray(ledger, id) == [true])
    #expect(ledger.withdrawal(id)?.payout?.facts.isBlocked == true)
    #expect(ledger.withdrawal(id)?.lastSequence == ledger.state.lastSequence)
    #expect(try ledger.tell(id, .paid, attempt: 1).rejection == .nothingToChange)
    #expect(ledger.due().isEmpty)
    if state == .approved { #expect(try ledger.begin(id).rejection == .payoutNotDue(state: .approved)) }
    if state == .actionRequired {
      #expect(try ledger.retry(id).refusal == .payoutBlocked)
      #expect(try ledger.amend(id, to: "other").refusal == .payoutBlocked)
      ledger.later(100 * hour)
      #expect(try ledger.perform(.lapseAction).rejection == .nothingDue)
    }
    if !state.isFinal { #expect(try ledger.cancel(id, request: "c").refusal == .payoutBlocked) }
    try ledger.requireWhole("blocked")
    // People let it go on.
    #expect(try ledger.resolve(id, .failed).refusal == .notInDoubt(state: state))
    #expect(try ledger.resolve(id, .paid, paid: payoutNet).refusal == .notInDoubt(state: state))
    let proposal = try #require(try ledger.doubt(id, .notPaid).proposal)
    #expect(try ledger.confirm(proposal, by: eve).refusal == .makerMayNotDecide)
    let unblocked = try ledger.moved { try ledger.confirm(proposal, by: cai) }
    #expect(unblocked == [:])
    #expect(ledger.stateOf(id) == state && ledger.withdrawal(id)?.payout?.facts.isBlocked == false)
    #expect(ledger.due().map(\.id) == (state == .approved ? [id] : []))
    #expect(try ledger.tell(id, .paid, attempt: 1).rejection == .nothingToChange)
    try ledger.requireWhole("let go")
  }

  /// Whatever leaves is booked, for each attempt once: also when the withdrawal is blocked already.
  @Test func everyStrayPaymentIsBooked() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .tryElsewhere)
    try ledger.begin(id, on: "beta")
    try ledger.tell(id, .tryElsewhere)
    #expect(try ledger.tell(id, .paid, attempt: 1).isDone)
    let moved = try ledger.moved(channel: "beta") { try ledger.tell(id, .paid, attempt: 2, paid: 900) }
    #expect(moved == Self.stray(900))
    #expect(isStray(ledger, id) == [true, true])
    try ledger.requireWhole()
  }

  @Test func aStrayPaymentBesideAnOpenAttempt() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .tryElsewhere)
    try ledger.begin(id, on: "beta")
    #expect(try ledger.tell(id, .paid, attempt: 1).isDone)
    #expect(ledger.stateOf(id) == .processing && ledger.open().map(\.id) == [id])
    // The other attempt goes on, and when it fails nothing begins.
    try ledger.tell(id, .tryAgain, attempt: 2)
    #expect(ledger.stateOf(id) == .approved && ledger.due().isEmpty)
    try ledger.requireWhole("failed")
    try ledger.resolve(id, .notPaid)
    try ledger.begin(id)
    try ledger.tell(id, .paid)
    #expect(ledger.stateOf(id) == .paid && isStray(ledger, id) == [true, false, false])
    try ledger.requireWhole("paid")
  }

  /// The way out where the payee has the money of a stray payment: compliance holds it, so that nothing goes out when it is
  /// let go, and cancels it; an adjustment takes the money from the agent and out of suspense.
  @Test func aStrayPaymentThatArrivedIsBookedOutOfSuspense() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .tryElsewhere)
    try ledger.tell(id, .paid, attempt: 1)
    try ledger.hold(id, true, by: cai)
    try ledger.resolve(id, .notPaid)
    #expect(ledger.due().isEmpty)
    let key = ledger.staffKey("compliance", cai, "cancel")
    let answer = try ledger.perform(
      .cancelWithdrawal(CancelWithdrawal(key: key, scope: .all, id: id, expectedSequence: nil)))
    #expect(answer.withdrawal?.state == .cancelled)
    let subject = ProposalSubject.adjustment(
      partner: label("p"), agent: label("a"), amount: fen(-payoutNet), reason: label("stray"))
    let proposal = try #require(try ledger.propose(subject, by: eve).proposal)
    try ledger.confirm(proposal, by: cai)
    #expect(ledger.books()[.suspense] == FourSums(debits: payoutNet, credits: payoutNet))
    #expect(ledger.balance("a")?.available == 1_000_000 - payoutNet)
    try ledger.requireWhole()
  }

  /// P03: another amount is no success and no failure: nothing but people end it.
  @Test(arguments: [1, payoutNet - 1, payoutNet + 1, 5 * payoutNet] as [Int64])
  func anotherAmountIsForPeople(paid: Int64) throws {
    for accepted in [true, false] {
      let ledger = try Ledger.paying()
      let id = try ledger.payout(in: .processing)
      let untouched = try ledger.moved { try ledger.tell(id, .paid, paid: paid) }
      #expect(untouched == [:])
      #expect(ledger.stateOf(id) == .inDoubt)
      #expect(ledger.attempts(id).last?.state == .mismatch && ledger.attempts(id).last?.paidMinorUnits == paid)
      for result in AttemptState.allCases where result != .sent {
        #expect(try ledger.tell(id, result).rejection == .nothingToChange, "\(result)")
      }
      ledger.later(1_000 * hour)
      #expect(try ledger.perform(.lapseAction).rejection == .nothingDue)
      #expect(try ledger.cancel(id, request: "c").refusal == .notCancelable(state: .inDoubt))
      try ledger.requireWhole("mismatch")
      let moved = try ledger.moved { try ledger.resolve(id, accepted ? .paid : .strayed, paid: paid) }
      if accepted {
        #expect(ledger.stateOf(id) == .paid)
        #expect(moved == Legs.paid(left: paid))
      } else {
        #expect(ledger.stateOf(id) == .failed && isStray(ledger, id) == [true])
        #expect(moved == Legs.reserved().negated + Legs.held().negated + Self.stray(paid))
        #expect(ledger.balance("a")?.available == 1_000_000)
        // The channel says the same again: it is booked.
        #expect(try ledger.tell(id, .paid, paid: paid).rejection == .nothingToChange)
      }
      try ledger.requireSound("\(paid) \(accepted)")
      try ledger.requireWhole("\(paid) \(accepted)")
    }
  }

  @Test func aDoubtNeedsTwoPeopleAndSomethingInDoubt() throws {
    let ledger = try Ledger.paying()
    for state in [WithdrawalState.approved, .processing, .awaitingPayee, .cancelling, .actionRequired, .paid, .failed] {
      let id = try ledger.payout(in: state)
      #expect(try ledger.doubt(id, .notPaid).refusal == .notInDoubt(state: state))
    }
    let id = try ledger.payout(in: .inDoubt)
    #expect(try ledger.doubt(PayoutGuardTests.nobody, .failed).rejection == .withdrawalNotFound)
    #expect(try ledger.doubt(id, .failed, by: nil).rejection == .withdrawalNotFound)
    // An amount is told of what left, and of nothing else.
    for (verdict, paid) in [(DoubtVerdict.paid, 0), (.paid, -1), (.strayed, 0), (.notPaid, 1), (.failed, 1)]
      as [(DoubtVerdict, Int64)]
    {
      #expect(try ledger.doubt(id, verdict, paid: paid).rejection == .amountNotPositive, "\(verdict) \(paid)")
    }
    let proposal = try #require(try ledger.doubt(id, .paid, paid: payoutNet).proposal)
    #expect(try ledger.confirm(proposal, by: eve).refusal == .makerMayNotDecide)
    #expect(try ledger.confirm(proposal, by: nil).rejection == .proposalNotFound)
    #expect(try ledger.confirm(proposal, by: cai, digest: digestOfEvidence).refusal == .digestOutdated)
    #expect(ledger.stateOf(id) == .inDoubt)
    let other = try #require(try ledger.doubt(id, .failed).proposal)
    #expect(try ledger.confirm(proposal, by: cai).proposal?.state == .confirmed)
    #expect(ledger.stateOf(id) == .paid)
    // The other proposal, and the same one again, come too late.
    #expect(try ledger.confirm(other, by: cai).refusal == .notInDoubt(state: .paid))
    #expect(try ledger.confirm(proposal, by: dan).refusal == .proposalClosed(.confirmed))
    try ledger.requireWhole()
  }

  /// What two people found out about one attempt says nothing about the next.
  @Test func aVerdictIsOnTheAttemptThatItWasProposedFor() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .inDoubt)
    let proposal = try #require(try ledger.doubt(id, .failed).proposal)
    try ledger.tell(id, .tryElsewhere)
    try ledger.begin(id, on: "beta")
    try ledger.tell(id, .unknown)
    #expect(ledger.stateOf(id) == .inDoubt)
    #expect(try ledger.confirm(proposal, by: cai).refusal == .digestOutdated)
    #expect(ledger.stateOf(id) == .inDoubt)
    try ledger.resolve(id, .failed)
    #expect(ledger.stateOf(id) == .failed)
    try ledger.requireWhole()
  }

  @Test func lettingGoIsForTheStrayPaymentsThatWereThere() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try ledger.tell(id, .tryElsewhere)
    try ledger.begin(id, on: "beta")
    try ledger.tell(id, .tryElsewhere)
    try ledger.tell(id, .paid, attempt: 1)
    let proposal = try #require(try ledger.doubt(id, .notPaid).proposal)
    try ledger.tell(id, .paid, attempt: 2)
    #expect(try ledger.confirm(proposal, by: cai).refusal == .digestOutdated)
    #expect(ledger.due().isEmpty)
    try ledger.resolve(id, .notPaid)
    #expect(ledger.due().map(\.id) == [id])
  }

  /// The last of five attempts: not paid leads to a person, not to a sixth.
  @Test func notPaidCountsAsATry() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.submitPayout()
    for _ in 0..<4 {
      try ledger.begin(id)
      try ledger.tell(id, .tryAgain)
    }
    try ledger.begin(id)
    try ledger.tell(id, .unknown)
    try ledger.resolve(id, .notPaid)
    #expect(ledger.stateOf(id) == .actionRequired)
    #expect(
      ledger.withdrawal(id)?.payout?.facts.deadline == Timestamp(microseconds: ledger.now.microseconds + 72 * hour))
    try ledger.requireWhole()
  }

  /// P07: what was released is not released again, nor paid; what was paid is not paid again.
  @Test func moneyLeavesAndReturnsOnce() throws {
    let ledger = try Ledger.paying()
    let cancelled = try ledger.submitPayout()
    try ledger.cancel(cancelled, request: "first")
    #expect(try ledger.cancel(cancelled, request: "second").refusal == .notCancelable(state: .cancelled))
    #expect(try ledger.begin(cancelled).rejection == .payoutNotDue(state: .cancelled))
    #expect(try ledger.tell(cancelled, .paid).rejection == .attemptNotFound)
    let failed = try ledger.payout(in: .failed)
    #expect(try ledger.tell(failed, .refused).rejection == .nothingToChange)
    #expect(try ledger.cancel(failed, request: "third").refusal == .notCancelable(state: .failed))
    #expect(ledger.balance("a")?.available == 1_000_000)
    let paid = try ledger.payout(in: .paid)
    #expect(try ledger.begin(paid).rejection == .payoutNotDue(state: .paid))
    #expect(try ledger.cancel(paid, request: "fourth").refusal == .notCancelable(state: .paid))
    #expect(ledger.balance("a")?.available == 1_000_000 - payoutAmount)
    #expect(ledger.balance("a")?.debitsPending == 0)
    // After the release the money left all the same: not the agent's, and not out of the agent's account.
    try ledger.tell(failed, .paid)
    #expect(ledger.balance("a")?.available == 1_000_000 - payoutAmount)
    #expect(ledger.books()[.suspense] == FourSums(debits: payoutNet))
    try ledger.requireWhole()
  }

  /// A fast payout that came late costs nothing: the fee is given back once, and never more than it was.
  @Test(arguments: [Speed.express, .sameDay, .nextDay], [0, 1] as [Int64])
  func aBrokenPromiseIsFree(speed: Speed, late: Int64) throws {
    let ledger = try Ledger.paying()
    ledger.policy.arrivalMicroseconds = minute
    let id = try ledger.submitPayout(speed: speed)
    try ledger.begin(id)
    ledger.later(minute + late)
    let moved = try ledger.moved { try ledger.tell(id, .paid) }
    let isRefunded = speed != .nextDay && late > 0
    let refund: Books = [.agent: FourSums(credits: payoutFee), .feeIncome: FourSums(debits: payoutFee)]
    #expect(moved == (isRefunded ? Legs.paid() + refund : Legs.paid()))
    #expect(ledger.withdrawal(id)?.payout?.facts.feeRefundedMinorUnits == (isRefunded ? payoutFee : 0))
    guard
      case .entries(let entries, _) = ledger.ask(
        .entries(partner: label("p"), agent: label("a"), before: nil, limit: 1)
      ).0
    else { throw Unexpected(.done) }
    #expect((entries.first?.kind == .feeRefunded(id)) == isRefunded)
    try ledger.requireWhole("paid")
    // What comes back later does not bring the fee again.
    try ledger.giveBack(id)
    #expect(ledger.balance("a")?.available == 1_000_000 - (isRefunded ? 0 : payoutFee))
    try ledger.requireWhole("returned")
  }

  @Test func theOldestUnderWayIsTheOneThatBeganFirst() throws {
    let ledger = try Ledger.paying()
    let first = try ledger.payout(in: .processing)
    let began = ledger.now
    ledger.later(minute)
    _ = try ledger.payout(in: .inDoubt)
    try ledger.tell(first, .awaitingPayee)
    #expect(ledger.figures?.oldestUnderWay == began)
    let action = try ledger.payout(in: .actionRequired)
    #expect(ledger.figures?.oldestActionRequired == ledger.now && ledger.figures?.oldestApproved == nil)
    try ledger.submitPayout()
    #expect(ledger.figures?.oldestApproved == ledger.now)
    #expect(ledger.figures?.counts[Int(WithdrawalState.actionRequired.rawValue)] == 1)
    try ledger.cancel(action, request: "c")
    #expect(ledger.figures?.oldestActionRequired == nil)
    #expect(ledger.figures?.counts[Int(WithdrawalState.actionRequired.rawValue)] == 0)
  }
}
