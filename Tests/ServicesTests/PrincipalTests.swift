import Digests
import HTTPStreams
import LedgerCore
import RPC
import Testing

@testable import Services

@Suite struct PrincipalTests {
  private func authenticate(_ names: String...) -> Result<Principal, Principal.Defect> {
    Principal.authenticate(uriNames: names, domain: "settle.test", certificateDigest: Array(1...32))
  }

  @Test func partners() throws {
    let principal = try authenticate("spiffe://settle.test/partner/demo-1_a.b").get()
    #expect(principal.role == .partner && principal.name.description == "demo-1_a.b")
    #expect(principal.scope == .partner(principal.name) && principal.namespace == .partner(principal.name))
  }

  @Test(arguments: [Principal.Role.reader, .reviewer, .finance, .operator, .compliance, .auditor])
  func staff(_ role: Principal.Role) throws {
    let principal = try authenticate("spiffe://settle.test/staff/\(role.rawValue)/lin").get()
    #expect(principal.role == role && principal.name.description == "lin")
    #expect(principal.scope == .all && principal.namespace == .staff)
  }

  @Test func strangersAndWhatIsWrongWithThem() {
    let table: [([String], Principal.Defect)] = [
      ([], .noURIName),
      (["spiffe://settle.test/partner/a", "spiffe://settle.test/partner/b"], .severalURINames(count: 2)),
      (["spiffe://settle.test/partner/a", "https://elsewhere/"], .severalURINames(count: 2)),
      (["spiffe://other.test/partner/a"], .otherDomain(expected: "settle.test")),
      (["spiffe://settle.test.evil/partner/a"], .otherDomain(expected: "settle.test")),
      (["https://settle.test/partner/a"], .otherDomain(expected: "settle.test")),
      (["SPIFFE://settle.test/partner/a"], .otherDomain(expected: "settle.test")),
      (["spiffe://settle.test/"], .notAPrincipal),
      (["spiffe://settle.test/partner"], .notAPrincipal),
      (["spiffe://settle.test/partner/"], .notAPrincipal),
      (["spiffe://settle.test/partner/a/"], .notAPrincipal),
      (["spiffe://settle.test/partner/a/b"], .notAPrincipal),
      (["spiffe://settle.test/partner/.."], .notAPrincipal),
      (["spiffe://settle.test/partner/a%2Fb"], .notAPrincipal),
      (["spiffe://settle.test/partner/a?x"], .notAPrincipal),
      (["spiffe://settle.test/partner/\u{0}a"], .notAPrincipal),
      (["spiffe://settle.test/partner/" + String(repeating: "x", count: 65)], .notAPrincipal),
      (["spiffe://settle.test/staff/operator"], .notAPrincipal),
      (["spiffe://settle.test/staff/root/lin"], .unknownRole),
      (["spiffe://settle.test/staff/partner/demo"], .unknownRole),
      (["spiffe://settle.test/staff/Operator/lin"], .unknownRole),
    ]
    for (names, defect) in table {
      switch Principal.authenticate(uriNames: names, domain: "settle.test", certificateDigest: []) {
      case .success(let principal): Issue.record("\(names) is \(principal.role)")
      case .failure(let found): #expect(found == defect, "\(names)")
      }
    }
  }

  /// Records keep who asked, and with which certificate.
  @Test func callers() throws {
    let lin = try authenticate("spiffe://settle.test/staff/finance/lin").get()
    #expect(lin.caller.person == Person(name: lin.name, role: .finance))
    #expect(lin.caller.certificate == 0x0102_0304_0506_0708)
    let demo = try authenticate("spiffe://settle.test/partner/demo").get()
    #expect(demo.caller == LedgerCore.Caller(person: nil, certificate: 0x0102_0304_0506_0708))
    let key = lin.key(try Label("r"), Fingerprint128(first: 1, second: 2))
    #expect(key.namespace == .staff && key.caller == lin.caller && key.content.second == 2)
    for short in [[], [1, 2, 3, 4, 5, 6, 7]] as [[UInt8]] {
      let unknown = try Principal.authenticate(
        uriNames: ["spiffe://settle.test/partner/demo"], domain: "settle.test", certificateDigest: short
      ).get()
      #expect(unknown.caller.certificate == 0)
    }
  }

  /// The whole table of who may call what.
  @Test func access() {
    let everybody = Set(Principal.Role.allCases)
    let staff = everybody.subtracting([.partner])
    let table: [(Set<Principal.Role>, [Services.Method])] = [
      (
        everybody,
        [
          .getWithdrawal, .listWithdrawals, .watchWithdrawals, .quoteWithdrawal, .getAgent, .getBalance, .listEntries,
          .getLimits, .getPayeeAccount, .listPayeeAccounts,
        ]
      ),
      ([.partner], [.submitWithdrawal, .batchSubmitWithdrawals, .amendWithdrawal]),
      ([.partner, .operator], [.createAgent, .verifyAgent, .createPayeeAccount, .verifyPayeeAccount]),
      ([.partner, .operator, .compliance], [.cancelWithdrawal, .erasePayeeAccount]),
      ([.operator], [.deposit, .reloadRules]), ([.operator, .compliance], [.updateAgent]),
      ([.compliance, .finance], [.findPayeeAccounts]),
      ([.finance], [.revealPayeeAccount, .createProposal, .confirmProposal]),
      ([.finance, .auditor, .compliance], [.getProposal, .listProposals]),
      (
        [.reviewer, .compliance],
        [
          .claimReview, .releaseReview, .approveWithdrawal, .rejectWithdrawal, .requestInformation, .escalateReview,
          .reportOutcome,
        ]
      ),
      ([.compliance], [.placeHold, .liftHold, .putListEntry, .removeListEntry, .importListEntries]),
      (
        staff, [.listReviewQueue, .listListEntries, .exportListEntries, .getRiskProfile, .exportRiskLog, .getRules]
      ),
      ([.auditor, .compliance], [.listAuditEvents, .verifyChain]),
      ([.partner, .operator], [.retryWithdrawal, .createAppeal]),
      ([.operator], [.setChannelState]), ([.operator, .finance], [.fundChannel]), ([.finance], [.resolveInDoubt]),
      (staff, [.listChannels, .getChannelHealth, .explainRouting, .listAttempts, .listAlarms]),
      (
        Set(Principal.Role.allCases),
        [.getAppeal, .listAppeals, .listWebhookEndpoints, .listWebhookDeliveries, .listWebhookChanges]
      ),
      ([.partner, .operator, .reviewer, .finance, .compliance], [.addEvidence]),
      ([.reviewer, .finance, .compliance], [.assignAppeal, .resolveAppeal]),
      (
        [.partner, .operator],
        [
          .createWebhookEndpoint, .deleteWebhookEndpoint, .rotateWebhookSecret, .setWebhookEndpointState,
          .redeliverWebhook,
        ]
      ),
    ]
    var expected: [Services.Method: Set<Principal.Role>] = [:]
    for (roles, methods) in table { for method in methods { expected[method] = roles } }
    for method in Services.Method.allCases {
      let allowed = Set(Principal.Role.allCases.filter { method.allows($0) })
      #expect(allowed == expected[method], "\(method.name)")
    }
  }

  /// Every method, called by every role and by strangers.
  @Test func theDoorOfEveryMethod() async throws {
    let house = try House()
    for method in Services.Method.allCases {
      for role in Principal.Role.allCases {
        let caller = role == .partner ? house.partner() : house.staff(role)
        if method.allows(role) {
          let status = await caller.failure(method, [0xff])
          #expect(status.code == .invalidArgument, "\(method.name) \(role)")
        } else {
          let status = await caller.failure(method, [])
          #expect(status.code == .permissionDenied && status.reason == "ROLE_NOT_ALLOWED", "\(method.name) \(role)")
          #expect(status.metadata["role"] == role.rawValue)
        }
      }
      let strangers: [([String], String)] = [
        ([], "CERTIFICATE_WITHOUT_NAME"), (["spiffe://other/partner/a"], "CERTIFICATE_OF_OTHER_DOMAIN"),
        (["spiffe://settle.test/x"], "CERTIFICATE_NAME_MALFORMED"), (["a", "b"], "CERTIFICATE_WITH_SEVERAL_NAMES"),
        (["spiffe://settle.test/staff/x/y"], "CERTIFICATE_ROLE_UNKNOWN"),
      ]
      for (names, reason) in strangers {
        let status = await house.connect(uriNames: names).failure(method, [])
        #expect(status.code == .unauthenticated && status.reason == reason, "\(method.name) \(names): \(status)")
      }
    }
    await house.close()
  }
}
