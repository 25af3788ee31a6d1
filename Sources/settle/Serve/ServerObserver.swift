import Logging
import Synchronization
import Transport

/// Counts what connections do, and logs what somebody should know.
final class ServerObserver: Sendable {
  private struct Counts {
    var accepted = 0
    var refused = 0
    var handshakesFailed = 0
    var flooded = 0
    var timedOut = 0
  }

  private let counts = Mutex(Counts())
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  /// On a loop: counts and hands a line over, no more.
  func observe(_ event: ServerEvent) {
    switch event {
    case .accepted(let address):
      counts.withLock { $0.accepted += 1 }
      logger.debug("connection accepted", metadata: ["peer": "\(address)"])
    case .refused(let address):
      counts.withLock { $0.refused += 1 }
      logger.warning("connection refused: too many from this address", metadata: ["peer": "\(address)"])
    case .ended(let address, let reason): ended(address, reason)
    case .acceptPaused: logger.warning("accepting pauses: the limit of connections or descriptors is reached")
    case .acceptResumed: logger.notice("accepting goes on")
    }
  }

  private func ended(_ address: String, _ reason: CloseReason) {
    let level: Logger.Level
    switch reason {
    case .closedByPeer, .drained, .closed, .socketError: level = .debug
    case .tls, .notAdmitted:
      counts.withLock { $0.handshakesFailed += 1 }
      level = .info
    case .protocolError: level = .info
    case .flooded:
      counts.withLock { $0.flooded += 1 }
      level = .warning
    case .timedOut:
      counts.withLock { $0.timedOut += 1 }
      level = .info
    }
    logger.log(level: level, "connection ended: \(reason)", metadata: ["peer": "\(address)"])
  }

  func logTotals() {
    let counts = counts.withLock { $0 }
    logger.info(
      "connections in all",
      metadata: [
        "accepted": "\(counts.accepted)", "refused": "\(counts.refused)",
        "handshakes_failed": "\(counts.handshakesFailed)", "flooded": "\(counts.flooded)",
        "timed_out": "\(counts.timedOut)",
      ])
  }
}
