import Digests
import LedgerCore
import Testing

/// What people do with a withdrawal in review, one step at a time.
@Suite struct ReviewTests {
  @Test func aSubmissionOpensAReview() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    let facts = try #require(ledger.standing(id))
    #expect(ledger.stateOf(id) == .pendingReview)
    #expect(facts.required == 2)
    #expect(facts.approvals.isEmpty && facts.claimedBy == nil && !facts.isEscalated)
    #expect(facts.due == Timestamp(microseconds: ledger.now.microseconds + ledger.policy.reviewMicroseconds))
    #expect(facts.digest != Digest256())
    #expect(ledger.queue() == [id])
    // What was approved at once never had one.
    let other = try #require(try ledger.submit(fen(10), of: "a", request: "small").withdrawal)
    #expect(other.state == .approved && other.review == nil)
  }

  @Test func oneOfOneApproves() throws {
    let ledger = try Ledger.reviewing()
    let id = try ledger.submitReviewed()
    let held = ledger.balance("a")?.debitsPending
    let approved = try #require(try ledger.approve(id, by: ann).withdrawal)
    #expect(approved.state == .approved)
    #expect(approved.review?.facts.approvals == [Approval(person: ann.name, role: .reviewer, time: ledger.now)])
    #expect(approved.lastSequence == ledger.state.lastSequence)
    #expect(ledger.balance("a")?.debitsPending == held)
    #expect(ledger.queue().isEmpty)
  }

  @Test func twoDifferentPeopleApproveTheSameDigest() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    let digest = ledger.digest(id)
    #expect(try ledger.approve(id, by: ann).withdrawal?.state == .pendingReview)
    #expect(ledger.digest(id) == digest)
    // The same name in another role is the same person.
    let twin = Person(name: ann.name, role: .compliance)
    #expect(try ledger.approve(id, by: twin).refusal == .personDecidedAlready)
    #expect(try ledger.review(id, .approve(digest: digest), by: bob).withdrawal?.state == .approved)
    #expect(ledger.standing(id)?.approvals.map(\.person) == [ann.name, bob.name])
  }

  @Test func anEscalatedReviewNeedsCompliance() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    try ledger.approve(id, by: ann)
    #expect(
      try ledger.review(id, .escalate(reason: label("odd")), by: bob).withdrawal?.review?.facts.isEscalated == true)
    #expect(try ledger.approve(id, by: bob).withdrawal?.state == .pendingReview)
    #expect(try ledger.approve(id, by: eve).withdrawal?.state == .pendingReview)
    #expect(try ledger.approve(id, by: cai).withdrawal?.state == .approved)
    // Compliance among the first is as good.
    let second = try ledger.submitReviewed()
    try ledger.review(second, .escalate(reason: label("odd")), by: ann)
    try ledger.approve(second, by: cai)
    #expect(try ledger.approve(second, by: ann).withdrawal?.state == .approved)
  }

  @Test func rejectionGivesEverythingBack() throws {
    let ledger = try Ledger.reviewing()
    let before = ledger.balance("a")?.available
    let id = try ledger.submitReviewed()
    let rejected = try #require(try ledger.review(id, .reject(reason: label("STOLEN")), by: ann).withdrawal)
    #expect(rejected.state == .rejected && rejected.review?.facts.rejectionReason == label("STOLEN"))
    #expect(ledger.balance("a")?.available == before)
    #expect(ledger.queue().isEmpty)
    try ledger.state.audit()
  }

  @Test func aClaimKeepsOthersAwayUntilItEnds() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    #expect(try ledger.review(id, .claim, by: ann).withdrawal?.review?.facts.claimedBy == ann.name)
    let until = Timestamp(microseconds: ledger.now.microseconds + ReviewLimits.claimMicroseconds)
    #expect(ledger.standing(id)?.claimedUntil == until)
    for action: ReviewAction in [
      .claim, .release, .approve(digest: ledger.digest(id)), .reject(reason: label("R")),
      .requestInformation(note: label("?")),
    ] {
      #expect(try ledger.review(id, action, by: bob).refusal == .reviewClaimed(until: until), "\(action)")
    }
    #expect(ledger.queue(.all(claimedBy: ann)) == [id])
    #expect(ledger.queue(.all(claimedBy: bob)).isEmpty)
    // Who approves is done: the next may go on at once.
    try ledger.approve(id, by: ann)
    #expect(ledger.standing(id)?.claimedBy == nil)
    try ledger.review(id, .claim, by: bob)
    try ledger.review(id, .release, by: bob)
    #expect(ledger.standing(id)?.claimedBy == nil)
    try ledger.review(id, .claim, by: cai)
    ledger.later(ReviewLimits.claimMicroseconds)
    #expect(ledger.queue(.all(claimedBy: cai)).isEmpty)
    #expect(try ledger.approve(id, by: bob).withdrawal?.state == .approved)
  }

  /// Everything that an approval is bound to is in the digest: two histories that differ in one thing give two digests.
  @Test func theDigestBindsWhatIsApproved() throws {
    let base = try Self.digest()
    #expect(try Self.digest() == base)
    let others: [(String, Digest256)] = [
      ("amount", try Self.digest(amount: 2_001)),
      ("payee", try Self.digest(payee: "other")),
      ("fee", try Self.digest { $0.policy.fee = 1 }),
      ("points", try Self.digest(acceleration: .points) { $0.policy.points = 5 }),
      ("rules", try Self.digest { $0.policy.version = 2 }),
      (
        "score",
        try Self.digest {
          $0.policy.assessment = { _ in
            RiskResult(verdict: .review, score: 51, reasons: [RiskReason(code: .largeAmount, points: 50)])
          }
        }
      ),
      (
        "reason",
        try Self.digest {
          $0.policy.assessment = { _ in
            RiskResult(verdict: .review, score: 50, reasons: [RiskReason(code: .newAgent, points: 50)])
          }
        }
      ),
      ("ledger", try Self.digest(ledgerID: fingerprint("other"))),
      ("version", try Self.digest { try $0.changeList(.put(until: nil, reason: label("r")), .device, "x") }),
      ("id", try Self.digest { try $0.submit(fen(1), of: "b", request: "before") }),
    ]
    for (name, digest) in others { #expect(digest != base, "\(name)") }
    #expect(Set(others.map(\.1)).count == others.count)
  }

  /// Of a withdrawal in review, after a short history.
  private static func digest(
    amount: Int64 = 2_000, payee: String = "payee", acceleration: Acceleration = .fee,
    ledgerID: Fingerprint128 = Fingerprint128(), _ change: (Ledger) throws -> Void = { _ in }
  ) throws -> Digest256 {
    let ledger = Ledger()
    ledger.policy = try Ledger.reviewing().policy
    ledger.state = LedgerState(epoch: 1, shard: 0, ledgerID: ledgerID, hashSeed: HashSeed(first: 1, second: 2))
    for agent in ["a", "b"] {
      try ledger.createAgent(agent)
      try ledger.deposit(fen(1_000_000), to: agent, reference: "v-\(agent)")
      try ledger.deposit(fen(100, .points), to: agent, reference: "points-\(agent)")
    }
    try change(ledger)
    let answer = try ledger.submit(
      fen(amount), of: "a", request: "w", payee: payee, acceleration: acceleration)
    return try #require(answer.withdrawal?.review).facts.digest
  }

  @Test func requestedInformationStopsTheClockAndAnAmendStartsItAgain() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    let digest = ledger.digest(id)
    try ledger.approve(id, by: ann)
    ledger.later(20 * minute)
    try ledger.review(id, .requestInformation(note: label("whose card?")), by: bob)
    #expect(ledger.standing(id)?.informationNote == label("whose card?"))
    #expect(
      ledger.standing(id)?.due
        == Timestamp(microseconds: ledger.now.microseconds + ReviewLimits.informationMicroseconds))
    ledger.later(10 * hour)
    // Asked again, the partner has the full time again, and the deciders keep what they had left.
    try ledger.review(id, .requestInformation(note: label("and when?")), by: bob)
    ledger.later(10 * hour)
    let version = try #require(ledger.withdrawal(id)).lastSequence
    #expect(try ledger.amend(id, to: "other", expected: version - 1).rejection == .etagMismatch(current: version))
    let amended = try #require(try ledger.amend(id, to: "other", expected: version).withdrawal)
    let facts = try #require(amended.review?.facts)
    #expect(amended.state == .pendingReview && amended.payee == label("other"))
    #expect(facts.approvals.isEmpty && facts.informationNote == .none && facts.required == 2)
    #expect(facts.due == Timestamp(microseconds: ledger.now.microseconds + 40 * minute))
    #expect(facts.digest != digest)
    #expect(try ledger.review(id, .approve(digest: digest), by: bob).refusal == .digestOutdated)
    // What was approved before is not there any more: all have to look again.
    try ledger.approve(id, by: ann)
    #expect(try ledger.approve(id, by: bob).withdrawal?.state == .approved)
    #expect(amended.timeline.count == 3)
  }

  @Test func anApprovalAnswersTheQuestion() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    ledger.later(15 * minute)
    try ledger.review(id, .requestInformation(note: label("?")), by: ann)
    ledger.later(2 * hour)
    try ledger.approve(id, by: ann)
    let facts = try #require(ledger.standing(id))
    #expect(facts.informationNote == .none)
    #expect(facts.due == Timestamp(microseconds: ledger.now.microseconds + 45 * minute))
    #expect(try ledger.amend(id, to: "other").refusal == .noInformationRequested)
  }

  @Test func anAmendIsScreenedAgain() throws {
    let ledger = try Ledger.reviewing()
    let before = ledger.balance("a")?.available
    let id = try ledger.submitReviewed()
    try ledger.changeList(.put(until: nil, reason: label("known")), .payee, "bad")
    try ledger.review(id, .requestInformation(note: label("?")), by: ann)
    let rejected = try #require(try ledger.amend(id, to: "bad").withdrawal)
    #expect(rejected.state == .rejected)
    #expect(ledger.balance("a")?.available == before)
    #expect(ledger.queue().isEmpty)
    // A better score does not overrule the person who asked.
    let second = try ledger.submitReviewed()
    try ledger.review(second, .requestInformation(note: label("?")), by: ann)
    ledger.policy.assessment = { _ in .approved }
    #expect(try ledger.amend(second, to: "good").withdrawal?.state == .pendingReview)
    #expect(ledger.standing(second)?.required == 1)
    #expect(ledger.standing(second).map { $0.due > ledger.now } == true)
    try ledger.state.audit()
  }

  @Test func theQueueIsOldestFirstAndComesInPages() throws {
    let ledger = try Ledger.reviewing()
    var ids: [WithdrawalID] = []
    for i in 0..<20 { ids.append(try ledger.submitReviewed(Int64(2_000 + i))) }
    #expect(ledger.queue() == ids)
    #expect(ledger.queue(.all(minimum: 2_015)) == Array(ids[15...]))
    #expect(ledger.queue(.all(partner: "q")).isEmpty)
    try ledger.review(ids[3], .escalate(reason: label("odd")), by: ann)
    #expect(ledger.queue(.all(escalatedOnly: true)) == [ids[3]])

    guard case .withdrawals(let page, let next?) = ledger.ask(.reviews(.all(limit: 5))).0 else {
      Issue.record("no second page")
      return
    }
    #expect(page.map(\.id) == Array(ids[0..<5]))
    // What is decided between the pages, also the place to go on from, breaks nothing.
    for i in [0, 4, 5, 6] { try ledger.approve(ids[i], by: ann) }
    #expect(ledger.queue(.all(after: next)) == Array(ids[7...]))
    #expect(ledger.queue(.all(after: 4_711)).isEmpty)
    for id in ids[7...] { try ledger.review(id, .reject(reason: label("R")), by: ann) }
    #expect(ledger.queue(.all(after: next)).isEmpty)
    #expect(ledger.queue() == Array(ids[1..<4]))
  }

  /// What is seen of a review rests on its newest act, and so does the etag.
  @Test func answersRestOnTheActs() throws {
    let ledger = try Ledger.reviewing()
    let id = try ledger.submitReviewed()
    ledger.later(minute)
    try ledger.review(id, .claim, by: ann)
    let sequence = ledger.state.lastSequence
    let (answer, rests) = ledger.ask(.withdrawal(id, .all))
    #expect(rests == sequence && answer.withdrawal?.lastSequence == sequence)
    #expect(answer.withdrawal?.updateTime == ledger.now)
    #expect(ledger.ask(.reviews(.all())).1 == sequence)
    #expect(try ledger.cancel(id, request: "c", expected: sequence - 1).rejection == .etagMismatch(current: sequence))
  }

  @Test func repeatedRequestsAreAnsweredAgain() throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    let digest = ledger.digest(id)
    try ledger.review(id, .approve(digest: digest), by: ann, request: "once")
    let hash = ledger.state.stateHash()
    #expect(try ledger.review(id, .approve(digest: digest), by: ann, request: "once").withdrawal?.id == id)
    #expect(try ledger.review(id, .reject(reason: label("R")), by: ann, request: "once").rejection == .requestIDReused)
    #expect(ledger.state.stateHash() == hash)
  }
}
