import GRPCProto
import HTTPStreams
import RPCTesting
import SwiftProtobuf
import Testing

@testable import RPC

/// How a status travels: grpc-message, grpc-status-details-bin (rule 6).
struct StatusTests {
  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("100%", "100%25"), ("a\nb", "a%0Ab"), ("\t", "%09"),
    ("余额", "%E4%BD%99%E9%A2%9D"), ("~ ", "~ "), ("\u{7f}", "%7F"),
  ])
  func percentEncoding(_ text: String, _ encoded: String) {
    #expect(String(decoding: PercentEncoding.encode(text), as: UTF8.self) == encoded)
    #expect(PercentEncoding.decode(Array(encoded.utf8)) == text)
  }

  @Test(arguments: [
    ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%e4%bd%99", "余"), ("a%41", "aA"), ("%ff", "\u{fffd}"),
  ])
  func decodingNeverFails(_ encoded: String, _ text: String) {
    #expect(PercentEncoding.decode(Array(encoded.utf8)) == text)
  }

  @Test(
    arguments: [
      ([], ""), ([0], "AA"), ([0, 1], "AAE"), ([0, 1, 2], "AAEC"), ([0xff, 0xfe, 0xfd, 0xfc], "//79/A"),
    ] as [([UInt8], String)])
  func base64(_ bytes: [UInt8], _ text: String) {
    #expect(String(decoding: Base64.encode(bytes), as: UTF8.self) == text)
    #expect(Base64.decode(text.utf8) == bytes)
    let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
    #expect(Base64.decode(padded.utf8) == bytes)
  }

  @Test(arguments: ["A", "AAAAA", "A=", "AA=A", "AA===", "AAA==", "A A", "AA-_", "===="])
  func notBase64(_ text: String) { #expect(Base64.decode(text.utf8) == nil) }

  static let rich = RPCStatus(
    .failedPrecondition, "余额不足",
    details: [
      .errorInfo(reason: "INSUFFICIENT_BALANCE", domain: "settlement", metadata: ["agent": "a1"]),
      .badRequest([(field: "amount.minor_units", description: "must be above 0")]),
      .retryInfo(afterNanoseconds: 1_500_000_000),
      .preconditionFailure([(type: "BALANCE", subject: "a1", description: "too low")]),
      .localizedMessage(locale: "zh-CN", "余额不足"),
    ])

  @Test func detailsSurviveTheWire() throws {
    let bytes = StatusWire.encode(Self.rich)
    #expect(StatusWire.decodeDetails(bytes) == Self.rich.details)
    // The same bytes, read by the library that others use.
    let status = try Google_Rpc_Status(serializedBytes: bytes)
    #expect(status.code == 9)
    #expect(status.message == "余额不足")
    #expect(status.details.count == 5)
    #expect(try Google_Rpc_RetryInfo(unpackingAny: status.details[2]).retryDelay.nanos == 500_000_000)
    #expect(Self.rich.reason == "INSUFFICIENT_BALANCE")
    #expect(Self.rich.detail(Google_Rpc_LocalizedMessage.self)?.locale == "zh-CN")
  }

  /// What a hostile server may send in its details: every cut, every flipped byte.
  @Test func brokenDetailsDoNoHarm() {
    let bytes = StatusWire.encode(Self.rich)
    for cut in 0..<bytes.count { #expect(StatusWire.decodeDetails(Array(bytes[..<cut])).count <= 5) }
    for index in 0..<bytes.count {
      var broken = bytes
      broken[index] ^= 0xff
      _ = StatusWire.decodeDetails(broken)
    }
    #expect(StatusWire.decodeDetails([26, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]).isEmpty)
  }

  @Test func failuresOfAHandlerReachTheClient() {
    final class Failing: UnaryHandler {
      func handle(_ message: RawSpan, _ call: ServerCall) -> UInt64 {
        call.fail(StatusTests.rich)
        return 0
      }
      func cancelled(_ call: ServerCall, token: UInt64) {}
    }
    var routes = Routes()
    routes.unary("/test.Echo/Unary", handler: Failing())
    let response = RawClient(routes).call(body: [framed([])])
    #expect(response.isTrailersOnly)
    #expect(response.status == "9")
    #expect(response.message == "%E4%BD%99%E9%A2%9D%E4%B8%8D%E8%B6%B3")
    let details = Base64.decode((response.head["grpc-status-details-bin"] ?? "").utf8) ?? []
    #expect(StatusWire.decodeDetails(details) == StatusTests.rich.details)
    #expect(response.head["grpc-status-details-bin"]?.contains("=") == false)
  }

  /// Trailers must fit into the metadata limit of peers: the status gets through whatever the handler says.
  @Test func overlongStatusesAreCut() {
    let status = RPCStatus(
      .internal, String(repeating: "长", count: 10_000),
      details: [.localizedMessage(locale: "zh-CN", String(repeating: "x", count: 10_000))])
    let head = ResponseHeads.trailersOnly(status)
    #expect(head.fields.reduce(0) { $0 + $1.nameCount + $1.valueCount + 32 } < 8_192)
    #expect(head.fields.count == 4)
  }

  private struct Refusal: RPCStatusConvertible {
    var rpcStatus: RPCStatus { RPCStatus(.aborted, "etag") }
  }
  private struct Secret: Error { let password = "hunter2" }

  @Test func errorsSayOnlyWhatTheyMean() {
    #expect(RPCStatus(describing: Refusal()) == RPCStatus(.aborted, "etag"))
    #expect(RPCStatus(describing: CancellationError()).code == .cancelled)
    let unknown = RPCStatus(describing: Secret())
    #expect(unknown.code == .unknown)
    #expect(!unknown.message.contains("hunter2"))
  }

  @Test func metadataOfBothSorts() {
    var headers = ReceivedHeaders()
    headers.append(name: ":path", value: "/a/b")
    headers.append(name: "x-text", value: "a,b")
    headers.append(name: "x-bin", value: "AAE,AAEC")
    headers.append(name: "y-bin", value: "AA==")
    headers.append(name: "z-bin", value: "!!!")
    headers.append(name: "grpc-trace", value: "x")
    headers.append(name: "te", value: "trailers")
    let metadata = Metadata(headers)
    #expect(metadata.entries.map(\.name) == ["x-text", "x-bin", "x-bin", "y-bin"])
    #expect(metadata.entries.map(\.value) == [Array("a,b".utf8), [0, 1], [0, 1, 2], [0]])
    var sent = Metadata()
    sent.append("x-bin", [0xff])
    sent.append("X-Upper", "no")
    sent.append("grpc-status", "0")
    sent.append("x-text", "line\nbreak")
    sent.append(":path", "/")
    #expect(sent.entries.map(\.name) == ["x-bin"])
    #expect(String(decoding: sent.wireFields[0].value, as: UTF8.self) == "/w")
  }
}
