import Glibc
import SettlementClient
import SettlementProto

/// One run: a server of its own, channels that are simulated, withdrawals until all are at rest.
struct PayoutRun {
  let place: PayoutPlace
  let plan: PayoutPlan

  /// Two for everything, and one that takes its time.
  static let channels = ["quick", "steady", "slow"]

  struct Result: Sendable {
    /// Of the withdrawals that were acknowledged.
    var acknowledged: [String] = []
    /// From the first submission until all were at rest.
    var elapsed = Duration.zero
    var troubles = PayoutTroubles.Result()
    /// nil where the server was killed.
    var serverCPUNanoseconds: Int64?
    var ownCPUNanoseconds: Int64 = 0
    /// By state, where it was given up.
    var open: [String] = []
  }

  func run() async throws -> Result {
    let pki = CertsCommand.plan(
      domain: .standard, nowSeconds: Instant.now().seconds, notBeforeSeconds: nil, days: 30)
    try pki.write(to: place.certificates, existing: .refuse)
    try Files.write(
      Array(PayoutChannels(place: place, plan: plan).document.utf8), to: place.channelsFile, mode: 0o600,
      existing: .refuse)
    var server = try await ChildServer.start(
      place.serveArguments(listen: Endpoint(host: "127.0.0.1", port: 0)), logPath: place.log)
    do {
      let people = try PayoutPeople(place, server.endpoint)
      try await people.prepare(
        channels: Self.channels, minorUnits: PayoutTraffic.depositMinorUnits(plan.payouts))
      let result =
        switch plan.conduct {
        case .clean: try await clean(server, people)
        case .misbehave: try await misbehave(&server, people)
        }
      await people.close()
      try await stop(server)
      return result
    } catch {
      server.send(SIGKILL)
      if let error = error as? SettlementError {
        throw Failure(.internalError, "the run went wrong: \(error)", advice: "The server's log is \(place.log).")
      }
      throw error
    }
  }

  private func stop(_ server: ChildServer) async throws(Failure) {
    server.send(SIGTERM)
    let ending = await server.ending()
    guard ending == .exit(code: 0) else {
      throw Failure(.internalError, "the server did not stop cleanly: \(ending)", advice: "Its log is \(place.log).")
    }
  }

  // MARK: With trouble

  private func misbehave(_ server: inout ChildServer, _ people: PayoutPeople) async throws -> Result {
    let progress = PayoutProgress()
    let troubles = PayoutTroubles(place: place, plan: plan, progress: progress, channels: Self.channels)
    let cursor = try await people.watcher.listWithdrawals(Settlement_V1_ListWithdrawalsRequest()).cursor
    let begin = ContinuousClock.now
    let cpu = ProcessTime.own()
    let care = Task { try await PayoutCare(people: people, progress: progress).run(from: cursor) }
    let traffic = Task { try await PayoutTraffic(people: people, progress: progress, plan: plan).run() }
    let outages = Task { await troubles.outages() }
    let meter = Task {
      let meter = ProgressMeter(what: "at rest")
      while !Task.isCancelled {
        let settled = await progress.settled
        meter.show(done: settled, of: plan.payouts, grouped(settled))
        try? await Task.sleep(for: .milliseconds(100))
      }
      meter.end()
    }
    defer { for task in [care, traffic] { task.cancel() } }
    defer { meter.cancel() }
    // What fails on the way ends the run at once: without traffic or care it would never be at rest.
    let watchdog = Task {
      do {
        try await traffic.value
        try await care.value
      } catch is CancellationError {
      } catch {
        await progress.fail("\(error)")
      }
    }
    defer { watchdog.cancel() }
    var result = Result()
    result.troubles = try await troubles.run(&server)
    outages.cancel()
    result.troubles.outages = await outages.value
    result.elapsed = ContinuousClock.now - begin
    result.ownCPUNanoseconds = ProcessTime.own() - cpu
    result.acknowledged = await progress.acknowledged
    result.open = await progress.open.map { "\($0.count) \($0.state)" }
    if let failure = await progress.failure {
      throw Failure(.internalError, "the run went wrong: \(failure)", advice: "The server's log is \(place.log).")
    }
    return result
  }

  // MARK: Without

  /// Where all agents' money has gone is asked so often; each answer rests on what is durable.
  private static let lookEvery = Duration.milliseconds(20)
  /// Withdrawals in a batch, at most, where the rate is not given.
  private static let batchItems = 4_000
  /// Batches a second where it is.
  private static let batchesPerSecond = 50
  private static let amountMinorUnits: Int64 = 100

  private func clean(_ server: ChildServer, _ people: PayoutPeople) async throws -> Result {
    var templates = RequestTemplates()
    let most = plan.rate.map { max($0 / Self.batchesPerSecond, 1) } ?? Self.batchItems
    var left = plan.payouts
    var batches = 0
    while left > 0 {
      let count = min(most, left)
      try templates.addBatch(
        .init(
          agents: PayoutPeople.agents, minorUnits: Self.amountMinorUnits, currencyCode: PayoutPeople.currencyCode,
          speed: .express),
        itemCount: count)
      left -= count
      batches += 1
    }
    var load = LoadPlan(
      work: .only(.batch), connections: 1, streamsPerConnection: 4, pace: .closedLoop, extent: .requests(batches))
    if let rate = plan.rate { load.pace = .openLoop(requestsPerSecond: Double(rate) / Double(most)) }
    let target = try place.target(server.endpoint, as: DevelopmentPKI.partnerName)

    var result = Result()
    let (begin, cpu, serverCPU) = (ContinuousClock.now, ProcessTime.own(), ProcessTime.of(process: server.process))
    async let loaded = target.run(load, templates, progress: nil)
    let expected = Int64(plan.payouts) * Self.amountMinorUnits
    var debits = try await people.debits()
    let meter = ProgressMeter(what: "paid")
    var news = (posted: debits.posted, at: begin)
    while debits.posted < expected, ContinuousClock.now - news.at < .seconds(60) {
      try await Task.sleep(for: Self.lookEvery)
      debits = try await people.debits()
      if debits.posted != news.posted { news = (debits.posted, .now) }
      let paid = Int(debits.posted / Self.amountMinorUnits)
      meter.show(done: paid, of: plan.payouts, grouped(paid))
    }
    result.elapsed = ContinuousClock.now - begin
    meter.end()
    result.ownCPUNanoseconds = ProcessTime.own() - cpu
    if let serverCPU, let end = ProcessTime.of(process: server.process) {
      result.serverCPUNanoseconds = end - serverCPU
    }
    let answers = try await loaded
    guard answers.tally.itemsAccepted == plan.payouts else {
      throw Failure(
        .refused, "\(answers.tally.itemsAccepted) of \(plan.payouts) withdrawals were taken",
        advice: "The server's log is \(place.log).")
    }
    return result
  }
}
