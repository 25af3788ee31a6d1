internal import Journal
internal import LedgerCore

/// The only owner of the state. Commands become records here, one at a time, on one thread: decide, evolve and append
/// are one synchronous step, and no reply leaves before its record is on disk.
///
///     ports --parcels--> mailbox --turn--> decide -> evolve -> journal frame
///     ports <--replies-- release queue <--frame is durable-- journal writer
package actor Ledger {
  package nonisolated let identity: LedgerIdentity
  package nonisolated let clock: any LedgerClock
  package nonisolated let feed: Feed

  nonisolated let executor: LedgerExecutor
  nonisolated let releases: ReleaseQueue
  nonisolated let reading: ReadingRoom
  private nonisolated let tasks: TaskDoor

  private var state: LedgerState
  private var seals: SealIndex
  private nonisolated let journal: Journal
  private nonisolated let snapshots: SnapshotBuilder
  private nonisolated let stopped = Latch()
  /// What decisions go by; replaced when rules are activated, between two decisions.
  private var policy: any Policy

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(
    identity: LedgerIdentity, clock: any LedgerClock, feed: Feed, releases: ReleaseQueue, mailbox: Mailbox,
    state: consuming LedgerState, seals: SealIndex, journal: Journal, snapshots: SnapshotBuilder,
    policy: any Policy, reading: ReadingRoom
  ) {
    self.identity = identity
    self.clock = clock
    self.feed = feed
    self.releases = releases
    self.executor = LedgerExecutor(mailbox: mailbox)
    self.tasks = TaskDoor(mailbox: mailbox)
    self.state = state
    self.seals = seals
    self.journal = journal
    self.snapshots = snapshots
    self.policy = policy
    self.reading = reading
  }

  deinit { executor.mailbox.abandon() }

  /// Starts the ledger's thread; once, before the first request.
  nonisolated func startThread() throws(JournalError) {
    try executor.start { [weak self] contents in
      self?.assumeIsolated { $0.turn(contents) }
    } finished: { [journal, releases, feed, stopped] in
      // A poisoned journal has told its failure already, where the program listens.
      do throws(JournalError) { try journal.stop() } catch { releases.poison() }
      feed.stop()
      stopped.resume()
    }
  }

  /// Finishes what was accepted, puts it on disk with the mark of a clean stop, and takes nothing more.
  package nonisolated func stop() async {
    await snapshots.stop()
    reading.close()
    executor.mailbox.close()
    await stopped.wait()
  }

  /// A door for one loop. `wake` is called from any thread, once for each batch of replies that finds the inbox empty.
  package nonisolated func makePort(wake: @escaping @Sendable () -> Void) -> LedgerPort {
    LedgerPort(mailbox: executor.mailbox, wake: wake)
  }

  /// One operation for a caller that may suspend. Cancelling the task drops it undecided if its turn has not come.
  package nonisolated func perform(
    _ operation: LedgerOperation, deadlineNanoseconds: Int64? = nil
  ) async -> LedgerReply {
    await tasks.perform(operation, deadlineNanoseconds: deadlineNanoseconds)
  }

  /// Many operations of one caller, decided in order in one parcel; the replies in the same order. At most
  /// `LedgerConfiguration.mailboxWeightMaximum` of them; the caller keeps to much less.
  package nonisolated func performAll(_ operations: [LedgerOperation]) async -> [LedgerReply] {
    await tasks.performAll(operations, mailbox: executor.mailbox)
  }

  /// Requests, and items of batches, that wait for the ledger's thread.
  package nonisolated var waitingRequests: Int { executor.mailbox.waitingWeight }

  // MARK: - One turn

  /// Everything that one wake-up brought, as one batch of the journal: it becomes durable as a whole.
  func turn(_ contents: borrowing Mailbox.Contents) {
    for frame in releases.takeFrames() { seals.append(lastSequence: frame.lastSequence, seal: frame.seal) }
    let nowNanoseconds = clock.monotonicNanoseconds()
    var turn = Turn()
    journal.withBatch(nowMicroseconds: clock.now().microseconds) { batch in
      for (index, parcel) in contents.parcels.enumerated() {
        turn.begin(parcel)
        // In place: a request is some 500 bytes, and an iterator would copy each.
        parcel.requests.withUnsafeBufferPointer { requests in
          for place in requests.indices {
            let ticket = requests[place].ticket
            if contents.isCancelled(ticket, inParcel: index) {
              turn.reply(LedgerReply(ticket: ticket, outcome: .cancelled))
            } else if let deadline = requests[place].deadlineNanoseconds, deadline <= nowNanoseconds {
              turn.reply(LedgerReply(ticket: ticket, outcome: .deadlineExceeded))
            } else {
              perform(requests[place].operation, ticket: ticket, &batch, &turn)
            }
          }
        }
        turn.end()
      }
    }
    releases.hold(turn.held, events: turn.events, through: state.lastSequence)
  }

  private func perform(
    _ operation: LedgerOperation, ticket: UInt32, _ batch: inout Batch, _ turn: inout Turn
  ) {
    switch operation {
    case .query(let query):
      let now = Timestamp(microseconds: batch.timeMicroseconds)
      let (answer, sequence) = state.answer(query, policy: policy, now: now)
      reply(Decided(answer: answer, sequence: sequence, need: sequence), ticket: ticket, &turn)
    case .command(let command):
      switch decide(command, &batch, &turn) {
      case .success(let decided): reply(decided, ticket: ticket, &turn)
      case .failure(let shortage): turn.reply(LedgerReply(ticket: ticket, outcome: shortage.outcome))
      }
    case .batch(let items):
      performBatch(items, ticket: ticket, &batch, &turn)
    }
  }

  /// All items or none find room in the frame.
  private func performBatch(
    _ items: [SubmitWithdrawal], ticket: UInt32, _ batch: inout Batch, _ turn: inout Turn
  ) {
    let room = items.reduce(Record.usualMaximumBytes) {
      $0 + Record.submissionMaximumBytes($1) + Batch.recordOverheadBytes
    }
    guard batch.credit >= room else {
      return turn.reply(LedgerReply(ticket: ticket, outcome: batch.shortage.outcome))
    }
    var answers: [Answer] = []
    var receipts: [Receipt] = []
    answers.reserveCapacity(items.count)
    receipts.reserveCapacity(items.count)
    var need: UInt64 = 0
    for item in items {
      switch decide(.submitWithdrawal(item), &batch, &turn) {
      case .success(let decided):
        answers.append(decided.answer)
        receipts.append(receipt(decided.sequence))
        need = max(need, decided.need)
      case .failure:
        // The room was counted above, for each item with the longest record that it can lead to.
        preconditionFailure("a batch ran out of the room that was granted to it")
      }
    }
    turn.reply(
      LedgerReply(ticket: ticket, outcome: .batch(answers, receipts)), need: need,
      isDurable: need <= seals.lastSequence)
  }

  private struct Decided {
    var answer: Answer
    /// Of the record that the receipt names; 0 for none.
    var sequence: UInt64
    /// What must be durable before the answer may be seen.
    var need: UInt64
  }

  /// The one place where the state changes: no suspension between the decision and its record.
  private func decide(
    _ command: Command, _ batch: inout Batch, _ turn: inout Turn
  ) -> Result<Decided, JournalError> {
    let time = Timestamp(microseconds: batch.timeMicroseconds)
    // The batch's time never runs backwards; what ends by time goes by the clock as it is.
    let now =
      switch command {
      case .expireReview, .lapseAction: min(time, clock.now())
      default: time
      }
    switch state.decide(command, policy: policy, now: now) {
    case .record(let record):
      let sequence: UInt64
      do throws(JournalError) {
        sequence = try batch.append(maximumBytes: record.maximumBytes) { record.encode(into: $0) }
      } catch {
        return .failure(error)
      }
      let applied: Applied
      do throws(CorruptRecord) {
        applied = try state.evolve(record, sequence: sequence, time: time)
      } catch {
        // A mistake in this program, out of reach of input: going on would part the state from its journal.
        preconditionFailure("record \(sequence) was decided and does not apply: \(error)")
      }
      if case .activateRules(let rules) = command { policy = rules.policy }
      if let change = record.withdrawalChange {
        turn.events.append(FeedEvent(change, sequence: sequence, time: time))
      }
      // Whoever asked for the attempt must not take this for one that has begun.
      if case .payoutHeldBack = record {
        let answer = Answer.rejected(.payoutNotDue(state: .pendingReview))
        return .success(Decided(answer: answer, sequence: sequence, need: sequence))
      }
      return .success(Decided(answer: state.answer(to: applied).0, sequence: sequence, need: sequence))
    case .answered(let answer, let sequence):
      return .success(Decided(answer: answer, sequence: sequence, need: sequence))
    case .rejected(let rejection):
      // It may rest on anything decided so far, so it waits for all of that.
      return .success(Decided(answer: .rejected(rejection), sequence: 0, need: state.lastSequence))
    }
  }

  // MARK: - Replies

  private func reply(_ decided: Decided, ticket: UInt32, _ turn: inout Turn) {
    let reply =
      switch decided.answer {
      case .withdrawals(let withdrawals, _):
        LedgerReply(ticket: ticket, outcome: .page(decided.answer, withdrawals.map { receipt($0.lastSequence) }))
      case .entries(let entries, _):
        LedgerReply(ticket: ticket, outcome: .page(decided.answer, entries.map { receipt($0.sequence) }))
      case .payees(let payees, _):
        LedgerReply(ticket: ticket, outcome: .page(decided.answer, payees.map { receipt($0.lastSequence) }))
      case .proposals(let proposals, _):
        LedgerReply(ticket: ticket, outcome: .page(decided.answer, proposals.map { receipt($0.lastSequence) }))
      case .listEntries(let entries, _):
        LedgerReply(ticket: ticket, outcome: .page(decided.answer, entries.map { receipt($0.sequence) }))
      case .appeals(let appeals, _):
        LedgerReply(ticket: ticket, outcome: .page(decided.answer, appeals.map { receipt($0.lastSequence) }))
      case .payouts, .payout, .channel, .channels, .payoutFigures, .sent, .appeal:
        LedgerReply(ticket: ticket, outcome: .answered(decided.answer), receipt: receipt(decided.sequence))
      case .deposit(let deposit):
        LedgerReply(
          ticket: ticket,
          outcome: .page(decided.answer, [receipt(deposit.sequence), receipt(deposit.balance.lastSequence)]))
      case .withdrawal, .agent, .balance, .quote, .limits, .payee, .proposal, .listEntry, .profile, .rules, .done,
        .refused, .rejected:
        LedgerReply(ticket: ticket, outcome: .answered(decided.answer), receipt: receipt(decided.sequence))
      }
    turn.reply(reply, need: decided.need, isDurable: decided.need <= seals.lastSequence)
  }

  /// With the seal where the frame is known to be durable; the release queue fills in the others.
  private func receipt(_ sequence: UInt64) -> Receipt {
    guard let seal = seals.seal(of: sequence) else { return Receipt(sequence: sequence, seal: Receipt.none.seal) }
    return Receipt(sequence: sequence, seal: seal)
  }
}

/// What one turn has to hand on when it is over.
private struct Turn {
  var held: [ReleaseQueue.Held] = []
  var events: [FeedEvent] = []
  private var port: LedgerPort?
  private var ready: [LedgerReply] = []
  private var waiting: ReleaseQueue.Held?

  mutating func begin(_ parcel: Mailbox.Parcel) {
    port = parcel.port
    waiting = ReleaseQueue.Held(port: parcel.port)
    // A reply is some 700 bytes: growing by doubling would copy most of them again.
    ready.reserveCapacity(parcel.requests.count)
  }

  mutating func reply(_ reply: LedgerReply, need: UInt64 = 0, isDurable: Bool = true) {
    if isDurable { ready.append(reply) } else { waiting?.append(reply, need: need) }
  }

  /// Replies that wait for nothing leave at once.
  mutating func end() {
    port?.deliver(ready)
    ready = []
    if let waiting, !waiting.isEmpty { held.append(waiting) }
    waiting = nil
  }
}

extension FeedEvent {
  init(_ change: WithdrawalChange, sequence: UInt64, time: Timestamp) {
    self.init(
      sequence: sequence, time: time, partner: change.partner, withdrawal: change.id, state: change.state)
  }
}

extension JournalError {
  /// What a command gets that found no room: nothing happened to it in any case.
  fileprivate var outcome: LedgerOutcome {
    switch self {
    case .noCredit: .overloaded(.journalFull)
    case .disk, .inUse, .otherLedger, .otherVersion, .damaged, .missing, .recordRefused, .stopped, .unusableOptions:
      .stopping
    }
  }
}
