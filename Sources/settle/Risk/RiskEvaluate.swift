import ArgumentParser
import RiskEvaluation
import Rules

/// `settle risk evaluate`
struct RiskEvaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Run labelled traffic through risk rules and tell what they stop and whom they disturb.",
    discussion: """
      Needs no server. Prints, for each kind of abuse, how many withdrawals were rejected or sent to review, and for each \
      habit of honest agents how many were approved at once. The file is one that `settle risk generate` writes, or your \
      own in the same form, which its first line names.
      """)

  @Argument(help: ArgumentHelp("The traffic.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("Rules to judge by: a file, standard or open.", valueName: "file"))
  var rules: RulesChoice = .standard

  @Flag(help: "Print one line of JSON instead of text.")
  var json = false

  /// A year of a platform's traffic, with its hundred bytes an event.
  private static let bytesMaximum = 1 << 30

  func run() throws {
    try Console.reportingFailures(json: json) {
      let document = try rules.read().document
      guard let engine = document.riskEngine else {
        throw Failure(
          .badData, "\(rules.name) has no risk rules, so there is nothing to evaluate",
          advice: "Name a document with a risk section in --rules.")
      }
      let bytes = try Files.read(file, maximumBytes: Self.bytesMaximum)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(.badData, "\(file) is not UTF-8")
      }
      let traffic: [TrafficEvent]
      do throws(TrafficDefect) { traffic = try TrafficText.parse(text) } catch {
        throw Failure(
          .badData, "\(file): \(shown(error.description))", advice: "`settle risk generate` writes a file of the form.")
      }
      try Output(style: json ? .json : .text).print(evaluate(traffic, engine))
    }
  }
}

/// `settle risk generate`
struct RiskGenerate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write labelled traffic of a platform: honest agents of several habits, and abuse at realistic rates.",
    discussion: """
      The same seed always gives the same traffic. The standard rules were tuned on the training seeds \
      \(TrafficPlan.trainingSeeds.map(String.init).joined(separator: ", ")); their figures are of the test seeds \
      \(TrafficPlan.testSeeds.map(String.init).joined(separator: ", ")), which whoever tunes must not look at.
      """)

  @Option(help: "Which traffic.")
  var seed: UInt64

  @Option(help: ArgumentHelp("File to write; it must not exist.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Honest agents, 20 to 100000.", valueName: "count"))
  var agents: Int = 300

  @Option(help: ArgumentHelp("Weeks of traffic, 4 to 104.", valueName: "count"))
  var weeks: Int = 8

  @Flag(help: "Replace a file that exists.")
  var force = false

  func validate() throws {
    guard (20...100_000).contains(agents) else {
      throw ValidationError("--agents is \(agents); it must be 20 to 100000.")
    }
    guard (4...104).contains(weeks) else { throw ValidationError("--weeks is \(weeks); it must be 4 to 104.") }
  }

  func run() throws {
    try Console.reportingFailures(json: false) {
      let traffic = generateTraffic(TrafficPlan(seed: seed, agents: agents, weeks: weeks))
      var bytes = Array(TrafficText.heading.utf8)
      for event in traffic { bytes += TrafficText.line(event).utf8 }
      try Files.write(bytes, to: out, mode: 0o644, existing: force ? .replace : .refuse)
      Console.line("wrote \(traffic.count) events of seed \(seed) to \(out)")
    }
  }
}

extension RiskReport: Printable {
  var json: JSON {
    let abuse = zip(AbuseKind.allCases, abuse).filter { $0.1.all > 0 }.map { JSON.Member($0.rawValue, $1.json) }
    let honest = zip(HonestHabit.allCases, honest).filter { $0.1.all > 0 }.map { JSON.Member($0.rawValue, $1.json) }
    return .object([
      "abuse": .object(abuse), "honest": .object(honest), "all_abuse": allAbuse.json, "all_honest": allHonest.json,
      "caught_per_10000": .integer(Int64(caughtPer10000)), "untouched_per_10000": .integer(Int64(untouchedPer10000)),
      "meets_goals": .bool(meetsGoals),
    ])
  }
}

extension VerdictCounts {
  fileprivate var json: JSON {
    .object([
      "approved": .integer(Int64(approved)), "reviewed": .integer(Int64(reviewed)),
      "rejected": .integer(Int64(rejected)),
    ])
  }
}
