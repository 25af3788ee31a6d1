import GRPCProto
import Ledger
import LedgerCore
import RPC
import RPCTesting
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// Many submits in one call: each item has its own result, the same as alone.
@Suite struct BatchTests {
  private func batch(_ items: [Settlement_V1_SubmitWithdrawalRequest]) -> Settlement_V1_BatchSubmitWithdrawalsRequest {
    var batch = Settlement_V1_BatchSubmitWithdrawalsRequest()
    batch.items = items
    return batch
  }

  @Test func mixedOutcomes() async throws {
    let house = try House()
    try await house.open("a1", "a2", minorUnits: 1_000)
    let demo = house.partner()
    let earlier = try await demo.submit("a2", 1, requestID: "earlier")
    let items = [
      Requests.submit("a1", 600, requestID: "r1"),
      Requests.submit("", 0, requestID: "r2"),  // wrong in form
      Requests.submit("a1", 600, requestID: "r3"),  // more than is left
      Requests.submit("nobody", 1, requestID: "r4"),
      Requests.submit("a1", 600, requestID: "r1"),  // the first again
      Requests.submit("a1", 601, requestID: "r1"),  // with other content
      Requests.submit("a2", 1, requestID: "earlier"),  // submitted alone before
      Requests.submit("a2", 999, requestID: "r5"),
      Requests.submit("a1", 1, requestID: ""),  // wrong in form, at the end
    ]
    let response: Settlement_V1_BatchSubmitWithdrawalsResponse = try await demo.call(
      .batchSubmitWithdrawals, batch(items))
    let results = response.results
    #expect(results.count == items.count)
    #expect(results[0].withdrawal.requestID == "r1" && results[0].withdrawal.state == .approved)
    #expect(results[4].withdrawal == results[0].withdrawal)
    #expect(results[6].withdrawal == earlier)
    #expect(results[7].withdrawal.amount.minorUnits == 999)
    #expect(
      results.map { Int32($0.error.code) }
        == [0, 3, 9, 5, 0, 6, 0, 0, 3], "\(results.map(\.error.code))")
    // Each error is what the item alone gets.
    for index in [1, 2, 3, 5, 8] {
      let alone = try await demo.failure(.submitWithdrawal, items[index])
      #expect(results[index].error.message == alone.message)
      #expect(results[index].error.details.map(\.typeURL) == alone.details.map(\.typeURL))
    }
    #expect(try await demo.available("a1") == 400)
    #expect(try await demo.available("a2") == 0)
    await house.close()
  }

  @Test func repeatedBatchesAnswerTheSame() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let items = (0..<300).map { Requests.submit("a1", 1, requestID: "r\($0)") }
    let first: Settlement_V1_BatchSubmitWithdrawalsResponse = try await demo.call(.batchSubmitWithdrawals, batch(items))
    let end = house.ledger.feed.lastSequence
    let again: Settlement_V1_BatchSubmitWithdrawalsResponse = try await demo.call(.batchSubmitWithdrawals, batch(items))
    #expect(first == again && house.ledger.feed.lastSequence == end)
    #expect(Set(first.results.map(\.withdrawal.receipt.seal)).count == 1)  // one frame
    await house.close()
  }

  @Test func theLargestBatch() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let items = (0..<BatchSubmitWithdrawalsHandler.maximumItems).map { Requests.submit("a1", 1, requestID: "r\($0)") }
    let response: Settlement_V1_BatchSubmitWithdrawalsResponse = try await demo.call(
      .batchSubmitWithdrawals, batch(items))
    #expect(response.results.map(\.withdrawal.requestID) == items.map(\.requestID))
    #expect(try await demo.available("a1") == 100_000 - 8_192)
    await house.close()
  }

  @Test func wrongBatchesChangeNothing() async throws {
    let house = try House()
    try await house.open("a1")
    let demo = house.partner()
    let before = house.ledger.feed.lastSequence
    let tooMany = (0...BatchSubmitWithdrawalsHandler.maximumItems).map { Requests.submit("a1", 1, requestID: "r\($0)") }
    for items in [[], tooMany] {
      let status = try await demo.failure(.batchSubmitWithdrawals, batch(items))
      #expect(status.code == .invalidArgument && status.reason == "INVALID_FIELDS" && status.badFields == ["items"])
    }
    // One malformed item spoils the message: what follows it cannot be told.
    let good: [UInt8] = try batch([Requests.submit("a1", 1, requestID: "r")]).serializedBytes()
    let status = await demo.failure(.batchSubmitWithdrawals, good + [0x0a, 0x02, 0x0a, 0x05])
    #expect(status.code == .invalidArgument && status.reason == "MALFORMED_MESSAGE")
    // All items wrong in form: answered without the ledger.
    let response: Settlement_V1_BatchSubmitWithdrawalsResponse = try await demo.call(
      .batchSubmitWithdrawals, batch([.init(), .init()]))
    #expect(response.results.map(\.error.code) == [3, 3])
    #expect(house.ledger.feed.lastSequence == before)
    await house.close()
  }
}
