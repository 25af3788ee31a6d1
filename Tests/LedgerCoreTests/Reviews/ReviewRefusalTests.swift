import Digests
import LedgerCore
import Testing

/// Every reason that stops somebody from deciding, holding, amending or confirming. A refusal changes nothing but that it
/// is remembered; a rejection not even that.
@Suite struct ReviewRefusalTests {
  enum Expected: Sendable {
    case refused(Refusal)
    case rejected(Rejection)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let expected: Expected
    /// Prepares a withdrawal in review with two checkers, then does what is refused.
    let perform: @Sendable (Ledger, WithdrawalID) throws -> Answer

    init(
      _ name: String, _ expected: Expected, _ perform: @escaping @Sendable (Ledger, WithdrawalID) throws -> Answer
    ) {
      testDescription = name
      self.expected = expected
      self.perform = perform
    }
  }

  static let reason = label("R")
  static let start = Ledger().now
  static func after(_ microseconds: Int64) -> Timestamp {
    Timestamp(microseconds: start.microseconds + microseconds)
  }

  static let cases: [Case] = [
    Case("approval by the maker", .refused(.makerMayNotDecide)) { try $0.approve($1, by: maker) },
    Case("rejection by the maker", .refused(.makerMayNotDecide)) {
      try $0.review($1, .reject(reason: reason), by: maker)
    },
    Case("approval by one person twice", .refused(.personDecidedAlready)) {
      try $0.approve($1, by: ann)
      return try $0.approve($1, by: ann)
    },
    Case("approval by one person with two roles", .refused(.personDecidedAlready)) {
      try $0.approve($1, by: ann)
      return try $0.approve($1, by: Person(name: ann.name, role: .compliance))
    },
    Case("approval of an old digest", .refused(.digestOutdated)) {
      let digest = $0.digest($1)
      try $0.review($1, .requestInformation(note: label("?")), by: ann)
      try $0.amend($1, to: "other")
      return try $0.review($1, .approve(digest: digest), by: ann)
    },
    Case("approval of no digest", .refused(.digestOutdated)) {
      try $0.review($1, .approve(digest: Digest256()), by: ann)
    },
    Case("approval of another's digest", .refused(.digestOutdated)) {
      let other = try $0.submitReviewed()
      return try $0.review($1, .approve(digest: $0.digest(other)), by: ann)
    },
    Case("approval of what another claimed", .refused(.reviewClaimed(until: after(ReviewLimits.claimMicroseconds)))) {
      try $0.review($1, .claim, by: bob)
      return try $0.approve($1, by: ann)
    },
    Case("claim of what another claimed", .refused(.reviewClaimed(until: after(ReviewLimits.claimMicroseconds)))) {
      try $0.review($1, .claim, by: bob)
      return try $0.review($1, .claim, by: ann)
    },
    Case("release of what another claimed", .refused(.reviewClaimed(until: after(ReviewLimits.claimMicroseconds)))) {
      try $0.review($1, .claim, by: bob)
      return try $0.review($1, .release, by: ann)
    },
    Case("release of what nobody claimed", .rejected(.nothingToChange)) { try $0.review($1, .release, by: ann) },
    Case("escalation twice", .rejected(.nothingToChange)) {
      try $0.review($1, .escalate(reason: reason), by: ann)
      return try $0.review($1, .escalate(reason: reason), by: bob)
    },
    Case("approval after approval", .refused(.notInReview(state: .approved))) {
      try $0.approve($1, by: ann)
      try $0.approve($1, by: bob)
      return try $0.approve($1, by: cai)
    },
    Case("approval after rejection", .refused(.notInReview(state: .rejected))) {
      try $0.review($1, .reject(reason: reason), by: bob)
      return try $0.approve($1, by: ann)
    },
    Case("approval after cancel", .refused(.notInReview(state: .cancelled))) {
      try $0.cancel($1, request: "c")
      return try $0.approve($1, by: ann)
    },
    Case("approval after expiry", .refused(.notInReview(state: .expired))) {
      $0.later(hour)
      try $0.perform(.expireReview)
      return try $0.approve($1, by: ann)
    },
    Case("approval of what was never in review", .refused(.notInReview(state: .approved))) { ledger, _ in
      let id = try #require(try ledger.submit(fen(5), of: "a", request: "small").withdrawal).id
      return try ledger.approve(id, by: ann)
    },
    Case("approval of what is held", .refused(.onHold)) {
      try $0.hold($1, true, by: cai)
      return try $0.approve($1, by: ann)
    },
    Case("approval by compliance of what is held", .refused(.onHold)) {
      try $0.hold($1, true, by: cai)
      return try $0.approve($1, by: dan)
    },
    Case("claim of what is held", .refused(.onHold)) {
      try $0.hold($1, true, by: cai)
      return try $0.review($1, .claim, by: ann)
    },
    Case("cancel of what is held", .refused(.onHold)) {
      try $0.hold($1, true, by: cai)
      return try $0.cancel($1, request: "c")
    },
    Case("amend of what is held", .refused(.onHold)) {
      try $0.review($1, .requestInformation(note: label("?")), by: ann)
      try $0.hold($1, true, by: cai)
      return try $0.amend($1, to: "other")
    },
    Case("review without a person", .rejected(.withdrawalNotFound)) { try $0.review($1, .claim, by: nil) },
    Case("review of nothing", .rejected(.withdrawalNotFound)) { ledger, _ in
      try ledger.review(WithdrawalID(epoch: 1, shard: 0, ordinal: 99), .claim, by: ann)
    },
    Case("hold by a reviewer", .rejected(.withdrawalNotFound)) { try $0.hold($1, true, by: ann) },
    Case("hold of what is held", .refused(.holdUnchanged(isHeld: true))) {
      try $0.hold($1, true, by: cai)
      return try $0.hold($1, true, by: dan)
    },
    Case("lift of what is not held", .refused(.holdUnchanged(isHeld: false))) { try $0.hold($1, false, by: cai) },
    Case("hold of what is over", .refused(.notInReview(state: .rejected))) {
      try $0.review($1, .reject(reason: reason), by: bob)
      return try $0.hold($1, true, by: cai)
    },
    Case("amend that nobody asked for", .refused(.noInformationRequested)) { try $0.amend($1, to: "other") },
    Case("amend of what is over", .refused(.notInReview(state: .rejected))) {
      try $0.review($1, .reject(reason: reason), by: bob)
      return try $0.amend($1, to: "other")
    },
    Case("amend by another partner", .rejected(.withdrawalNotFound)) {
      try $0.createAgent("x", partner: "q")
      try $0.review($1, .requestInformation(note: label("?")), by: ann)
      return try $0.amend($1, to: "other", partner: "q")
    },
    Case("amend to no account", .rejected(.payeeNotFound)) {
      $0.policy.admission = Admission(needsVerifiedAgent: false, needsPayeeAccount: true)
      try $0.review($1, .requestInformation(note: label("?")), by: ann)
      return try $0.amend($1, to: "other")
    },
    Case("amend to an account that is gone", .refused(.payeeErased)) {
      let payee = try $0.createPayee()
      try $0.erase(payee.id)
      try $0.review($1, .requestInformation(note: label("?")), by: ann)
      return try $0.amend($1, to: payee.id.description)
    },
    Case("expiry before its time", .rejected(.nothingDue)) { ledger, _ in
      ledger.later(hour - 1)
      return try ledger.perform(.expireReview)
    },
    Case("outcome before there is one", .refused(.notInReview(state: .pendingReview))) { try $0.report($1, .fraud) },
    Case("outcome of what was never decided", .refused(.notInReview(state: .cancelled))) {
      try $0.cancel($1, request: "c")
      return try $0.report($1, .fraud)
    },
    Case("outcome without a person", .rejected(.withdrawalNotFound)) { try $0.report($1, .fraud, by: nil) },
    Case("listing of a device that nobody told", .rejected(.originNotTold(.device))) {
      try $0.review($1, .reject(reason: reason), by: ann)
      return try $0.report($1, .fraud, listed: [.device])
    },
    Case("removal of what is not listed", .rejected(.listEntryNotFound)) { ledger, _ in
      try ledger.changeList(.remove(reason: reason), .device, "phone")
    },
    Case("removal of the other colour", .rejected(.listEntryNotFound)) { ledger, _ in
      try ledger.changeList(.put(until: nil, reason: reason), .device, "phone")
      return try ledger.changeList(.remove(reason: reason), .device, "phone", colour: .white)
    },
    Case("listing of an agent of no partner", .rejected(.agentNotFound)) { ledger, _ in
      try ledger.perform(
        .changeList(
          ChangeList(
            key: ledger.staffKey("l", cai, "l"), subject: .agent, colour: .black, partner: .none, name: label("a"),
            change: .put(until: nil, reason: reason))))
    },
    Case("other rules of the same version", .rejected(.rulesVersionTaken(active: 3))) { ledger, _ in
      try ledger.activate(3, "three")
      return try ledger.activate(3, "another")
    },
    Case("rules of an older version", .rejected(.rulesVersionTaken(active: 3))) { ledger, _ in
      try ledger.activate(3, "three")
      return try ledger.activate(2, "two")
    },
    Case("reveal of no payee", .rejected(.payeeNotFound)) { ledger, _ in
      try ledger.propose(.revealPayee(PayeeID(epoch: 1, shard: 0, ordinal: 1)), by: eve)
    },
    Case("reveal of an erased payee", .refused(.payeeErased)) { ledger, _ in
      let payee = try ledger.createPayee()
      try ledger.erase(payee.id)
      return try ledger.propose(.revealPayee(payee.id), by: eve)
    },
    Case("proposal without a person", .rejected(.payeeNotFound)) { ledger, _ in
      try ledger.propose(.revealPayee(try ledger.createPayee().id), by: nil)
    },
    Case("adjustment of nobody", .rejected(.agentNotFound)) { ledger, _ in
      try ledger.propose(adjustment(1, agent: "nobody"), by: eve)
    },
    Case("adjustment of nothing", .rejected(.amountNotPositive)) { ledger, _ in
      try ledger.propose(adjustment(0), by: eve)
    },
    Case("adjustment beyond all numbers", .rejected(.balanceOverflow)) { ledger, _ in
      try ledger.propose(adjustment(.min), by: eve)
    },
    Case("adjustment in another currency", .rejected(.currencyNotSupported(usd))) { ledger, _ in
      try ledger.propose(
        .adjustment(partner: label("p"), agent: label("a"), amount: fen(1, usd), reason: reason), by: eve)
    },
    Case("confirmation by the proposer", .refused(.makerMayNotDecide)) { ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(5), by: eve).proposal)
      return try ledger.confirm(proposal, by: Person(name: eve.name, role: .compliance))
    },
    Case("confirmation of another digest", .refused(.digestOutdated)) { ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(5), by: eve).proposal)
      return try ledger.confirm(proposal, by: cai, digest: Digest256())
    },
    Case("confirmation of nothing", .rejected(.proposalNotFound)) { ledger, _ in
      var proposal = try #require(try ledger.propose(adjustment(5), by: eve).proposal)
      proposal.id = ProposalID(epoch: 1, shard: 0, ordinal: 2)
      return try ledger.confirm(proposal, by: cai)
    },
    Case("confirmation without a person", .rejected(.proposalNotFound)) { ledger, _ in
      try ledger.confirm(try #require(try ledger.propose(adjustment(5), by: eve).proposal), by: nil)
    },
    Case("confirmation twice", .refused(.proposalClosed(.confirmed))) { ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(5), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      return try ledger.confirm(proposal, by: dan)
    },
    Case("confirmation too late", .refused(.proposalExpired(at: after(ReviewLimits.proposalMicroseconds)))) {
      ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(5), by: eve).proposal)
      ledger.later(ReviewLimits.proposalMicroseconds + 1)
      return try ledger.confirm(proposal, by: cai)
    },
    Case("adjustment below the floor", .refused(.insufficientFunds(available: 998_000, requested: 998_001))) {
      ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(-998_001), by: eve).proposal)
      return try ledger.confirm(proposal, by: cai)
    },
    Case("adjustment beyond 64 bits", .rejected(.balanceOverflow)) { ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(.max), by: eve).proposal)
      return try ledger.confirm(proposal, by: cai)
    },
    Case("reveal that nobody confirmed", .refused(.proposalClosed(.open))) { ledger, _ in
      let proposal = try #require(try ledger.propose(.revealPayee(try ledger.createPayee().id), by: eve).proposal)
      return try ledger.reveal(proposal.id, by: eve)
    },
    Case("reveal of an adjustment", .refused(.proposalClosed(.confirmed))) { ledger, _ in
      let proposal = try #require(try ledger.propose(adjustment(5), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      return try ledger.reveal(proposal.id, by: eve)
    },
    Case("reveal to a third person", .refused(.proposalOfOthers)) { ledger, _ in
      let proposal = try #require(try ledger.propose(.revealPayee(try ledger.createPayee().id), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      return try ledger.reveal(proposal.id, by: dan)
    },
    Case("reveal too late", .refused(.proposalExpired(at: after(ReviewLimits.revealMicroseconds)))) { ledger, _ in
      let proposal = try #require(try ledger.propose(.revealPayee(try ledger.createPayee().id), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      ledger.later(ReviewLimits.revealMicroseconds + 1)
      return try ledger.reveal(proposal.id, by: eve)
    },
    Case("reveal of what was erased since", .refused(.payeeErased)) { ledger, _ in
      let payee = try ledger.createPayee()
      let proposal = try #require(try ledger.propose(.revealPayee(payee.id), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      try ledger.erase(payee.id)
      return try ledger.reveal(proposal.id, by: eve)
    },
    Case("reveal to another person by the same request", .rejected(.requestIDReused)) { ledger, _ in
      let proposal = try #require(try ledger.propose(.revealPayee(try ledger.createPayee().id), by: eve).proposal)
      try ledger.confirm(proposal, by: cai)
      try ledger.reveal(proposal.id, by: eve, request: "look")
      return try ledger.reveal(proposal.id, by: cai, request: "look")
    },
  ]

  static func adjustment(_ amount: Int64, agent: String = "a") -> ProposalSubject {
    .adjustment(partner: label("p"), agent: label(agent), amount: fen(amount), reason: reason)
  }

  @Test(arguments: cases)
  func isRefusedAndChangesNothing(_ test: Case) throws {
    let ledger = try Ledger.reviewing(checkers: 2)
    let id = try ledger.submitReviewed()
    let answer = try test.perform(ledger, id)
    switch test.expected {
    case .rejected(let rejection): #expect(answer.rejection == rejection)
    case .refused(let refusal):
      #expect(answer.refusal == refusal)
      let last = try #require(ledger.journal.last)
      guard case .requestRefused(let fact) = try decode(last.bytes) else {
        Issue.record("a refusal that was not recorded")
        return
      }
      #expect(fact.refusal == refusal && fact.partner == label("p"))
      try expectNothingElse(ledger, fact)
    }
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
  }

  /// The state without the last record, and any other refusal in its place, differ in what is remembered of it alone.
  private func expectNothingElse(_ ledger: Ledger, _ fact: RequestRefused) throws {
    var without = LedgerState(epoch: 1, shard: 0, hashSeed: HashSeed(first: 1, second: 1))
    for (bytes, sequence, time) in ledger.journal.dropLast() {
      try without.evolve(decode(bytes), sequence: sequence, time: time)
    }
    var other = fact
    other.agent = .none
    let time = without.recordTime(ledger.now)
    try without.evolve(.requestRefused(other), sequence: without.lastSequence + 1, time: time)
    #expect(without.stateHash() == ledger.state.stateHash())
  }
}
