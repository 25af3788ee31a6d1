import Digests
import Foundation
import GRPCProto
import Ledger
import LedgerCore
import RPC
import SettlementProto
import SwiftProtobuf
import Testing

@testable import Services

/// What we write is byte for byte what SwiftProtobuf writes.
@Suite struct WireWriterTests {
  private func bytes(_ buffer: WireBuffer) -> [UInt8] { buffer.withBytes { $0.withUnsafeBytes { Array($0) } } }

  @Test func withdrawals() throws {
    var random = SeededRandom("withdrawals")
    let buffer = WireBuffer()
    for _ in 0..<2_000 {
      let (withdrawal, receipt) = (random.withdrawal(), random.receipt())
      buffer.removeAll()
      buffer.write(atMost: WireWriter.withdrawalBound(withdrawal)) { $0.withdrawal(withdrawal, receipt) }
      let theirs: [UInt8] = try Settlement_V1_Withdrawal(withdrawal, receipt).serializedBytes()
      #expect(bytes(buffer) == theirs)
    }
  }

  @Test func theWidestWithdrawalFitsItsBound() throws {
    let long = try Label(String(repeating: "x", count: Label.maximumBytes))
    for entries in [0, 2, 6, 200] {
      var timeline = Timeline()
      for _ in 0..<entries { timeline.append(TimelineEntry(state: .failed, time: Timestamp(microseconds: -1))) }
      let withdrawal = Withdrawal(
        id: WithdrawalID(rawValue: .max), partner: long, agent: long, payee: long, requestID: long, state: .cancelled,
        amount: Money(minorUnits: -2, currency: .cny), feeMinorUnits: -1, createTime: Timestamp(microseconds: -1),
        updateTime: Timestamp(microseconds: -1), lastSequence: .max, timeline: timeline)
      let receipt = Receipt(sequence: .max, seal: SHA256.hash([1]))
      let buffer = WireBuffer()
      // The writer traps in debug builds where the bound is too small.
      buffer.write(atMost: WireWriter.withdrawalBound(withdrawal)) { $0.withdrawal(withdrawal, receipt) }
      let theirs: [UInt8] = try Settlement_V1_Withdrawal(withdrawal, receipt).serializedBytes()
      #expect(bytes(buffer) == theirs)
    }
  }

  @Test func batches() throws {
    var random = SeededRandom("batch replies")
    let statuses = [
      RPCStatus(.invalidArgument, "错误 \(String(repeating: "x", count: 20_000))"), RPCStatus(Rejection.agentNotFound),
      RPCStatus(.unknown),
    ]
    for _ in 0..<200 {
      var answers: [Answer] = []
      var receipts: [Receipt] = []
      var refusals: [LedgerGateway.ItemRefusal] = []
      var expected = Settlement_V1_BatchSubmitWithdrawalsResponse()
      for index in 0..<Int.random(in: 1...12, using: &random) {
        var result = Settlement_V1_BatchSubmitWithdrawalsResult()
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          let status = statuses.randomElement(using: &random) ?? .ok
          refusals.append(LedgerGateway.ItemRefusal(index: index, status: status))
          result.error = Google_Rpc_Status(status)
        case 1:
          answers.append(.refused(.insufficientFunds(available: 5, requested: 7)))
          receipts.append(random.receipt())
          result.error = Google_Rpc_Status(RPCStatus(.insufficientFunds(available: 5, requested: 7)))
        case 2:
          answers.append(.rejected(.requestIDReused))
          receipts.append(.none)
          result.error = Google_Rpc_Status(RPCStatus(.requestIDReused))
        default:
          let (withdrawal, receipt) = (random.withdrawal(), random.receipt())
          answers.append(.withdrawal(withdrawal))
          receipts.append(receipt)
          result.withdrawal = Settlement_V1_Withdrawal(withdrawal, receipt)
        }
        expected.results.append(result)
      }
      let buffer = WireBuffer()
      buffer.writeBatch(answers, receipts, refusals)
      // Maps in details have no order, so the messages are compared, and the length of their bytes.
      let ours = try Settlement_V1_BatchSubmitWithdrawalsResponse(serializedBytes: bytes(buffer))
      #expect(comparable(ours) == comparable(expected))
      #expect(bytes(buffer).count == (try expected.serializedBytes() as [UInt8]).count)
    }
  }

  /// ErrorInfo has a map, whose bytes may come in any order.
  private func comparable(_ response: Settlement_V1_BatchSubmitWithdrawalsResponse) -> [String] {
    response.results.map { result in
      switch result.result {
      case .withdrawal(let withdrawal): return "\(withdrawal)"
      case .error(let error):
        return "\(error.code) \(error.message) "
          + error.details.map { detail in
            let info = try? Google_Rpc_ErrorInfo(unpackingAny: detail)
            let metadata = info?.metadata.sorted { $0.key < $1.key }
            return "\(detail.typeURL) \(info?.reason ?? "\(detail.value.count)") \(metadata ?? [])"
          }.joined()
      case nil: return "nothing"
      }
    }
  }

  @Test func statesHaveTheNumbersOfTheContract() {
    for state in WithdrawalState.allCases {
      let wire = Settlement_V1_WithdrawalState(state)
      #expect(wire.rawValue == Int(state.rawValue))
      #expect(wire != .unspecified)
      #expect("\(wire)".lowercased().contains(state.wireName.replacing("_", with: "").lowercased()))
    }
    #expect(Settlement_V1_WithdrawalState.allCases.count == WithdrawalState.allCases.count + 1)
  }

  @Test func lengthsOfAllSizes() {
    for count in [0, 1, 127, 128, 129, 16_383, 16_384, 16_385, 2_097_152] {
      let buffer = WireBuffer()
      buffer.write(atMost: count + 1 + WireWriter.longestLength) { writer in
        writer.message(0x0a) { inner in for index in 0..<count { inner.byte(UInt8(truncatingIfNeeded: index)) } }
      }
      let read = bytes(buffer).withUnsafeBytes { raw -> [UInt8]? in
        var reader = WireReader(raw)
        guard (try? reader.nextTag()) == 0x0a, let body = try? reader.bytes() else { return nil }
        return Array(body)
      }
      #expect(read == (0..<count).map { UInt8(truncatingIfNeeded: $0) })
      #expect(bytes(buffer).count == count + 1 + WireWriter.varintBytes(UInt64(count)))
    }
  }
}

extension Google_Rpc_Status {
  init(_ status: RPCStatus) {
    self.init()
    code = Int32(status.code.rawValue)
    message = status.message
    details = status.details.map { detail in
      var any = Google_Protobuf_Any()
      any.typeURL = detail.typeURL
      any.value = .init(detail.value)
      return any
    }
  }
}
