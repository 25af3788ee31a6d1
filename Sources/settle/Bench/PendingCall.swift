import HTTPStreams

/// A call that is in flight, and what has come of it so far.
struct PendingCall {
  enum HTTPStatus { case none, ok, other }

  /// gRPC prefix, and the field that begins every Withdrawal: its id.
  static let headByteCount = 5 + 2 + KnownWithdrawals.idByteCount

  let call: Call
  /// From when its latency counts: when it was sent, or in an open loop when it was due.
  let startNanoseconds: Int64
  var httpStatus = HTTPStatus.none
  /// -1 until known.
  var grpcStatus = -1
  var bytesReceived = 0

  init(_ call: Call, startNanoseconds: Int64) {
    self.call = call
    self.startNanoseconds = startNanoseconds
  }

  mutating func receive(_ headers: borrowing ReceivedHeaders, endStream: Bool) {
    if let status = headers.first(":status") {
      httpStatus = headers.hasValue(status, "200") ? .ok : .other
    }
    if endStream { readStatus(headers) }
  }

  mutating func readStatus(_ headers: borrowing ReceivedHeaders) {
    guard let field = headers.first("grpc-status") else { return }
    let value = field.value
    switch value.count {
    case 1: grpcStatus = Self.digit(headers.bytes[value.lowerBound])
    case 2:
      grpcStatus = Self.digit(headers.bytes[value.lowerBound]) * 10 + Self.digit(headers.bytes[value.lowerBound + 1])
    default: grpcStatus = Tally.unknownStatus
    }
  }

  private static func digit(_ byte: UInt8) -> Int {
    byte >= 0x30 && byte <= 0x39 ? Int(byte - 0x30) : Tally.unknownStatus
  }

  /// - Parameter head: the first bytes of the reply, as many as came up to `headByteCount`.
  func outcome(_ reason: StreamClose, head: ArraySlice<UInt8>) -> CallOutcome {
    switch reason {
    case .connectionLost: return .failed(.connectionLost)
    case .refused: return .failed(.refusedStream)
    case .resetByUs: return .failed(.unanswered)
    case .resetByPeer(.noError), .finished: break
    case .resetByPeer: return .failed(.reset)
    }
    guard httpStatus == .ok else { return .failed(.httpStatus) }
    if call == .raw { return .succeeded }
    guard grpcStatus >= 0 else { return .failed(.noStatus) }
    guard grpcStatus == 0 else { return .refused(status: grpcStatus) }
    return isOneMessage(head: head) ? .succeeded : .failed(.brokenReply)
  }

  private func isOneMessage(head: ArraySlice<UInt8>) -> Bool {
    guard bytesReceived >= 5, head.count >= 5 else { return false }
    let start = head.startIndex
    guard head[start] == 0 else { return false }
    var length = 0
    for offset in 1..<5 { length = length << 8 | Int(head[start + offset]) }
    return bytesReceived == 5 + length
  }
}
