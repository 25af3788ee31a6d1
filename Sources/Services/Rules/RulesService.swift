internal import Digests
internal import Ledger
internal import LedgerCore
internal import RPC
internal import Rules
internal import SettlementProto
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// settlement.v1.RulesService: what decisions go by, and reading it again.
struct RulesService: Sendable {
  let ledger: Ledger
  let access: Access
  let source: any RulesSource

  func get(
    _ request: Settlement_V1_GetRulesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_RulesStatus {
    _ = try access.principal(of: context.peer, calling: .getRules)
    return try await status(of: source.current)
  }

  func reload(
    _ request: Settlement_V1_ReloadRulesRequest, _ context: ServerContext
  ) async throws(RPCStatus) -> Settlement_V1_RulesStatus {
    let principal = try access.principal(of: context.peer, calling: .reloadRules)
    var violations = FieldViolations()
    let requestID = violations.label("request_id", request.requestID)
    try violations.throwIfAny()
    // What is asked for is "the file as it is": repeated, the request reads it again, and what is in force already
    // stays in force.
    let content = ContentFields(.reloadRules).fingerprint
    switch await source.reload(principal.key(requestID, content)) {
    case .success(let rules): return try await status(of: rules)
    case .failure(let failure): throw RPCStatus(failure)
    }
  }

  private func status(of rules: ActiveRules) async throws(RPCStatus) -> Settlement_V1_RulesStatus {
    let reply = try await ledger.ask(.query(.rules))
    guard case .rules(let standing) = reply.answer else { throw .strangeAnswer }
    var status = Settlement_V1_RulesStatus()
    status.version = rules.document.version
    status.name = rules.document.name
    status.digest = rules.document.digest.withUnsafeBytes { Data($0) }
    status.document = rules.text
    // Another document may have taken its place between the two questions; then its times are not this one's.
    if standing.lastSequence != 0, standing.version == rules.document.version {
      status.activeSince = Google_Protobuf_Timestamp(standing.activeSince)
      status.receipt = Settlement_V1_Receipt(reply.receipt)
    }
    return status
  }
}

extension RPCStatus {
  /// A file that is refused changes nothing, and each of its lines that is wrong is named.
  init(_ failure: RulesReloadFailure) {
    switch failure {
    case .unreadable(let finding):
      self.init(
        .failedPrecondition, "the rules file cannot be read: \(finding); the rules in force stay",
        details: [Self.reason("RULES_UNREADABLE")])
    case .defects(let defects, let file):
      self.init(
        .invalidArgument,
        "the rules file is refused, the rules in force stay: \(defects.lines(file: file).joined(separator: "; "))",
        details: [
          Self.reason("RULES_REFUSED", ["file": file]),
          .badRequest(defects.defects.map { (field: "line \($0.line)", description: $0.reason) }),
        ])
    case .versionTaken(let version, let active):
      self.init(
        .failedPrecondition,
        version < active
          ? "the rules file has version \(version), and version \(active) is in force: give it a version above \(active)"
          : "the rules file has version \(version), under which another content is in force: give it a version above \(active)",
        details: [Self.reason("RULES_VERSION_TAKEN", ["version": "\(version)", "active": "\(active)"])])
    case .ledger(.answered(.rejected(let rejection))): self.init(rejection)
    case .ledger(.answered(.refused(let refusal))): self.init(refusal)
    case .ledger(let outcome): self.init(unanswered: outcome)
    }
  }
}
