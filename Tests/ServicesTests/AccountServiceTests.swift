import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

@Suite struct AccountServiceTests {
  @Test func anAgentAndItsBalance() async throws {
    let house = try House()
    let (demo, staff) = (house.partner(), house.staff(.operator))
    let created = try await demo.createAgent("", "a1", requestID: "c1")
    #expect(created.partner == "demo" && created.agent == "a1" && created.receipt.sequence == 1)
    // The partner named or not is the same request.
    #expect(try await demo.createAgent("demo", "a1", requestID: "c1") == created)
    var get = Settlement_V1_GetAgentRequest()
    get.agent = "a1"
    let gotten: Settlement_V1_Agent = try await demo.call(.getAgent, get)
    #expect(gotten == created)

    let empty = try await demo.balance("a1")
    #expect(empty.available == 0 && empty.currencyCode == "CNY" && empty.receipt == .init())

    let deposit = try await staff.deposit("demo", "a1", 700, requestID: "d1")
    #expect(deposit.externalReference == "d1" && deposit.amount == Requests.money(700, "CNY"))
    #expect(deposit.balance.available == 700 && deposit.balance.creditsPosted == 700)
    #expect(deposit.receipt.sequence == 2 && deposit.balance.receipt == deposit.receipt)

    let withdrawal = try await demo.submit("a1", 300, requestID: "r1")
    let balance = try await demo.balance("a1")
    #expect(balance.debitsPending == 300 && balance.available == 400 && balance.receipt == withdrawal.receipt)
    // The deposit again: no second effect, the balance as it is now.
    let again = try await staff.deposit("demo", "a1", 700, requestID: "d1")
    #expect(again.balance == balance && again.time == deposit.time && again.receipt == deposit.receipt)
    await house.close()
  }

  @Test func anExternalReferenceIsUsedOnce() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let staff = house.staff(.operator)
    let first = Requests.deposit("demo", "a1", 100, requestID: "d1", reference: "voucher")
    let _: Settlement_V1_DepositReceipt = try await staff.call(.deposit, first)
    let second = try await staff.failure(
      .deposit, Requests.deposit("demo", "a1", 100, requestID: "d2", reference: "voucher"))
    #expect(second.code == .alreadyExists && second.reason == "EXTERNAL_REFERENCE_USED")
    let other = try await staff.failure(
      .deposit, Requests.deposit("demo", "a1", 101, requestID: "d1", reference: "voucher"))
    #expect(other.code == .alreadyExists && other.reason == "REQUEST_ID_REUSED")
    #expect(try await staff.available("a1", of: "demo") == 100)
    await house.close()
  }

  @Test func entriesPageByPage() async throws {
    let house = try House()
    try await house.open("a1", "a2")
    let demo = house.partner()
    var ids: [String] = []
    for number in 0..<5 { ids.append(try await demo.submit("a1", 10, requestID: "r\(number)").id) }
    let _: Settlement_V1_Withdrawal = try await demo.call(.cancelWithdrawal, Requests.cancel(ids[0], requestID: "c"))
    var request = Settlement_V1_ListEntriesRequest()
    request.agent = "a1"
    request.pageSize = 3
    var entries: [Settlement_V1_Entry] = []
    var pages = 0
    repeat {
      let page: Settlement_V1_ListEntriesResponse = try await demo.call(.listEntries, request)
      entries += page.entries
      request.pageToken = page.nextPageToken
      pages += 1
    } while !request.pageToken.isEmpty && pages < 10
    #expect(pages == 3)
    #expect(entries.map(\.kind) == [.withdrawalReleased] + .init(repeating: .withdrawalHeld, count: 5) + [.deposit])
    #expect(entries.map(\.withdrawalID) == [ids[0]] + ids.reversed() + [""])
    #expect(entries.last?.externalReference == "deposit-demo-a1")
    #expect(entries.map(\.sequence) == entries.map(\.sequence).sorted(by: >))

    // A token of one agent's list does not fit another's.
    request.pageToken = ""
    let first: Settlement_V1_ListEntriesResponse = try await demo.call(.listEntries, request)
    request.agent = "a2"
    request.pageToken = first.nextPageToken
    let status = try await demo.failure(.listEntries, request)
    #expect(status.code == .invalidArgument && status.badFields == ["page_token"])
    await house.close()
  }
}
