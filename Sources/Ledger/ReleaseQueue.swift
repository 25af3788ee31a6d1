internal import Journal
internal import Synchronization

/// Replies and feed events that wait for the disk: nothing leaves before the record it rests on is durable.
///
/// The ledger's thread holds here what a turn decided; the journal's writer releases it frame by frame, straight to the
/// ports, without another hop through the ledger's thread.
final class ReleaseQueue: Sendable {
  /// Replies of one port from one turn, each with the highest sequence it rests on.
  struct Held {
    let port: LedgerPort
    private(set) var replies: [LedgerReply] = []
    private(set) var needs: [UInt64] = []
    private(set) var lowestNeed = UInt64.max
    private(set) var highestNeed: UInt64 = 0

    init(port: LedgerPort) { self.port = port }

    var isEmpty: Bool { replies.isEmpty }

    mutating func append(_ reply: LedgerReply, need: UInt64) {
      replies.append(reply)
      needs.append(need)
      lowestNeed = min(lowestNeed, need)
      highestNeed = max(highestNeed, need)
    }

    /// Fills in the frame's seal and takes out the replies that wait for nothing beyond it.
    mutating func release(_ frame: DurableFrame) -> [LedgerReply] {
      for i in replies.indices { replies[i].seal(frame) }
      guard lowestNeed <= frame.lastSequence else { return [] }
      guard highestNeed > frame.lastSequence else {
        let released = replies
        self = Held(port: port)
        return released
      }
      var released: [LedgerReply] = []
      var rest = Held(port: port)
      for (reply, need) in zip(replies, needs) {
        if need <= frame.lastSequence { released.append(reply) } else { rest.append(reply, need: need) }
      }
      self = rest
      return released
    }
  }

  private struct Delivery {
    let port: LedgerPort
    let replies: [LedgerReply]
  }

  private struct State {
    var held: [Held] = []
    var events: [FeedEvent] = []
    /// Frames that the ledger's thread has not seen yet.
    var unseen: [DurableFrame] = []
    var durableSequence: UInt64
    /// Every record up to here has brought its events.
    var heldSequence: UInt64
    var isPoisoned = false
  }

  private let state: Mutex<State>
  private let feed: Feed

  init(durableSequence: UInt64, feed: Feed) {
    state = Mutex(State(durableSequence: durableSequence, heldSequence: durableSequence))
    self.feed = feed
  }

  /// Frames that became durable since the last call. Only the ledger's thread calls it, at the start of a turn.
  func takeFrames() -> [DurableFrame] {
    state.withLock { state in
      let frames = state.unseen
      state.unseen.removeAll(keepingCapacity: true)
      return frames
    }
  }

  /// Takes over what a turn decided; `sequence` is the last record of the turn.
  func hold(_ turn: [Held], events: [FeedEvent], through sequence: UInt64) {
    let (deliveries, waiters) = state.withLock { state in
      if state.isPoisoned {
        return (turn.map { Delivery(port: $0.port, replies: $0.replies.map(\.withUnknownOutcome)) }, [Latch]())
      }
      var deliveries: [Delivery] = []
      for var held in turn where !held.isEmpty {
        // Frames may have become durable since the turn began.
        for frame in state.unseen { Self.release(&held, frame, into: &deliveries) }
        if !held.isEmpty { state.held.append(held) }
      }
      state.events.append(contentsOf: events)
      state.heldSequence = max(state.heldSequence, sequence)
      return (deliveries, publish(&state))
    }
    act(deliveries, waiters)
  }

  /// Called by the journal's writer, in order of frames.
  func release(_ frame: DurableFrame) {
    let (deliveries, waiters) = state.withLock { state in
      state.durableSequence = max(state.durableSequence, frame.lastSequence)
      state.unseen.append(frame)
      var deliveries: [Delivery] = []
      for i in state.held.indices { Self.release(&state.held[i], frame, into: &deliveries) }
      state.held.removeAll(where: \.isEmpty)
      return (deliveries, publish(&state))
    }
    act(deliveries, waiters)
  }

  /// The journal failed: whatever waits may or may not be on disk.
  func poison() {
    let held = state.withLock { state in
      state.isPoisoned = true
      let held = state.held
      state.held = []
      return held
    }
    for held in held { held.port.deliver(held.replies.map(\.withUnknownOutcome)) }
    feed.stop()
  }

  var isPoisoned: Bool { state.withLock { $0.isPoisoned } }

  private static func release(_ held: inout Held, _ frame: DurableFrame, into deliveries: inout [Delivery]) {
    let replies = held.release(frame)
    if !replies.isEmpty { deliveries.append(Delivery(port: held.port, replies: replies)) }
  }

  /// Under the lock, so that events reach the feed in order.
  private func publish(_ state: inout State) -> [Latch] {
    let end = min(state.durableSequence, state.heldSequence)
    let count = state.events.prefix(while: { $0.sequence <= end }).count
    let waiters = feed.publish(state.events[..<count], through: end)
    state.events.removeFirst(count)
    return waiters
  }

  private func act(_ deliveries: [Delivery], _ waiters: [Latch]) {
    for delivery in deliveries { delivery.port.deliver(delivery.replies) }
    for waiter in waiters { waiter.resume() }
  }
}

extension LedgerReply {
  /// Puts the frame's seal into the receipts of its records.
  fileprivate mutating func seal(_ frame: DurableFrame) {
    if frame.contains(receipt.sequence) { receipt.seal = frame.seal }
    switch outcome {
    case .page(let answer, let receipts):
      outcome = .page(answer, receipts.map { $0.sealed(frame) })
    case .batch(let answers, let receipts):
      outcome = .batch(answers, receipts.map { $0.sealed(frame) })
    case .answered, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown: break
    }
  }

  fileprivate var withUnknownOutcome: LedgerReply { LedgerReply(ticket: ticket, outcome: .outcomeUnknown) }
}

extension DurableFrame {
  fileprivate func contains(_ sequence: UInt64) -> Bool { sequence >= firstSequence && sequence <= lastSequence }
}

extension Receipt {
  fileprivate func sealed(_ frame: DurableFrame) -> Receipt {
    frame.contains(sequence) ? Receipt(sequence: sequence, seal: frame.seal) : self
  }
}
