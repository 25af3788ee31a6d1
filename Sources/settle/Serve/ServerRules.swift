import Digests
import Ledger
import LedgerCore
import Logging
import Rules
import Services
import Synchronization

/// The server's rules: where they come from, which are in force, and the way from one to the other. The ledger has the
/// last word: it keeps which version had which content, and goes by new rules from the record of their activation on.
final class ServerRules: RulesSource {
  private let choice: RulesChoice
  private let ledger: Ledger
  private let logger: Logger
  private let active: Mutex<ActiveRules>

  private init(_ choice: RulesChoice, _ read: ReadRules, _ ledger: Ledger, _ logger: Logger) {
    self.choice = choice
    self.ledger = ledger
    self.logger = logger
    active = Mutex(ActiveRules(document: read.document, text: read.text))
  }

  /// Puts what was read in force, before the first request.
  static func start(
    _ choice: RulesChoice, _ read: ReadRules, on ledger: Ledger, logger: Logger
  ) async throws(Failure) -> ServerRules {
    let rules = ServerRules(choice, read, ledger, logger)
    switch await rules.activate(read, key: nil) {
    case .success: break
    case .failure(.versionTaken(let version, let active)):
      throw Failure(
        .badData,
        version < active
          ? "the rules \(choice.name) have version \(version), and version \(active) was in force on this ledger"
          : "the rules \(choice.name) have version \(version), under which another content was in force on this ledger",
        advice: "Raise `version` in the document above \(active), start with the rules that were in force, or with "
          + "another --data.")
    case .failure(let failure): throw Failure(.internalError, "the rules cannot be put in force: \(failure)")
    }
    rules.log(read.document)
    return rules
  }

  var current: ActiveRules { active.withLock { $0 } }

  func reload(_ key: RequestKey?) async -> Result<ActiveRules, RulesReloadFailure> {
    let read: ReadRules
    switch choice.tryRead() {
    case .success(let found): read = found
    case .failure(let failure): return .failure(failure)
    }
    let result = await activate(read, key: key)
    if case .success = result { log(read.document) }
    return result
  }

  private func activate(_ read: ReadRules, key: RequestKey?) async -> Result<ActiveRules, RulesReloadFailure> {
    let document = read.document
    let command = ActivateRules(
      version: document.version, digest: document.digest, key: key, policy: document)
    let reply = await ledger.perform(.command(.activateRules(command)))
    switch reply.outcome {
    // A repeated request is answered with what is in force, which may be older or newer than what was read now.
    case .answered(.rules(let standing)) where standing.digest != document.digest: return .success(current)
    // Put in force, or unchanged in content.
    case .answered(.rules), .answered(.done):
      return .success(
        active.withLock { active in
          // Of two reloads at once, the one that the ledger took last has the higher version.
          if document.version >= active.document.version {
            active = ActiveRules(document: document, text: read.text)
          }
          return active
        })
    case .answered(.rejected(.rulesVersionTaken(let active))):
      return .failure(.versionTaken(version: document.version, active: active))
    case .answered, .page, .batch, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown:
      return .failure(.ledger(reply.outcome))
    }
  }

  private func log(_ document: RulesDocument) {
    logger.info(
      "rules in force",
      metadata: [
        "rules": "\(choice.name)", "name": "\(document.name)", "version": "\(document.version)",
        "digest": "\(document.digest.hexadecimal)",
      ])
    for warning in document.warnings(at: ledger.clock.now()) { logger.warning("\(choice.name): \(warning)") }
  }
}
