import ArgumentParser
import Glibc
import SettlementClient

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a server: under a load, or paying out.",
    subcommands: [LoadCommand.self, PayoutBenchCommand.self], defaultSubcommand: LoadCommand.self)
}

struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Put a load on a server and measure what comes back.",
    discussion: """
      Every submit has a request id of its own; requests are encoded before the load starts; every answer is checked \
      for grpc-status 0 and one whole message. Without --rate, each stream sends its next request when the last one was \
      answered (closed loop). With --rate, requests are due at fixed instants and their latency counts from then on, \
      sent late or not (open loop).

      The agents must exist and have money: --prepare-agents makes them and deposits, with an operator's certificate.

        settle bench --server H:P --ca ca.pem --cert partner-demo.pem --key partner-demo.key \\
          --prepare-agents 1000 --operator-cert operator-demo.pem --operator-key operator-demo.key
        settle bench --server H:P --ca ca.pem --cert partner-demo.pem --key partner-demo.key \\
          --agents 1000 --work submit --connections 16 --streams 32 --seconds 10
      """)

  enum WorkName: String, CaseIterable, ExpressibleByArgument {
    case query, submit, cancel, mix, batch, fsync, decide
  }

  // MARK: Where

  @Option(help: ArgumentHelp("Server to load (or SETTLE_SERVER).", valueName: "host:port"))
  var server: Endpoint?

  @Option(help: ArgumentHelp("PEM file of the authority that signed the server (or SETTLE_CA).", valueName: "file"))
  var ca: String?

  @Option(help: ArgumentHelp("PEM file of the client's certificate (or SETTLE_CERT).", valueName: "file"))
  var cert: String?

  @Option(help: ArgumentHelp("PEM file of the client's key (or SETTLE_KEY).", valueName: "file"))
  var key: String?

  @Option(help: "Process id of the server on this machine, to report its CPU time per request.")
  var serverPid: Int32?

  // MARK: What

  @Option(
    help: """
      What to send. query asks for ids of --id, or of withdrawals submitted for it first; cancel submits its \
      withdrawals first; mix is five queries, four submits and a cancel of ten; fsync sends nothing and measures the \
      disk under --data; decide sends nothing either and measures decisions by --rules in this process.
      """)
  var work: WorkName?

  @Flag(help: "Any HTTP/2 server: POST a body that means nothing to --path; an answer with status 200 is a success.")
  var raw = false

  @Option(help: "Path for --raw.")
  var path = "/"

  @Option(help: "Length of the body for --raw.")
  var bodyBytes = RequestTemplates.yardstickByteCount

  @Option(help: ArgumentHelp("Withdrawal to query; may be repeated.", valueName: "wd_..."))
  var id: [String] = []

  @Option(help: "How many withdrawals to submit for queries when no --id is given.")
  var ids = 1000

  @Option(help: ArgumentHelp("Agent to submit for; may be repeated.", valueName: "name"))
  var agent: [String] = []

  @Option(help: "Submit for this many agents as --prepare-agents names them.")
  var agents = 0

  @Option(help: "What the names of --agents and --prepare-agents begin with; six digits follow.")
  var agentPrefix = "bench-"

  @Option(help: ArgumentHelp("Amount of each withdrawal, in CNY.", valueName: "decimal"))
  var amount = "0.01"

  @Option(help: "Withdrawals in each batch.")
  var batchItems = 8000

  @Option(help: ArgumentHelp("Where to measure fdatasync.", valueName: "dir"))
  var data = "."

  @Option(help: ArgumentHelp("Rules to decide by: a file, standard or open.", valueName: "rules"))
  var rules: RulesChoice = .open

  // MARK: How much

  @Option(help: "Connections, all on one thread.")
  var connections = 16

  @Option(help: "Requests in flight on each connection, at most.")
  var streams = 32

  @Option(help: "Requests to send; for cancel this is needed, otherwise --seconds can be given instead.")
  var requests: Int?

  @Option(help: "How long to send. 5 when --requests is not given.")
  var seconds: Double?

  @Option(help: "Seconds of load before the measurement begins.")
  var warmUp: Double = 0

  @Option(help: "Requests per second of an open loop.")
  var rate: Double?

  // MARK: Preparation

  @Option(
    help: "Create this many agents with money first (those that exist get more); needs an operator's certificate.")
  var prepareAgents = 0

  @Option(help: ArgumentHelp("What each prepared agent gets, in CNY.", valueName: "decimal"))
  var deposit = "1000000.00"

  @Option(help: "The partner of the prepared agents.")
  var partner = "demo"

  @Option(help: ArgumentHelp("Operator's certificate chain, PEM.", valueName: "file"))
  var operatorCert: String?

  @Option(help: ArgumentHelp("Operator's key, PEM.", valueName: "file"))
  var operatorKey: String?

  @Flag(help: "Print results as JSON, one object on a line.")
  var json = false

  static let currencyCode = "CNY"
  static let secondsMax: Double = 86_400

  func validate() throws {
    try check("--connections", connections, 1...10_000)
    try check("--streams", streams, 1...10_000)
    try check("--batch-items", batchItems, 1...8192)
    try check("--agents", agents, 0...1_000_000)
    try check("--prepare-agents", prepareAgents, 0...1_000_000)
    try check("--ids", ids, 1...1_000_000)
    try check("--body-bytes", bodyBytes, 0...1_000_000)
    if let requests { try check("--requests", requests, 1...1_000_000_000) }
    _ = try minorUnits("--amount", amount)
    _ = try minorUnits("--deposit", deposit)
    for (name, value) in [("--seconds", seconds ?? 1), ("--rate", rate ?? 1)] where !(value > 0 && value <= 1e9) {
      throw ValidationError("\(name) is \(value); it must be positive.")
    }
    for (name, value) in [("--seconds", seconds ?? 1), ("--warm-up", warmUp)]
    where !(value >= 0 && value <= Self.secondsMax) {
      throw ValidationError("\(name) is \(value); it must be 0 to \(Int(Self.secondsMax)).")
    }
    if requests != nil, seconds != nil { throw ValidationError("Give --requests or --seconds, not both.") }
    guard work != nil || raw || prepareAgents > 0 else {
      throw ValidationError("Nothing to do: give --work, --raw or --prepare-agents.")
    }
    if (cert == nil) != (key == nil) { throw ValidationError("--cert and --key belong together.") }
    if prepareAgents > 0, operatorCert == nil || operatorKey == nil {
      throw ValidationError("--prepare-agents needs --operator-cert and --operator-key: only operators book deposits.")
    }
    if work == .cancel, requests == nil {
      throw ValidationError("--work cancel needs --requests: as many withdrawals are submitted first.")
    }
    if raw, work != nil { throw ValidationError("--raw is a work of its own; leave --work out.") }
    for id in id where id.utf8.count != KnownWithdrawals.idByteCount {
      throw ValidationError("--id \(id) is not a withdrawal id: wd_ and 14 symbols.")
    }
    for name in agent + [agentPrefix, partner] where name.unicodeScalars.contains(where: { $0.value < 0x20 }) {
      throw ValidationError("An agent's or partner's name has control characters.")
    }
    if let work, [.submit, .mix, .batch, .cancel].contains(work) || (work == .query && id.isEmpty),
      agentNames.isEmpty
    {
      throw ValidationError("--work \(work.rawValue) needs agents: --agent, --agents or --prepare-agents.")
    }
  }

  private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ValidationError("\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
    }
  }

  func run() async throws {
    try await Console.reportingFailures(json: json) {
      if prepareAgents > 0 { try await prepare() }
      if work == .fsync {
        try measureSync()
      } else if work == .decide {
        try measureDecisions()
      } else if work != nil || raw {
        try await load()
      }
    }
  }
}

// MARK: - What the flags mean

extension LoadCommand {
  private func numbered(_ count: Int) -> [String] {
    (0..<count).map { index in
      let digits = String(index)
      return agentPrefix + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
  }

  fileprivate var agentNames: [String] {
    if !agent.isEmpty { return agent }
    return numbered(agents > 0 ? agents : prepareAgents)
  }

  fileprivate func minorUnits(_ flag: String, _ text: String) throws -> Int64 {
    do {
      let units = try DecimalAmount.minorUnits(
        text, decimals: DecimalAmount.decimals(ofCurrency: Self.currencyCode))
      guard units > 0 else { throw ValidationError("\(flag) \"\(text)\" must be more than zero.") }
      return units
    } catch let error as DecimalAmount.Defect {
      throw ValidationError("\(flag) \"\(text)\" is no amount of \(Self.currencyCode): \(error).")
    }
  }

  private func submission() throws -> RequestTemplates.Submission {
    .init(agents: agentNames, minorUnits: try minorUnits("--amount", amount), currencyCode: Self.currencyCode)
  }

  private func target(_ credentials: LoadTarget.Credentials?) throws(Failure) -> LoadTarget {
    guard let server = server ?? Self.fromEnvironment("SETTLE_SERVER").flatMap(Endpoint.init(argument:)) else {
      throw Failure(.badUsage, "--server is missing", advice: "Give --server HOST:PORT or set SETTLE_SERVER.")
    }
    guard let authority = ca ?? Self.fromEnvironment("SETTLE_CA") else {
      throw Failure(.badUsage, "--ca is missing", advice: "Give --ca FILE or set SETTLE_CA.")
    }
    return try LoadTarget(server: server, authorityFile: authority, credentials: credentials)
  }

  private var caller: LoadTarget.Credentials? {
    guard let cert = cert ?? Self.fromEnvironment("SETTLE_CERT"), let key = key ?? Self.fromEnvironment("SETTLE_KEY")
    else { return nil }
    return .init(chainFile: cert, keyFile: key)
  }

  private static func fromEnvironment(_ name: String) -> String? {
    Environment.value(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  private func plan(_ work: Work) -> LoadPlan {
    var plan = LoadPlan(
      work: work, connections: connections, streamsPerConnection: streams, pace: .closedLoop,
      extent: .nanoseconds(Int64((seconds ?? 5) * 1e9)))
    if let requests { plan.extent = .requests(requests) }
    if let rate { plan.pace = .openLoop(requestsPerSecond: rate) }
    plan.warmUpNanoseconds = Int64(warmUp * 1e9)
    plan.serverProcess = serverPid
    return plan
  }

  /// As many requests as given, as fast as they go.
  private func preparation(_ call: Call, count: Int) -> LoadPlan {
    let connections = min(connections, 4)
    return LoadPlan(
      work: .only(call), connections: connections, streamsPerConnection: 32, pace: .closedLoop,
      extent: .requests(count), idsKept: call == .submit ? count : 0)
  }

  // MARK: Doing it

  private func prepare() async throws {
    guard let operatorCert, let operatorKey else { return }
    let target = try target(.init(chainFile: operatorCert, keyFile: operatorKey))
    let names = numbered(prepareAgents)
    var templates = RequestTemplates()
    try templates.addCreateAgents(names, partner: partner)
    try templates.addDeposits(
      names, partner: partner, minorUnits: try minorUnits("--deposit", deposit), currencyCode: Self.currencyCode)
    var created = try await target.run(
      preparation(.createAgent, count: names.count), templates, progress: progress("agents"))
    created.tally.accept(status: Tally.alreadyExists, as: .createAgent)
    try requireSuccess(created, "create the agents")
    let deposited = try await target.run(
      preparation(.deposit, count: names.count), templates, progress: progress("deposits"))
    try requireSuccess(deposited, "book the deposits")
    if work == nil, !raw { Console.line(prepared(names.count)) }
  }

  private func prepared(_ count: Int) -> String {
    if json { return JSON.object(["prepared_agents": .integer(Int64(count))]).line }
    return "prepared \(grouped(count)) agents with \(deposit) \(Self.currencyCode) each"
  }

  private func load() async throws {
    let target = try target(caller)
    var templates = RequestTemplates()
    var known = KnownWithdrawals(capacity: max(ids, id.count))
    let work: Work
    if raw {
      templates.addRaw(byteCount: bodyBytes)
      work = .only(.raw)
    } else {
      if !agentNames.isEmpty { try templates.addSubmits(submission()) }
      try templates.addQuery()
      try templates.addCancel()
      switch self.work {
      case .query?:
        for id in id { known.add(Array(id.utf8)[...]) }
        if id.isEmpty { known = try await submitFirst(ids, target, templates) }
        work = .only(.query)
      case .cancel?:
        known = try await submitFirst(requests ?? 0, target, templates)
        work = .only(.cancel)
      case .batch?:
        try templates.addBatch(submission(), itemCount: batchItems)
        work = .only(.batch)
      case .mix?: work = .mix
      case .submit?: work = .only(.submit)
      case .fsync?, .decide?, nil: return
      }
    }
    var plan = plan(work)
    plan.idsKept = known.count > 0 ? known.count : 65_536
    let name = raw ? "raw" : self.work?.rawValue ?? ""
    let result = try await target.run(plan, templates, known: known, path: path, progress: progress(name))
    let report = LoadReport(name: name, plan: plan, result: result)
    Console.line(json ? report.json.line : report.text)
    guard result.tally.failed.allSatisfy({ $0 == 0 }) else { throw ExitCode(ExitReason.unreachable.rawValue) }
    guard result.tally.succeededTotal > 0 else { throw ExitCode(ExitReason.refused.rawValue) }
  }

  private func submitFirst(
    _ count: Int, _ target: LoadTarget, _ templates: RequestTemplates
  ) async throws -> KnownWithdrawals {
    let result = try await target.run(
      preparation(.submit, count: count), templates, progress: progress("submits to work on"))
    try requireSuccess(result, "submit the withdrawals to work on")
    return result.known
  }

  private func requireSuccess(_ result: LoadResult, _ what: String) throws(Failure) {
    let tally = result.tally
    guard tally.answered > 0, tally.succeededTotal == tally.answered else {
      let report = LoadReport(name: what, plan: plan(.only(.submit)), result: result)
      throw Failure(
        .refused, "cannot \(what): \(report.problems)",
        advice: "The agents must exist and have money, and the certificate must be allowed to do this.")
    }
  }

  private func measureSync() throws {
    let writes = requests ?? 2000
    let latencies = try SyncProbe(directory: data, writes: writes).measure()
    if json {
      let members: KeyValuePairs<String, JSON> = [
        "work": .text("fsync"), "writes": .integer(Int64(writes)), "latency_ns": latencies.figuresJSON,
      ]
      Console.line(JSON.object(members).line)
    } else {
      Console.line(
        "fsync: \(grouped(writes)) writes of \(SyncProbe.blockByteCount) bytes, each with fdatasync: "
          + latencies.figuresText)
    }
  }

  private func measureDecisions() throws(Failure) {
    let result = try DecisionProbe(policy: try rules.read().document, decisions: requests ?? 400_000).measure()
    if json {
      let members: KeyValuePairs<String, JSON> = [
        "work": .text("decide"), "decision_ns": result.nanoseconds.figuresJSON,
        "approved": .integer(Int64(result.approved)), "others": .integer(Int64(result.others)),
      ]
      Console.line(JSON.object(members).line)
    } else {
      Console.line(
        "decide: \(grouped(result.approved + result.others)) withdrawals, \(grouped(result.approved)) approved at once: "
          + result.nanoseconds.figuresText)
    }
  }

  /// A line that overwrites itself, on terminals only.
  private func progress(_ name: String) -> (@Sendable (Int, Int64) -> Void)? {
    guard Console.isTerminal else { return nil }
    return { answered, nanoseconds in
      let perSecond = nanoseconds > 0 ? Int(Double(answered) / (Double(nanoseconds) / 1e9)) : 0
      Console.write(
        "\r\u{1B}[K\(name): \(grouped(answered)) answered, \(grouped(perSecond))/s", to: STDERR_FILENO)
    }
  }
}
