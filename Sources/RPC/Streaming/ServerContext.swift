package import HTTPStreams

/// What an asynchronous handler knows of its call. The task of the handler is cancelled when the deadline passes or the
/// client goes away.
package struct ServerContext: Sendable {
  let call: AsyncCall
  /// "/package.Service/Method".
  package let method: String
  package let peer: Peer
  /// The caller's custom metadata.
  package let metadata: Metadata
  /// When the caller stops waiting, on the clock of `loop`; nil when it did not say.
  package let deadline: MonotonicInstant?
  package var loop: any StreamLoop { call.loop }

  /// The call is over for the client, whatever the handler still does.
  package var isCancelled: Bool { call.isCancelled }

  /// Sent ahead of the first response message; has no effect after it.
  package func setInitialMetadata(_ metadata: Metadata) { call.setInitialMetadata(metadata) }

  /// Sent with the status.
  package func setTrailingMetadata(_ metadata: Metadata) { call.setTrailingMetadata(metadata) }
}
