package import HTTPStreams

/// Sees every call of a server on its loop: for authorisation, metrics and logs. Runs on the hot path, so it must not
/// wait; a server without interceptors pays nothing.
package protocol ServerInterceptor: AnyObject {
  /// Before the handler sees the call. A status denies it: the handler never runs.
  func started(_ call: CallInfo) -> RPCStatus?
  /// The call is over; told once for each `started`, also for denied calls.
  func finished(_ call: CallInfo, code: RPCStatus.Code, durationNanoseconds: Int64)
}

/// What interceptors are told about a call.
package struct CallInfo {
  package let method: RPCMethod
  package let peer: Peer
  package let stream: StreamID
}
