import Journal
import Ledger
import Logging
import RPC
import Transport

/// A server's life from its start to its end, as a state machine over what happens to it.
///
///     serving --stop--> draining --drained, or grace over--> closing the ledger --both--> ended
///        `------------- journal failed -------------------------------------------------> ended
///
/// A second stop ends the process at once from any state: the journal is as after a power cut, which it recovers from.
struct ServeLife: ~Copyable {
  private enum Phase {
    case serving
    case draining
    /// The ledger is closing; what is left of the connections ends with it.
    case closing(connections: Remaining, ledger: Remaining)
  }

  private enum Remaining { case open, gone }

  /// Calls that answer are over long before; only streams without an end are left, and the ledger's stop ends those.
  private static let graceNanoseconds: UInt64 = 1_000_000_000

  private let options: ServeOptions
  private let logger: Logger
  private let running: RunningServer
  private let events: AsyncStream<ServeEvent>.Continuation
  private var phase = Phase.serving

  private init(
    _ options: ServeOptions, _ logger: Logger, _ running: RunningServer,
    _ events: AsyncStream<ServeEvent>.Continuation
  ) {
    self.options = options
    self.logger = logger
    self.running = running
    self.events = events
  }

  /// Serves until something ends it; how it ended.
  static func run(_ options: ServeOptions, logger: Logger) async throws(Failure) -> ExitReason {
    let tls = try options.makeTLS()
    let descriptorLimit = ProcessLimits.raiseDescriptors()
    // Signals, one journal failure and three steps of the stop: no peer can fill it.
    let (stream, events) = AsyncStream<ServeEvent>.makeStream()
    let signals = SignalWatch(events)
    defer { withExtendedLifetime(signals) {} }
    let ledger = try OpenedLedger.open(directory: options.dataDirectory, logger: logger) {
      events.yield(.journalFailed($0))
    }
    let observer = ServerObserver(logger: logger)
    let running: RunningServer
    do throws(Failure) {
      running = try await RunningServer.start(
        options, tls: tls, ledger: ledger, observer: observer, descriptorLimit: descriptorLimit)
    } catch {
      await ledger.stop()
      throw error
    }
    Console.line("listening on \(running.endpoint)")
    logger.info(
      "serving", metadata: ["listen": "\(running.endpoint)", "descriptors": "\(descriptorLimit)"])
    var life = ServeLife(options, logger, running, events)
    for await event in stream {
      guard let end = life.handle(event) else { continue }
      observer.logTotals()
      return end
    }
    return .done
  }

  /// nil while the server goes on.
  private mutating func handle(_ event: ServeEvent) -> ExitReason? {
    switch event {
    case .reloadRequested: reload()
    case .stopRequested(let signal): return stop(signal)
    case .journalFailed(let error):
      logger.critical(
        "the journal failed: nothing more is acknowledged and the server ends",
        metadata: ["error": "\(error)", "advice": "Repair the disk and start again: the journal recovers what it acknowledged."])
      return .journalFailed
    case .graceOver:
      if case .draining = phase { closeLedger(connections: .open) }
    case .drained:
      switch phase {
      case .serving, .draining: closeLedger(connections: .gone)
      case .closing(_, .gone): return ended()
      case .closing(_, .open): phase = .closing(connections: .gone, ledger: .open)
      }
    case .ledgerStopped:
      switch phase {
      case .closing(.gone, _): return ended()
      case .closing(.open, _): phase = .closing(connections: .open, ledger: .gone)
      case .serving, .draining: break
      }
    }
    return nil
  }

  /// A file that cannot be used changes nothing.
  private func reload() {
    do throws(Failure) {
      running.server.replaceTLS(try options.makeTLS())
      logger.notice("certificates read again; new connections use them")
    } catch {
      logger.error("certificates not changed: \(error.message)")
    }
  }

  private mutating func stop(_ signal: Int32) -> ExitReason? {
    guard case .serving = phase else {
      logger.warning("stopped by a second signal before everything had ended")
      return .forced
    }
    logger.notice("stopping: no new calls, those under way may end", metadata: ["signal": "\(signal)"])
    phase = .draining
    running.health.stop()
    Task { [running, events] in
      await running.server.drain()
      events.yield(.drained)
    }
    Task { [events] in
      try? await Task.sleep(nanoseconds: Self.graceNanoseconds)
      events.yield(.graceOver)
    }
    return nil
  }

  private mutating func closeLedger(connections: Remaining) {
    phase = .closing(connections: connections, ledger: .open)
    Task { [running, events] in
      await running.ledger.stop()
      events.yield(.ledgerStopped)
    }
  }

  private func ended() -> ExitReason {
    logger.notice("stopped; the journal is closed")
    return .done
  }
}
