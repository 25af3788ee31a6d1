import ArgumentParser
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

  @Test(
    "paths are quoted for a shell where they need it",
    arguments: [("/tmp/a-b_c.d", "/tmp/a-b_c.d"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$x", "'$x'"), ("", "''")])
  func shell(text: String, expected: String) throws {
    #expect(quoted(text) == expected)
    #expect(try Shell.run(["sh", "-c", "printf %s \(expected)"]).output == text)
  }
}
