import Digests
import Journal
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

@Suite struct PayeeAccountTests {
  private struct Kind: CustomTestStringConvertible {
    let rail: Settlement_V1_Rail
    let number: String
    /// The same number, written in another way.
    let again: String
    let masked: String
    let bank: String
    var testDescription: String { "\(rail)" }
  }

  private static let kinds = [
    Kind(
      rail: .bankCard, number: Someone.card, again: "6222 0212-3456 7890 128", masked: "**** **** **** 0128",
      bank: "工商银行"),
    Kind(rail: .alipay, number: Someone.phone, again: "138 1234 5678", masked: "*******5678", bank: ""),
    Kind(
      rail: .alipay, number: Someone.email, again: "Zhang.Sanfeng@Example.com", masked: "z***@example.com", bank: ""),
    Kind(rail: .wechat, number: Someone.openID, again: Someone.openID, masked: "***XYZ0", bank: ""),
  ]

  @Test(arguments: kinds) private func anAccountIsKeptAndFound(_ kind: Kind) async throws {
    let house = try House()
    try await house.open("a1", "a2", minorUnits: 0)
    let demo = house.partner()
    let request = Payees.create(rail: kind.rail, number: kind.number)
    let created = try await demo.createPayee(request)
    #expect(created.id.hasPrefix("pa_") && created.partner == "demo" && created.agent == "a1")
    #expect(created.rail == kind.rail && created.state == .verified)
    #expect(created.maskedNumber == kind.masked && created.maskedName == "张**" && created.bank == kind.bank)
    #expect(created.receipt.sequence == house.ledger.feed.lastSequence && created.receipt.seal.count == 32)
    let gotten: Settlement_V1_PayeeAccount = try await demo.call(.getPayeeAccount, Payees.get(created.id))
    #expect(gotten == created)

    // Another agent's, the number written in another way: both are found by it.
    let second = try await demo.createPayee(
      Payees.create("a2", requestID: "p2", rail: kind.rail, number: kind.again))
    for number in [kind.number, kind.again] {
      let found: Settlement_V1_ListPayeeAccountsResponse = try await house.staff(.compliance).call(
        .findPayeeAccounts, Payees.find(number))
      #expect(found.accounts == [second, created])
    }
    let none: Settlement_V1_ListPayeeAccountsResponse = try await house.staff(.compliance).call(
      .findPayeeAccounts, Payees.find(Someone.otherCard))
    #expect(none.accounts.isEmpty && none.nextPageToken.isEmpty)
    await house.close()
  }

  @Test func repeatedRequestsHaveOneAccountAndOneKey() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let created = try await demo.createPayee(Payees.create())
    #expect(house.privateData.keys.keyIDs.count == 1)
    // However the number is written, it is the same request.
    #expect(try await demo.createPayee(Payees.create()) == created)
    #expect(try await demo.createPayee(Payees.create(number: "6222-0212 3456 7890 128", partner: "demo")) == created)
    #expect(house.privateData.keys.keyIDs.count == 1)
    let reused = try await demo.failure(.createPayeeAccount, Payees.create(number: Someone.otherCard))
    #expect(reused.code == .alreadyExists && reused.reason == "REQUEST_ID_REUSED")
    let absent = try await demo.failure(.createPayeeAccount, Payees.create("nobody", requestID: "p9"))
    #expect(absent.code == .notFound && absent.reason == "AGENT_NOT_FOUND")
    #expect(house.privateData.keys.keyIDs.count == 1)
    await house.close()
  }

  @Test func manyAtOnceHaveOneEffect() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let client = house.partner().client
    let answers = try await house.loop.drive {
      try await withThrowingTaskGroup(of: Settlement_V1_PayeeAccount.self) { group in
        for _ in 0..<20 {
          group.addTask { try await client.unary(Services.Method.createPayeeAccount.path, Payees.create()) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(answers.count == 20 && Set(answers.map(\.id)).count == 1)
    #expect(house.privateData.keys.keyIDs.count == 1)
    await house.close()
  }

  private struct Bad: CustomTestStringConvertible {
    let what: String
    let request: Settlement_V1_CreatePayeeAccountRequest
    let fields: [String]
    var testDescription: String { what }
  }

  private static let bad = [
    Bad(what: "no rail", request: Payees.create(rail: .unspecified), fields: ["rail"]),
    Bad(what: "unknown rail", request: Payees.create(rail: .UNRECOGNIZED(9)), fields: ["rail"]),
    Bad(what: "a digit wrong", request: Payees.create(number: "6222021234567890129"), fields: ["number"]),
    Bad(what: "too short", request: Payees.create(number: "62220212"), fields: ["number"]),
    Bad(what: "no bank", request: Payees.create(number: "9999991234567890122"), fields: ["number"]),
    Bad(what: "no number", request: Payees.create(number: ""), fields: ["number"]),
    Bad(what: "no phone", request: Payees.create(rail: .alipay, number: "23812345678"), fields: ["number"]),
    Bad(what: "no openid", request: Payees.create(rail: .wechat, number: "short"), fields: ["number"]),
    Bad(what: "no name", request: Payees.create(holder: ""), fields: ["holder_name"]),
    Bad(what: "a number as name", request: Payees.create(holder: Someone.card), fields: ["holder_name"]),
    Bad(
      what: "very long",
      request: Payees.create(number: String(repeating: "6", count: 300), holder: String(repeating: "张", count: 70)),
      fields: ["holder_name", "holder_name", "number", "number"]),
    Bad(
      what: "everything", request: Payees.create("", requestID: "", number: "x", holder: "1"),
      fields: ["agent", "holder_name", "number", "request_id"]),
  ]

  @Test(arguments: bad) private func whatIsWrongIsNamedAndNothingIsKept(_ bad: Bad) async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let before = house.ledger.feed.lastSequence
    let status = try await house.partner().failure(.createPayeeAccount, bad.request)
    #expect(status.code == .invalidArgument && status.badFields.sorted() == bad.fields, "\(status)")
    #expect(!status.message.contains(bad.request.number) || bad.request.number.count < 5, "\(status)")
    #expect(house.ledger.feed.lastSequence == before && house.privateData.keys.keyIDs.isEmpty)
    await house.close()
  }

  @Test func whoCannotBeAskedVerifiesLater() async throws {
    let verifier = ScriptedVerifier(.unavailable(reason: "down"))
    let house = try House(payeeVerifier: verifier)
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let created = try await demo.createPayee(Payees.create())
    #expect(created.state == .unverified)
    let status = try await demo.failure(.verifyPayeeAccount, Payees.verify(created.id))
    #expect(status.code == .unavailable && status.reason == "VERIFIER_UNAVAILABLE" && !status.chinese.isEmpty)

    verifier.answer(.verified)
    let verified: Settlement_V1_PayeeAccount = try await demo.call(.verifyPayeeAccount, Payees.verify(created.id))
    #expect(verified.state == .verified && verified.receipt.sequence > created.receipt.sequence)

    verifier.answer(.refused([ElementDefect(.cardNumber, .notConfirmed)]))
    let again: Settlement_V1_PayeeAccount = try await demo.call(.verifyPayeeAccount, Payees.verify(created.id))
    #expect(again == verified, "the same request, the same answer")
    let withdrawn: Settlement_V1_PayeeAccount = try await demo.call(
      .verifyPayeeAccount, Payees.verify(created.id, requestID: "v2"))
    #expect(withdrawn.state == .unverified)

    let refused = try await demo.failure(.createPayeeAccount, Payees.create(requestID: "p2", number: Someone.otherCard))
    #expect(refused.code == .failedPrecondition && refused.reason == "PAYEE_REFUSED")
    #expect(refused.metadata["defects"] == "card_number:NOT_CONFIRMED" && refused.chinese.contains("银行卡号"))
    #expect(house.privateData.keys.keyIDs.count == 1)
    await house.close()
  }

  @Test func listsPageByPage() async throws {
    let house = try House()
    try await house.open("a1", "a2", minorUnits: 0)
    let demo = house.partner()
    var created: [Settlement_V1_PayeeAccount] = []
    for number in 0..<5 {
      created.append(
        try await demo.createPayee(
          Payees.create(requestID: "p\(number)", rail: .alipay, number: "1381234000\(number)")))
    }
    var request = Payees.list()
    request.pageSize = 2
    var listed: [Settlement_V1_PayeeAccount] = []
    repeat {
      let page: Settlement_V1_ListPayeeAccountsResponse = try await demo.call(.listPayeeAccounts, request)
      #expect(page.accounts.count <= 2)
      listed += page.accounts
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && listed.count < 10
    #expect(listed == created.reversed())

    request = Payees.list()
    request.pageSize = 2
    let first: Settlement_V1_ListPayeeAccountsResponse = try await demo.call(.listPayeeAccounts, request)
    var other = Payees.list("a2")
    other.pageToken = first.nextPageToken
    #expect(try await demo.failure(.listPayeeAccounts, other).badFields == ["page_token"])
    await house.close()
  }

  @Test func anErasedAccountCannotBeReadAgain() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let created = try await demo.createPayee(Payees.create())
    let staying = try await demo.createPayee(Payees.create(requestID: "p2", number: Someone.otherCard))
    let erased: Settlement_V1_PayeeAccount = try await demo.call(.erasePayeeAccount, Payees.erase(created.id))
    #expect(erased.state == .erased && erased.id == created.id)
    #expect(house.privateData.keys.keyIDs.count == 1, "its key is gone, the other one's is not")
    // Again: the same answer. Under another request: refused.
    #expect(try await demo.call(.erasePayeeAccount, Payees.erase(created.id)) == erased)
    let again = try await demo.failure(.erasePayeeAccount, Payees.erase(created.id, requestID: "e2"))
    #expect(again.code == .failedPrecondition && again.reason == RPCStatus(Refusal.payeeErased).reason)
    let verify = try await demo.failure(.verifyPayeeAccount, Payees.verify(created.id))
    #expect(verify.code == .failedPrecondition && verify.reason == RPCStatus(Refusal.payeeErased).reason)
    let open: Settlement_V1_PayeeAccount = try await demo.call(
      .verifyPayeeAccount, Payees.verify(staying.id, requestID: "v2"))
    #expect(open.state == .verified)
    await house.close()
  }

  @Test func aRepeatedErasureDestroysAKeyThatACrashLeft() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    let demo = house.partner()
    let created = try await demo.createPayee(Payees.create())
    // The record is durable, the key store fails: what a crash between the two leaves.
    house.keyDisk.fail(
      operation: 1, with: .failure(SimulatedDisk.inputOutputError), lasting: .forEver, among: [.rename])
    let failed = try await demo.failure(.erasePayeeAccount, Payees.erase(created.id))
    #expect(failed.code == .unavailable && failed.reason == "KEY_STORE_FAILED")
    #expect(house.privateData.keys.keyIDs.count == 1)
    house.keyDisk.failNoMore()
    let erased: Settlement_V1_PayeeAccount = try await demo.call(.erasePayeeAccount, Payees.erase(created.id))
    #expect(erased.state == .erased && house.privateData.keys.keyIDs.isEmpty)
    await house.close()
  }

  @Test func aFailingKeyStoreRecordsNothing() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    house.keyDisk.fail(
      operation: 1, with: .failure(SimulatedDisk.inputOutputError), lasting: .forEver, among: [.rename])
    let before = house.ledger.feed.lastSequence
    let status = try await house.partner().failure(.createPayeeAccount, Payees.create())
    #expect(status.code == .unavailable && status.reason == "KEY_STORE_FAILED")
    #expect(house.ledger.feed.lastSequence == before)
    house.keyDisk.failNoMore()
    _ = try await house.partner().createPayee(Payees.create())
    await house.close()
  }

  @Test func anothersAccountLooksAbsent() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 0)
    try await house.open("b1", partner: "other", minorUnits: 0)
    let created = try await house.partner().createPayee(Payees.create())
    let nobodys = PayeeID(epoch: 0, shard: 0, ordinal: 77).description
    let other = house.partner("other")
    for (method, theirs, absent) in [
      (.getPayeeAccount, Payees.get(created.id), Payees.get(nobodys)),
      (.verifyPayeeAccount, Payees.verify(created.id), Payees.verify(nobodys)),
      (.erasePayeeAccount, Payees.erase(created.id), Payees.erase(nobodys)),
      (.createPayeeAccount, Payees.create(), Payees.create("nobody")),
      (.createPayeeAccount, Payees.create(partner: "demo"), Payees.create("nobody", partner: "demo")),
      (.listPayeeAccounts, Payees.list(), Payees.list("nobody")),
      (.listPayeeAccounts, Payees.list(partner: "demo"), Payees.list("nobody", partner: "demo")),
      (.verifyAgent, Payees.verifyAgent(), Payees.verifyAgent("nobody")),
      (.verifyAgent, Payees.verifyAgent(partner: "demo"), Payees.verifyAgent("nobody", partner: "demo")),
    ] as [(Services.Method, any Message, any Message)] {
      let one = try await other.failure(method, theirs)
      let two = try await other.failure(method, absent)
      #expect(one.code == .notFound && one == two, "\(method.name): \(one)")
    }
    #expect(try await house.partner().call(.getPayeeAccount, Payees.get(created.id)) == created)
    #expect(house.privateData.keys.keyIDs.count == 1)
    await house.close()
  }

  /// Where the rules ask for verified agents, the holder must be the verified person.
  @Test func theHolderMustBeTheVerifiedPerson() async throws {
    let house = try House {
      $0.policy = OpenPolicy(admission: Admission(needsVerifiedAgent: true, needsPayeeAccount: true))
    }
    try await house.open("a1", minorUnits: 100_000)
    let demo = house.partner()
    let unverified = try await demo.failure(.createPayeeAccount, Payees.create())
    #expect(unverified.code == .failedPrecondition, "\(unverified)")
    let _: Settlement_V1_VerifyAgentResponse = try await demo.call(.verifyAgent, Payees.verifyAgent())
    let differs = try await demo.failure(.createPayeeAccount, Payees.create(requestID: "p2", holder: Someone.otherName))
    #expect(differs.reason == RPCStatus(Refusal.holderDiffers).reason)
    let own = try await demo.createPayee(Payees.create(requestID: "p3", holder: "张 三丰"))
    #expect(own.state == .verified)
    #expect(try await demo.submit("a1", 100, requestID: "w1", payee: own.id).payee == own.id)
    #expect(house.privateData.keys.keyIDs.count == 2, "the agent's and the account's; none for what was refused")
    await house.close()
  }
}
