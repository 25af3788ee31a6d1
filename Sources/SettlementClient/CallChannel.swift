package import RPC
package import SwiftProtobuf

/// One connection to a server, as the client needs it: calls with bytes in and bytes out.
package protocol CallChannel: AnyObject, Sendable {
  /// False once no further call can begin on it; calls under way go on.
  var takesCalls: Bool { get }
  /// One request, one reply. Cancelling the task resets the call.
  func unary(
    path: String, request: [UInt8], timeoutNanoseconds: Int64
  ) async throws(AttemptFailure) -> [UInt8]
  /// One request, many replies, until one side ends it.
  func serverStreaming<Request: Message, Reply: Message>(
    path: String, request: Request, as type: Reply.Type
  ) async throws(AttemptFailure) -> ReplySource<Reply>
  /// Ends the connection after the calls under way.
  func close()
}

/// Replies of a streaming call, one after the other. For one reader.
package struct ReplySource<Reply: Sendable>: Sendable {
  /// nil after the last one. Nothing is read ahead beyond the flow-control window.
  package let next: @Sendable () async throws(AttemptFailure) -> Reply?
  /// Ends the call; harmless after its end.
  package let cancel: @Sendable () -> Void

  package init(
    next: @escaping @Sendable () async throws(AttemptFailure) -> Reply?, cancel: @escaping @Sendable () -> Void
  ) {
    self.next = next
    self.cancel = cancel
  }
}

/// Where connections come from.
package protocol ChannelSource: Sendable {
  func connect(timeoutNanoseconds: Int64) async throws(AttemptFailure) -> any CallChannel
}

/// Why one attempt of a call brought no reply. What it says about the effect of the call is the point of the cases.
package enum AttemptFailure: Error, Hashable, Sendable {
  /// No connection came about: nothing was sent.
  case unreachable(String)
  /// The server and this client do not accept each other's certificates, or speak no common protocol: nothing was done,
  /// and trying again does not help.
  case handshakeRefused(String)
  /// The server said that it never looked at the call (REFUSED_STREAM, GOAWAY), or it never left: nothing was done.
  case notProcessed(String)
  /// The connection or the time ended without an answer: it may have been done.
  case lost(String)
  /// The server's answer.
  case answered(RPCStatus)
  /// The caller's task was cancelled.
  case cancelled
}
