import LedgerCore
import Testing

/// What commands about payouts are refused for, and that a refusal changes nothing.
@Suite struct PayoutGuardTests {
  /// Nothing is recorded and no money moves.
  private func expectRejected(
    _ expected: Rejection, _ ledger: Ledger, sourceLocation: SourceLocation = #_sourceLocation,
    _ act: () throws -> Answer
  ) throws {
    let (sequence, hash) = (ledger.state.lastSequence, ledger.state.stateHash())
    #expect(try act().rejection == expected, sourceLocation: sourceLocation)
    #expect(ledger.state.lastSequence == sequence, sourceLocation: sourceLocation)
    #expect(ledger.state.stateHash() == hash, sourceLocation: sourceLocation)
  }

  static let nobody = WithdrawalID(epoch: 1, shard: 0, ordinal: 999)

  @Test func onlyWhatIsDueAndUnchangedIsBegun() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.submitPayout()
    try expectRejected(.withdrawalNotFound, ledger) { try ledger.begin(Self.nobody) }
    try expectRejected(.payoutChanged, ledger) { try ledger.begin(id, attempt: 2) }
    try expectRejected(.payoutChanged, ledger) { try ledger.begin(id, payee: "somebody else") }
    try expectRejected(.amountNotPositive, ledger) { try ledger.begin(id, fee: -1) }
    try ledger.begin(id)
    try expectRejected(.payoutNotDue(state: .processing), ledger) { try ledger.begin(id) }
    try expectRejected(.payoutNotDue(state: .processing), ledger) { try ledger.begin(id, attempt: 1) }
    for state in [WithdrawalState.paid, .failed, .actionRequired, .returned] {
      let other = try ledger.payout(in: state)
      try expectRejected(.payoutNotDue(state: state), ledger) { try ledger.begin(other) }
    }
  }

  @Test func whatIsHeldIsNotDue() throws {
    let ledger = try Ledger.paying()
    let first = try ledger.submitPayout()
    let second = try ledger.submitPayout()
    try ledger.hold(first, true, by: cai)
    #expect(ledger.due().map(\.id) == [second])
    try expectRejected(.payoutNotDue(state: .approved), ledger) { try ledger.begin(first) }
    try ledger.requireWhole("held")
    try ledger.hold(first, false, by: cai)
    // It waits anew, behind the others.
    #expect(ledger.due().map(\.id) == [second, first])
    try ledger.requireWhole("lifted")
    #expect(try ledger.begin(first).isDone)
    // Also while it is under way: then nothing else begins when the attempt failed.
    try ledger.hold(first, true, by: cai)
    try ledger.tell(first, .tryAgain)
    #expect(ledger.stateOf(first) == .approved && ledger.due().map(\.id) == [second])
    try ledger.requireWhole("held under way")
  }

  /// However many are held: those behind them are seen.
  @Test func heldOnesHideNothing() throws {
    let ledger = try Ledger.paying()
    for _ in 0..<30 { try ledger.hold(ledger.submitPayout(), true, by: cai) }
    let id = try ledger.submitPayout()
    #expect(ledger.due(limit: 1).map(\.id) == [id])
  }

  @Test func whatCameUpSinceItWasApprovedBringsItBackToPeople() throws {
    let rows: [(String, (Ledger, WithdrawalID) throws -> Void)] = [
      ("frozen", { ledger, _ in try ledger.update("a", frozen: true) }),
      ("agent listed", { ledger, _ in try ledger.changeList(.put(until: nil, reason: label("r")), .agent, "a") }),
      ("payee listed", { ledger, _ in try ledger.changeList(.put(until: nil, reason: label("r")), .payee, "payee") }),
    ]
    for (name, happens) in rows {
      let ledger = try Ledger.paying()
      ledger.policy.checkers = 2
      let id = try ledger.submitPayout()
      try happens(ledger, id)
      #expect(ledger.due().map(\.id) == [id], "\(name)")
      let moved = try ledger.moved { try ledger.begin(id) }
      #expect(moved == [:], "\(name)")
      #expect(ledger.stateOf(id) == .pendingReview && ledger.queue() == [id], "\(name)")
      #expect(ledger.standing(id)?.required == 2 && ledger.attempts(id).isEmpty, "\(name)")
      #expect(ledger.due().isEmpty && ledger.open().isEmpty, "\(name)")
      try ledger.requireWhole(name)
      try ledger.review(id, .reject(reason: label("R")), by: ann)
      #expect(ledger.balance("a")?.available == 1_000_000, "\(name)")
      try ledger.requireWhole(name)
    }
  }

  @Test func anErasedPayeeIsNotPaid() throws {
    let ledger = try Ledger.paying()
    let payee = try ledger.createPayee()
    let id = try ledger.submitPayout(payee: "\(payee.id)")
    #expect(ledger.due().first?.account?.id == payee.id)
    try ledger.erase(payee.id)
    #expect(try ledger.begin(id).isDone)
    #expect(ledger.stateOf(id) == .pendingReview)
    #expect(try ledger.approve(id, by: ann).refusal == .payeeErased)
    try ledger.requireWhole()
  }

  @Test func aChannelThatRestsBeginsNothingAndEndsWhatItHas() throws {
    let ledger = try Ledger.paying()
    let open = try ledger.payout(in: .processing)
    let id = try ledger.submitPayout()
    try expectRejected(.nothingToChange, ledger) { try ledger.set("alpha", .enabled) }
    try expectRejected(.nothingToChange, ledger) { try ledger.set("unknown", .enabled) }
    for state in [ChannelState.draining, .disabled] {
      #expect(try ledger.set("alpha", state).channel?.state == state)
      try expectRejected(.nothingToChange, ledger) { try ledger.set("alpha", state) }
      try expectRejected(.channelNotEnabled, ledger) { try ledger.begin(id) }
    }
    #expect(ledger.channel("alpha")?.reason == label("upkeep"))
    try ledger.tell(open, .paid)
    #expect(ledger.stateOf(open) == .paid)
    try ledger.set("alpha", .enabled)
    #expect(try ledger.begin(id).isDone)
    try ledger.set("new", .disabled)
    try ledger.requireWhole()
  }

  @Test func aFloatIsNotOverdrawn() throws {
    let ledger = try Ledger.paying()
    try ledger.fund("thin", payoutNet + channelFee - 1)
    let id = try ledger.submitPayout()
    try expectRejected(.channelFloatShort(available: payoutNet + channelFee - 1), ledger) {
      try ledger.begin(id, on: "thin")
    }
    try expectRejected(.channelFloatShort(available: payoutNet + channelFee - 1), ledger) {
      try ledger.begin(id, on: "thin", fee: .max)
    }
    try expectRejected(.channelFloatShort(available: 0), ledger) { try ledger.begin(id, on: "unknown") }
    try ledger.fund("thin", 1)
    #expect(try ledger.begin(id, on: "thin").isDone)
    let second = try ledger.submitPayout()
    try expectRejected(.channelFloatShort(available: 0), ledger) { try ledger.begin(second, on: "thin") }
  }

  /// P05: all of it is fee, so nothing would be paid: no channel is found for that, and nothing traps.
  @Test func nothingIsNotPaidByAChannelThatIsNotThere() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.submitPayout(payoutFee)
    try expectRejected(.channelFloatShort(available: 0), ledger) { try ledger.begin(id, on: "unknown", fee: 0) }
    try ledger.set("unfunded", .draining)
    try ledger.set("unfunded", .enabled)
    try expectRejected(.channelFloatShort(available: 0), ledger) { try ledger.begin(id, on: "unfunded", fee: 0) }
  }

  @Test func onlyKnownAttemptsHaveResults() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try expectRejected(.attemptNotFound, ledger) { try ledger.tell(Self.nobody, .paid) }
    try expectRejected(.attemptNotFound, ledger) { try ledger.tell(id, .paid, attempt: 2) }
    try expectRejected(.attemptNotFound, ledger) { try ledger.tell(id, .sent) }
    let unsent = try ledger.submitPayout()
    try expectRejected(.attemptNotFound, ledger) { try ledger.tell(unsent, .paid) }
    try expectRejected(.attemptNotFound, ledger) { try ledger.giveBack(Self.nobody) }
    try expectRejected(.attemptNotFound, ledger) { try ledger.confirmArrival(Self.nobody) }
  }

  /// P05: figures that nobody can have meant are turned away before the journal; those that no book can hold are for people
  /// (see `PayoutVerdictTests`), whose verdicts have bounds too.
  @Test func impossibleFiguresAreTurnedAway() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    try expectRejected(.amountNotPositive, ledger) { try ledger.tell(id, .paid, paid: -1) }
    try expectRejected(.amountNotPositive, ledger) { try ledger.tell(id, .paid, paid: .min) }
    try expectRejected(.amountNotPositive, ledger) { try ledger.tell(id, .paid, fee: -1) }
    try ledger.tell(id, .paid, paid: .max)
    #expect(ledger.stateOf(id) == .inDoubt && ledger.attempts(id).last?.state == .mismatch)
    let stray = try ledger.payout(in: .failed)
    let other = try ledger.payout(in: .failed)
    try ledger.tell(stray, .paid, paid: .max - payoutNet)
    #expect(try ledger.tell(other, .paid, paid: .max).isDone)
    #expect(try ledger.resolve(id, .paid, paid: .max).rejection == .balanceOverflow)
    #expect(try ledger.resolve(id, .strayed, paid: .max).rejection == .balanceOverflow)
    try ledger.requireSound("figures")
    try ledger.requireWhole("figures")
  }

  /// Money that goes to and fro adds up in the sums of both sides, also beyond 64 bits.
  @Test func fundingStopsAtTheEndOfNumbers() throws {
    let ledger = Ledger()
    try ledger.createAgent("a")
    let most: Int64 = .max / 2
    try ledger.deposit(fen(most), to: "a", reference: "all")
    try ledger.fund("alpha", most)
    try ledger.fund("alpha", -most)
    try ledger.fund("alpha", 1)
    try ledger.fund("alpha", most - 1)
    try expectRejected(.balanceOverflow, ledger) { try ledger.fund("alpha", -most) }
    try ledger.requireWhole()
  }

  @Test func fundingMovesWhatIsThere() throws {
    let ledger = try Ledger.paying()
    let there = try ledger.moved { try ledger.fund("alpha", 77) }
    #expect(there == [.float: FourSums(debits: 77), .custody: FourSums(credits: 77)])
    let back = try ledger.moved { try ledger.fund("alpha", -70, request: "back") }
    #expect(back == [.float: FourSums(credits: 70), .custody: FourSums(debits: 70)])
    let again = try ledger.moved { try ledger.fund("alpha", -70, request: "back") }
    #expect(again == [:])
    try expectRejected(.requestIDReused, ledger) { try ledger.fund("alpha", -71, request: "back") }
    let custody: Int64 = 1_000_000 - 7
    try expectRejected(.channelFloatShort(available: custody), ledger) { try ledger.fund("alpha", custody + 1) }
    try expectRejected(.channelFloatShort(available: custody), ledger) { try ledger.fund("alpha", .max) }
    try expectRejected(.channelFloatShort(available: 500_007), ledger) { try ledger.fund("alpha", -500_008) }
    try expectRejected(.channelFloatShort(available: 0), ledger) { try ledger.fund("new", -1) }
    try expectRejected(.amountNotPositive, ledger) { try ledger.fund("alpha", 0) }
    try expectRejected(.amountNotPositive, ledger) { try ledger.fund("alpha", .min) }
    try expectRejected(.currencyNotSupported(usd), ledger) { try ledger.fund("alpha", 1, usd) }
    try expectRejected(.currencyNotSupported(.points), ledger) { try ledger.fund("alpha", 1, .points) }
    // What an open attempt may need is not free.
    let id = try ledger.payout(in: .processing)
    let free = 500_007 - payoutNet - channelFee
    try expectRejected(.channelFloatShort(available: free), ledger) { try ledger.fund("alpha", -free - 1) }
    try ledger.fund("alpha", -free)
    try ledger.tell(id, .paid)
    #expect(ledger.channel("alpha")?.floats.first?.available == 0)
    try ledger.requireWhole()
  }

  @Test func onlyStaffMovesFloatsAndChannels() throws {
    let ledger = try Ledger.paying()
    try expectRejected(.nothingToChange, ledger) { try ledger.fund("alpha", 1, by: nil) }
    try expectRejected(.nothingToChange, ledger) { try ledger.set("alpha", .disabled, by: nil) }
  }

  @Test func aReturnIsOfWhatWasPaidAndOnce() throws {
    let ledger = try Ledger.paying()
    for state in [WithdrawalState.processing, .inDoubt, .failed, .actionRequired] {
      let id = try ledger.payout(in: state)
      try expectRejected(.nothingToChange, ledger) { try ledger.giveBack(id) }
      try expectRejected(.nothingToChange, ledger) { try ledger.confirmArrival(id) }
    }
    let id = try ledger.payout(in: .paid)
    for wrong in [payoutNet - 1, payoutNet + 1, 0, -1, .max, .min] {
      try expectRejected(.returnDiffers(paid: payoutNet), ledger) { try ledger.giveBack(id, wrong) }
    }
    try ledger.confirmArrival(id)
    try expectRejected(.alreadyConfirmed, ledger) { try ledger.confirmArrival(id) }
    try ledger.giveBack(id)
    try expectRejected(.nothingToChange, ledger) { try ledger.giveBack(id) }
    try expectRejected(.alreadyConfirmed, ledger) { try ledger.confirmArrival(id) }
    guard
      case .entries(let entries, _) = ledger.ask(
        .entries(partner: label("p"), agent: label("a"), before: nil, limit: 1)
      ).0
    else { throw Unexpected(.done) }
    #expect(entries.first?.kind == .withdrawalReturned(id) && entries.first?.amount == fen(payoutNet))
  }

  /// Pages go on below any ordinal, also one that a caller made up.
  @Test func hiddenEntriesLeadNowhere() throws {
    let ledger = try Ledger.paying()
    _ = try ledger.payout(in: .returned)
    for ordinal in 0...20 as ClosedRange<UInt64> {
      let answer = ledger.ask(.entries(partner: label("p"), agent: label("a"), before: ordinal, limit: 9)).0
      guard case .entries(let entries, _) = answer else { throw Unexpected(answer) }
      #expect(entries.count <= 2, "\(ordinal)")
    }
  }

  @Test func retryHasItsGuards() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .actionRequired)
    let version = try #require(ledger.withdrawal(id)).lastSequence
    try expectRejected(.withdrawalNotFound, ledger) { try ledger.retry(Self.nobody) }
    try expectRejected(.withdrawalNotFound, ledger) { try ledger.retry(id, partner: "other") }
    try expectRejected(.etagMismatch(current: version), ledger) { try ledger.retry(id, expected: version - 1) }
    for state in [WithdrawalState.approved, .processing, .paid, .failed] {
      #expect(try ledger.retry(ledger.payout(in: state)).refusal == .notActionRequired(state: state))
    }
    try ledger.hold(id, true, by: cai)
    #expect(try ledger.retry(id).refusal == .onHold)
    #expect(try ledger.amend(id, to: "other").refusal == .onHold)
    try ledger.hold(id, false, by: cai)
    try ledger.update("a", frozen: true)
    #expect(try ledger.retry(id).refusal == .agentFrozen)
    try ledger.update("a", frozen: false)
    let first = try ledger.retry(id, request: "again").withdrawal
    #expect(first?.state == .approved)
    // The same request again finds it as it stands now.
    try ledger.begin(id)
    #expect(try ledger.retry(id, request: "again").withdrawal?.state == .processing)
    try ledger.requireWhole()
  }

  /// Five technical failures need a person; a person's retry gives five more; two digits end it.
  @Test func attemptsAreCounted() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.submitPayout()
    for attempt in 1...Int(PayoutKey.attemptMaximum) {
      #expect(try ledger.begin(id, on: attempt % 2 == 0 ? "alpha" : "beta").isDone, "\(attempt)")
      try ledger.tell(id, .tryElsewhere)
      let isLast = attempt % 5 == 0 || attempt == Int(PayoutKey.attemptMaximum)
      #expect(ledger.stateOf(id) == (isLast ? .actionRequired : .approved), "\(attempt)")
      if isLast, attempt < Int(PayoutKey.attemptMaximum) {
        #expect(try ledger.retry(id).withdrawal?.state == .approved, "\(attempt)")
      }
    }
    #expect(ledger.attempts(id).map(\.number) == Array(1...PayoutKey.attemptMaximum))
    #expect(try ledger.retry(id).refusal == .attemptsUsedUp(maximum: PayoutKey.attemptMaximum))
    try ledger.requireWhole()
    try ledger.cancel(id, request: "enough")
    #expect(ledger.balance("a")?.available == 1_000_000)
    try ledger.requireWhole()
  }

  @Test func aHoldStopsTheClockOfAnAction() throws {
    let ledger = try Ledger.paying()
    let held = try ledger.payout(in: .actionRequired)
    let other = try ledger.payout(in: .actionRequired)
    ledger.later(70 * hour)
    try ledger.hold(held, true, by: cai)
    ledger.later(10 * hour)
    #expect(try ledger.perform(.lapseAction).isDone)
    #expect(ledger.stateOf(other) == .failed && ledger.stateOf(held) == .actionRequired)
    #expect(try ledger.perform(.lapseAction).rejection == .nothingDue)
    try ledger.hold(held, false, by: cai)
    let third = try ledger.payout(in: .actionRequired)
    try ledger.hold(third, true, by: cai)
    ledger.later(2 * hour - 1)
    #expect(try ledger.perform(.lapseAction).rejection == .nothingDue)
    try ledger.requireWhole()
    ledger.later(1)
    #expect(try ledger.perform(.lapseAction).isDone)
    #expect(ledger.stateOf(held) == .failed)
    try ledger.requireWhole()
  }

  /// What stands in front with a later end does not keep the others waiting.
  @Test func whoeverIsDueLapses() throws {
    let ledger = try Ledger.paying()
    let first = try ledger.payout(in: .actionRequired)
    let second = try ledger.payout(in: .actionRequired)
    try ledger.hold(first, true, by: cai)
    ledger.later(10 * hour)
    try ledger.hold(first, false, by: cai)
    ledger.later(62 * hour)
    #expect(try ledger.perform(.lapseAction).isDone)
    #expect(ledger.stateOf(first) == .actionRequired && ledger.stateOf(second) == .failed)
  }

  /// A clock that was ahead and has been set right ends nothing early.
  @Test func lapsesGoByTheClockAsItIs() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .actionRequired)
    ledger.later(100 * hour)
    try ledger.submitPayout()
    ledger.later(-99 * hour)
    #expect(try ledger.perform(.lapseAction).rejection == .nothingDue)
    #expect(ledger.stateOf(id) == .actionRequired)
  }
}
