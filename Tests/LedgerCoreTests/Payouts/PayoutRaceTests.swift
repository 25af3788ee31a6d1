import LedgerCore
import Testing

/// N04: a cancel, an approval, a hold, the dispatcher and a channel's result race for one withdrawal. Whatever their order,
/// the outcome is that of doing them one after the other.
@Suite struct PayoutRaceTests {
  enum Racer: CaseIterable, Sendable {
    case approval, cancel, hold, begin, result
  }

  private static func permutations(_ racers: [Racer]) -> [[Racer]] {
    if racers.isEmpty { return [[]] }
    return racers.flatMap { first in
      permutations(racers.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// What each is told, by the rules alone.
  private static func expected(_ order: [Racer], _ result: AttemptState) -> (answers: [String], end: WithdrawalState) {
    var state = WithdrawalState.pendingReview
    var isHeld = false
    var hasAttempt = false
    let answers: [String] = order.map { racer in
      switch racer {
      case .approval:
        if state != .pendingReview { return "\(Refusal.notInReview(state: state))" }
        if isHeld { return "\(Refusal.onHold)" }
        state = .approved
        return "\(state)"
      case .cancel:
        if !state.isCancelable { return "\(Refusal.notCancelable(state: state))" }
        if isHeld { return "\(Refusal.onHold)" }
        state = .cancelled
        return "\(state)"
      case .hold:
        if state.isFinal { return "\(Refusal.notInReview(state: state))" }
        isHeld = true
        return "\(state)"
      case .begin:
        if state != .approved || isHeld { return "\(Rejection.payoutNotDue(state: state))" }
        state = .processing
        hasAttempt = true
        return "done"
      case .result:
        if !hasAttempt { return "\(Rejection.attemptNotFound)" }
        state = result == .paid ? .paid : .approved
        return "done"
      }
    }
    return (answers, state)
  }

  @Test(arguments: [AttemptState.paid, .tryAgain]) func everyOrderIsASerialOne(result: AttemptState) throws {
    let orders = Self.permutations(Racer.allCases)
    #expect(orders.count == 120)
    var ends: Set<String> = []
    for order in orders {
      let ledger = try Ledger.reviewing()
      try ledger.fund("alpha", 10_000)
      let id = try ledger.submitReviewed()
      let digest = ledger.digest(id)
      let answers = try order.map { racer in
        let answer =
          switch racer {
          case .approval: try ledger.review(id, .approve(digest: digest), by: ann)
          case .cancel: try ledger.cancel(id, request: "c")
          case .hold: try ledger.hold(id, true, by: cai)
          case .begin: try ledger.begin(id, attempt: 1)
          case .result: try ledger.tell(id, result, attempt: 1)
          }
        return answer.withdrawal.map { "\($0.state)" } ?? answer.refusal.map { "\($0)" }
          ?? answer.rejection.map { "\($0)" } ?? "done"
      }
      let expected = Self.expected(order, result)
      #expect(answers == expected.answers, "\(order)")
      #expect(ledger.stateOf(id) == expected.end, "\(order)")
      let balance = try #require(ledger.balance("a"))
      #expect(balance.debitsPosted == (expected.end == .paid ? 2_000 : 0), "\(order)")
      #expect(balance.debitsPending == (expected.end.isFinal || expected.end == .paid ? 0 : 2_000), "\(order)")
      ends.insert("\(expected.end)")
      try ledger.requireSound("\(order)")
      try ledger.requireWhole("\(order)")
    }
    #expect(ends.count >= 4, "\(ends)")
  }

  /// The payee confirms, the agent cancels, and the channel answers: whoever is first.
  @Test func aCancelAtTheChannelRacesThePayee() throws {
    for (results, end) in [
      ([.paid], .paid), ([.cancelled], .cancelled), ([.accepted, .paid], .paid), ([.unknown, .paid], .paid),
      ([.accepted, .cancelled], .cancelled), ([.awaitingPayee, .paid], .paid),
    ] as [([AttemptState], WithdrawalState)] {
      let ledger = try Ledger.paying()
      let id = try ledger.payout(in: .awaitingPayee)
      #expect(ledger.open().first?.open?.isCancelling == false)
      let answer = try ledger.cancel(id, request: "c")
      #expect(answer.withdrawal?.state == .cancelling && ledger.open().first?.open?.isCancelling == true)
      // Asked again, it is told how it stands; another request is refused.
      #expect(try ledger.cancel(id, request: "c").withdrawal?.state == .cancelling)
      #expect(try ledger.cancel(id, request: "d").refusal == .notCancelable(state: .cancelling))
      try ledger.requireWhole("cancelling")
      for result in results { try ledger.tell(id, result) }
      #expect(ledger.stateOf(id) == end, "\(results)")
      #expect(try ledger.cancel(id, request: "c").withdrawal?.state == end)
      #expect(ledger.balance("a")?.debitsPending == 0)
      try ledger.requireWhole("\(results)")
    }
  }

  /// Compliance cancels what it holds; nobody else does.
  @Test func aHeldOneIsCancelledByCompliance() throws {
    for state in [WithdrawalState.approved, .awaitingPayee, .actionRequired] {
      let ledger = try Ledger.paying()
      let id = try ledger.payout(in: state)
      try ledger.hold(id, true, by: cai)
      #expect(try ledger.cancel(id, request: "c").refusal == .onHold)
      let key = ledger.staffKey("compliance", cai, "cancel")
      let answer = try ledger.perform(
        .cancelWithdrawal(CancelWithdrawal(key: key, scope: .all, id: id, expectedSequence: nil)))
      #expect(answer.withdrawal?.state == (state == .awaitingPayee ? .cancelling : .cancelled))
      try ledger.requireWhole("\(state)")
    }
  }

  /// The most urgent speed first, then the day, then who waited longest; pages go on where they ended.
  @Test func theQueueIsInOrder() throws {
    let ledger = try Ledger.paying()
    ledger.policy.daysToSettle = 1
    let tomorrow = try ledger.submitPayout(speed: .nextDay)
    ledger.policy.daysToSettle = 0
    let slow = try ledger.submitPayout(speed: .nextDay)
    let fast = try ledger.submitPayout(speed: .express)
    let sameDay = try ledger.submitPayout(of: "b", speed: .sameDay)
    let second = try ledger.submitPayout(speed: .express)
    #expect(ledger.due().map(\.id) == [fast, second, sameDay, slow])
    ledger.later(24 * hour)
    let all = [fast, second, sameDay, slow, tomorrow]
    #expect(ledger.due().map(\.id) == all)
    for limit in 1...5 {
      var found: [WithdrawalID] = []
      while true {
        let page = ledger.due(after: found.last, limit: limit)
        if page.isEmpty { break }
        found += page.map(\.id)
      }
      #expect(found == all, "\(limit)")
    }
    // Which day it is on the payouts' own days, also of an earlier one that waited longer.
    for id in all { try ledger.begin(id) }
    #expect(ledger.due().isEmpty && ledger.open().map(\.id) == all)
    try ledger.tell(second, .tryAgain)
    #expect(ledger.due().map(\.id) == [second])
    let loaded = Ledger()
    loaded.state = try load(snapshot(ledger.state).bytes)
    #expect(loaded.open().map(\.id) == [fast, sameDay, slow, tomorrow])
    #expect(ledger.open(after: fast, limit: 2).map(\.id) == [sameDay, slow])
    try ledger.requireWhole()
  }
}
