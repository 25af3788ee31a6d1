import Journal
import Ledger
import Logging
import Notifications
import RPC
import Telemetry
import Transport
import Vault

/// A server's life from its start to its end: carries out what `StopMachine` decides.
struct ServeLife: ~Copyable {
  /// Calls that answer are over long before; only streams without an end are left, and the ledger's stop ends those.
  private static let graceNanoseconds: UInt64 = 1_000_000_000

  private let options: ServeOptions
  private let logger: Logger
  private let running: RunningServer
  private let events: AsyncStream<ServeEvent>.Continuation
  private let rules: ServerRules
  private let ticker: ReviewTicker
  private let payouts: ServerPayouts
  private let side: SideListeners
  private let webhooks: WebhookEngine
  private var machine = StopMachine()

  private init(
    _ options: ServeOptions, _ logger: Logger, _ running: RunningServer, _ rules: ServerRules,
    _ payouts: ServerPayouts, _ side: SideListeners,
    _ webhooks: WebhookEngine, _ events: AsyncStream<ServeEvent>.Continuation
  ) {
    self.options = options
    self.logger = logger
    self.running = running
    self.rules = rules
    self.payouts = payouts
    self.side = side
    self.webhooks = webhooks
    self.events = events
    ticker = ReviewTicker(running.ledger, payouts, logger: logger)
  }

  /// Serves until something ends it; how it ended.
  static func run(_ options: ServeOptions, logger: Logger) async throws(Failure) -> ExitReason {
    let tls = try options.makeTLS()
    let descriptorLimit = ProcessLimits.raiseDescriptors()
    // Signals, one journal failure and three steps of the stop: no peer can fill it.
    let (stream, events) = AsyncStream<ServeEvent>.makeStream()
    let signals = SignalWatch(events)
    defer { withExtendedLifetime(signals) {} }
    let read = try options.rules.read()
    try OpenedLedger.makeDirectory(options.dataDirectory)
    let registry = Registry()
    ProcessReadings.register(on: registry)
    let ledger = try OpenedLedger.open(
      directory: options.dataDirectory, policy: read.document, registry: registry, logger: logger
    ) {
      events.yield(.journalFailed($0))
    }
    let observer = ServerObserver(logger: logger)
    let running: RunningServer
    let rules: ServerRules
    let payouts: ServerPayouts
    let side: SideListeners
    let webhooks: WebhookEngine
    do throws(Failure) {
      let keys = try OpenedKeys.open(options.keys, logger: logger)
      payouts = try ServerPayouts.open(
        options.channels, dataDirectory: options.dataDirectory, ledger: ledger, keys: keys, registry: registry,
        logger: logger)
      webhooks = try await ServerWebhooks.start(
        options.webhooks, ledger: ledger, keys: keys, registry: registry, alarms: payouts.alarms, logger: logger)
      // A start that fails on its other files leaves the rules as they were.
      rules = try await ServerRules.start(options.rules, read, on: ledger, logger: logger)
      running = try await RunningServer.start(
        options, tls: tls, ledger: ledger, keys: keys, rules: rules, payouts: payouts, webhooks: webhooks,
        registry: registry, observer: observer, descriptorLimit: descriptorLimit)
      LedgerReadings.register(ledger, on: registry)
      LedgerReadings.register(payouts.alarms, on: registry)
      side = try await SideListeners.start(
        options.side, options, channels: payouts.channels, desk: payouts.desk, registry: registry, ledger: ledger,
        logger: logger)
    } catch {
      await ledger.stop()
      throw error
    }
    running.reconcilePrivateData(logger: logger)
    payouts.start()
    Console.line("listening on \(running.endpoint)")
    logger.info(
      "serving", metadata: ["listen": "\(running.endpoint)", "descriptors": "\(descriptorLimit)"])
    var life = ServeLife(options, logger, running, rules, payouts, side, webhooks, events)
    for await event in stream {
      guard let end = life.handle(event) else { continue }
      observer.logTotals()
      return end
    }
    return .done
  }

  /// nil while the server goes on.
  private mutating func handle(_ event: ServeEvent) -> ExitReason? {
    log(event)
    switch machine.handle(event.kind) {
    case .nothing: break
    case .reload: reload()
    case .drain: drain()
    case .closeLedger:
      Task { [running, ticker, payouts, side, webhooks, events] in
        await ticker.stop()
        await side.stop()
        await payouts.stop()
        await webhooks.stop()
        await running.ledger.stop()
        running.keys.close()
        events.yield(.ledgerStopped)
      }
    case .end(let reason):
      switch reason {
      case .done: logger.notice("stopped; the journal is closed")
      case .forced: logger.warning("stopped by a second signal before everything had ended")
      case .journalFailed, .refused, .notFound, .outcomeUnknown, .badUsage, .badData, .unreadableInput, .unreachable,
        .internalError, .systemError, .cannotCreate, .tryLater, .notPermitted, .dataDirectoryUnusable:
        logger.critical("ended: \(reason.meaning)")
      }
      return reason
    }
    return nil
  }

  private func log(_ event: ServeEvent) {
    switch event {
    case .stopRequested(let signal): logger.notice("asked to stop", metadata: ["signal": "\(signal)"])
    case .journalFailed(let error):
      logger.critical(
        "the journal failed: nothing more is acknowledged and the server ends",
        metadata: [
          "error": "\(error)", "advice": "Repair the disk and start again: what was acknowledged is recovered.",
        ])
    case .reloadRequested, .drained, .graceOver, .ledgerStopped: break
    }
  }

  /// A file that cannot be used changes nothing.
  private func reload() {
    ticker.confirmClock()
    Task { [rules, logger] in
      if case .failure(let failure) = await rules.reload(nil) {
        logger.error("rules not changed: \(failure.asFailure.message)")
      }
    }
    do throws(Failure) {
      running.server.replaceTLS(try options.makeTLS())
      side.reloadCertificates(logger: logger)
      logger.notice("certificates read again; new connections use them")
    } catch {
      logger.error("certificates not changed: \(error.message)")
    }
  }

  private func drain() {
    logger.notice("stopping: no new calls, those under way may end")
    running.health.stop()
    Task { [running, events] in
      await running.server.drain()
      events.yield(.drained)
    }
    Task { [events] in
      // Not cancelled by anybody.
      try? await Task.sleep(nanoseconds: Self.graceNanoseconds)
      events.yield(.graceOver)
    }
  }
}
