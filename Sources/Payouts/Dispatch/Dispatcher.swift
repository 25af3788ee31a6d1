package import Ledger
package import LedgerCore
package import Routing
internal import Synchronization
package import Vault

/// Sends payouts, so that money moves once whatever happens. It keeps nothing that the ledger does not keep: after a crash
/// the next one goes on from there.
///
///     feed, timers --wake--> pump: due payouts -> route -> prepare -> seal -> BeginAttempt      (a page at a time)
///                                                                               | durable
///     lanes: one for each channel, a bounded number of calls at once   <--------'
///         | answers
///     recorder: RecordResult, whatever is there at once -> durable -> what follows: done, a timer, a resend
///
/// The order of duties: nothing is sent before its attempt is durable, and nothing follows from an answer before it is. A key
/// belongs to one channel for ever, and to one request.
package final class Dispatcher: PayoutDesk {
  struct State {
    var open: OpenTable
    /// Notifications that have to be looked up in the ledger first.
    var notified: [(key: PayoutKey, channel: Label)] = []
    /// Of them and of those that were looked up: who waits for what becomes of it.
    var notices = Notices()
    /// Closed keys whose question was not answered, and how often it was asked again.
    var afterthoughts: [PayoutKey: Int] = [:]
    var found = [Found]()
    var phase = Phase.running
    /// Channels were asked whether they know what this ledger has not made; before that nothing is sent, not even again.
    var isProbed = false
    /// One does: nothing is sent.
    var isHalted = false
    /// Whatever a former process left open stands in `open`; and cancels of what did not stand there yet.
    var isTakenOver = false
    var earlyCancels: Set<WithdrawalID> = []
    /// The pump waits for a lane to have room.
    var needsRoom = false
    var tasks: [Task<Void, Never>] = []
    /// Answers taken and not recorded yet, so that a stop waits for them.
    var recording = 0
    /// By lane.
    var statements: [StatementMemory]
  }

  enum Phase { case running, stopping, stopped }

  let ledger: Ledger
  let safe: RequestSafe
  let lanes: [ChannelLane]
  let clock: any PayoutClock
  let observer: any PayoutObserver
  let limits: DispatcherLimits
  let weights: RoutingWeights
  /// Minutes by which local days are ahead of UTC.
  let dayOffsetMinutes: Int
  let state: Mutex<State>
  let pumpSignal = Signal()
  let foundSignal = Signal()
  let timerSignal = Signal()
  let notifiedSignal = Signal()
  private let laneOfChannel: [Label: Int]

  package let manifests: [ChannelManifest]

  /// - Parameters:
  ///   - keys: nil where no payee has private data.
  ///   - dayOffsetMinutes: local days, hours and cut-offs; China's by default.
  package init(
    ledger: Ledger, keys: KeyStore?, channels: [any PayoutChannel], observer: any PayoutObserver,
    clock: any PayoutClock = SystemPayoutClock(), limits: DispatcherLimits = .standard,
    weights: RoutingWeights = .standard, dayOffsetMinutes: Int = 8 * 60
  ) {
    self.ledger = ledger
    safe = RequestSafe(keys: keys, ledger: ledger.identity)
    lanes = channels.enumerated().map { ChannelLane(index: $0.offset, $0.element) }
    manifests = channels.map(\.manifest)
    laneOfChannel = Dictionary(lanes.map { ($0.manifest.id, $0.index) }) { first, _ in first }
    self.clock = clock
    self.observer = observer
    self.limits = limits
    self.weights = weights
    self.dayOffsetMinutes = dayOffsetMinutes
    state = Mutex(
      State(
        open: OpenTable(lanes: channels.count),
        statements: Array(repeating: StatementMemory(), count: channels.count)))
  }

  /// Begins: what a former process left open is asked about, then payouts are sent. Once.
  package func start() {
    let cursor = ledger.feed.lastSequence
    spawn { await $0.openAndPump() }
    spawn { await $0.recordAnswers() }
    spawn { await $0.runTimers() }
    spawn { await $0.followFeed(after: cursor) }
    spawn { await $0.lookUpNotified() }
    spawn { await $0.watchCalls() }
    if lanes.contains(where: { $0.manifest.capabilities.contains(.statement) }) {
      spawn { await $0.readStatementsDaily() }
    }
    for lane in lanes where lane.batch != nil { spawn { await $0.runBatches(lane) } }
  }

  /// Begins nothing more, waits for calls under way and records what they brought; the ledger must still be running. What
  /// has not answered in time is asked about at the next start.
  package func stop() async {
    let isFirst = state.withLock { state in
      guard state.phase == .running else { return false }
      state.phase = .stopping
      return true
    }
    guard isFirst else { return }
    wakeAll()
    let giveUp = clock.monotonicMilliseconds() + limits.stopMilliseconds
    while !isQuiet, clock.monotonicMilliseconds() < giveUp {
      await clock.sleep(untilMilliseconds: min(giveUp, clock.monotonicMilliseconds() + 5))
    }
    let tasks = state.withLock { state in
      state.phase = .stopped
      defer { state.tasks = [] }
      return state.tasks
    }
    for task in tasks { task.cancel() }
    promiseNothingMore()
    wakeAll()
    for task in tasks { await task.value }
  }

  private var isQuiet: Bool {
    state.withLock { $0.found.isEmpty && $0.recording == 0 } && lanes.allSatisfy(\.hasNoCalls)
  }

  private func wakeAll() {
    for signal in [pumpSignal, foundSignal, timerSignal, notifiedSignal] { signal.set() }
  }

  private func spawn(_ work: @escaping @Sendable (Dispatcher) async -> Void) {
    let task = Task { await work(self) }
    state.withLock { $0.tasks.append(task) }
  }

  var isRunning: Bool { state.withLock { $0.phase == .running } }
  var isStopped: Bool { state.withLock { $0.phase == .stopped } }

  func lane(of channel: Label) -> ChannelLane? { laneOfChannel[channel].map { lanes[$0] } }

  // MARK: - Calls

  /// Puts calls in their lane, and as many workers to it as it may have.
  func put(_ calls: [Call], on lane: ChannelLane) {
    guard !calls.isEmpty else { return }
    for _ in 0..<lane.put(calls) { startWorker(lane) }
  }

  func startWorker(_ lane: ChannelLane) { Task { await self.work(lane) } }

  private func work(_ lane: ChannelLane) async {
    // What has not gone out when a stop begins stays: its attempt is durable, and the next start asks about it.
    while isRunning, let (call, ticket) = lane.next(nowMilliseconds: clock.monotonicMilliseconds()) {
      let begin = clock.monotonicMilliseconds()
      if call.kind == .send { observer.observe(.sent(call.request.key, channel: lane.manifest.id)) }
      let answer =
        switch call.kind {
        case .send: await lane.channel.send(call.request)
        case .query: await lane.channel.query(call.request)
        case .cancel: await lane.channel.cancel(call.request)
        }
      let end = clock.monotonicMilliseconds()
      // Another worker has this one's place.
      guard lane.takeBack(ticket) else { return takeLate(call, answer, lane, took: end - begin) }
      let found = Found(
        kind: call.kind, lane: lane.index, key: call.request.key, amount: call.request.amount, answer: answer,
        tookMilliseconds: end - begin, notice: call.notice)
      let (isFirst, needsRoom) = state.withLock { state in
        state.found.append(found)
        return (state.found.count == 1, state.needsRoom)
      }
      lane.answered(call.kind, answer, took: end - begin, nowMilliseconds: end, now: clock.now())
      if isFirst { foundSignal.set() }
      if needsRoom, room(of: lane) > 0 {
        state.withLock { $0.needsRoom = false }
        pumpSignal.set()
      }
    }
  }

  // MARK: - PayoutDesk

  package func activity(of channel: Label) async -> ChannelActivity? {
    guard let lane = lane(of: channel) else { return nil }
    let now = clock.monotonicMilliseconds()
    let inDoubt = state.withLock { $0.open.counts(lane: lane.index).inDoubt }
    return lane.state.withLock { state in
      ChannelActivity(
        health: state.health.report(at: now), inFlight: state.inFlight, inDoubt: inDoubt, lastError: state.lastError,
        lastErrorTime: state.lastErrorTime)
    }
  }

  package func explain(amount: Money, rail: Rail?, speed: Speed) async -> [RouteCandidate] {
    let reply = await ledger.perform(.query(.channels))
    guard case .answered(.channels(let standings)) = reply.outcome else { return [] }
    let views = RouteViews(lanes, standings, clock: clock, dayOffsetMinutes: dayOffsetMinutes)
    let question = RouteQuestion(
      amount: amount, rail: rail, speed: speed, attempts: [], minuteOfDay: localMinute(clock.now()))
    return Router.route(question, among: views.all(in: amount.currency), weights: weights).candidates
  }

  package func channelsChanged() { pumpSignal.set() }

  /// Whether payouts are held because a channel knows more than the ledger.
  package var isHalted: Bool { state.withLock { $0.isHalted } }

  /// Attempts under way.
  package var openCount: Int { state.withLock { $0.open.count } }

  /// More payouts that may be begun, over all channels and for one.
  var openRoom: Int { limits.openMaximum - openCount }
  func room(of lane: ChannelLane) -> Int {
    let open = state.withLock { $0.open.counts(lane: lane.index).open }
    return min(lane.room(limits), limits.openOfChannelMaximum - open)
  }

  // MARK: - Local time

  func localMinute(_ time: Timestamp) -> Int {
    let minutes = time.microseconds / 60_000_000 + Int64(dayOffsetMinutes)
    return Int((minutes % 1_440 + 1_440) % 1_440)
  }

  func localDay(_ time: Timestamp) -> Int32 {
    let minutes = time.microseconds / 60_000_000 + Int64(dayOffsetMinutes)
    return Int32(clamping: (minutes - Int64(localMinute(time))) / 1_440)
  }
}
