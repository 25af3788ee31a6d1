internal import LedgerCore
internal import Synchronization

/// The deliveries of one endpoint. Nothing that its receiver does touches another endpoint: it has its own connections, its
/// own few attempts under way, and its own pause.
struct WebhookLane: Sendable {
  let number: Int64
  let parts: EngineParts
  let wake: WakeUp
  /// Rung when there is room again, or the endpoint was switched on.
  let catchUpWake: WakeUp
  let sender: WebhookSender
  /// Somebody asked for a try: whatever pause there is has ended.
  private let freshStart = FreshStart()

  init(number: Int64, parts: EngineParts) {
    self.number = number
    self.parts = parts
    wake = WakeUp()
    catchUpWake = WakeUp()
    sender = WebhookSender(guarding: parts.guarding, authorities: parts.authorities, time: parts.time)
  }

  /// Until it is cancelled, or the endpoint deleted.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await deliver() }
      group.addTask { await catchUp() }
      await group.next()
      group.cancelAll()
    }
  }

  /// Tries again at once, whatever its receiver did before.
  func startAfresh() {
    freshStart.isWanted.store(true, ordering: .releasing)
    wake.ring()
  }

  private final class FreshStart: Sendable {
    let isWanted = Atomic(false)
  }

  // MARK: Deliveries

  private enum Step: Sendable {
    case ended(ordinal: Int64, succeeded: Bool, time: Timestamp, pause: Timestamp?)
    case woken
  }

  /// Attempts at once, and when to go on after failures.
  struct Pace {
    var width = 1
    var streak = 0
    var pausedUntil = Timestamp(microseconds: .min)

    mutating func note(succeeded: Bool, pause: Timestamp?, now: Timestamp) {
      if succeeded {
        streak = 0
        width = min(width * 2, WebhookLimits.attemptsAtOnceMaximum)
      } else {
        streak += 1
        width = 1
        // What a receiver asked for stands, whatever fails beside it.
        let pause = Timestamp(
          microseconds: now.microseconds + WebhookSchedule.pauseMicroseconds(afterFailures: streak))
        pausedUntil = max(pausedUntil, pause)
      }
      if let pause { pausedUntil = max(pausedUntil, pause) }
    }
  }

  private func deliver() async {
    await withTaskGroup(of: Step.self) { group in
      var pace = Pace()
      var underWay: Set<Int64> = []
      var isWaiting = false
      while !Task.isCancelled {
        var until: Timestamp?
        if freshStart.isWanted.exchange(false, ordering: .acquiring) { pace = Pace() }
        do throws(WebhookFailure) {
          guard let facts = try await parts.store.lane(number, now: parts.time.now()) else { break }
          // Asked of what is true now, and not when an attempt began: then the endpoint may not have been behind yet.
          if facts.lag != nil, hasRoom(facts) { catchUpWake.ring() }
          until = try await start(facts, pace, &underWay, &group)
          if underWay.isEmpty { parts.observe(.idle(endpoint: facts.id, until: until)) }
        } catch {
          parts.observe(.trouble("\(error)"))
          until = Timestamp(microseconds: parts.time.now().microseconds + WebhookLimits.troubleMicroseconds)
        }
        if !isWaiting {
          isWaiting = true
          group.addTask { [until] in
            await wait(until: until)
            return .woken
          }
        }
        switch await group.next() {
        case .ended(let ordinal, let succeeded, let time, let pause):
          underWay.remove(ordinal)
          pace.note(succeeded: succeeded, pause: pause, now: time)
          // The time to wait for may be another one now.
          wake.ring()
        case .woken: isWaiting = false
        case nil: break
        }
      }
      group.cancelAll()
    }
  }

  /// Looks again at least so often: the clock may have been set.
  private static let longestWaitMicroseconds = 60 * WebhookLimits.second

  private func wait(until: Timestamp?) async {
    guard let until else { return await wake.wait() }
    let rest = until.microseconds - parts.time.now().microseconds
    await wake.wait(microseconds: min(max(0, rest), Self.longestWaitMicroseconds), parts.time)
  }

  /// Starts what is due and has room.
  ///
  /// - Returns: when to look again; nil: when something comes or ends.
  private func start(
    _ facts: LaneFacts, _ pace: Pace, _ underWay: inout Set<Int64>, _ group: inout TaskGroup<Step>
  ) async throws(WebhookFailure) -> Timestamp? {
    guard facts.state == .enabled else { return nil }
    let now = parts.time.now()
    if now < pace.pausedUntil { return pace.pausedUntil }
    let room = pace.width - underWay.count
    guard room > 0 else { return nil }
    let due = try await parts.store.due(number, now: now, limit: room, without: underWay)
    for delivery in due.deliveries {
      underWay.insert(delivery.ordinal)
      group.addTask { await attempt(delivery, facts) }
    }
    return due.deliveries.count < room ? due.next : nil
  }

  private func attempt(_ delivery: DueDelivery, _ facts: LaneFacts) async -> Step {
    let begin = parts.time.now()
    do throws(WebhookFailure) {
      let answer = try await send(delivery, facts, begin)
      // Stopped in the middle: it may have arrived, and is sent again under the same id.
      if Task.isCancelled { return .ended(ordinal: delivery.ordinal, succeeded: false, time: begin, pause: nil) }
      let outcome = outcome(of: delivery, answer)
      let isCurrent = try await parts.store.record(outcome)
      // It was sent again by hand meanwhile: it waits, whatever this try brought.
      tell(delivery, facts, isCurrent ? outcome : outcome.overtaken)
      return .ended(
        ordinal: delivery.ordinal, succeeded: outcome.verdict == .delivered, time: outcome.time,
        pause: pause(answer, outcome.time))
    } catch {
      parts.observe(.trouble("\(error)"))
      return .ended(
        ordinal: delivery.ordinal, succeeded: false, time: begin,
        pause: Timestamp(microseconds: parts.time.now().microseconds + WebhookLimits.troubleMicroseconds))
    }
  }

  private func send(
    _ delivery: DueDelivery, _ facts: LaneFacts, _ begin: Timestamp
  ) async throws(WebhookFailure) -> ReceiverAnswer {
    let seconds = begin.microseconds / WebhookLimits.second
    let signatures = try ([facts.secret] + (facts.oldSecret.map { [$0] } ?? [])).map { sealed throws(WebhookFailure) in
      try parts.secrets.open(sealed, of: facts.id).signature(
        id: delivery.messageID, timestampSeconds: seconds, body: delivery.body)
    }
    let webhook = SignedWebhook(
      id: delivery.messageID, timestampSeconds: seconds, signatures: signatures.joined(separator: " "),
      body: delivery.body)
    do throws(WebhookGuard.Refusal) {
      return await sender.send(
        webhook, to: try parts.guarding.url(facts.url), of: facts.partner, turn: delivery.tries)
    } catch {
      return .failed("the URL \(error)")
    }
  }

  private func outcome(of delivery: DueDelivery, _ answer: ReceiverAnswer) -> DeliveryOutcome {
    let now = parts.time.now()
    let (status, error) = answer.statusAndError
    func made(_ verdict: DeliveryOutcome.Verdict) -> DeliveryOutcome {
      DeliveryOutcome(
        endpoint: number, ordinal: delivery.ordinal, generation: delivery.generation, time: now, status: status,
        error: error, verdict: verdict)
    }
    if (200...299).contains(status) { return made(.delivered) }
    let wait = WebhookSchedule.waitMicroseconds(afterFailures: delivery.failures + 1, random: parts.random())
    // Gone for ever says the receiver; the last try is kept for the day on which a person switches it on again.
    if status == 410 { return made(.gone(next: Timestamp(microseconds: now.microseconds + (wait ?? 0)))) }
    guard let wait else { return made(.dead) }
    let asked = (answer.retryAfterSeconds ?? 0) * WebhookLimits.second
    return made(.again(Timestamp(microseconds: now.microseconds + max(wait, asked))))
  }

  /// A receiver that names a time has too much to do for all deliveries.
  private func pause(_ answer: ReceiverAnswer, _ now: Timestamp) -> Timestamp? {
    guard case .status(let status, let seconds?) = answer, status == 429 || status == 503 else { return nil }
    return Timestamp(microseconds: now.microseconds + seconds * WebhookLimits.second)
  }

  private func tell(_ delivery: DueDelivery, _ facts: LaneFacts, _ outcome: DeliveryOutcome) {
    let (state, next): (WebhookDeliveryState, Timestamp?)
    switch outcome.verdict {
    case .delivered: (state, next) = (.delivered, nil)
    case .again(let time): (state, next) = (.waiting, time)
    case .gone(let time): (state, next) = (.waiting, time)
    case .dead: (state, next) = (.dead, nil)
    }
    parts.observe(
      .tried(
        endpoint: facts.id, message: delivery.messageID, status: outcome.status, error: outcome.error, state: state,
        next: next))
    if case .gone = outcome.verdict { parts.observe(.switchedOff(endpoint: facts.id)) }
  }

  // MARK: Being behind

  /// For many at once, so that the journal is not read for each delivery.
  private func hasRoom(_ facts: LaneFacts) -> Bool { facts.waiting <= parts.store.waitingMaximum / 2 }

  /// What did not fit into the queue, or came while the endpoint was off, is read from the journal.
  private func catchUp() async {
    while !Task.isCancelled {
      do throws(WebhookFailure) {
        guard let facts = try await parts.store.lane(number, now: parts.time.now()) else { return }
        guard facts.state == .enabled, let lag = facts.lag, hasRoom(facts) else {
          await catchUpWake.wait()
          continue
        }
        if try await parts.store.join(number, at: lag) {
          parts.observe(.caughtUp(endpoint: facts.id))
          parts.intakeWake.ring()
          continue
        }
        let (messages, through) = try await parts.messages(after: lag, of: [facts.partner])
        let taken = try await parts.store.catchUp(
          number, from: lag, messages, through: through, now: parts.time.now())
        if let taken, taken > 0 { wake.ring() }
      } catch {
        await parts.rest(after: error)
      }
    }
  }
}

extension ReceiverAnswer {
  /// Redirects are never followed: they lead to places that nobody has judged.
  fileprivate var statusAndError: (Int, String) {
    switch self {
    case .failed(let text): (0, text)
    case .status(let status, _):
      switch status {
      case 200...299: (status, "")
      case 300...399: (status, "it answered with a redirect, which is not followed: change the endpoint's URL")
      default: (status, "it answered \(status)")
      }
    }
  }

  fileprivate var retryAfterSeconds: Int64? {
    if case .status(_, let seconds) = self { seconds } else { nil }
  }
}
