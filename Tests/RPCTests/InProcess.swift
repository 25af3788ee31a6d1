import HTTPStreams
import RPC
import RPCTesting
import SwiftProtobuf

typealias Text = Google_Protobuf_StringValue
typealias Number = Google_Protobuf_Int64Value

/// Our client and our server, joined in memory.
struct InProcess {
  let loop = ManualLoop()
  let pipe: InMemoryPipe
  let client: RPCClient

  init(
    _ routes: Routes, limits: RPCLimits = RPCLimits(), interceptors: [any ServerInterceptor] = [],
    options: InMemoryPipe.Options = InMemoryPipe.Options()
  ) {
    let pipe = InMemoryPipe(loop: loop, options: options)
    let server = RPCServer(loop: loop, routes: routes, limits: limits, interceptors: interceptors)
    pipe.server.handler = server.accept(pipe.server)
    let connection = RPCClientConnection(connection: pipe.client, authority: "test")
    pipe.client.handler = connection
    self.pipe = pipe
    client = RPCClient(connection, on: loop)
  }
}

/// Opens once, for tests that must know that something happened before they go on.
final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func open() { continuation.finish() }
  /// Returns when the gate is open, or the task is cancelled.
  func pass() async { for await _ in stream {} }
}

/// The failure of a call that must fail.
func failureOf(_ body: () async throws -> Void) async -> RPCFailure? {
  do { try await body() } catch { return error as? RPCFailure }
  return nil
}
