import ArgumentParser
import Glibc
import SettlementClient
import SettlementProto

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show the main job with a server, certificates and agents of its own.",
    discussion: """
      Makes a development PKI and a ledger in a directory, starts a server with the standard rules, and goes through \
      submit, query, watch and cancel, a refused overdraft, a repeated request, a review by two people, a rejection, a \
      limit and a killed server over real TLS connections. A second server, by the open rules, pays over simulated \
      channels: at once, around a dead channel, through a lost answer, and after a wrong card; a receiver of webhooks \
      is told of it. Then the first one goes on serving and prints commands to try; Control-C ends it.
      """)

  @Flag(help: "End when the main job was shown.")
  var once = false

  @Option(help: ArgumentHelp("Directory to use; without it a temporary one.", valueName: "dir"))
  var dir: String?

  @Option(help: ArgumentHelp("Address of the server; port 0 picks a free one.", valueName: "host:port"))
  var listen: Endpoint = Endpoint(host: "127.0.0.1", port: 0)

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    try await Console.reportingFailures(json: false) {
      let place = try DemoPlace.make(dir)
      do {
        try await DemoRun(place: place, listen: listen).run(thenServe: !once)
        if once && dir == nil { place.remove() }
      } catch let error as SettlementError {
        throw Failure(
          .internalError, "the demonstration went wrong: \(error)", advice: "The server's log is \(place.log).")
      }
    }
  }
}

/// One demonstration: the server's life around the story.
private struct DemoRun {
  let place: DemoPlace
  let listen: Endpoint

  func run(thenServe: Bool) async throws {
    heading("1. Certificates")
    let pki = CertsCommand.plan(
      domain: .standard, nowSeconds: Instant.now().seconds, notBeforeSeconds: nil, days: 30)
    try pki.write(to: place.certificates, existing: .refuse)
    say("  a development PKI in \(place.certificates): an authority, a server, two partners, and people of each role")

    heading("2. Server")
    var server = try await ChildServer.start(place.serveArguments(listen: listen), logPath: place.log)
    do {
      say("  listening on \(server.endpoint), process \(server.process), ledger in \(place.data)")
      let shown: Shown
      (server, shown) = try await story(server)
      if thenServe { try await serve(server, shown) } else { try await stop(server) }
    } catch {
      server.send(SIGKILL)
      throw error
    }
  }

  /// What the commands to try are about.
  private struct Shown {
    /// Account of the second agent.
    let payee: String
    /// The withdrawal that two people approved.
    let reviewed: String
  }

  /// The server as it was started again.
  private func story(_ first: ChildServer) async throws -> (ChildServer, Shown) {
    let endpoint = first.endpoint
    let staff = try DemoStaff(place, endpoint)

    heading(
      "3. Partner demo registers agents, with papers and an account to be paid to; the operator books their money")
    var payees: [String: Settlement_V1_PayeeAccount] = [:]
    let registration = DemoRegistration(staff: staff)
    for person in [DemoPerson.first, .second, .third] {
      payees[person.agent] = try await registration.register(person)
      try await registration.trust(person)
    }
    say("  compliance puts them, whom the house knows for years, on the white list")

    let story = DemoStory(partner: staff.partner, payees: payees)
    heading("4. The partner submits a withdrawal, queries it, cancels it, and watches what happened")
    let id = try await story.submitQueryWatchCancel()
    heading("5. An overdraft is refused")
    try await story.refusedOverdraft()
    heading("6. A request that comes twice happens once")
    try await story.repeatedRequest(of: id)

    let screening = DemoScreening(staff: staff, payees: payees)
    heading("7. A quote is kept, and the withdrawal is approved at once")
    try await screening.approvedAtOnce()
    heading("8. A large withdrawal is reviewed by two people")
    let reviewed = try await screening.reviewedByTwo()
    heading("9. A withdrawal is rejected, with the reasons")
    try await screening.rejectedWithReasons()
    heading("10. A limit is reached")
    try await screening.limitReached()

    heading("11. The server is killed (SIGKILL) and started again")
    try await story.submitBeforeRestart()
    let before = try await story.picture()
    first.send(SIGKILL)
    say("  killed: \(await first.ending())")
    let second = try await ChildServer.start(place.serveArguments(listen: endpoint), logPath: place.log)
    say("  started again, process \(second.process); the client connects again by itself")
    do { try await story.compare(before) } catch {
      second.send(SIGKILL)
      throw error
    }
    say("  everything that was acknowledged is there")
    await staff.close()
    do { try await pay() } catch {
      second.send(SIGKILL)
      throw error
    }
    return (second, Shown(payee: payees[DemoPerson.second.agent]?.id ?? "", reviewed: reviewed))
  }

  /// How money goes out.
  private func pay() async throws {
    heading("12. A second server pays, over channels that are simulated")
    try Files.write(
      Array(DemoPayout.document(place).utf8), to: place.channelsFile, mode: 0o600, existing: .replace)
    let server = try await ChildServer.start(place.payoutArguments(), logPath: place.log)
    do {
      let payout = try await DemoPayout.begin(place, server.endpoint)
      heading("13. A withdrawal is paid in seconds")
      try await payout.paidInSeconds()
      heading("14. A channel dies, and traffic moves to another")
      try await payout.channelDies()
      heading("15. An answer is lost, and the money left once")
      try await payout.answerLost()
      heading("16. A card number is wrong, is mended, and the same withdrawal is paid")
      try await payout.wrongCard()
      heading("17. The partner's own server is told of every change, by webhooks that it verifies")
      try await payout.webhookReceived()
      await payout.end()
    } catch {
      server.send(SIGKILL)
      throw error
    }
    server.send(SIGTERM)
    let ending = await server.ending()
    guard ending == .exit(code: 0) else {
      throw Failure(
        .internalError, "the paying server did not stop cleanly: \(ending)", advice: "Its log is \(place.log).")
    }
  }

  private func stop(_ server: ChildServer) async throws(Failure) {
    server.send(SIGTERM)
    let ending = await server.ending()
    guard ending == .exit(code: 0) else {
      throw Failure(.internalError, "the server did not stop cleanly: \(ending)", advice: "Its log is \(place.log).")
    }
    say("\nAll of it worked. The server stopped cleanly.")
  }

  private func serve(_ server: ChildServer, _ shown: Shown) async throws(Failure) {
    for line in examples(server.endpoint, shown) { say(line) }
    let (ends, telling) = AsyncStream<ServeEvent>.makeStream()
    let signals = SignalWatch(telling)
    defer { withExtendedLifetime(signals) {} }
    let ended = Task { [server] in
      let ending = await server.ending()
      telling.finish()
      return ending
    }
    for await event in ends {
      switch event {
      case .stopRequested: server.send(SIGTERM)
      case .reloadRequested: server.send(SIGHUP)
      case .journalFailed, .drained, .graceOver, .ledgerStopped: break
      }
    }
    let ending = await ended.value
    guard ending == .exit(code: 0) else {
      throw Failure(.systemError, "the server ended: \(ending)", advice: "Its log is \(place.log).")
    }
    say("stopped; the ledger stays in \(place.data)")
  }

  private func examples(_ endpoint: Endpoint, _ shown: Shown) -> [String] {
    let program = quoted(CommandLine.arguments.first ?? "settle")
    func identity(_ name: String) -> String {
      "export SETTLE_CERT=\(quoted(place.certificate(name))) SETTLE_KEY=\(quoted(place.key(name)))"
    }
    return [
      "",
      "The server goes on; its log is \(place.log). In another terminal, as the partner:",
      "",
      "  export SETTLE_SERVER=\(endpoint) SETTLE_CA=\(quoted(place.certificate(DevelopmentPKI.authorityName)))",
      "  " + identity(DevelopmentPKI.partnerName),
      "  \(program) balance --agent a2",
      "  \(program) quote --agent a2 --amount 60.00 --payee \(shown.payee)",
      "  \(program) submit --agent a2 --amount 60.00 --payee \(shown.payee) --request-id try-1",
      "  \(program) get --request-id try-1",
      "  \(program) list",
      "  \(program) watch",
      "",
      "as the operator:",
      "",
      "  " + identity(DevelopmentPKI.operatorName),
      "  \(program) agent create --partner demo --agent a4",
      "  \(program) deposit --partner demo --agent a4 --amount 1000.00 --request-id try-2",
      "",
      "as a reviewer, and as the auditor:",
      "",
      "  " + identity(DevelopmentPKI.alice.fileName),
      "  \(program) review list",
      "  \(program) review show \(shown.reviewed)",
      "  \(program) rules explain \(shown.reviewed)",
      "  " + identity(DevelopmentPKI.frank.fileName),
      "  \(program) audit list --kind review_acted",
      "",
      "Control-C stops it.",
    ]
  }

  private func heading(_ text: String) { say("\n\(text)") }
  private func say(_ text: String) { Console.line(text) }
}

/// For a shell: in single quotes unless it is plain.
func quoted(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { byte in
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x2f, 0x5f, 0x3a: true
    default: false
    }
  }
  guard !isPlain || text.isEmpty else { return text }
  return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
