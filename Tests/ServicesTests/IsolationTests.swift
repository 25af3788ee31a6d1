import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// A partner sees only its own; what is another's answers, to the letter, like what does not exist.
@Suite struct IsolationTests {
  private static let nobodys = "wd_00000000000000"

  private func expectSame(
    _ caller: Caller, _ method: Services.Method, _ theirs: any Message, _ absent: any Message, _ code: RPCStatus.Code
  ) async throws {
    let one = try await caller.failure(method, theirs)
    let other = try await caller.failure(method, absent)
    #expect(one.code == code, "\(method.name): \(one)")
    #expect(one == other, "\(method.name)")
  }

  @Test func whatIsAnothersLooksAbsent() async throws {
    let house = try House()
    try await house.open("a1")
    try await house.open("b1", partner: "other")
    let (demo, other) = (house.partner(), house.partner("other"))
    let theirs = try await demo.submit("a1", 100, requestID: "r1")
    let before = house.ledger.feed.lastSequence

    try await expectSame(other, .getWithdrawal, Requests.get(id: theirs.id), Requests.get(id: Self.nobodys), .notFound)
    try await expectSame(
      other, .getWithdrawal, Requests.get(requestID: "r1"), Requests.get(requestID: "never"), .notFound)
    try await expectSame(
      other, .cancelWithdrawal, Requests.cancel(theirs.id, requestID: "c"),
      Requests.cancel(Self.nobodys, requestID: "c2"), .notFound)
    try await expectSame(
      other, .cancelWithdrawal, Requests.cancel(theirs.id, requestID: "c", etag: theirs.etag),
      Requests.cancel(Self.nobodys, requestID: "c2", etag: theirs.etag), .notFound)
    try await expectSame(
      other, .submitWithdrawal, Requests.submit("a1", 1, requestID: "s"), Requests.submit("no", 1, requestID: "s"),
      .notFound)
    var watch = (Settlement_V1_WatchWithdrawalsRequest(), Settlement_V1_WatchWithdrawalsRequest())
    (watch.0.id, watch.1.id) = (theirs.id, Self.nobodys)
    try await expectSame(other, .watchWithdrawals, watch.0, watch.1, .notFound)

    for (partner, agent) in [("", "a1"), ("demo", "a1"), ("demo", "no"), ("nobody", "a1")] {
      var balance = Settlement_V1_GetBalanceRequest()
      (balance.partner, balance.agent) = (partner, agent)
      var get = Settlement_V1_GetAgentRequest()
      (get.partner, get.agent) = (partner, agent)
      var entries = Settlement_V1_ListEntriesRequest()
      (entries.partner, entries.agent) = (partner, agent)
      for (method, request) in [(.getBalance, balance), (.getAgent, get), (.listEntries, entries)]
        as [(Services.Method, any Message)]
      {
        let status = try await other.failure(method, request)
        #expect(status.code == .notFound && status.reason == "AGENT_NOT_FOUND", "\(method.name) \(partner)/\(agent)")
      }
    }
    #expect(house.ledger.feed.lastSequence == before)
    #expect(try await demo.get(theirs.id) == theirs)
    await house.close()
  }

  @Test func requestIDsAreEachPartnersOwn() async throws {
    let house = try House()
    try await house.open("a1")
    try await house.open("a1", partner: "other")
    let mine = try await house.partner().submit("a1", 100, requestID: "r1")
    let theirs = try await house.partner("other").submit("a1", 200, requestID: "r1")
    #expect(mine.id != theirs.id && theirs.partner == "other")
    #expect(try await house.partner("other").get(theirs.id) == theirs)
    // Staff have a namespace of their own as well.
    let cancelled: Settlement_V1_Withdrawal = try await house.staff(.operator).call(
      .cancelWithdrawal, Requests.cancel(mine.id, requestID: "r1"))
    #expect(cancelled.state == .cancelled)
    await house.close()
  }

  @Test func readersSeeEverybody() async throws {
    let house = try House()
    try await house.open("a1")
    let submitted = try await house.partner().submit("a1", 100, requestID: "r1")
    let reader = house.staff(.reader)
    #expect(try await reader.get(submitted.id) == submitted)
    #expect(try await reader.available("a1", of: "demo") == 99_900)
    var list = Settlement_V1_ListWithdrawalsRequest()
    list.partner = "demo"
    let page: Settlement_V1_ListWithdrawalsResponse = try await reader.call(.listWithdrawals, list)
    #expect(page.withdrawals == [submitted])
    await house.close()
  }

  @Test func aPartnersListHoldsItsOwnOnly() async throws {
    let house = try House()
    try await house.open("a1")
    try await house.open("a1", partner: "other")
    let mine = try await house.partner().submit("a1", 100, requestID: "r1")
    _ = try await house.partner("other").submit("a1", 100, requestID: "r1")
    let page: Settlement_V1_ListWithdrawalsResponse = try await house.partner().call(
      .listWithdrawals, Settlement_V1_ListWithdrawalsRequest())
    #expect(page.withdrawals == [mine])
    await house.close()
  }
}
