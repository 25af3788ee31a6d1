import Ledger
import LedgerCore
import RPC
import RPCTesting
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// Submit, get and cancel, from a caller's bytes to the journal and back.
@Suite struct WithdrawalServiceTests {
  @Test func submitGetCancel() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let submitted = try await demo.submit("a1", 5_000, requestID: "r1", payee: "银行卡-1")
    #expect(submitted.id.hasPrefix("wd_") && submitted.id.utf8.count == 17)
    #expect(submitted.partner == "demo" && submitted.agent == "a1" && submitted.requestID == "r1")
    #expect(submitted.payee == "银行卡-1")
    #expect(submitted.state == .approved && submitted.cancelable && !submitted.final)
    #expect(submitted.amount == Requests.money(5_000, "CNY"))
    #expect(submitted.fee == Requests.money(0, "CNY") && submitted.net == Requests.money(5_000, "CNY"))
    #expect(submitted.timeline.map(\.state) == [.submitted, .approved])
    #expect(submitted.receipt.sequence == house.ledger.feed.lastSequence)
    #expect(submitted.receipt.seal.count == 32 && submitted.receipt.seal.contains { $0 != 0 })
    #expect(try await demo.available("a1") == 95_000)

    #expect(try await demo.get(submitted.id) == submitted)
    let byRequest: Settlement_V1_Withdrawal = try await demo.call(.getWithdrawal, Requests.get(requestID: "r1"))
    #expect(byRequest == submitted)

    let cancelled: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c1", etag: submitted.etag))
    #expect(cancelled.state == .cancelled && cancelled.final && !cancelled.cancelable)
    #expect(cancelled.etag != submitted.etag && cancelled.receipt.sequence > submitted.receipt.sequence)
    #expect(try await demo.available("a1") == 100_000)
    await house.close()
  }

  @Test func theSameRequestHasOneEffectAndOneAnswer() async throws {
    let house = try House()
    try await house.open("a1")
    let callers = (0..<8).map { _ in house.partner().client }
    let answers = try await house.loop.drive {
      try await withThrowingTaskGroup(of: Settlement_V1_Withdrawal.self) { group in
        for client in callers {
          for _ in 0..<12 {
            group.addTask {
              try await client.unary(
                Method.submitWithdrawal.path, Requests.submit("a1", 700, requestID: "same"))
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(answers.count == 96 && Set(answers.map(\.id)).count == 1)
    #expect(answers.allSatisfy { $0 == answers[0] })
    #expect(try await house.partner().available("a1") == 99_300)
    await house.close()
  }

  @Test func unknownFieldsDoNotMakeAnotherRequest() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let first = try await demo.submit("a1", 100, requestID: "r")
    let client = demo.client
    let bytes: [UInt8] = try Requests.submit("a1", 100, requestID: "r").serializedBytes() + [0x98, 0x06, 0x01]
    let again = try await house.loop.drive { try await client.unary(Method.submitWithdrawal.path, bytes: bytes) }
    #expect(try Settlement_V1_Withdrawal(serializedBytes: again.message) == first)
    await house.close()
  }

  @Test func aRequestIDWithOtherContentIsRefusedAndChangesNothing() async throws {
    let house = try House()
    try await house.open("a1", "a2")
    let demo = house.partner()
    let first = try await demo.submit("a1", 100, requestID: "r")
    let before = house.ledger.feed.lastSequence
    let others: [any Message] = [
      Requests.submit("a1", 101, requestID: "r"), Requests.submit("a2", 100, requestID: "r"),
      Requests.submit("a1", 100, requestID: "r", payee: "else"),
    ]
    for other in others {
      let status = try await demo.failure(.submitWithdrawal, other)
      #expect(status.code == .alreadyExists && status.reason == "REQUEST_ID_REUSED")
    }
    let cancel = try await demo.failure(.cancelWithdrawal, Requests.cancel(first.id, requestID: "r"))
    #expect(cancel.code == .alreadyExists && cancel.reason == "REQUEST_ID_REUSED")
    #expect(house.ledger.feed.lastSequence == before)
    #expect(try await demo.get(first.id) == first)
    await house.close()
  }

  @Test func anOverdraftIsRefusedWithItsFiguresAndAnsweredAgain() async throws {
    let house = try House()
    try await house.open("a1", minorUnits: 1_234)
    let demo = house.partner()
    let status = try await demo.failure(.submitWithdrawal, Requests.submit("a1", 5_000, requestID: "r"))
    #expect(status.code == .failedPrecondition && status.reason == "INSUFFICIENT_FUNDS")
    #expect(
      status.metadata == ["available": "1234", "requested": "5000", "currency": "CNY", "unit": "minor"])
    #expect(status.chinese.contains("12.34") && status.chinese.contains("50.00"))
    #expect(try await demo.available("a1") == 1_234)
    // Money that comes later does not change what was answered; a new try takes a new id.
    try await house.staff(.operator).deposit("demo", "a1", 10_000, requestID: "more")
    #expect(
      try await demo.failure(.submitWithdrawal, Requests.submit("a1", 5_000, requestID: "r")).message == status.message)
    #expect(try await demo.failure(.getWithdrawal, Requests.get(requestID: "r")).message == status.message)
    #expect(try await demo.submit("a1", 5_000, requestID: "r2").state == .approved)
    await house.close()
  }

  @Test func cancelTwiceAndWithAnOldETag() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let submitted = try await demo.submit("a1", 100, requestID: "r")
    let other = try await demo.submit("a1", 100, requestID: "r2")

    let stale = try await demo.failure(
      .cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c0", etag: other.etag))
    #expect(stale.code == .aborted && stale.reason == "ETAG_MISMATCH")
    #expect(stale.metadata == ["current": submitted.etag])

    let cancel = Requests.cancel(submitted.id, requestID: "c1")
    let cancelled: Settlement_V1_Withdrawal = try await demo.call(.cancelWithdrawal, cancel)
    let repeated: Settlement_V1_Withdrawal = try await demo.call(.cancelWithdrawal, cancel)
    #expect(repeated == cancelled)
    let second = try await demo.failure(.cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c2"))
    #expect(second.code == .failedPrecondition && second.reason == "NOT_CANCELABLE")
    #expect(second.metadata["state"] == "CANCELLED" && second.chinese.contains("已撤销"))
    #expect(try await demo.available("a1") == 99_900)
    await house.close()
  }

  /// Lower-case ids and I for 1 are read as people write them; the request stays the same one.
  @Test func anIDInAnotherSpellingIsTheSameID() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let submitted = try await demo.submit("a1", 100, requestID: "r")
    let lower = "wd_" + submitted.id.dropFirst(3).lowercased()
    #expect(try await demo.get(lower) == submitted)
    let first: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(submitted.id, requestID: "c"))
    let again: Settlement_V1_Withdrawal = try await demo.call(
      .cancelWithdrawal, Requests.cancel(lower, requestID: "c"))
    #expect(first == again)
    await house.close()
  }
}
