import ArgumentParser
import LedgerCore
import RouteSimulation
import Routing

/// `settle route simulate`
struct RouteSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run traffic over channels of which some fail, and compare our routing with fixed choices.",
    discussion: """
      Needs no server and no time: the clock is virtual, and the same input gives the same figures. Four channels that are \
      typical of China (\(ModelChannel.typical.map { "\($0.manifest.id)" }.joined(separator: ", "))) carry the traffic. \
      Where nothing is said of disturbances, each of three kinds happens once, at a channel that the seed chooses: an \
      outage, a silence, a slow time.

      A loss is what a payout cost, all told: its fee, its time by the price of a second of its speed, a fixed sum if it \
      arrived after its promise, and one for each attempt that failed or was not answered. The best in hindsight knows what \
      will become of each payout at each channel, and never asks one that is failing. The goals: our loss is at most 5 % \
      above that, and a failing channel gets less than 5 % of the traffic within 100 attempts or 10 s.

      RECORDED TRAFFIC (--traffic) is a table of comma-separated values in order of time, with these columns:
        time_ms     milliseconds since a midnight
        amount_fen  minor units of CNY
        rail        \(TrafficTable.railNames.map(\.key).joined(separator: ", "))
        speed       \(TrafficTable.speedNames.map(\.key).joined(separator: ", "))
      """)

  @Option(help: "Which traffic and which luck.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Payouts to generate, 1 to 1000000.", valueName: "count"))
  var payouts: Int = 10_000

  @Option(help: ArgumentHelp("Generated payouts per second on average, 1 to 10000.", valueName: "count"))
  var rate: Int64 = 10

  @Option(help: ArgumentHelp("Recorded traffic instead of generated.", valueName: "file"))
  var traffic: String?

  @Option(
    help: ArgumentHelp(
      "Every attempt at a channel fails from a second to another one. Repeatable.", valueName: "channel@from-to"))
  var outage: [OutageArgument] = []

  @Option(
    help: ArgumentHelp(
      "A channel takes attempts and answers nothing; what it took is paid afterwards. Repeatable.",
      valueName: "channel@from-to"))
  var silence: [OutageArgument] = []

  @Option(
    help: ArgumentHelp(
      "Money takes so many times as long at a channel. Repeatable.", valueName: "channel@from-toxfactor"))
  var slow: [SlowArgument] = []

  @Flag(help: "Nothing is wrong with any channel.")
  var calm = false

  @Flag(help: "Print one line of JSON instead of text.")
  var json = false

  /// As many payouts as can be generated, at 40 bytes a line and as much again for remarks.
  private static let bytesMaximum = 80 << 20
  private static let payoutsMaximum = 1_000_000

  func validate() throws {
    guard (1...Self.payoutsMaximum).contains(payouts) else {
      throw ValidationError("--payouts is \(payouts); it must be 1 to \(Self.payoutsMaximum).")
    }
    guard (1...10_000).contains(rate) else { throw ValidationError("--rate is \(rate); it must be 1 to 10000.") }
    if calm, !named.isEmpty { throw ValidationError("--calm and a disturbance exclude each other.") }
    for disturbance in named where !ModelChannel.typical.contains(where: { $0.manifest.id == disturbance.channel }) {
      let known = ModelChannel.typical.map { "\($0.manifest.id)" }.joined(separator: ", ")
      throw ValidationError("There is no channel \(shown("\(disturbance.channel)")); there are \(known).")
    }
  }

  func run() throws {
    try Console.reportingFailures(json: json) {
      let traffic =
        try self.traffic.map(Self.read) ?? TrafficSettings(seed: seed, payouts: payouts, perSecond: rate).generate()
      let simulation = Simulation(
        seed: seed, traffic: traffic, disturbances: disturbances(over: Simulation.span(of: traffic)))
      let meter = ProgressMeter(what: "simulate")
      var done = 0
      let report = simulation.run(RoutePolicy.allCases) { policy in
        meter.show(done: done, of: RoutePolicy.allCases.count, policy.words)
        done += 1
      }
      meter.end()
      try Output(style: json ? .json : .text).print(report)
    }
  }

  private var named: [Disturbance] {
    outage.map { Disturbance($0, .outage) } + silence.map { Disturbance($0, .silence) }
      + slow.map { Disturbance($0.outage, .slow(factor: $0.factor)) }
  }

  private func disturbances(over span: Int64) -> [Disturbance] {
    if calm { return [] }
    return named.isEmpty ? Disturbance.typical(seed: seed, among: ModelChannel.typical, span: span) : named
  }

  private static func read(_ file: String) throws(Failure) -> [SimulatedPayout] {
    let bytes = try Files.read(file, maximumBytes: bytesMaximum)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(.badData, "\(file) is not UTF-8") }
    let traffic: [SimulatedPayout]
    do throws(TrafficTable.Defect) { traffic = try TrafficTable.parse(text) } catch {
      throw Failure(
        .badData, "\(file): \(shown(error.description))", advice: "`settle route simulate --help` names the columns.")
    }
    guard traffic.count <= payoutsMaximum else {
      throw Failure(
        .badData, "\(file) has \(traffic.count) payouts; \(payoutsMaximum) are the most", advice: "Split it by days.")
    }
    return traffic
  }
}
