import LedgerCore
import Testing

/// Whoever asked for a cancel has it, whatever the channel says in between.
@Suite struct PayoutCancelTests {
  private static let back: Books = Legs.reserved().negated + Legs.held().negated

  static let ways: [[AttemptState]] = [
    [.unknown], [.accepted, .awaitingPayee], [.awaitingPayee], [.unknown, .accepted], [.unknown, .awaitingPayee],
    [.awaitingPayee, .unknown, .accepted, .unknown],
  ]

  @Test(arguments: ways, [.cancelled, .lapsed, .payeeFailure, .refused, .tryAgain, .tryElsewhere] as [AttemptState])
  func aCancelOutlivesDoubt(way: [AttemptState], end: AttemptState) throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .cancelling)
    for result in way { try ledger.tell(id, result) }
    #expect(ledger.stateOf(id) != .cancelling)
    #expect(ledger.open().first?.open?.isCancelling == true)
    try ledger.requireWhole("under way")

    // A snapshot in between forgets nothing.
    let copy = Ledger()
    let (bytes, hash) = snapshot(ledger.state)
    copy.state = try load(bytes, expecting: hash)
    copy.policy = ledger.policy
    copy.now = ledger.now
    #expect(copy.open() == ledger.open())
    for each in [ledger, copy] {
      let moved = try each.moved { try each.tell(id, end) }
      #expect(each.stateOf(id) == .cancelled && moved == Self.back)
      #expect(each.balance("a")?.available == 1_000_000)
      #expect(each.due().isEmpty && each.open().isEmpty)
    }
    #expect(ledger.state.stateHash() == copy.state.stateHash())
    try ledger.requireWhole("cancelled")
  }

  @Test func peopleDoNotPayAgainWhatWasToBeCancelled() throws {
    let ends: [(DoubtVerdict, WithdrawalState)] = [
      (.notPaid, .cancelled), (.failed, .cancelled), (.strayed, .failed), (.paid, .paid),
    ]
    for (verdict, end) in ends {
      let ledger = try Ledger.paying()
      let id = try ledger.payout(in: .cancelling)
      try ledger.tell(id, .unknown)
      try ledger.resolve(id, verdict, paid: verdict == .paid || verdict == .strayed ? payoutNet : 0)
      #expect(ledger.stateOf(id) == end, "\(verdict)")
      try ledger.requireSound("\(verdict)")
      try ledger.requireWhole("\(verdict)")
    }
  }

  @Test func aPaymentThatArrivedIsNotCancelled() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .cancelling)
    try ledger.tell(id, .unknown)
    let moved = try ledger.moved { try ledger.tell(id, .paid) }
    #expect(ledger.stateOf(id) == .paid && moved == Legs.paid())
    try ledger.requireWhole()
  }

  /// Whoever did not ask has none.
  @Test func nobodyAskedForThis() throws {
    let ledger = try Ledger.paying()
    let id = try ledger.payout(in: .awaitingPayee)
    try ledger.tell(id, .unknown)
    #expect(ledger.open().first?.open?.isCancelling == false)
    try ledger.tell(id, .cancelled)
    #expect(ledger.stateOf(id) == .actionRequired)
  }
}
