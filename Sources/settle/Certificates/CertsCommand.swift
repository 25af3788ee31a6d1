import ArgumentParser

struct CertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certs",
    abstract: "Write a development PKI.",
    discussion: """
      Writes ca.pem, server.pem, partner-demo.pem, partner-other.pem, reader-demo.pem and operator-demo.pem, and for \
      people who check each other reviewer-alice.pem, reviewer-bob.pem, finance-carol.pem, finance-dave.pem, \
      compliance-erin.pem and auditor-frank.pem, each with its .key. The authority's own key is among them: use it on your own machine and in tests, never in production.
      """)

  @Option(help: ArgumentHelp("Directory to write to; made if it is missing.", valueName: "dir"))
  var out: String

  @Option(help: "Trust domain of the URI names in the client certificates.")
  var domain: TrustDomain = .standard

  @Option(help: "How many days the certificates are valid, 1 to 3650.")
  var days: Int = 365

  @Option(
    help: ArgumentHelp(
      "When the certificates of server and clients begin to be valid; the authority is valid now all the same.",
      valueName: "2026-01-31T12:00:00Z"))
  var notBefore: Instant?

  @Flag(help: "Replace files that exist.")
  var force = false

  static let secondsPerDay = 86_400
  /// Certificates begin a little in the past, so that a machine whose clock is behind accepts them.
  static let backdateSeconds = 3_600

  func validate() throws {
    guard (1...3650).contains(days) else {
      throw ValidationError("--days is \(days); it must be 1 to 3650.")
    }
    guard !out.isEmpty else { throw ValidationError("--out is empty; name a directory.") }
  }

  func run() throws {
    try Console.reportingFailures(json: false) {
      let pki = Self.plan(
        domain: domain, nowSeconds: Instant.now().seconds, notBeforeSeconds: notBefore?.seconds, days: days)
      try pki.write(to: out, existing: force ? .replace : .refuse)
      Console.line("wrote \(pki.fileNames.joined(separator: ", ")) to \(out)")
    }
  }

  static func plan(domain: TrustDomain, nowSeconds: Int, notBeforeSeconds: Int?, days: Int) -> DevelopmentPKI {
    let length = days * secondsPerDay
    let start = notBeforeSeconds ?? nowSeconds - backdateSeconds
    return DevelopmentPKI(
      domain: domain,
      leaves: Validity(notBeforeSeconds: start, notAfterSeconds: start + length),
      authority: Validity(
        notBeforeSeconds: min(start, nowSeconds - backdateSeconds),
        notAfterSeconds: max(start, nowSeconds) + length))
  }
}
