package import HTTPStreams

/// The fast way to serve a method with one request and one response message: no task, no copy, no allocation.
/// Confined to the loop of its server.
package protocol UnaryHandler: AnyObject {
  /// Takes the whole request message, which is valid during the call only, and answers exactly once through `call`, now
  /// or later, on this loop. What it returns is given back by `cancelled`: a handler that answers later returns the key
  /// of its pending entry; one that has answered returns anything.
  func handle(_ message: RawSpan, _ call: ServerCall) -> UInt64
  /// The deadline passed or the client went away before the answer. An answer that comes all the same is ignored.
  func cancelled(_ call: ServerCall, token: UInt64)
}

/// One call as its `UnaryHandler` sees it. Confined to the loop; after the call is over, everything here does nothing.
package struct ServerCall {
  let connection: ServerConnection
  /// Small enough to be carried through queues; with the connection it names the call.
  package let stream: StreamID

  /// Sends the message, OK, and ends the call.
  package func reply(_ message: RawSpan) { connection.reply(message, on: stream) }

  /// Ends the call with an error.
  package func fail(_ status: RPCStatus) { connection.fail(status, on: stream) }

  package var peer: Peer { connection.peer }
  /// When the caller stops waiting; nil when it did not say, or when the call is over.
  package var deadline: MonotonicInstant? { connection.deadline(of: stream) }
  /// The caller's custom metadata. Made on demand: ask only when it is needed.
  package var metadata: Metadata { connection.metadata(of: stream) }
}
