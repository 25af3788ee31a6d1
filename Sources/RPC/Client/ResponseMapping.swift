internal import HTTPStreams

/// What a response that is not a regular gRPC one means.
enum ResponseMapping {
  /// grpc/grpc `doc/http-grpc-status-mapping.md`.
  static func status(forHTTP status: String) -> RPCStatus {
    let code: RPCStatus.Code =
      switch status {
      case "400": .internal
      case "401": .unauthenticated
      case "403": .permissionDenied
      case "404": .unimplemented
      case "429", "502", "503", "504": .unavailable
      default: .unknown
      }
    return RPCStatus(code, "the server answered with HTTP status \(status)")
  }

  /// PROTOCOL-HTTP2.md, "Errors".
  static func failure(for reason: StreamClose) -> RPCFailure {
    switch reason {
    case .finished: RPCFailure(RPCStatus(.unknown, "the response ended without a status"))
    case .refused, .resetByPeer(.refusedStream):
      RPCFailure(RPCStatus(.unavailable, "the server refused the call before looking at it"), effect: .none)
    case .connectionLost: RPCFailure(RPCStatus(.unavailable, "the connection was lost during the call"))
    case .resetByUs: RPCFailure(RPCStatus(.cancelled, "the call was cancelled here"))
    case .resetByPeer(.cancel): RPCFailure(RPCStatus(.cancelled, "the server cancelled the call"))
    case .resetByPeer(.enhanceYourCalm):
      RPCFailure(RPCStatus(.resourceExhausted, "the server has too much to do for this client"))
    case .resetByPeer(.inadequateSecurity):
      RPCFailure(RPCStatus(.permissionDenied, "the server finds the connection not secure enough"))
    case .resetByPeer(let code):
      RPCFailure(RPCStatus(.internal, "the server reset the call with HTTP/2 error \(code.rawValue)"))
    }
  }

  /// The status in a header block that ends a response; nil when there is none.
  static func status(in headers: borrowing ReceivedHeaders) -> RPCStatus? {
    guard let text = headers.value("grpc-status") else { return nil }
    var status = RPCStatus(code(text))
    if let message = headers.value("grpc-message") { status.message = PercentEncoding.decode(message) }
    if let details = headers.value("grpc-status-details-bin"), let bytes = Base64.decode(details) {
      status.details = StatusWire.decodeDetails(bytes)
    }
    return status
  }

  /// Digits only; what is no code that we know is UNKNOWN.
  private static func code(_ text: ArraySlice<UInt8>) -> RPCStatus.Code {
    guard !text.isEmpty, text.count <= 2 else { return .unknown }
    var number: UInt8 = 0
    for byte in text {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return .unknown }
      number = number * 10 + (byte - UInt8(ascii: "0"))  // at most 99
    }
    return RPCStatus.Code(rawValue: number) ?? .unknown
  }
}
