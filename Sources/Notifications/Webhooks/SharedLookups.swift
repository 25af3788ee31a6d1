package import LedgerCore
internal import Synchronization

/// Look-ups of host names, in shares: a name server that never answers holds threads for as long as it likes, and those of
/// one partner's hosts must not be all that there are.
///
/// Who asks waits for a bounded time; a look-up goes on, and counts, until it ends. The same host is asked for once by a
/// partner, however many wait for it.
package final class SharedLookups: Sendable {
  private typealias Outcome = Result<[InternetAddress], HostLookupFailure>

  private struct Key: Hashable {
    let partner: Label
    let host: String
  }

  private let lookup: any HostLookup
  private let time: any WebhookTime
  private let underWay = Mutex<[Key: Answer]>([:])

  package init(_ lookup: any HostLookup, time: any WebhookTime) {
    self.lookup = lookup
    self.time = time
  }

  package func addresses(
    of host: String, for partner: Label
  ) async throws(HostLookupFailure) -> [InternetAddress] {
    let answer = try answer(Key(partner: partner, host: host))
    return try await withTaskGroup(of: Outcome.self) { group in
      group.addTask { await answer.value() }
      group.addTask { [time] in
        // Cancelled: it was answered, or nobody waits any more.
        do throws(CancellationError) { try await time.sleep(microseconds: WebhookLimits.lookupMicroseconds) } catch {}
        return .failure(HostLookupFailure("the name servers did not answer in time"))
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failure(HostLookupFailure("nobody was asked"))
    }.get()
  }

  /// Of a look-up that is under way, or begins.
  private func answer(_ key: Key) throws(HostLookupFailure) -> Answer {
    let (answer, isNew) = try underWay.withLock { underWay throws(HostLookupFailure) -> (Answer, Bool) in
      if let answer = underWay[key] { return (answer, false) }
      guard underWay.keys.count(where: { $0.partner == key.partner }) < WebhookLimits.lookupsOfPartnerMaximum else {
        throw HostLookupFailure("the name servers have not answered for other hosts of the partner")
      }
      guard underWay.count < WebhookLimits.lookupsMaximum else {
        throw HostLookupFailure("the name servers have not answered for many hosts")
      }
      let answer = Answer()
      underWay[key] = answer
      return (answer, true)
    }
    if isNew {
      Task {
        let outcome: Outcome
        do throws(HostLookupFailure) {
          outcome = .success(try await lookup.addresses(of: key.host))
        } catch {
          outcome = .failure(error)
        }
        underWay.withLock { $0[key] = nil }
        answer.set(outcome)
      }
    }
    return answer
  }

  /// Set once; waited for by many.
  private final class Answer: Sendable {
    private enum State {
      case open(waiting: [UInt64: CheckedContinuation<Outcome, Never>], next: UInt64)
      case set(Outcome)
    }

    private let state = Mutex(State.open(waiting: [:], next: 0))

    func set(_ outcome: Outcome) {
      let waiting = state.withLock { state -> [CheckedContinuation<Outcome, Never>] in
        guard case .open(let waiting, _) = state else { return [] }
        state = .set(outcome)
        return Array(waiting.values)
      }
      for each in waiting { each.resume(returning: outcome) }
    }

    /// Returns early when the task is cancelled.
    func value() async -> Outcome {
      let place = state.withLock { state -> UInt64 in
        guard case .open(let waiting, let place) = state else { return 0 }
        state = .open(waiting: waiting, next: place + 1)
        return place
      }
      return await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let known: Outcome? = state.withLock { state in
            switch state {
            case .set(let outcome): return outcome
            case .open(var waiting, let next):
              if Task.isCancelled { return Self.left }
              waiting[place] = continuation
              state = .open(waiting: waiting, next: next)
              return nil
            }
          }
          if let known { continuation.resume(returning: known) }
        }
      } onCancel: {
        let left = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
          guard case .open(var waiting, let next) = state else { return nil }
          let left = waiting.removeValue(forKey: place)
          state = .open(waiting: waiting, next: next)
          return left
        }
        left?.resume(returning: Self.left)
      }
    }

    private static let left = Outcome.failure(HostLookupFailure("nobody waits for it any more"))
  }
}
