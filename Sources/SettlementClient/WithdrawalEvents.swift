package import SettlementProto

/// Changes of withdrawals and heartbeats, in order, each once; it goes on over lost connections from the last cursor.
/// It ends by an error only: what cannot be retried, or a server that stays away longer than a call may take.
package struct WithdrawalEvents: AsyncSequence, Sendable {
  package typealias Element = Settlement_V1_WatchWithdrawalsResponse

  let client: SettlementClient
  let request: Settlement_V1_WatchWithdrawalsRequest

  package func makeAsyncIterator() -> Iterator { Iterator(client: client, request: request) }

  package final class Iterator: AsyncIteratorProtocol {
    private let client: SettlementClient
    private var request: Settlement_V1_WatchWithdrawalsRequest
    private var source: ReplySource<Element>?
    /// Streams in a row that ended before they brought anything.
    private var barren = 0

    init(client: SettlementClient, request: Settlement_V1_WatchWithdrawalsRequest) {
      self.client = client
      self.request = request
    }

    deinit { source?.cancel() }

    package func next(
      isolation: isolated (any Actor)?
    ) async throws(SettlementError) -> Settlement_V1_WatchWithdrawalsResponse? {
      while true {
        let current: ReplySource<Element>
        if let source {
          current = source
        } else {
          current = try await client.stream(.watch, request)
          source = current
        }
        let failure: AttemptFailure
        do throws(AttemptFailure) {
          if let event = try await current.next() {
            if !event.cursor.isEmpty { request.cursor = event.cursor }
            barren = 0
            return event
          }
          failure = .lost("the server ended the stream")
        } catch {
          failure = error
        }
        source = nil
        try await pause(after: failure, isolation: isolation)
      }
    }

    private func pause(
      after failure: AttemptFailure, isolation: isolated (any Actor)?
    ) async throws(SettlementError) {
      barren += 1
      let end = SettlementError(failure, method: .watch, effect: .none, attempts: barren)
      let decision = client.options.retries.decide(
        after: failure, attempt: barren, connectFailures: barren, random: client.clock.random())
      switch decision {
      case .retry(let nanoseconds) where barren <= Self.barrenStreams:
        do { try await client.clock.sleep(nanoseconds: nanoseconds) } catch {
          throw SettlementError(.cancelled, method: .watch, effect: .none, attempts: barren)
        }
      case .retry, .giveUp: throw end
      }
    }

    /// A server that takes the call and ends it every time is not worth asking for ever.
    private static let barrenStreams = 10
  }
}
