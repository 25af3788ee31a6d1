import Digests
import Foundation
import JournalTesting
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

@Suite struct AuditServiceTests {
  private func events(
    _ caller: Caller, _ configure: (inout Settlement_V1_ListAuditEventsRequest) -> Void = { _ in }
  ) async throws -> [Settlement_V1_AuditEvent] {
    var request = Settlement_V1_ListAuditEventsRequest()
    configure(&request)
    var found: [Settlement_V1_AuditEvent] = []
    repeat {
      let page: Settlement_V1_ListAuditEventsResponse = try await caller.call(.listAuditEvents, request)
      found += page.events
      request.fromSequence = page.nextSequence
    } while request.fromSequence != 0 && found.count < 1_000
    return found
  }

  /// A whole story: an agent is checked, gets an account, money and a payout; two people look at the account; it is erased.
  private func tell(in house: House) async throws {
    let demo = house.partner()
    try await house.open("a1")
    let _: Settlement_V1_VerifyAgentResponse = try await demo.call(.verifyAgent, Payees.verifyAgent())
    let payee = try await demo.createPayee(Payees.create())
    let withdrawal = try await demo.submit("a1", 5_000, requestID: "w1", payee: payee.id)
    let (lin, wang) = (house.staff(.finance, "lin"), house.staff(.finance, "wang"))
    let proposal = try await lin.propose(Proposals.reveal(payee.id))
    _ = try await wang.confirm(Proposals.confirm(proposal))
    _ = try await lin.look(Proposals.look(proposal))
    let _: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(withdrawal.id, requestID: "c1"))
    _ = try await demo.failure(.submitWithdrawal, Requests.submit("a1", 99_999_999, requestID: "w2"))
    house.clock.advance(seconds: 60)
    let _: Settlement_V1_PayeeAccount = try await demo.call(.erasePayeeAccount, Payees.erase(payee.id))
    var put = Settlement_V1_PutListEntryRequest()
    (put.requestID, put.subject, put.colour, put.payeeNumber, put.reason) = (
      "l1", .payee, .black, Someone.otherCard, "theft"
    )
    let _: Settlement_V1_ListEntry = try await house.staff(.compliance, "zhao").call(.putListEntry, put)
  }

  private static let story = [
    ("AGENT_CREATED", "staff/operator/lin"), ("DEPOSITED", "staff/operator/lin"), ("AGENT_VERIFIED", "partner/demo"),
    ("PAYEE_CREATED", "partner/demo"), ("WITHDRAWAL_SUBMITTED", "partner/demo"), ("PROPOSED", "staff/finance/lin"),
    ("PROPOSAL_CONFIRMED", "staff/finance/wang"), ("PAYEE_REVEALED", "staff/finance/lin"),
    ("WITHDRAWAL_CANCELLED", "partner/demo"), ("REQUEST_REFUSED", "partner/demo"), ("PAYEE_ERASED", "partner/demo"),
    ("LIST_CHANGED", "staff/compliance/zhao"),
  ]

  @Test func everyActHasItsEvent() async throws {
    let house = try House()
    try await tell(in: house)
    let all = try await events(house.staff(.auditor))
    #expect(all.map(\.kind) == Self.story.map(\.0))
    #expect(all.map(\.actor) == Self.story.map(\.1))
    #expect(all.map(\.sequence) == Array(1...UInt64(all.count)))
    #expect(all.allSatisfy { $0.certificate.count == 16 && $0.receipt.seal.count == 32 && !$0.requestID.isEmpty })
    // From the certificate that the connection was made with.
    let name = "spiffe://\(House.domain)/partner/demo"
    let digest = SHA256.hash(Array(name.utf8)).hexadecimal
    #expect(all[2].certificate == String(digest.prefix(16)))
    #expect(Set(all.dropLast().map(\.partner)) == ["demo"])

    let byKind = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })
    #expect(byKind["AGENT_VERIFIED"]?.details == "passed name, id_number, card_number")
    #expect(byKind["PAYEE_CREATED"]?.details == "BANK_CARD **** **** **** 0128 张**, verified")
    #expect(byKind["PAYEE_CREATED"]?.payeeID.hasPrefix("pa_") == true)
    #expect(byKind["WITHDRAWAL_SUBMITTED"]?.payeeID == byKind["PAYEE_CREATED"]?.payeeID)
    #expect(byKind["WITHDRAWAL_SUBMITTED"]?.details.hasPrefix("50.00 CNY, fee 0.00 CNY") == true)
    #expect(byKind["WITHDRAWAL_CANCELLED"]?.withdrawalID == byKind["WITHDRAWAL_SUBMITTED"]?.withdrawalID)
    #expect(byKind["PAYEE_REVEALED"]?.proposalID == byKind["PROPOSED"]?.proposalID)
    #expect(byKind["PROPOSED"]?.payeeID == byKind["PAYEE_CREATED"]?.payeeID)
    #expect(byKind["REQUEST_REFUSED"]?.details.hasPrefix("SUBMIT_WITHDRAWAL: INSUFFICIENT_FUNDS") == true)
    #expect(byKind["LIST_CHANGED"]?.details.hasPrefix("put BLACK PAYEE ") == true)
    for event in all { #expect(Someone.leaks(in: try event.serializedBytes()).isEmpty, "\(event.kind)") }
    await house.close()
  }

  @Test func filtersAndPages() async throws {
    let house = try House()
    try await tell(in: house)
    let auditor = house.staff(.auditor)
    let all = try await events(auditor)
    let withdrawal = try #require(all.first { $0.kind == "WITHDRAWAL_SUBMITTED" }).withdrawalID
    let late = try #require(all.first { $0.kind == "PAYEE_ERASED" }).time

    #expect(try await events(auditor) { $0.pageSize = 5 } == all)
    #expect(try await events(auditor) { $0.pageSize = 1 } == all)
    #expect(try await events(auditor) { $0.fromSequence = 4 } == Array(all.dropFirst(3)))
    #expect(
      try await events(auditor) { $0.actor = "staff/finance/lin" }.map(\.kind) == ["PROPOSED", "PAYEE_REVEALED"])
    #expect(try await events(auditor) { $0.kind = "PAYEE_REVEALED" }.count == 1)
    #expect(
      try await events(auditor) { $0.withdrawalID = withdrawal }.map(\.kind)
        == ["WITHDRAWAL_SUBMITTED", "WITHDRAWAL_CANCELLED"])
    #expect(try await events(auditor) { $0.partner = "nobody" }.isEmpty)
    #expect(try await events(auditor) { $0.partner = "demo" } == Array(all.dropLast()))
    #expect(try await events(auditor) { $0.agent = "a1" }.allSatisfy { $0.agent == "a1" })
    #expect(try await events(auditor) { $0.fromTime = late } == Array(all.suffix(2)))
    #expect(try await events(auditor) { $0.toTime = late } == Array(all.dropLast(2)))

    var bad = Settlement_V1_ListAuditEventsRequest()
    (bad.withdrawalID, bad.pageSize) = ("wd_?", -1)
    bad.fromTime.seconds = -1
    let status = try await auditor.failure(.listAuditEvents, bad)
    #expect(status.badFields.sorted() == ["from_time", "page_size", "withdrawal_id"])
    await house.close()
  }

  /// A call looks at a bounded number of records and says where to go on.
  @Test func aRareEventIsFoundInSeveralCalls() async throws {
    let house = try House()
    try await house.open("a1")
    let ledger = house.ledger
    let (demo, agent) = (try Label("demo"), try Label("a1"))
    let (records, chunk) = (AuditService.recordsMaximum + 1_000, 500)
    for start in stride(from: 0, to: records, by: chunk) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in start..<start + chunk {
          let id = try Label("d\(number)")
          let key = RequestKey(namespace: .staff, id: id, content: Fingerprint128(first: 1, second: UInt64(number)))
          group.addTask {
            _ = await ledger.perform(
              .command(
                .deposit(
                  Deposit(
                    key: key, partner: demo, agent: agent, amount: Money(minorUnits: 1, currency: .cny),
                    externalReference: id))))
          }
        }
        try await group.waitForAll()
      }
    }
    var request = Settlement_V1_ListAuditEventsRequest()
    request.kind = "PAYEE_REVEALED"
    let auditor = house.staff(.auditor)
    let first: Settlement_V1_ListAuditEventsResponse = try await auditor.call(.listAuditEvents, request)
    #expect(first.events.isEmpty && first.nextSequence == UInt64(AuditService.recordsMaximum) + 1)
    request.fromSequence = first.nextSequence
    let second: Settlement_V1_ListAuditEventsResponse = try await auditor.call(.listAuditEvents, request)
    #expect(second.events.isEmpty && second.nextSequence == 0)
    // Of a record that names no person yet.
    request.kind = ""
    request.pageSize = 1
    request.fromSequence = 10
    let old: Settlement_V1_ListAuditEventsResponse = try await auditor.call(.listAuditEvents, request)
    #expect(old.events.map(\.actor) == ["staff"] && old.events.map(\.certificate) == [""] && old.nextSequence == 11)

    var verify = Settlement_V1_VerifyChainRequest()
    let part: Settlement_V1_VerifyChainResponse = try await auditor.call(.verifyChain, verify)
    #expect(part.fromSequence == 1 && part.records >= UInt64(AuditService.recordsMaximum))
    #expect(part.nextSequence == part.toSequence + 1)
    verify.fromSequence = part.nextSequence
    let rest: Settlement_V1_VerifyChainResponse = try await auditor.call(.verifyChain, verify)
    #expect(rest.nextSequence == 0 && rest.toSequence == house.ledger.feed.lastSequence)
    #expect(rest.records + part.records == rest.toSequence)
    await house.close()
  }

  @Test func theChainIsVerified() async throws {
    let house = try House()
    let auditor = house.staff(.auditor)
    let empty: Settlement_V1_VerifyChainResponse = try await auditor.call(
      .verifyChain, Settlement_V1_VerifyChainRequest())
    #expect(empty == Settlement_V1_VerifyChainResponse())
    try await tell(in: house)
    let end = house.ledger.feed.lastSequence
    let all: Settlement_V1_VerifyChainResponse = try await auditor.call(
      .verifyChain, Settlement_V1_VerifyChainRequest())
    #expect(all.fromSequence == 1 && all.toSequence == end && all.records == end && all.nextSequence == 0)
    let last = try #require(try await events(auditor).last)
    #expect(all.seal == last.receipt.seal, "the seal of the last frame is that of the receipts in it")

    var beyond = Settlement_V1_VerifyChainRequest()
    beyond.toSequence = end + 1
    let status = try await auditor.failure(.verifyChain, beyond)
    #expect(status.code == .outOfRange && status.reason == "SEQUENCE_BEYOND_END")
    beyond.fromSequence = 3
    beyond.toSequence = 2
    #expect(try await auditor.failure(.verifyChain, beyond).badFields == ["from_sequence"])
    await house.close()
  }

  @Test func aFlippedBitIsFound() async throws {
    let house = try House()
    try await tell(in: house)
    let auditor = house.staff(.auditor)
    // The first record's partner stands in the clear.
    func mark(_ bytes: [UInt8]) -> Range<Int>? { Data(bytes).range(of: Data("demo".utf8)) }
    let disk = house.disk
    let path = try #require(disk.paths.first { disk.contents($0).flatMap(mark) != nil })
    var bytes = try #require(disk.contents(path))
    let place = try #require(mark(bytes))
    bytes[place.lowerBound] ^= 1
    disk.setContents(path, bytes)
    let status = try await auditor.failure(.verifyChain, Settlement_V1_VerifyChainRequest())
    #expect(status.code == .dataLoss && status.reason == "JOURNAL_UNREADABLE", "\(status)")
    let list = try await auditor.failure(.listAuditEvents, Settlement_V1_ListAuditEventsRequest())
    #expect(list.code == .dataLoss)
    await house.close()
  }
}
