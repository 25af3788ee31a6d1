import ArgumentParser
import SettlementClient
import SettlementProto
import SwiftProtobuf

struct RiskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "risk", abstract: "What the risk rules found, what was found out later, and how well they work.",
    subcommands: [
      RiskLog.self, RiskProfileShow.self, RiskOutcome.self, RiskEvaluate.self, RiskGenerate.self,
    ])
}

struct RiskLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Print every withdrawal that was not approved at once, or was reported later, oldest first.",
    discussion: "With --json one object on each line. A log that is cut off ends with another exit code than 0.")

  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Only from this time on.", valueName: "2026-01-31T12:00:00Z"))
  var from: Instant?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ExportRiskLogRequest()
      if let from { message.fromTime = Google_Protobuf_Timestamp(seconds: Int64(from.seconds), nanos: 0) }
      var lines = BufferedLines()
      for try await withdrawal in client.exportRiskLog(message) {
        switch output.style {
        case .json: try lines.append(withdrawal.json.line)
        case .text: try lines.append("\(withdrawal.line)  \(withdrawal.risk.text)")
        }
      }
      try lines.flush()
    }
  }
}

struct RiskProfileShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Show what is remembered of an agent's habits.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var name: AgentName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetRiskProfileRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      try output.print(await client.getRiskProfile(message))
    }
  }
}

struct RiskOutcome: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outcome", abstract: "Say what was found out about a withdrawal later. For compliance.",
    discussion: "It teaches the agent's profile, and the black list where --blacklist says so.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: ArgumentHelp("What it was.", valueName: "outcome"))
  var outcome: NameArgument<Settlement_V1_ReviewOutcome>

  @Option(
    help: ArgumentHelp("What of it enters the black list for good; may be given several times.", valueName: "subject"))
  var blacklist: [NameArgument<Settlement_V1_ListSubject>] = []

  @Option(help: "How it was found out: 1 to 64 bytes.")
  var note: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ReportOutcomeRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      message.outcome = outcome.value
      message.blacklist = blacklist.map(\.value)
      message.note = note
      try output.print(await client.reportOutcome(message))
    }
  }
}
