package import SwiftProtobuf

/// All messages of a streaming read, in order, up to its end. Until the first one has come a lost connection is made
/// again; after it the loss is an error, because a new stream would begin from the start and tell things twice.
package struct Export<Request: Message, Element: Message>: AsyncSequence, Sendable {
  let client: SettlementClient
  let method: SettlementMethod
  let request: Request

  package func makeAsyncIterator() -> Iterator { Iterator(self) }

  package final class Iterator: AsyncIteratorProtocol {
    private let export: Export
    private var state = State.begins(attempts: 0)

    private enum State {
      /// - Parameter attempts: streams that ended before they brought anything.
      case begins(attempts: Int)
      case under(ReplySource<Element>)
      case ended
    }

    init(_ export: Export) { self.export = export }

    deinit {
      if case .under(let source) = state { source.cancel() }
    }

    package func next(isolation: isolated (any Actor)?) async throws(SettlementError) -> Element? {
      while true {
        switch state {
        case .ended: return nil
        case .under(let source):
          state = .ended
          do throws(AttemptFailure) {
            guard let element = try await source.next() else { return nil }
            state = .under(source)
            return element
          } catch {
            throw SettlementError(error, method: export.method, effect: .none, attempts: 1)
          }
        case .begins(let attempts):
          let source: ReplySource<Element> = try await export.client.stream(export.method, export.request)
          let failure: AttemptFailure
          do throws(AttemptFailure) {
            guard let element = try await source.next() else {
              state = .ended
              return nil
            }
            state = .under(source)
            return element
          } catch {
            failure = error
          }
          state = .begins(attempts: attempts + 1)
          try await pause(after: failure, attempt: attempts + 1, isolation: isolation)
        }
      }
    }

    private func pause(
      after failure: AttemptFailure, attempt: Int, isolation: isolated (any Actor)?
    ) async throws(SettlementError) {
      let client = export.client
      let end = SettlementError(failure, method: export.method, effect: .none, attempts: attempt)
      let decision = client.options.retries.decide(
        after: failure, attempt: attempt, connectFailures: attempt, random: client.clock.random())
      switch decision {
      case .retry(let nanoseconds) where attempt < Self.attemptsMaximum:
        do { try await client.clock.sleep(nanoseconds: nanoseconds) } catch {
          throw SettlementError(.cancelled, method: export.method, effect: .none, attempts: attempt)
        }
      case .retry, .giveUp:
        state = .ended
        throw end
      }
    }

    /// A server that takes the call and ends it every time is not worth asking for ever.
    private static var attemptsMaximum: Int { 10 }
  }
}
