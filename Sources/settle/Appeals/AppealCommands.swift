import ArgumentParser
import Digests
import SettlementClient
import SettlementProto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct AppealCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "appeal", abstract: "Say that a payout was late, wrong or never came; decide what is said.",
    subcommands: [
      AppealCreate.self, AppealShow.self, AppealEvidence.self, AppealAssign.self, AppealResolve.self, AppealList.self,
    ])
}

struct AppealCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Appeal about a withdrawal; what is disputed is frozen until it is decided.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: "The withdrawal.")
  var withdrawal: String

  @Option(help: "What is wrong: \(AppealKindArgument.names).")
  var kind: AppealKindArgument

  @Option(
    help: ArgumentHelp("What is missing, in decimal digits; without it no money is asked for.", valueName: "decimal"))
  var disputed: LimitAmount?

  @Option(help: "What happened, in at most 64 bytes.")
  var text: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_CreateAppealRequest()
      message.requestID = request.id(output)
      message.withdrawalID = withdrawal
      message.kind = kind.wire
      if let disputed { message.disputed = Settlement_V1_Money(currency: "CNY", disputed.minorUnits) }
      message.text = text
      try output.print(await client.createAppeal(message))
    }
  }
}

struct AppealShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an appeal.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "The appeal.")
  var appeal: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetAppealRequest()
      message.id = appeal
      try output.print(await client.getAppeal(message))
    }
  }
}

struct AppealEvidence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence", abstract: "Add what shows how it was: a note, and the hash of a document that you keep.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: "The appeal.")
  var appeal: String

  @Option(help: "What it shows, in at most 64 bytes.")
  var note: String

  @Option(help: ArgumentHelp("The document; only its SHA-256 leaves this machine.", valueName: "path"))
  var file: String?

  func run() async throws {
    try await connection.withClient { client, output in
      let digest = try file.map { try Evidence.digest(ofFile: $0) }
      var message = Settlement_V1_AddEvidenceRequest()
      message.requestID = request.id(output)
      message.id = appeal
      message.note = note
      if let digest { message.sha256 = digest.withUnsafeBytes { Data($0) } }
      try output.print(await client.addEvidence(message))
    }
  }
}

struct AppealAssign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Take an appeal; the agent's first answer counts from here.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: "The appeal.")
  var appeal: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_AssignAppealRequest()
      message.requestID = request.id(output)
      message.id = appeal
      try output.print(await client.assignAppeal(message))
    }
  }
}

struct AppealResolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Decide an appeal; money is awarded by another person than the one who looked into it.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: "The appeal.")
  var appeal: String

  @Flag(inversion: .prefixedNo, help: "The agent is right.")
  var upheld: Bool

  @Option(help: ArgumentHelp("What the agent gets, in decimal digits.", valueName: "decimal"))
  var awarded: LimitAmount?

  @Option(help: "Words to the agent, in at most 64 bytes.")
  var answer: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ResolveAppealRequest()
      message.requestID = request.id(output)
      message.id = appeal
      message.upheld = upheld
      if let awarded { message.awarded = Settlement_V1_Money(currency: "CNY", awarded.minorUnits) }
      message.answer = answer
      try output.print(await client.resolveAppeal(message))
    }
  }
}

struct AppealList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List appeals: open ones first, the most urgent before the others.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var page: PageOptions

  @Option(help: "Only this partner's (staff).")
  var partner: String?

  @Flag(help: "Only those that wait for an answer.")
  var open = false

  @Flag(help: "Only those whose time is over.")
  var escalated = false

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListAppealsRequest()
      message.partner = partner ?? ""
      message.openOnly = open
      message.escalatedOnly = escalated
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listAppeals(message))
    }
  }
}

/// What is complained of, as people write it.
enum AppealKindArgument: String, ExpressibleByArgument, CaseIterable {
  case notArrived = "not-arrived"
  case wrongAmount = "wrong-amount"
  case late
  case fee
  case other

  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

  var wire: Settlement_V1_AppealKind {
    switch self {
    case .notArrived: .notArrived
    case .wrongAmount: .wrongAmount
    case .late: .late
    case .fee: .fee
    case .other: .other
    }
  }
}
