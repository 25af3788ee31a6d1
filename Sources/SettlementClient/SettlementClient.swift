internal import HTTPStreams
internal import RPC
internal import SwiftProtobuf

/// A client of the settlement service over one connection, which it makes, and makes again, as it is needed.
///
/// Every method may be called from many tasks at once. A call that ends without an answer is repeated with the same
/// request_id as `RetryPolicy` says, until `callTimeoutNanoseconds` have passed; what comes back in the end is certain
/// except where the error says `outcomeUnknown`.
package actor SettlementClient {
  package struct Options: Hashable, Sendable {
    /// For a whole call with its retries.
    package var callTimeoutNanoseconds: Int64 = 30_000_000_000
    /// For one attempt: what stays silent longer is given up and asked again.
    package var attemptTimeoutNanoseconds: Int64 = 10_000_000_000
    /// For a connection with its TLS handshake.
    package var connectTimeoutNanoseconds: Int64 = 5_000_000_000
    package var retries = RetryPolicy()
    package init() {}
  }

  nonisolated let options: Options
  nonisolated let clock: any ClientClock
  private let source: any ChannelSource
  private var connection = Connection.none

  private enum Connection {
    case none
    /// Several calls wait for one connection.
    case connecting(Task<Result<any CallChannel, AttemptFailure>, Never>)
    case ready(any CallChannel)
  }

  package init(source: any ChannelSource, options: Options = Options(), clock: any ClientClock = SystemClientClock()) {
    self.source = source
    self.options = options
    self.clock = clock
  }

  /// Ends the connection after the calls under way. A later call connects again.
  package func close() {
    if case .ready(let channel) = connection { channel.close() }
    connection = .none
  }

  // MARK: Attempts

  /// One request, one reply. The services' methods are in the files named after them.
  func call<Request: Message, Reply: Message>(
    _ method: SettlementMethod, _ request: Request
  ) async throws(SettlementError) -> Reply {
    let bytes = try Self.encode(request, method)
    let deadline = clock.now + options.callTimeoutNanoseconds
    let reply = try await attempts(of: method, until: deadline) { channel, remaining throws(AttemptFailure) in
      try await channel.unary(
        path: method.path, request: bytes,
        timeoutNanoseconds: min(remaining, self.options.attemptTimeoutNanoseconds))
    }
    return try Self.decode(reply, method)
  }

  /// Opens a stream of replies, trying again while no connection takes it.
  func stream<Request: Message, Reply: Message>(
    _ method: SettlementMethod, _ request: Request
  ) async throws(SettlementError) -> ReplySource<Reply> {
    let deadline = clock.now + options.callTimeoutNanoseconds
    return try await attempts(of: method, until: deadline) { channel, _ throws(AttemptFailure) in
      try await channel.serverStreaming(path: method.path, request: request, as: Reply.self)
    }
  }

  private func attempts<R: Sendable>(
    of method: SettlementMethod, until deadline: MonotonicInstant,
    _ attempt: @Sendable (any CallChannel, Int64) async throws(AttemptFailure) -> R
  ) async throws(SettlementError) -> R {
    var count = 0
    var connectFailures = 0
    var effect = Effect.none
    while true {
      count += 1
      let failure: AttemptFailure
      do throws(AttemptFailure) {
        let channel = try await channel(until: deadline)
        connectFailures = 0
        return try await attempt(channel, remaining(until: deadline))
      } catch {
        failure = error
      }
      if case .unreachable = failure { connectFailures += 1 }
      effect = effect.after(failure)
      let end = SettlementError(failure, method: method, effect: effect, attempts: count)
      switch options.retries.decide(
        after: failure, attempt: count, connectFailures: connectFailures, random: clock.random())
      {
      case .giveUp: throw end
      case .retry(let pause):
        guard pause < remaining(until: deadline) else { throw end }
        do { try await clock.sleep(nanoseconds: pause) } catch {
          throw SettlementError(.cancelled, method: method, effect: effect, attempts: count)
        }
      }
    }
  }

  private func remaining(until deadline: MonotonicInstant) -> Int64 {
    // Both instants come from one clock that starts near 0: the difference cannot overflow.
    deadline.nanoseconds - clock.now.nanoseconds
  }

  // MARK: The connection

  private func channel(until deadline: MonotonicInstant) async throws(AttemptFailure) -> any CallChannel {
    if case .ready(let channel) = connection {
      if channel.takesCalls { return channel }
      channel.close()
      connection = .none
    }
    let task: Task<Result<any CallChannel, AttemptFailure>, Never>
    if case .connecting(let under) = connection {
      task = under
    } else {
      let timeout = max(1, min(options.connectTimeoutNanoseconds, remaining(until: deadline)))
      task = Task { [source] in
        do throws(AttemptFailure) {
          return .success(try await source.connect(timeoutNanoseconds: timeout))
        } catch {
          return .failure(error)
        }
      }
      connection = .connecting(task)
    }
    let result = await task.value
    // Another call may have noted the same result, or already a newer connection.
    if case .connecting(let current) = connection, current == task {
      switch result {
      case .success(let channel): connection = .ready(channel)
      case .failure: connection = .none
      }
    }
    return try result.get()
  }

  // MARK: Messages

  private static func encode(_ request: some Message, _ method: SettlementMethod) throws(SettlementError) -> [UInt8] {
    do { return try request.serializedBytes() } catch {
      throw SettlementError(
        kind: .invalid, method: method.name,
        status: RPCStatus(.invalidArgument, "the request cannot be encoded: \(error)"), attempts: 0)
    }
  }

  private static func decode<Reply: Message>(_ bytes: [UInt8], _ method: SettlementMethod) throws(SettlementError)
    -> Reply
  {
    do { return try Reply(serializedBytes: bytes) } catch {
      throw SettlementError(
        kind: .failed, method: method.name,
        status: RPCStatus(.internal, "the reply cannot be decoded: \(error)"), attempts: 1)
    }
  }
}
