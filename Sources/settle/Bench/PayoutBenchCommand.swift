import ArgumentParser
import Glibc

struct PayoutBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payout",
    abstract: "Pay out over simulated channels, and prove that each withdrawal was paid once.",
    discussion: """
      Starts a server with three simulated channels on a ledger of its own, submits withdrawals to it over TLS and waits \
      until all are at rest. The channels lose requests and answers, answer late, tell twice and out of order, fail, and \
      go out for a while; the server is killed (SIGKILL) again and again and started on the same data. Then the ledger's \
      journal is held against the books that the channels keep. Whatever does not fit is printed, and the command fails.

        settle bench payout                                     100,000 withdrawals and 20 kills
        settle bench payout --clean                             how many payouts a second
        settle bench payout --data DIR --verify-only            the proof once more, over what lies in a directory
      """)

  enum Conduct: String, EnumerableFlag, Sendable {
    /// Channels do all that they must not.
    case misbehave
    /// Channels pay at once.
    case clean
  }

  @Option(help: "Withdrawals to pay.")
  var payouts = 100_000

  @Option(help: "How often the server is killed (default: 20, and never with --clean, which measures).")
  var kills: Int?

  private static let standardKills = 20

  @Option(help: "Of everything that happens by chance; without it a new one, which is printed.")
  var seed: UInt64?

  @Flag(help: "How the channels behave.")
  var conduct = Conduct.misbehave

  @Option(help: "Payouts a second to submit with --clean; without it as fast as they are taken.")
  var rate: Int?

  @Option(
    help: ArgumentHelp(
      "Directory for ledger, books and log, kept afterwards; without it a temporary one.", valueName: "dir"))
  var data: String?

  @Flag(help: "Run nothing: hold journal and books of --data against each other.")
  var verifyOnly = false

  @Flag(help: "Print results as JSON, one object on a line.")
  var json = false

  func validate() throws {
    guard (1...10_000_000).contains(payouts) else {
      throw ValidationError("--payouts is \(payouts); it must be 1 to 10000000.")
    }
    if let kills, !(0...1_000).contains(kills) {
      throw ValidationError("--kills is \(kills); it must be 0 to 1000.")
    }
    if verifyOnly, data == nil { throw ValidationError("--verify-only needs --data: which run to look at.") }
    if let rate, rate < 1 { throw ValidationError("--rate is \(rate); it must be positive.") }
    if conduct == .clean, let kills, kills > 0 {
      throw ValidationError("--kills is \(kills); --clean measures, and a server that is killed does not pay.")
    }
    if conduct == .misbehave, rate != nil { throw ValidationError("--rate goes with --clean.") }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    try await Console.reportingFailures(json: json) {
      let place = try verifyOnly ? PayoutPlace(existing: data ?? "") : PayoutPlace.make(data)
      var report = PayoutReport(conduct: conduct)
      if !verifyOnly {
        let plan = PayoutPlan(
          payouts: payouts, kills: kills ?? (conduct == .clean ? 0 : Self.standardKills),
          seed: seed ?? UInt64.random(in: 0...UInt64(Int64.max)), conduct: conduct,
          rate: rate)
        if !json { Console.line("seed \(plan.seed), \(place.directory)") }
        report.run = try await PayoutRun(place: place, plan: plan).run()
        report.plan = plan
      }
      report.finding = try PayoutProof(ledgerDirectory: place.ledger, booksDirectory: place.books).find()
      Console.line(json ? report.json.line : report.text)
      guard report.violations.isEmpty else { throw ExitCode(ExitReason.badData.rawValue) }
      if data == nil, !verifyOnly { place.remove() }
    }
  }
}

/// What is done to how many withdrawals.
struct PayoutPlan: Sendable {
  var payouts: Int
  var kills: Int
  var seed: UInt64
  var conduct: PayoutBenchCommand.Conduct
  /// Payouts a second; nil for as fast as they are taken.
  var rate: Int?
}

/// Numbers that follow from a seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
