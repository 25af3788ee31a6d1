import LedgerCore
import Testing

/// What the clock ends, and what compliance stops.
@Suite struct ExpiryAndHoldTests {
  @Test func whatIsDueExpiresEarliestFirst() throws {
    let ledger = try Ledger.reviewing()
    let before = ledger.balance("a")?.available
    var ids: [WithdrawalID] = []
    // Later ones are due sooner.
    for i in 0..<50 {
      ledger.policy.reviewMicroseconds = hour - Int64(i * 37 % 50) * minute
      ids.append(try ledger.submitReviewed())
    }
    let due = ids.map { ledger.standing($0)?.due.microseconds ?? 0 }
    let expected = ids.indices.sorted { (due[$0], $0) < (due[$1], $1) }
    for index in expected {
      ledger.now = Timestamp(microseconds: due[index] - 1)
      #expect(try ledger.perform(.expireReview).rejection == .nothingDue)
      ledger.now = Timestamp(microseconds: due[index])
      guard case .done = try ledger.perform(.expireReview) else {
        Issue.record("not expired")
        return
      }
      #expect(ledger.stateOf(ids[index]) == .expired)
    }
    #expect(ledger.balance("a")?.available == before)
    #expect(ledger.queue().isEmpty)
    #expect(try ledger.perform(.expireReview).rejection == .nothingDue)
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
  }

  @Test func whatIsDecidedNeverExpires() throws {
    let ledger = try Ledger.reviewing()
    let approved = try ledger.submitReviewed()
    let cancelled = try ledger.submitReviewed()
    let rejected = try ledger.submitReviewed()
    let open = try ledger.submitReviewed()
    try ledger.approve(approved, by: ann)
    try ledger.cancel(cancelled, request: "c")
    try ledger.review(rejected, .reject(reason: label("R")), by: ann)
    ledger.later(100 * hour)
    try ledger.perform(.expireReview)
    #expect(ledger.stateOf(open) == .expired)
    #expect(try ledger.perform(.expireReview).rejection == .nothingDue)
  }

  @Test func whileItIsHeldTheClockStands() throws {
    let ledger = try Ledger.reviewing()
    let id = try ledger.submitReviewed()
    let due = try #require(ledger.standing(id)).due.microseconds
    ledger.later(10 * minute)
    #expect(try ledger.hold(id, true, by: cai).withdrawal?.review?.facts.holdReason == label("check"))
    ledger.later(100 * hour)
    #expect(try ledger.perform(.expireReview).rejection == .nothingDue)
    #expect(try ledger.hold(id, false, by: dan).withdrawal?.review?.facts.holdReason == Label.none)
    #expect(ledger.standing(id)?.due == Timestamp(microseconds: due + 100 * hour))
    ledger.later(50 * minute - 1)
    #expect(try ledger.perform(.expireReview).rejection == .nothingDue)
    ledger.later(1)
    try ledger.perform(.expireReview)
    #expect(ledger.stateOf(id) == .expired)
  }

  @Test func unansweredInformationExpires() throws {
    let ledger = try Ledger.reviewing()
    let id = try ledger.submitReviewed()
    try ledger.review(id, .requestInformation(note: label("?")), by: ann)
    ledger.later(ReviewLimits.informationMicroseconds - 1)
    #expect(try ledger.perform(.expireReview).rejection == .nothingDue)
    ledger.later(1)
    try ledger.perform(.expireReview)
    #expect(ledger.stateOf(id) == .expired)
  }

  @Test func complianceHoldsAndCancelsWhatIsApproved() throws {
    let ledger = try Ledger.reviewing()
    let id = try #require(try ledger.submit(fen(10), of: "a", request: "small").withdrawal).id
    try ledger.hold(id, true, by: cai)
    #expect(ledger.queue().isEmpty)
    #expect(try ledger.cancel(id, request: "c").refusal == .onHold)
    func cancel(_ person: Person, _ request: String) throws -> Answer {
      try ledger.perform(
        .cancelWithdrawal(
          CancelWithdrawal(
            key: ledger.staffKey(request, person, request), scope: .all, id: id, expectedSequence: nil)))
    }
    #expect(try cancel(Person(name: label("o"), role: .operator), "c1").refusal == .onHold)
    let cancelled = try #require(try cancel(dan, "c2").withdrawal)
    #expect(cancelled.state == .cancelled)
    // What is over is not held any more.
    #expect(cancelled.review?.facts.holdReason == Label.none)
    #expect(try ledger.hold(id, false, by: cai).refusal == .notInReview(state: .cancelled))
  }
}
