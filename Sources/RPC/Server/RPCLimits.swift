/// What one connection may ask of the server. Every bound of this module is here.
package struct RPCLimits: Sendable {
  /// Request messages larger than this are refused at their fifth byte. 4 MiB is what gRPC peers expect by default.
  package var messageBytes = 4 << 20
  /// Request bytes that wait in memory for their message to be complete or for their handler to take them, over all
  /// streams of a connection. Four messages of the largest size: one connection cannot take much more.
  package var bufferedRequestBytes = 16 << 20
  /// Tasks of asynchronous handlers alive at once. A reset call counts until its task has really ended, so that
  /// opening and resetting streams does not buy unbounded work.
  package var runningHandlers = 256
  /// Response bytes of one call that wait for a slow reader before its writer is suspended.
  package var queuedResponseBytes = 64 << 10

  /// For methods whose requests are a few names: an asynchronous call may live long and keeps its request, so 256 of them
  /// must not add up to what 256 of the largest messages would.
  package static let smallMessageBytes = 16 << 10

  package init() {}
}
