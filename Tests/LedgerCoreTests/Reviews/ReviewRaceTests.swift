import LedgerCore
import Testing

/// A cancel, approvals, a rejection and the clock race for one withdrawal. Whatever their order, the outcome is that of
/// doing them one after the other: the first that ends the review wins, and all after it are told so.
@Suite struct ReviewRaceTests {
  enum Racer: CaseIterable, Sendable {
    case cancel
    case firstApproval
    case secondApproval
    case rejection
    case clock
  }

  private static let orders: [[Racer]] = permutations(Racer.allCases)

  private static func permutations(_ racers: [Racer]) -> [[Racer]] {
    if racers.isEmpty { return [[]] }
    return racers.flatMap { first in
      permutations(racers.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// What each is told, by the rules alone.
  private static func expected(_ order: [Racer]) -> (answers: [String], end: WithdrawalState) {
    var state = WithdrawalState.pendingReview
    var approvals = 0
    var answers: [String] = []
    for racer in order {
      switch racer {
      case .cancel where state == .pendingReview || state == .approved:
        state = .cancelled
        answers.append("\(state)")
      case .cancel: answers.append("\(Refusal.notCancelable(state: state))")
      case .clock where state == .pendingReview:
        state = .expired
        answers.append("done")
      case .clock: answers.append("\(Rejection.nothingDue)")
      case .firstApproval, .secondApproval, .rejection:
        guard state == .pendingReview else {
          answers.append("\(Refusal.notInReview(state: state))")
          continue
        }
        if racer == .rejection { state = .rejected } else { approvals += 1 }
        if approvals == 2 { state = .approved }
        answers.append("\(state)")
      }
    }
    return (answers, state)
  }

  @Test func everyOrderIsASerialOne() throws {
    #expect(Self.orders.count == 120)
    for order in Self.orders {
      let ledger = try Ledger.reviewing(checkers: 2)
      let id = try ledger.submitReviewed()
      let digest = ledger.digest(id)
      ledger.later(hour)
      let answers = try order.map { racer in
        let answer =
          switch racer {
          case .cancel: try ledger.cancel(id, request: "cancel")
          case .firstApproval: try ledger.review(id, .approve(digest: digest), by: ann, request: "first")
          case .secondApproval: try ledger.review(id, .approve(digest: digest), by: bob, request: "second")
          case .rejection: try ledger.review(id, .reject(reason: label("R")), by: cai, request: "reject")
          case .clock: try ledger.perform(.expireReview)
          }
        return Self.said(answer)
      }
      let (expected, end) = Self.expected(order)
      #expect(answers == expected, "\(order)")
      #expect(ledger.stateOf(id) == end, "\(order)")
      #expect(ledger.balance("a")?.debitsPending == (end == .approved ? 2_000 : 0), "\(order)")
      try ledger.state.audit()
      #expect(try ledger.replayedHash() == ledger.state.stateHash(), "\(order)")
      // Each of them, told again, says where the withdrawal stands or why it was refused, and nothing moves.
      let hash = ledger.state.stateHash()
      try ledger.cancel(id, request: "cancel")
      try ledger.review(id, .approve(digest: digest), by: ann, request: "first")
      #expect(ledger.state.stateHash() == hash, "\(order)")
    }
  }

  private static func said(_ answer: Answer) -> String {
    if let withdrawal = answer.withdrawal { return "\(withdrawal.state)" }
    if let refusal = answer.refusal { return "\(refusal)" }
    if let rejection = answer.rejection { return "\(rejection)" }
    return "done"
  }
}
