import Digests
import LedgerCore
import Testing

/// Lists as people change them, what outcomes add to them, and which rules were in force.
@Suite struct OutcomeAndListTests {
  @Test func listsChangeAndAreListed() throws {
    let ledger = try Ledger.reviewing()
    let until = Timestamp(microseconds: ledger.now.microseconds + hour)
    let put = try #require(try ledger.changeList(.put(until: until, reason: label("seen")), .device, "phone").listEntry)
    #expect(put.name == label("phone") && put.until == until && put.partner == Label.none && !put.isAutomatic)
    #expect(put.sequence == ledger.state.lastSequence)
    let agent = try #require(
      try ledger.changeList(.put(until: nil, reason: label("vip")), .agent, "a", colour: .white).listEntry)
    #expect(agent.partner == label("p") && agent.until == nil)
    #expect(entries(ledger, nil).map(\.name) == [label("phone"), label("a")])
    #expect(entries(ledger, .agent).map(\.name) == [label("a")])
    // Put again, it is replaced; removed, it is gone; the first request is answered as it was.
    try ledger.changeList(.put(until: nil, reason: label("worse")), .device, "phone", request: "again")
    #expect(entries(ledger, .device).map(\.reason) == [label("worse")])
    try ledger.changeList(.remove(reason: label("sold")), .device, "phone")
    #expect(entries(ledger, .device).isEmpty)
    let hash = ledger.state.stateHash()
    #expect(
      try ledger.changeList(.put(until: nil, reason: label("worse")), .device, "phone", request: "again").listEntry?
        .reason
        == label("worse"))
    #expect(ledger.state.stateHash() == hash)
    #expect(try ledger.replayedHash() == hash)
  }

  /// A page looks at so many rows at most, whatever it finds: it may be empty, and tells where to go on.
  @Test func pagesOfListsAreBounded() throws {
    let ledger = try Ledger.reviewing()
    let phones = AnswerLimits.rowsScannedMaximum + 100
    for i in 0..<phones { try ledger.changeList(.put(until: nil, reason: label("r")), .device, "phone-\(i)") }
    try ledger.changeList(.put(until: nil, reason: label("r")), .address, "10.0.0.7")
    var pages: [Int] = []
    var found: [ListEntry] = []
    var after: UInt64?
    repeat {
      guard case .listEntries(let page, let next) = ledger.ask(.listEntries(.address, after: after, limit: 10)).0 else {
        break
      }
      pages.append(page.count)
      found += page
      after = next
    } while after != nil
    #expect(pages == [0, 1] && found.map(\.name) == [label("10.0.0.7")])
    #expect(ledger.ask(.listEntries(nil, after: .max, limit: 10)).0.listEntries?.isEmpty == true)
  }

  @Test func aListedPayeeIsRejected() throws {
    let ledger = try Ledger.reviewing()
    try ledger.changeList(.put(until: nil, reason: label("known")), .payee, "payee")
    #expect(try ledger.submit(fen(5), of: "a", request: "s").withdrawal?.state == .rejected)
    try ledger.changeList(.remove(reason: label("mistake")), .payee, "payee")
    #expect(try ledger.submit(fen(5), of: "a", request: "t").withdrawal?.state == .approved)
  }

  @Test func anOutcomeListsWhatWasChosen() throws {
    let ledger = try Ledger.reviewing()
    let origin = Origin(device: label("phone"), address: label("10.0.0.7"))
    let id = try ledger.submitReviewed(origin: origin)
    try ledger.approve(id, by: ann)
    let reported = try #require(
      try ledger.report(id, .stolenCard, listed: [.agent, .payee, .device, .address]).withdrawal)
    #expect(reported.state == .approved && reported.review?.facts.outcome == .stolenCard)
    let listed = entries(ledger, nil)
    #expect(listed.map(\.subject) == [.agent, .payee, .device, .address])
    #expect(listed.map(\.name) == [label("a"), label("payee"), label("phone"), label("10.0.0.7")])
    #expect(listed.allSatisfy { $0.colour == .black && $0.until == nil && $0.reason == label("STOLEN_CARD") })
    #expect(listed.map(\.partner) == [label("p"), .none, .none, .none])
    #expect(try ledger.submit(fen(5), of: "b", request: "s").withdrawal?.state == .rejected)
    // A later outcome takes the place of the first.
    try ledger.report(id, .cleared)
    #expect(ledger.standing(id)?.outcome == .cleared)
    #expect(entries(ledger, nil).count == 4)
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
  }

  @Test func theRiskLogTellsWhatWasNotApprovedAtOnce() throws {
    let ledger = try Ledger.reviewing()
    let reviewed = try ledger.submitReviewed()
    let approved = try #require(try ledger.submit(fen(5), of: "a", request: "small").withdrawal).id
    let rejected = try #require(try ledger.submit(fen(20_000), of: "a", request: "large").withdrawal)
    #expect(rejected.state == .rejected)
    try ledger.submit(fen(6), of: "a", request: "unseen")
    #expect(log(ledger) == [reviewed, rejected.id])
    try ledger.report(approved, .fraud)
    #expect(log(ledger) == [reviewed, approved, rejected.id])
    guard case .withdrawals(let page, let next?) = ledger.ask(.riskLog(after: nil, limit: 1)).0 else {
      Issue.record("no second page")
      return
    }
    #expect(page.map(\.id) == [reviewed])
    #expect(log(ledger, after: next) == [approved, rejected.id])
    #expect(log(ledger, after: .max).isEmpty)
  }

  @Test func rulesRiseAndTheSameAreNotRecordedTwice() throws {
    let ledger = try Ledger.reviewing()
    #expect(ledger.ask(.rules).0.rules?.lastSequence == 0)
    guard case .done = try ledger.activate(3, "three") else {
      Issue.record("the house's own record has no answer")
      return
    }
    let active = try #require(ledger.ask(.rules).0.rules)
    #expect(active.version == 3 && active.activeSince == ledger.now)
    #expect(active.digest == SHA256.hash(Array("three".utf8)) && active.lastSequence == ledger.state.lastSequence)
    let hash = ledger.state.stateHash()
    ledger.later(hour)
    #expect(try ledger.activate(3, "three").rules == active)
    #expect(ledger.state.stateHash() == hash)
    #expect(try ledger.activate(4, "four", request: "reload").rules?.version == 4)
    #expect(try ledger.activate(4, "four", request: "reload").rules?.version == 4)
    #expect(try ledger.replayedHash() == ledger.state.stateHash())
  }

  private func entries(_ ledger: Ledger, _ subject: ListSubject?) -> [ListEntry] {
    guard case .listEntries(let found, nil) = ledger.ask(.listEntries(subject, after: nil, limit: 100)).0 else {
      return []
    }
    return found
  }

  private func log(_ ledger: Ledger, after: UInt64? = nil) -> [WithdrawalID] {
    guard case .withdrawals(let found, nil) = ledger.ask(.riskLog(after: after, limit: 100)).0 else { return [] }
    return found.map(\.id)
  }
}
