import Ledger
import RPC
import SettlementProto
import Testing

@testable import Services

/// Who may call what, asked at the door itself; every other role is turned away before anything is looked at.
@Suite struct StaffAccessTests {
  private static let table: [(Services.Method, Set<Principal.Role>)] = [
    (.updateAgent, [.operator, .compliance]),
    (.verifyAgent, [.partner, .operator]),
    (.getLimits, Set(Principal.Role.allCases)),
    (.createPayeeAccount, [.partner, .operator]),
    (.getPayeeAccount, Set(Principal.Role.allCases)),
    (.listPayeeAccounts, Set(Principal.Role.allCases)),
    (.findPayeeAccounts, [.compliance, .finance]),
    (.verifyPayeeAccount, [.partner, .operator]),
    (.erasePayeeAccount, [.partner, .operator, .compliance]),
    (.revealPayeeAccount, [.finance]),
    (.createProposal, [.finance]),
    (.confirmProposal, [.finance]),
    (.getProposal, [.finance, .auditor, .compliance]),
    (.listProposals, [.finance, .auditor, .compliance]),
    (.putListEntry, [.compliance]),
    (.removeListEntry, [.compliance]),
    (.importListEntries, [.compliance]),
    (.listListEntries, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.exportListEntries, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.reportOutcome, [.reviewer, .compliance]),
    (.getRiskProfile, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.exportRiskLog, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.getRules, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.reloadRules, [.operator]),
    (.listAuditEvents, [.auditor, .compliance]),
    (.verifyChain, [.auditor, .compliance]),
    (.amendWithdrawal, [.partner]),
    (.retryWithdrawal, [.partner, .operator]),
    (.listChannels, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.setChannelState, [.operator]),
    (.fundChannel, [.operator, .finance]),
    (.getChannelHealth, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.explainRouting, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.listAttempts, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.resolveInDoubt, [.finance]),
    (.listAlarms, [.reader, .reviewer, .finance, .operator, .compliance, .auditor]),
    (.createWebhookEndpoint, [.partner, .operator]),
    (.listWebhookEndpoints, Set(Principal.Role.allCases)),
    (.deleteWebhookEndpoint, [.partner, .operator]),
    (.rotateWebhookSecret, [.partner, .operator]),
    (.setWebhookEndpointState, [.partner, .operator]),
    (.listWebhookDeliveries, Set(Principal.Role.allCases)),
    (.redeliverWebhook, [.partner, .operator]),
    (.listWebhookChanges, Set(Principal.Role.allCases)),
  ]

  @Test func onlyWhoseWorkItIs() async throws {
    let house = try House()
    for role in Principal.Role.allCases {
      let caller = role == .partner ? house.partner() : house.staff(role)
      for (method, allowed) in Self.table {
        // An empty message is a message of every method.
        let status = await caller.failure(method, [UInt8]())
        #expect(status.code != .unimplemented, "\(method.name) is not registered")
        #expect(
          (status.code == .permissionDenied) == !allowed.contains(role), "\(method.name) as \(role.rawValue): \(status)"
        )
      }
    }
    #expect(house.ledger.feed.lastSequence == 0)
    await house.close()
  }
}
