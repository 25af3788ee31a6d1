internal import LedgerCore
internal import Routing
internal import Synchronization

/// A call to make.
struct Call: Sendable {
  enum Kind: Sendable { case send, query, cancel }
  var kind: Kind
  var request: SentRequest
  /// Notices up to this one are answered with it, see `Notices`; 0 where none is.
  var notice: UInt64 = 0
}

/// What came of a call.
struct Found: Sendable {
  var kind: Call.Kind
  var lane: Int
  var key: PayoutKey
  var amount: Money
  var answer: ChannelAnswer
  var tookMilliseconds: Int64
  /// As in `Call`.
  var notice: UInt64 = 0
}

/// One channel with the calls that wait for it. At most `manifest.inFlightMaximum` tasks make them, one after another each:
/// a channel that answers at once costs no task per payout.
final class ChannelLane: Sendable {
  struct State {
    var sends = Fifo<Call>()
    /// Go first: they end doubt.
    var inquiries = Fifo<Call>()
    var workers = 0
    var inFlight = 0
    /// Calls that their workers wait for, by ticket, and since when; monotonic milliseconds.
    var waitedFor: [UInt64: (call: Call, since: Int64)] = [:]
    var lastTicket: UInt64 = 0
    var health: ChannelHealth
    /// Moving average of answers; nil before the first.
    var answerMilliseconds: Int64?
    /// It was found not to know payouts that this ledger has not made.
    var isProbed = false
    /// Of a batch channel: its cut-off has come.
    var isCollecting = false
    /// Of a batch channel: something is in the open batch.
    var hasOpenBatch = false
    var lastError = ""
    var lastErrorTime: Timestamp?
    var toldBreaker = HealthReport.Breaker.closed
    var sentDay: Int32 = 0
    var sentToday: [Currency: Int64] = [:]
    var toldFloatLow = false
  }

  let index: Int
  let channel: any PayoutChannel
  let manifest: ChannelManifest
  let batch: (any BatchChannel)?
  let state: Mutex<State>

  init(index: Int, _ channel: any PayoutChannel) {
    self.index = index
    self.channel = channel
    manifest = channel.manifest
    batch = channel as? any BatchChannel
    state = Mutex(
      State(
        health: ChannelHealth(
          expectedArrivalMilliseconds: manifest.expectedArrivalMilliseconds, limits: manifest.breaker)))
  }

  var canQuery: Bool { manifest.capabilities.contains(.query) }

  /// More payouts that may be begun for it now.
  func room(_ limits: DispatcherLimits) -> Int {
    state.withLock { state in
      let calls = max(1, manifest.inFlightMaximum)
      let ahead =
        state.answerMilliseconds.map { Int64(calls) * limits.queuedMilliseconds / max(1, $0) } ?? 0
      return calls + Int(min(ahead, Int64(limits.queuedMaximum))) - state.inFlight - state.sends.count
    }
  }

  /// Puts calls in the queue; so many more workers are needed.
  func put(_ calls: [Call]) -> Int {
    state.withLock { state in
      for call in calls {
        switch call.kind {
        case .send: state.sends.append(call)
        case .query, .cancel: state.inquiries.append(call)
        }
      }
      let waiting = state.sends.count + state.inquiries.count
      let more = max(0, min(waiting, max(1, manifest.inFlightMaximum) - state.workers))
      state.workers += more
      return more
    }
  }

  /// The next call for a worker; nil ends it.
  func next(nowMilliseconds: Int64) -> (Call, ticket: UInt64)? {
    state.withLock { state in
      guard let call = state.inquiries.take() ?? state.sends.take() else {
        state.workers -= 1
        return nil
      }
      state.inFlight += 1
      if call.kind == .send { state.health.begin(at: nowMilliseconds) }
      state.lastTicket += 1
      state.waitedFor[state.lastTicket] = (call, nowMilliseconds)
      return (call, state.lastTicket)
    }
  }

  /// A worker's call has come back. False: it was given up before.
  func takeBack(_ ticket: UInt64) -> Bool { state.withLock { $0.waitedFor.removeValue(forKey: ticket) != nil } }

  /// Calls that are not waited for any more. `answered` is told of each, as if it had come back.
  func takeOverdue(begunBefore time: Int64) -> [(call: Call, since: Int64)] {
    state.withLock { state in
      let overdue = state.waitedFor.filter { $0.value.since < time }.sorted { $0.key < $1.key }
      for (ticket, _) in overdue { state.waitedFor[ticket] = nil }
      return overdue.map(\.value)
    }
  }

  /// So many workers are stuck and count no more; so many are needed in their place.
  func replaceWorkers(_ stuck: Int) -> Int {
    state.withLock { state in
      state.workers -= stuck
      let more = max(
        0, min(state.sends.count + state.inquiries.count, max(1, manifest.inFlightMaximum) - state.workers))
      state.workers += more
      return more
    }
  }

  /// Takes note of an answer.
  func answered(_ kind: Call.Kind, _ answer: ChannelAnswer, took: Int64, nowMilliseconds: Int64, now: Timestamp) {
    state.withLock { state in
      state.inFlight -= 1
      if let error = answer.errorCode {
        state.lastError = error
        state.lastErrorTime = now
      }
      switch kind {
      case .send:
        state.health.record(answer.healthOutcome, tookMilliseconds: took, at: nowMilliseconds)
        if batch != nil { state.hasOpenBatch = true }
        state.answerMilliseconds = state.answerMilliseconds.map { $0 + (took - $0) / 8 } ?? took
      case .query, .cancel: break
      }
    }
  }

  var hasNoSends: Bool { state.withLock { $0.inFlight == 0 && $0.sends.isEmpty } }
  var hasNoCalls: Bool { state.withLock { $0.inFlight == 0 } }

  /// The breaker, when it is another one than was told last.
  func changedBreaker(nowMilliseconds: Int64) -> HealthReport.Breaker? {
    state.withLock { state in
      let breaker = state.health.report(at: nowMilliseconds).breaker
      guard !breaker.isSameKind(as: state.toldBreaker) else { return nil }
      state.toldBreaker = breaker
      return breaker
    }
  }
}

extension HealthReport.Breaker {
  fileprivate func isSameKind(as other: Self) -> Bool {
    switch (self, other) {
    case (.closed, .closed), (.open, .open), (.halfOpen, .halfOpen): true
    case (.closed, _), (.open, _), (.halfOpen, _): false
    }
  }
}
