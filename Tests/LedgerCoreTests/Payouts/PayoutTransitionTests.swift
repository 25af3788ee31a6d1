import LedgerCore
import Testing

/// Every transition that payouts add to the table of states, with what it moves.
@Suite struct PayoutTransitionTests {
  struct Transition: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let from: WithdrawalState
    let to: WithdrawalState
    let moves: Books
    let act: @Sendable (Ledger, WithdrawalID) throws -> Void

    init(
      _ name: String, _ from: WithdrawalState, _ to: WithdrawalState, moves: Books = [:],
      _ act: @escaping @Sendable (Ledger, WithdrawalID) throws -> Void
    ) {
      testDescription = "\(name): \(from) -> \(to)"
      self.from = from
      self.to = to
      self.moves = moves
      self.act = act
    }
  }

  private static let voidF = Legs.reserved().negated
  private static let voidH = Legs.held().negated
  private static let back: Books = [.float: FourSums(debits: payoutNet), .agent: FourSums(credits: payoutNet)]

  private static func told(
    _ result: AttemptState, _ from: WithdrawalState, _ to: WithdrawalState, moves: Books = [:]
  ) -> Transition {
    Transition("\(result)", from, to, moves: moves) { try $0.tell($1, result, reason: .unspecified) }
  }

  static let results: [Transition] =
    [
      told(.awaitingPayee, .processing, .awaitingPayee), told(.unknown, .processing, .inDoubt),
      told(.mismatch, .processing, .inDoubt), told(.paid, .processing, .paid, moves: Legs.paid()),
      told(.tryAgain, .processing, .approved, moves: voidF),
      told(.tryElsewhere, .processing, .approved, moves: voidF),
      told(.payeeFailure, .processing, .actionRequired, moves: voidF),
      told(.lapsed, .processing, .actionRequired, moves: voidF),
      told(.cancelled, .processing, .actionRequired, moves: voidF),
      told(.refused, .processing, .failed, moves: voidF + voidH),

      told(.unknown, .awaitingPayee, .inDoubt), told(.mismatch, .awaitingPayee, .inDoubt),
      told(.paid, .awaitingPayee, .paid, moves: Legs.paid()),
      told(.tryAgain, .awaitingPayee, .actionRequired, moves: voidF),
      told(.tryElsewhere, .awaitingPayee, .actionRequired, moves: voidF),
      told(.payeeFailure, .awaitingPayee, .actionRequired, moves: voidF),
      told(.lapsed, .awaitingPayee, .actionRequired, moves: voidF),
      told(.refused, .awaitingPayee, .failed, moves: voidF + voidH),

      told(.accepted, .inDoubt, .processing), told(.awaitingPayee, .inDoubt, .awaitingPayee),
      told(.paid, .inDoubt, .paid, moves: Legs.paid()), told(.tryAgain, .inDoubt, .approved, moves: voidF),
      told(.tryElsewhere, .inDoubt, .approved, moves: voidF),
      told(.payeeFailure, .inDoubt, .actionRequired, moves: voidF),
      told(.lapsed, .inDoubt, .actionRequired, moves: voidF), told(.refused, .inDoubt, .failed, moves: voidF + voidH),

      told(.awaitingPayee, .cancelling, .awaitingPayee), told(.unknown, .cancelling, .inDoubt),
      told(.paid, .cancelling, .paid, moves: Legs.paid()),
    ]
    // Whoever asked for a cancel has it, whatever kept the money with us.
    + [.cancelled, .lapsed, .payeeFailure, .refused, .tryAgain, .tryElsewhere].map {
      told($0, .cancelling, .cancelled, moves: voidF + voidH)
    }

  static let others: [Transition] = [
    Transition("begin", .approved, .processing, moves: Legs.reserved()) { try $0.begin($1) },
    Transition("begin for a frozen agent", .approved, .pendingReview) { ledger, id in
      try ledger.update("a", frozen: true)
      let answer = try ledger.begin(id)
      #expect(answer.isDone)
    },
    Transition("cancel", .approved, .cancelled, moves: voidH) { try $0.cancel($1, request: "c") },
    Transition("cancel", .awaitingPayee, .cancelling) { try $0.cancel($1, request: "c") },
    Transition("cancel", .actionRequired, .cancelled, moves: voidH) { try $0.cancel($1, request: "c") },
    Transition("retry", .actionRequired, .approved) { try $0.retry($1) },
    Transition("retry, judged for review", .actionRequired, .pendingReview) { ledger, id in
      ledger.policy.assessment = { _ in SubmissionTests.judge(.review) }
      try ledger.retry(id)
    },
    Transition("retry, judged for rejection", .actionRequired, .rejected, moves: voidH) { ledger, id in
      ledger.policy.assessment = { _ in SubmissionTests.judge(.reject) }
      try ledger.retry(id)
    },
    Transition("amend", .actionRequired, .approved) { ledger, id in
      try ledger.amend(id, to: "other")
      #expect(ledger.withdrawal(id)?.payee == label("other"))
      // The fee is the first one.
      #expect(ledger.withdrawal(id)?.feeMinorUnits == payoutFee)
    },
    Transition("lapse", .actionRequired, .failed, moves: voidH) { ledger, _ in
      ledger.later(72 * hour - 1)
      let early = try ledger.perform(.lapseAction)
      ledger.later(1)
      let answer = try ledger.perform(.lapseAction)
      let again = try ledger.perform(.lapseAction)
      #expect(early.rejection == .nothingDue && answer.isDone && again.rejection == .nothingDue)
    },
    Transition("statement", .paid, .confirmed) { try $0.confirmArrival($1) },
    Transition("return", .paid, .returned, moves: back) { try $0.giveBack($1) },
    Transition("return", .confirmed, .returned, moves: back) { try $0.giveBack($1) },
    Transition("people: paid", .inDoubt, .paid, moves: Legs.paid()) {
      try $0.resolve($1, .paid, paid: payoutNet)
    },
    Transition("people: paid more", .inDoubt, .paid, moves: Legs.paid(left: payoutNet + 9)) {
      try $0.resolve($1, .paid, paid: payoutNet + 9)
    },
    Transition("people: paid less", .inDoubt, .paid, moves: Legs.paid(left: payoutNet - 70)) {
      try $0.resolve($1, .paid, paid: payoutNet - 70)
    },
    Transition("people: not paid", .inDoubt, .approved, moves: voidF) { try $0.resolve($1, .notPaid) },
    Transition("people: failed", .inDoubt, .failed, moves: voidF + voidH) { try $0.resolve($1, .failed) },
    Transition(
      "people: strayed", .inDoubt, .failed,
      moves: voidF + voidH + [
        .suspense: FourSums(debits: 990), .channelFee: FourSums(debits: channelFee),
        .float: FourSums(credits: 990 + channelFee),
      ]
    ) { try $0.resolve($1, .strayed, paid: 990) },
  ]

  @Test(arguments: results + others) func movesWhatTheTableSays(_ transition: Transition) throws {
    let ledger = try Ledger.paying()
    let bystander = try ledger.payout(in: .processing)
    let id = try ledger.payout(in: transition.from)
    let before = try #require(ledger.withdrawal(id)).lastSequence
    let moved = try ledger.moved { try transition.act(ledger, id) }
    let found = try #require(ledger.withdrawal(id))
    #expect(found.state == transition.to)
    #expect(moved == transition.moves)
    #expect(found.lastSequence > before && found.lastSequence == ledger.state.lastSequence)
    #expect(found.timeline[found.timeline.count - 1].state == transition.to)
    #expect(ledger.stateOf(bystander) == .processing)
    #expect(ledger.open().contains { $0.id == id } == (found.payout?.facts.attempts.last?.state.isOpen ?? false))
    #expect(ledger.due().contains { $0.id == id } == (transition.to == .approved))
    try ledger.requireSound("\(transition)")
    try ledger.requireWhole("\(transition)")
  }

  /// Every state under way meets every result: what stays where it is changes no money.
  @Test(arguments: [.processing, .awaitingPayee, .inDoubt, .cancelling] as [WithdrawalState])
  func everyResultIsInTheTable(from: WithdrawalState) throws {
    for result in AttemptState.allCases where result != .sent {
      let ledger = try Ledger.paying()
      let id = try ledger.payout(in: from)
      let known = Self.results.first { $0.from == from && $0.testDescription.hasPrefix("\(result):") }
      let moved = try ledger.moved { try ledger.tell(id, result) }
      let state = try #require(ledger.stateOf(id))
      if let known {
        #expect(state == known.to && moved == known.moves, "\(from) \(result)")
      } else {
        let isFailure = result.isFailure
        #expect(state == (isFailure ? .actionRequired : result == .mismatch ? .inDoubt : from), "\(from) \(result)")
        #expect(moved == (isFailure ? Self.voidF : [:]), "\(from) \(result)")
      }
      try ledger.requireWhole("\(from) \(result)")
    }
  }

  /// The points of a faster payout are held with its money, given back with it, and taken when it was paid.
  @Test func pointsAreTakenWhenItIsPaid() throws {
    for (end, taken) in [(AttemptState.paid, true), (.refused, false)] {
      let ledger = try Ledger.paying()
      ledger.policy.points = 7
      try ledger.deposit(fen(10, .points), to: "a", reference: "points")
      let id = try ledger.submitPayout(acceleration: .points)
      #expect(ledger.balance("a", .points)?.debitsPending == 7)
      try ledger.begin(id)
      try ledger.tell(id, .tryElsewhere)
      try ledger.begin(id, on: "beta")
      #expect(ledger.balance("a", .points)?.debitsPending == 7)
      try ledger.tell(id, end)
      let points = try #require(ledger.balance("a", .points))
      #expect(points.debitsPending == 0 && points.debitsPosted == (taken ? 7 : 0))
      #expect(points.available == (taken ? 3 : 10))
      try ledger.requireWhole("\(end)")
    }
  }

  /// What the channel really takes is booked, more or less than was reserved.
  @Test(arguments: [0, channelFee, 400] as [Int64]) func theChannelsFeeIsWhatItTook(fee: Int64) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .processing)
    let moved = try ledger.moved { try ledger.tell(id, .paid, fee: fee) }
    #expect(moved == Legs.paid(taken: fee))
    #expect(ledger.channel("alpha")?.floats.first?.feesPosted == fee)
    #expect(ledger.attempts(id).last?.channelFeeMinorUnits == fee)
    try ledger.requireWhole()
  }

  /// A fact is booked also where the float has not so much: the rest is in suspense.
  @Test func aFeeBeyondTheFloatGoesToSuspense() throws {
    let ledger = try Ledger.paying()
    let float = payoutNet + channelFee
    try ledger.fund("thin", float)
    let id = try ledger.submitPayout()
    try ledger.begin(id, on: "thin")
    let moved = try ledger.moved(channel: "thin") { try ledger.tell(id, .paid, fee: channelFee + 40) }
    #expect(moved[.float] == FourSums(creditsPending: -float, credits: float))
    #expect(moved[.channelFee] == FourSums(debitsPending: -channelFee, debits: channelFee + 40))
    #expect(moved[.suspense] == FourSums(credits: 40))
    #expect(ledger.channel("thin")?.floats.first?.available == 0)
    try ledger.requireSound("thin")
    try ledger.requireWhole()
  }
}
