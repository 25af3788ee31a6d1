import ArgumentParser
import Ledger
import LedgerCore
import Logging
import Notifications
import Telemetry
import Vault

/// Flags of `settle serve`.
struct WebhookServeFlags: ParsableArguments {
  @Flag(help: "Let webhooks go to private addresses and to any port. For tests and demos.")
  var webhooksAllowPrivate = false

  @Option(
    help: ArgumentHelp(
      "PEM file of authorities that sign webhook receivers, besides the system's.", valueName: "file"))
  var webhooksCa: String?

  func options(dataDirectory: String) -> WebhookOptions {
    var options = WebhookOptions(path: "\(dataDirectory)/webhooks.sqlite")
    options.allowsPrivate = webhooksAllowPrivate
    options.authorityFile = webhooksCa
    return options
  }
}

/// Starts the engine and logs what people should know of it.
enum ServerWebhooks {
  /// While the journal finds out that there is no room for its next segment, there is none for anybody: for moments.
  private static let startTries = 25
  private static let startPauseNanoseconds: UInt64 = 200_000_000

  static func start(
    _ options: WebhookOptions, ledger: Ledger, keys: KeyStore, registry: Registry, alarms board: AlarmBoard,
    logger: Logger
  ) async throws(Failure) -> WebhookEngine {
    let now: @Sendable () -> Int64 = { ledger.clock.now().microseconds }
    let metrics = WebhookMetrics(registry)
    let alarms = WebhookAlarms(board, nowMicroseconds: now)
    if options.allowsPrivate {
      logger.warning("webhooks may go to private addresses: for tests and demos only")
    }
    var triesLeft = startTries
    while true {
      do throws(WebhookFailure) {
        let engine = try await WebhookEngine.start(
          options, ledger: ledger, key: keys.searchKey.webhookKey,
          observe: { event in
            metrics.observe(event)
            alarms.observe(event)
            log(event, logger)
          })
        WebhookMetrics.register(engine, on: registry, nowMicroseconds: now)
        return engine
      } catch {
        triesLeft -= 1
        guard triesLeft > 0, "\(error)".contains("disk is full") else {
          throw Failure(.dataDirectoryUnusable, "webhooks cannot be sent: \(error)")
        }
        // Not cancelled by anybody.
        try? await Task.sleep(nanoseconds: startPauseNanoseconds)
      }
    }
  }

  private static func log(_ event: WebhookEvent, _ logger: Logger) {
    switch event {
    case .queued, .idle, .switchedOn, .removed, .pruned: break
    case .tried(let endpoint, let message, let status, let error, let state, _):
      guard state != .delivered else { break }
      logger.log(
        level: state == .dead ? .warning : .info,
        state == .dead ? "a webhook was given up" : "a webhook was not taken and is tried again",
        metadata: [
          "endpoint": "\(endpoint)", "webhook": "\(message)", "status": "\(status)", "error": "\(error)",
        ])
    case .switchedOff(let endpoint):
      logger.notice("a webhook endpoint answered 410 and is off", metadata: ["endpoint": "\(endpoint)"])
    case .deadLetters(let endpoint, let count):
      logger.warning(
        "webhooks of this endpoint were given up", metadata: ["endpoint": "\(endpoint)", "count": "\(count)"])
    case .behind(let endpoint, let through):
      logger.warning(
        "a webhook endpoint is full: further changes wait in the journal",
        metadata: ["endpoint": "\(endpoint)", "through": "\(through)"])
    case .caughtUp(let endpoint):
      logger.info("a webhook endpoint has everything again", metadata: ["endpoint": "\(endpoint)"])
    case .trouble(let text): logger.error("webhooks: \(text); tried again in a moment")
    }
  }
}
