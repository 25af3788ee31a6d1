import HTTPStreams

/// What a run found out.
struct LoadResult: Sendable {
  var tally: Tally
  /// From the start of the measurement to the last answer.
  var elapsedNanoseconds: Int64
  /// CPU time of this process in that time, everything in it included.
  var ownCPUNanoseconds: Int64
  /// CPU time of the server in that time, when its process was named.
  var serverCPUNanoseconds: Int64?
  /// Requests of an open loop that were due and never sent, because all streams were still waiting for answers.
  var unsent: Int
  /// Connections that ended, or took no more streams, before the run did.
  var connectionsLost: Int
  var known: KnownWithdrawals
}

/// A run on its loop: decides what is sent when, and counts what comes back. Everything happens on the one loop, and
/// per request there is no allocation, no lock and no task.
final class LoadRun {
  private enum Phase { case warmingUp, measuring, ending, finished }

  /// Without any answer for so long, the run gives up what is in flight.
  private static let stallNanosecondsMax: Int64 = 30_000_000_000
  private static let tickNanoseconds: Int64 = 500_000_000
  /// How often an open loop looks for requests that are due, at most. Latency counts from the instant a request was
  /// due, so this adds up to itself to what is measured, never takes away.
  private static let paceNanosecondsMin: Int64 = 50_000

  private let plan: LoadPlan
  private let loop: any StreamLoop
  private let heads: [HeaderBlock]
  private var templates: RequestTemplates
  private var serial: SerialNumber
  private var known: KnownWithdrawals
  private let progress: (@Sendable (_ answered: Int, _ elapsedNanoseconds: Int64) -> Void)?
  private let finish: (LoadResult) -> Void

  private var connections: [LoadConnection] = []
  private var phase = Phase.warmingUp
  private var tally = Tally()
  private var inFlight = 0
  /// Requests that may still be sent.
  private var remaining = Int.max
  private var mixPosition = 0
  private var held: Call?

  private var measureStart: Int64 = 0
  private var lastAnswer: Int64 = 0
  private var ownCPUStart: Int64 = 0
  private var serverCPUStart: Int64?

  /// Open loop: when counting began, and how many have been sent since.
  private var paceStart: Int64 = 0
  private var paced = 0
  private var nextConnection = 0
  private var unsent = 0

  private var answeredAtTick = 0
  private var lastProgress: Int64 = 0

  /// - Parameters:
  ///   - heads: request headers by raw value of `Call`.
  ///   - progress: called about twice a second.
  ///   - finish: called once, on the loop, when all is over.
  init(
    _ plan: LoadPlan, loop: any StreamLoop, heads: [HeaderBlock], templates: RequestTemplates, serial: SerialNumber,
    known: KnownWithdrawals, progress: (@Sendable (Int, Int64) -> Void)?, finish: @escaping (LoadResult) -> Void
  ) {
    self.plan = plan
    self.loop = loop
    self.heads = heads
    self.templates = templates
    self.serial = serial
    self.known = known
    self.progress = progress
    self.finish = finish
  }

  /// Begins to send, over connections that are ready.
  func start(_ connections: [LoadConnection]) {
    self.connections = connections
    for connection in connections { connection.begin(self) }
    let now = loop.now.nanoseconds
    lastProgress = now
    paceStart = now
    if plan.warmUpNanoseconds > 0 {
      schedule(after: plan.warmUpNanoseconds) { $0.beginMeasuring() }
    } else {
      beginMeasuring()
    }
    schedule(after: Self.tickNanoseconds) { $0.tick() }
    switch plan.pace {
    case .closedLoop: for connection in connections { refill(connection) }
    case .openLoop: sendWhatIsDue()
    }
    finishIfDone()
  }

  // MARK: What connections ask for

  /// The call that is sent next; the same one until it has been sent.
  func upcomingCall() -> Call {
    if let held { return held }
    let call = chooseCall()
    held = call
    return call
  }

  func head(of call: Call) -> HeaderBlock { heads[call.rawValue] }

  func write(_ call: Call, to connection: any StreamConnection, on stream: StreamID) {
    let id: Range<Int>?
    switch call {
    case .query: id = known.nextQueried()
    case .cancel: id = known.nextCancelled()
    case .submit, .batch, .createAgent, .deposit, .raw: id = nil
    }
    let range = templates.fill(call, serial: &serial, withdrawalID: id, of: known)
    templates.write(range, to: connection, on: stream)
    held = nil
    inFlight += 1
    remaining -= 1
  }

  // MARK: What connections tell

  func answered(
    _ call: PendingCall, _ outcome: CallOutcome, head: ArraySlice<UInt8>, on connection: LoadConnection
  ) {
    inFlight -= 1
    guard phase != .finished else { return }
    let now = loop.now.nanoseconds
    if call.startNanoseconds >= measureStart {
      lastAnswer = now
      tally.record(call, outcome, latencyNanoseconds: now - call.startNanoseconds)
    }
    if call.call == .submit, case .succeeded = outcome, head.count == PendingCall.headByteCount {
      known.add(head.suffix(KnownWithdrawals.idByteCount))
    }
    switch plan.pace {
    case .closedLoop: refill(connection, now: now)
    case .openLoop: if backlog(at: now) > 0 { sendWhatIsDue(at: now) }
    }
    if inFlight == 0 { finishIfDone() }
  }

  func answeredBatch(_ reply: BatchReply) {
    tally.recordItems(reply)
  }

  func disconnected() {
    finishIfDone()
  }

  // MARK: Sending

  private var maySend: Bool { remaining > 0 && (phase == .measuring || phase == .warmingUp) }

  private func refill(_ connection: LoadConnection, now: Int64? = nil) {
    guard connection.isOpen, connection.inFlight < plan.streamsPerConnection, maySend else { return }
    let now = now ?? loop.now.nanoseconds
    while connection.inFlight < plan.streamsPerConnection, maySend {
      guard connection.send(startNanoseconds: now) else { return }
    }
  }

  /// Requests that are due and not sent.
  private func backlog(at now: Int64) -> Int {
    guard case .openLoop(let requestsPerSecond) = plan.pace, maySend else { return 0 }
    let due = Int(Double(now - paceStart) / 1e9 * requestsPerSecond) + 1
    return min(due - paced, remaining)
  }

  private func dueInstant(of index: Int, _ requestsPerSecond: Double) -> Int64 {
    paceStart + Int64(Double(index) / requestsPerSecond * 1e9)
  }

  private func sendWhatIsDue(at now: Int64) {
    guard case .openLoop(let requestsPerSecond) = plan.pace else { return }
    var waiting = backlog(at: now)
    while waiting > 0, let connection = connectionWithRoom() {
      guard connection.send(startNanoseconds: dueInstant(of: paced, requestsPerSecond)) else { return }
      paced += 1
      waiting -= 1
    }
  }

  /// In turn, so that all connections carry the same load; nil when every stream is taken.
  private func connectionWithRoom() -> LoadConnection? {
    for _ in connections.indices {
      nextConnection = nextConnection + 1 >= connections.count ? 0 : nextConnection + 1
      let connection = connections[nextConnection]
      if connection.isOpen, connection.inFlight < plan.streamsPerConnection { return connection }
    }
    return nil
  }

  private func sendWhatIsDue() {
    guard case .openLoop(let requestsPerSecond) = plan.pace, maySend else { return }
    let now = loop.now.nanoseconds
    sendWhatIsDue(at: now)
    let untilDue = dueInstant(of: paced, requestsPerSecond) - now
    schedule(after: max(untilDue, Self.paceNanosecondsMin)) { $0.sendWhatIsDue() }
  }

  private func chooseCall() -> Call {
    switch plan.work {
    case .only(let call): return call
    case .mix:
      let pattern: [10 of Call] = [
        .submit, .query, .submit, .query, .query, .submit, .query, .cancel, .submit, .query,
      ]
      let call = pattern[mixPosition]
      mixPosition = mixPosition + 1 == pattern.count ? 0 : mixPosition + 1
      switch call {
      case .query: return known.count > 0 ? .query : .submit
      case .cancel: return known.cancelable > 0 ? .cancel : .submit
      case .submit, .batch, .createAgent, .deposit, .raw: return call
      }
    }
  }

  // MARK: Phases

  private func beginMeasuring() {
    guard phase == .warmingUp else { return }
    phase = .measuring
    tally = Tally()
    measureStart = loop.now.nanoseconds
    lastAnswer = measureStart
    answeredAtTick = 0
    ownCPUStart = ProcessTime.own()
    serverCPUStart = plan.serverProcess.flatMap(ProcessTime.of)
    switch plan.extent {
    case .requests(let count): remaining = count
    case .nanoseconds(let time): schedule(after: time) { $0.end() }
    }
  }

  private func end() {
    guard phase == .measuring else { return }
    unsent = backlog(at: loop.now.nanoseconds)
    phase = .ending
    finishIfDone()
  }

  private func finishIfDone() {
    guard inFlight == 0, phase != .finished else { return }
    let nothingToSend = phase == .ending || (phase == .measuring && remaining == 0)
    if nothingToSend || !connections.contains(where: \.isOpen) { conclude() }
  }

  private func conclude() {
    phase = .finished
    tally.recordUnanswered(inFlight)
    let serverCPUEnd = plan.serverProcess.flatMap(ProcessTime.of)
    var serverCPU: Int64?
    if let serverCPUStart, let serverCPUEnd { serverCPU = serverCPUEnd - serverCPUStart }
    let result = LoadResult(
      tally: tally, elapsedNanoseconds: max(lastAnswer - measureStart, 1),
      ownCPUNanoseconds: ProcessTime.own() - ownCPUStart, serverCPUNanoseconds: serverCPU, unsent: unsent,
      connectionsLost: connections.count { !$0.isOpen }, known: known)
    for connection in connections { connection.close() }
    connections = []
    finish(result)
  }

  /// Shows progress, and ends a run that has stalled.
  private func tick() {
    guard phase != .finished else { return }
    let now = loop.now.nanoseconds
    let answered = tally.answered
    if answered != answeredAtTick {
      answeredAtTick = answered
      lastProgress = now
    }
    if phase != .warmingUp { progress?(answered, now - measureStart) }
    if now - lastProgress > Self.stallNanosecondsMax {
      conclude()
    } else {
      schedule(after: Self.tickNanoseconds) { $0.tick() }
    }
  }

  private func schedule(after nanoseconds: Int64, _ work: @escaping @Sendable (LoadRun) -> Void) {
    let bound = LoopBound(self, on: loop)
    _ = loop.schedule(at: loop.now + nanoseconds) { work(bound.value) }
  }
}
