import Digests
import Foundation
import JournalTesting
import Ledger
import LedgerCore
import RPC
import RPCTesting
import SettlementProto
import SwiftProtobuf
import Testing
import Vault

@testable import Services

/// Nothing private stands in any reply, error, record or file; but in the one reply that is there to show it.
@Suite struct PrivacyTests {
  @Test func nothingPrivateIsAnywhere() async throws {
    let house = try House()
    try await house.open("a1")
    let (demo, officer) = (house.partner(), house.staff(.compliance))
    let (lin, wang) = (house.staff(.finance, "lin"), house.staff(.finance, "wang"))

    /// What a call brought, reply or error, as bytes.
    func bytes(_ caller: Caller, _ method: Services.Method, _ request: any Message) async throws -> [UInt8] {
      let client = caller.client
      let sent: [UInt8] = try request.serializedBytes()
      do {
        return try await house.loop.drive { try await client.unary(method.path, bytes: sent).message }
      } catch {
        let failure = try #require(error as? RPCFailure)
        return Array("\(failure.status)".utf8) + failure.status.details.flatMap { $0.value }
      }
    }

    let payee = try await demo.createPayee(Payees.create())
    let proposal = try await lin.propose(Proposals.reveal(payee.id))
    var listing = Settlement_V1_PutListEntryRequest()
    (listing.requestID, listing.subject, listing.colour, listing.reason) = ("l1", .payee, .black, "theft")
    listing.payeeNumber = Someone.otherCard
    var plain = listing
    (plain.requestID, plain.name, plain.payeeNumber) = ("l2", Someone.otherCard, "")
    let calls: [(Caller, Services.Method, any Message)] = [
      (demo, .verifyAgent, Payees.verifyAgent()),
      (demo, .verifyAgent, Payees.verifyAgent(requestID: "k2", idNumber: Someone.idNumber + "1")),
      (demo, .verifyAgent, Payees.verifyAgent(requestID: "k1", name: Someone.otherName, idNumber: Someone.otherID)),
      (demo, .createPayeeAccount, Payees.create()),
      (demo, .createPayeeAccount, Payees.create(requestID: "p2", rail: .alipay, number: Someone.phone)),
      (demo, .createPayeeAccount, Payees.create(requestID: "p3", rail: .alipay, number: Someone.email)),
      (demo, .createPayeeAccount, Payees.create(requestID: "p4", rail: .wechat, number: Someone.openID)),
      (demo, .createPayeeAccount, Payees.create(requestID: "p5", number: Someone.card + "9")),
      (demo, .createPayeeAccount, Payees.create(requestID: "p6", number: Someone.phone, holder: Someone.card)),
      (demo, .createPayeeAccount, Payees.create(requestID: "p1", number: Someone.otherCard)),
      (demo, .getPayeeAccount, Payees.get(payee.id)),
      (demo, .getPayeeAccount, Payees.get(Someone.card)),
      (demo, .listPayeeAccounts, Payees.list()),
      (demo, .verifyPayeeAccount, Payees.verify(payee.id)),
      (officer, .findPayeeAccounts, Payees.find(Someone.card)),
      (officer, .findPayeeAccounts, Payees.find(String(repeating: Someone.card, count: 20))),
      (officer, .putListEntry, listing), (officer, .putListEntry, plain),
      (officer, .listListEntries, Settlement_V1_ListListEntriesRequest()),
      (wang, .confirmProposal, Proposals.confirm(proposal)),
    ]
    for (caller, method, request) in calls {
      let leaks = Someone.leaks(in: try await bytes(caller, method, request))
      #expect(leaks.isEmpty, "\(method.name): \(leaks)")
    }
    let shown = Someone.leaks(in: try await bytes(lin, .revealPayeeAccount, Proposals.look(proposal)))
    #expect(shown.contains(Someone.card) && shown.contains(Someone.name), "the reveal does show it")
    for (caller, method, request) in [
      (demo, .erasePayeeAccount, Payees.erase(payee.id)),
      (lin, .revealPayeeAccount, Proposals.look(proposal)),
      (house.staff(.auditor), .listAuditEvents, Settlement_V1_ListAuditEventsRequest()),
    ] as [(Caller, Services.Method, any Message)] {
      let leaks = Someone.leaks(in: try await bytes(caller, method, request))
      #expect(leaks.isEmpty, "\(method.name): \(leaks)")
    }

    await house.close()
    for disk in [house.disk, house.keyDisk] {
      for path in disk.paths {
        let leaks = Someone.leaks(in: disk.contents(path) ?? [])
        #expect(leaks.isEmpty, "\(path): \(leaks)")
      }
    }
  }

  @Test func privateValuesDescribeThemselvesWithoutTheirContent() {
    let pair = PrivatePair(number: Someone.card, name: Someone.name)
    let details = PayeeDetails(rail: .bankCard, number: Someone.card, holderName: Someone.name)
    for text in ["\(pair)", "\(details)", String(reflecting: pair), String(reflecting: details)] {
      #expect(Someone.leaks(in: Array(text.utf8)).isEmpty, "\(text)")
    }
    var dumped = ""
    dump([pair], to: &dumped)
    dump([details], to: &dumped)
    #expect(Someone.leaks(in: Array(dumped.utf8)).isEmpty)
  }

  @Test func whatWasSealedIsReadAsItWas() throws {
    for (number, name) in [(Someone.card, Someone.name), ("", ""), (String(repeating: "x", count: 254), "张")] {
      let pair = try #require(PrivatePair(encoded: PrivatePair(number: number, name: name).encoded))
      #expect(pair.number == number && pair.name == name)
    }
    for bytes in [[], [1], [2, 0], [1, 5, 65], [1, 1, 0xff], [1, 0, 0xff]] as [[UInt8]] {
      #expect(PrivatePair(encoded: bytes) == nil)
    }
  }

  /// Sealed data that was moved to another agent's account does not open there.
  @Test func sealedDataIsBoundToItsPlace() async throws {
    let house = try House()
    let identity = house.ledger.identity
    func place(_ partner: String, _ agent: String, _ request: String, _ kind: PrivatePlace.Kind) throws
      -> PrivatePlace
    {
      PrivatePlace(
        kind: kind, partner: try Label(partner), agent: try Label(agent), requestID: try Label(request))
    }
    let own = try place("demo", "a1", "p1", .payee)
    let fresh = try await house.privateData.seal(
      PrivatePair(number: Someone.card, name: Someone.name), in: own, of: identity)
    #expect(try house.privateData.open(fresh.data, in: own, of: identity).number == Someone.card)
    for other in [
      try place("other", "a1", "p1", .payee), try place("demo", "a2", "p1", .payee),
      try place("demo", "a1", "p2", .payee), try place("demo", "a1", "p1", .agent),
      try place("demoa", "1", "p1", .payee),
    ] {
      #expect(throws: RPCStatus.self) { try house.privateData.open(fresh.data, in: other, of: identity) }
    }
    let elsewhere = LedgerIdentity(id: .init(first: 9, second: 9), epoch: 0, shard: 0)
    #expect(throws: RPCStatus.self) { try house.privateData.open(fresh.data, in: own, of: elsewhere) }
    await house.close()
  }
}
