/// What a caller may say about one call.
package struct CallOptions: Sendable {
  /// After this the call fails with DEADLINE_EXCEEDED here, and the server stops too. nil: wait for ever.
  package var timeoutNanoseconds: Int64?
  package var metadata = Metadata()
  /// Response messages larger than this fail the call with RESOURCE_EXHAUSTED.
  package var messageLimit = 4 << 20

  package init(timeoutNanoseconds: Int64? = nil, metadata: Metadata = Metadata()) {
    self.timeoutNanoseconds = timeoutNanoseconds
    self.metadata = metadata
  }
}

/// Why a call failed.
package struct RPCFailure: Error, RPCStatusConvertible {
  /// Whether the server may have acted on the call.
  package enum Effect: Sendable {
    /// The server says that it never looked at the call (REFUSED_STREAM, GOAWAY), or it never left: a retry is safe.
    case none
    /// Unknown; only a query, or a retry with the same request id, tells.
    case possible
  }

  package let status: RPCStatus
  package let effect: Effect
  package let trailingMetadata: Metadata

  package init(_ status: RPCStatus, effect: Effect = .possible, trailingMetadata: Metadata = Metadata()) {
    self.status = status
    self.effect = effect
    self.trailingMetadata = trailingMetadata
  }

  package var rpcStatus: RPCStatus { status }
}
