import ArgumentParser
import Testing

@testable import settle

@Suite("Which server, and as whom")
struct ConnectionOptionsTests {
  static let environment = [
    "SETTLE_SERVER": "env.example:1", "SETTLE_CA": "env-ca", "SETTLE_CERT": "env-cert", "SETTLE_KEY": "env-key",
  ]

  static func settings(_ flags: [String], _ environment: [String: String] = environment) throws -> ConnectionSettings {
    try ConnectionOptions.parse(flags).settings { environment[$0] }
  }

  @Test("flags come before the environment, each on its own")
  func precedence() throws {
    let all = ["--server", "flag.example:2", "--ca", "flag-ca", "--cert", "flag-cert", "--key", "flag-key"]
    let fromFlags = try Self.settings(all)
    #expect(fromFlags.server == Endpoint(host: "flag.example", port: 2))
    #expect(fromFlags.authorityPath == "flag-ca")
    #expect(fromFlags.certificatePath == "flag-cert")
    #expect(fromFlags.keyPath == "flag-key")
    let mixed = try Self.settings(["--cert", "flag-cert"])
    #expect(mixed.server == Endpoint(host: "env.example", port: 1))
    #expect(mixed.certificatePath == "flag-cert")
    #expect(mixed.keyPath == "env-key")
    #expect(mixed.timeoutSeconds == 30)
  }

  @Test(
    "what is missing is named with its flag and its variable",
    arguments: ["SETTLE_SERVER", "SETTLE_CA", "SETTLE_CERT", "SETTLE_KEY"])
  func missing(variable: String) throws {
    for value in [nil, ""] as [String?] {
      var environment = Self.environment
      environment[variable] = value
      let failure = #expect(throws: Failure.self) { try Self.settings([], environment) }
      #expect(failure?.reason == .badUsage)
      #expect(failure.map { "\($0)".contains(variable) } == true)
      #expect(failure?.message.contains("--" + variable.dropFirst("SETTLE_".count).lowercased()) == true)
    }
  }

  @Test(
    "addresses",
    arguments: [
      ("localhost:7443", Endpoint(host: "localhost", port: 7443)),
      ("127.0.0.1:0", Endpoint(host: "127.0.0.1", port: 0)),
      ("[::1]:65535", Endpoint(host: "::1", port: 65535)),
      ("::1:443", nil), ("[::1]", nil), ("[localhost]:1", nil), ("localhost", nil), ("localhost:", nil), (":443", nil),
      (":", nil), ("", nil), ("localhost:65536", nil), ("localhost:-1", nil), ("localhost:+1", nil),
      ("localhost:1x", nil), ("localhost:１", nil),
    ] as [(String, Endpoint?)])
  func endpoints(text: String, expected: Endpoint?) {
    #expect(Endpoint(argument: text) == expected)
    if let expected { #expect(expected.description == text) }
  }

  @Test("port 0 is for servers")
  func portZero() {
    let failure = #expect(throws: Failure.self) { try Self.settings(["--server", "localhost:0"]) }
    #expect(failure?.reason == .badUsage)
  }
}
