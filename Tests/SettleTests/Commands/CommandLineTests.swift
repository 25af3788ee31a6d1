import ArgumentParser
import SettlementProto
import Testing

@testable import settle

@Suite("The command line")
struct CommandLineTests {
  /// Exactly the spellings that users were promised.
  @Test(
    "takes",
    arguments: [
      "serve --data DIR --listen 127.0.0.1:0 --tls-cert F --tls-key F --client-ca F",
      "serve --data DIR --listen [::1]:7443 --tls-cert F --tls-key F --client-ca F --domain a.b --log-json",
      "certs --out DIR",
      "demo", "demo --once",
      "agent create --partner demo --agent a1",
      "deposit --partner demo --agent a1 --amount 1000.00 --request-id d1",
      "submit --agent a1 --amount 50.00 --payee demo --request-id r1",
      "get wd_00000000000012",
      "get --request-id r1",
      "cancel wd_00000000000012 --request-id c1",
      "list", "list --agent a1 --state APPROVED --page-size 1000 --json", "list --state approved",
      "watch", "watch --cursor 01 --id wd_1 --changes 1",
      "balance --agent a1 --server localhost:1 --ca F --cert F --key F --json",
      "entries --agent a1",
      "quote --agent a1 --amount 50.00", "quote --partner demo --agent a1 --amount 50.00 --speed express --points",
      "quote --agent a1 --amount 50.00 --payee pa_1 --device d --address 192.0.2.1 --json",
      "submit --agent a1 --amount 50.00 --payee pa_1 --speed SAME_DAY --quote q --device d --address ::1",
      "amend wd_1 --payee pa_2 --etag e --request-id m1",
      "retry wd_1 --etag e --request-id t1", "channel list --json", "channel health card-a",
      "channel set card-a --state draining --reason R --request-id s1", "channel attempts wd_1", "channel alarms",
      "channel fund card-a --amount 100.00 --reference R", "channel fund card-a --amount 1.00 --back --reference R",
      "route explain wd_1", "route explain --amount 50.00 --rail bank_card --speed next_day --json",
      "route explain --amount 50.00", "proposal doubt wd_1 --verdict paid --paid 9.90 --evidence FILE",
      "proposal doubt wd_1 --verdict not_paid --evidence FILE --request-id d1",
      "agent create --agent a2 --parent a1", "agent verify --agent a1", "agent limits --agent a1 --currency CNY",
      "agent verify --agent a1 --name - --id-number @id.txt --card-number -",
      "agent update --partner demo --agent a1 --frozen --credit-grade good --reason R",
      "agent update --partner demo --agent a1 --no-frozen --payout-maximum 100.00 --day-count 3 --reason R",
      "agent update --partner demo --agent a1 --tier-limits --tier gold --parent g --open-violations 0 --reason R",
      "payee add --agent a1 --rail bank_card", "payee add --agent a1 --rail ALIPAY --number - --holder @name",
      "payee show pa_1", "payee list --agent a1", "payee find", "payee verify pa_1", "payee erase pa_1 --reason R",
      "payee reveal pr_1", "proposal reveal pa_1", "proposal show pr_1", "proposal list --open",
      "proposal adjust --partner demo --agent a1 --amount 1.00 --debit --reason R", "proposal confirm pr_1",
      "proposal confirm pr_1 --digest 00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF",
      "review list --escalated --claimed-by alice --minimum 50000.00", "review show wd_1", "review claim wd_1",
      "review release wd_1", "review approve wd_1 --request-id ok1", "review reject wd_1 --reason NAME_DIFFERS",
      "review ask wd_1 --note which", "review escalate wd_1 --reason R", "review hold wd_1 --reason R",
      "review lift wd_1 --reason R",
      "lists put --subject device --colour black --name d1 --until 2026-12-31T00:00:00Z --reason R",
      "lists put --subject payee --colour white --payee-number - --reason R",
      "lists remove --subject agent --colour black --partner demo --name a1 --reason R", "lists show --subject ADDRESS",
      "lists export", "lists import FILE --request-id i1", "lists import -",
      "risk log --from 2026-07-01 --json", "risk profile --partner demo --agent a1",
      "risk outcome wd_1 --outcome stolen_card --blacklist agent --blacklist payee --note N",
      "risk evaluate FILE --rules standard --json", "risk generate --seed 7 --out FILE --agents 20 --weeks 4 --force",
      "rules check FILE", "rules check standard --json", "rules print open", "rules show --document", "rules reload",
      "rules explain wd_1 --rules standard",
      "audit list --partner demo --actor staff/reviewer/alice --kind review_acted --withdrawal wd_1 --count 10",
      "audit list --from 7 --since 2026-07-01 --until 2026-07-02", "audit verify --from 1 --to 100",
      "journal verify DIR", "journal verify --data DIR", "journal dump DIR --from 7",
    ])
  func good(line: String) throws {
    _ = try Settle.parseAsRoot(line.split(separator: " ").map(String.init))
  }

  @Test(
    "refuses as bad usage",
    arguments: [
      "frobnicate", "submit", "get", "get wd_1 --request-id r1", "serve", "journal frobnicate", "journal verify",
      "journal verify DIR --data DIR", "journal dump DIR --from 0",
      "submit --agent a1 --amount 1.001 --payee p", "submit --agent a1 --amount 1e3 --payee p",
      "submit --agent a1 --amount=-1.00 --payee p", "submit --agent a1 --amount 0 --payee p",
      "submit --agent a1 --amount 0.00 --payee p", "submit --agent a1 --amount １ --payee p",
      "submit --agent a1 --amount 92233720368547758.08 --payee p",
      "submit --agent a1 --amount 1.00 --currency cny --payee p",
      "submit --agent a1 --amount 1.00 --currency JPY --payee p",
      "retry", "channel list card-a", "channel set card-a --state enabled", "channel set card-a --reason R",
      "channel set card-a --state off --reason R", "channel fund card-a --amount 0 --reference R",
      "channel fund card-a --amount=-1.00 --reference R", "channel fund card-a --amount 1.00", "channel health",
      "route explain", "route explain wd_1 --amount 1.00", "route explain wd_1 --rail alipay",
      "route explain --amount 1.00 --rail cash", "proposal doubt wd_1 --verdict paid --evidence F",
      "proposal doubt wd_1 --verdict failed --paid 1.00 --evidence F", "proposal doubt wd_1 --verdict failed",
      "proposal doubt wd_1 --verdict unspecified --evidence F",
      "quote --agent a1", "quote --agent a1 --amount 1.00 --speed slow", "amend wd_1", "amend --payee p",
      "agent update --agent a1", "agent update --agent a1 --tier-limits --day-count 3 --reason R",
      "agent update --agent a1 --payout-maximum=-1.00 --reason R", "agent update --agent a1 --day-count 0 --reason R",
      "agent update --agent a1 --open-violations 65536 --reason R",
      "agent verify --agent a1 --name=", "payee add --agent a1", "payee add --agent a1 --rail CASH", "payee erase pa_1",
      "proposal adjust --agent a1 --amount 0 --reason R", "proposal confirm pr_1 --digest 00",
      "review approve", "review reject wd_1", "review hold wd_1", "review list --minimum 0",
      "review approve wd_1 --digest xx112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
      "lists put --subject device --colour black --reason R",
      "lists put --subject device --colour red --name d --reason R",
      "lists put --subject payee --colour black --name h --payee-number - --reason R",
      "lists put --subject device --colour black --payee-number - --reason R", "lists import",
      "risk generate --seed 7", "risk generate --seed x --out F", "risk generate --seed 7 --out F --agents 19",
      "risk generate --seed 7 --out F --weeks 105", "risk generate --seed 7 --out F --weeks 3", "risk evaluate",
      "risk outcome wd_1 --note N", "risk outcome wd_1 --outcome ODD --note N", "rules print strict", "rules check",
      "audit list --count 0", "audit list --from x",
      "list --page-size 0", "list --page-size 1001", "list --state PAYED", "watch --changes 0",
      "balance --agent a1 --timeout 0", "certs --out DIR --days 0", "certs --out DIR --domain A",
      "serve --data DIR --listen nowhere --tls-cert F --tls-key F --client-ca F",
      "serve --data DIR --listen h:1 --tls-cert F --tls-key F --client-ca F --loops 0",
      "serve --data DIR --listen h:1 --tls-cert F --tls-key F --client-ca F --log-level loud",
    ])
  func bad(line: String) {
    let words = line.split(separator: " ").map(String.init)
    let error = #expect(throws: (any Error).self) { try Settle.parseAsRoot(words) }
    if let error {
      #expect(Settle.exitCode(for: error).rawValue == ExitReason.badUsage.rawValue)
      #expect(!Settle.message(for: error).isEmpty)
    }
  }

  @Test("what an update of an agent names is set, the rest is not")
  func update() throws {
    func message(_ line: String) throws -> Settlement_V1_UpdateAgentRequest {
      let words = "--agent a1 --reason R \(line)".split(separator: " ").map(String.init)
      return try AgentUpdate.parse(words).message(requestID: "r1")
    }
    let nothing = try message("")
    #expect(!nothing.hasTier && !nothing.hasFrozen && !nothing.hasParent && !nothing.hasLimits)
    #expect(!nothing.hasOpenViolations && nothing.creditGrade == .unspecified)
    #expect(try message("--no-frozen").frozen == false)
    #expect(try message("--no-frozen").hasFrozen)
    #expect(try message("--open-violations 0").hasOpenViolations)
    let limits = try message("--payout-maximum 100.5").limits
    #expect(limits.payoutMaximum == 10_050 && limits.dayAmount == 0)
    let tier = try message("--tier-limits")
    #expect(tier.hasLimits && tier.limits == Settlement_V1_LimitOverride())
  }

  @Test(
    "paths are quoted for a shell where they need it",
    arguments: [("/tmp/a-b_c.d", "/tmp/a-b_c.d"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$x", "'$x'"), ("", "''")])
  func shell(text: String, expected: String) throws {
    #expect(quoted(text) == expected)
    #expect(try Shell.run(["sh", "-c", "printf %s \(expected)"]).output == text)
  }
}
