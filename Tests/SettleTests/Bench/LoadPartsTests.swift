import GRPCProto
import HTTPStreams
import SettlementProto
import SwiftProtobuf
import Testing

@testable import settle

@Suite("Parts of the load generator")
struct LoadPartsTests {
  @Test("serial numbers differ, keep their length and carry")
  func serialNumbers() {
    var serial = SerialNumber(run: 7)
    var seen: Set<[UInt8]> = []
    for _ in 0..<1101 {
      #expect(serial.bytes.count == SerialNumber.byteCount)
      seen.insert(serial.bytes)
      serial.advance()
    }
    #expect(seen.count == 1101)
    #expect(String(decoding: serial.bytes, as: UTF8.self).hasSuffix("000000001101"))
    #expect(SerialNumber(run: 7).bytes != SerialNumber(run: 8).bytes)
  }

  @Test("a filled submit is one valid message with an id of its own, as long as the yardstick's")
  func submits() throws {
    var templates = RequestTemplates()
    try templates.addSubmits(.init(agents: ["bench-000000", "bench-000001"], minorUnits: 1, currencyCode: "CNY"))
    var serial = SerialNumber(run: 0)
    let known = KnownWithdrawals(capacity: 1)
    var ids: Set<String> = []
    for index in 0..<4 {
      let range = templates.fill(.submit, serial: &serial, withdrawalID: nil, of: known)
      #expect(range.count == RequestTemplates.yardstickByteCount)
      let request = try Settlement_V1_SubmitWithdrawalRequest(
        serializedBytes: Array(templates.bytes[range].dropFirst(5)))
      #expect(request.agent == "bench-00000\(index % 2)")
      #expect(request.amount.minorUnits == 1)
      ids.insert(request.requestID)
    }
    #expect(ids.count == 4)
  }

  @Test("a filled cancel names the withdrawal; a batch has an id for each item")
  func cancelsAndBatches() throws {
    var templates = RequestTemplates()
    try templates.addCancel()
    try templates.addBatch(.init(agents: ["a"], minorUnits: 1, currencyCode: "CNY"), itemCount: 50)
    var serial = SerialNumber(run: 0)
    var known = KnownWithdrawals(capacity: 4)
    known.add(Array("wd_00000000000012".utf8)[...])
    let id = known.nextCancelled()
    let cancel = templates.fill(.cancel, serial: &serial, withdrawalID: id, of: known)
    let request = try Settlement_V1_CancelWithdrawalRequest(
      serializedBytes: Array(templates.bytes[cancel].dropFirst(5)))
    #expect(request.id == "wd_00000000000012")
    let range = templates.fill(.batch, serial: &serial, withdrawalID: nil, of: known)
    let batch = try Settlement_V1_BatchSubmitWithdrawalsRequest(
      serializedBytes: Array(templates.bytes[range].dropFirst(5)))
    #expect(Set(batch.items.map(\.requestID) + [request.requestID]).count == 51)
  }

  @Test("known withdrawals are cancelled once each, and the newest stay")
  func knownWithdrawals() {
    var known = KnownWithdrawals(capacity: 3)
    #expect(known.nextQueried() == nil && known.nextCancelled() == nil)
    for index in 0..<5 { known.add(Array("wd_0000000000000\(index)".utf8)[...]) }
    known.add(Array("short".utf8)[...])
    #expect(known.count == 3)
    var last: [UInt8] = []
    while let range = known.nextCancelled() { last.append(known.bytes[range.upperBound - 1]) }
    #expect(last == Array("234".utf8))
    #expect(known.nextQueried() != nil)
  }

  @Test("a batch reply tells accepted from refused, and every cut of it is noticed")
  func batchReplies() throws {
    var response = Settlement_V1_BatchSubmitWithdrawalsResponse()
    for code in [0, 8, 0, 5] as [Int32] {
      var result = Settlement_V1_BatchSubmitWithdrawalsResult()
      if code == 0 {
        var withdrawal = Settlement_V1_Withdrawal()
        withdrawal.id = "wd_00000000000012"
        result.withdrawal = withdrawal
      } else {
        var error = Google_Rpc_Status()
        error.code = code
        result.error = error
      }
      response.results.append(result)
    }
    let bytes: [UInt8] = try response.serializedBytes()
    let reply = try #require(BatchReply(message: bytes[...]))
    #expect(reply.accepted == 2 && reply.refused == [8, 5])
    for count in 0..<bytes.count {
      let cut = BatchReply(message: bytes[..<count])
      #expect(cut.map { $0.accepted + $0.refused.count < 4 } ?? true)
    }
    #expect(BatchReply(message: [0xFF, 0xFF][...]) == nil)
  }

  @Test("only grpc-status 0 with one whole message is a success")
  func outcomes() {
    let whole: [UInt8] = [0, 0, 0, 0, 3, 1, 2, 3]
    let rows: [(http: String?, status: String?, body: [UInt8], StreamClose, expected: String)] = [
      ("200", "0", whole, .finished, "succeeded"),
      ("200", "0", whole, .resetByPeer(.noError), "succeeded"),
      ("200", "0", whole.dropLast(), .finished, "failed(settle.CallFailure.brokenReply)"),
      ("200", "0", [], .finished, "failed(settle.CallFailure.brokenReply)"),
      ("200", "8", [], .finished, "refused(status: 8)"),
      ("200", "16", [], .finished, "refused(status: 16)"),
      ("200", "x", [], .finished, "refused(status: 17)"),
      ("200", nil, whole, .finished, "failed(settle.CallFailure.noStatus)"),
      ("503", "0", whole, .finished, "failed(settle.CallFailure.httpStatus)"),
      (nil, nil, [], .resetByPeer(.cancel), "failed(settle.CallFailure.reset)"),
      (nil, nil, [], .refused, "failed(settle.CallFailure.refusedStream)"),
      (nil, nil, [], .connectionLost, "failed(settle.CallFailure.connectionLost)"),
    ]
    for row in rows {
      var call = PendingCall(.submit, startNanoseconds: 0)
      var headers = ReceivedHeaders()
      if let http = row.http { headers.append(name: ":status", value: http) }
      call.receive(headers, endStream: false)
      call.bytesReceived = row.body.count
      var trailers = ReceivedHeaders()
      if let status = row.status { trailers.append(name: "grpc-status", value: status) }
      call.readStatus(trailers)
      #expect("\(call.outcome(row.3, head: row.body[...]))" == row.expected)
    }
  }

  @Test("figures read well")
  func figures() {
    #expect(grouped(1_234_567) == "1,234,567" && grouped(12) == "12" && grouped(-1234) == "-1,234")
    #expect(durationText(12_345) == "12.3 us" && durationText(12_345_678) == "12.35 ms")
    #expect(decimal(3.999, places: 2) == "4.00")
  }
}
