import ArgumentParser
import SettlementClient
import SettlementProto
import SwiftProtobuf

struct ListsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lists", abstract: "The black and the white list. Compliance changes them, all staff read them.",
    subcommands: [ListsPut.self, ListsRemove.self, ListsShow.self, ListsExport.self, ListsImport.self])
}

/// Which entry.
struct ListEntryName: ParsableArguments {
  @Option(help: ArgumentHelp("What is listed.", valueName: "subject"))
  var subject: NameArgument<Settlement_V1_ListSubject>

  @Option(help: ArgumentHelp("Black stops, white speaks for it.", valueName: "colour"))
  var colour: NameArgument<Settlement_V1_ListColour>

  @Option(help: "Partner of a listed agent.")
  var partner: String?

  @Option(help: "The agent, device or address; of a payee the keyed hash of its number, as `lists show` prints it.")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The number of a payee, instead of --name; - asks for it or reads a line, @FILE a file. It is hashed at once.",
      valueName: "text|-|@file"))
  var payeeNumber: PrivateArgument?

  func validate() throws {
    guard (name == nil) != (payeeNumber == nil) else {
      throw ValidationError("Say what is listed: --name, or --payee-number of a payee.")
    }
    if payeeNumber != nil && subject.value != .payee {
      throw ValidationError("--payee-number is for --subject PAYEE only.")
    }
  }
}

struct ListsPut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Add an entry, or replace it. For compliance.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var entry: ListEntryName

  @Option(help: ArgumentHelp("When it ends; without it, it is for good.", valueName: "2026-01-31T12:00:00Z"))
  var until: Instant?

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_PutListEntryRequest()
      message.subject = entry.subject.value
      message.colour = entry.colour.value
      message.partner = entry.partner ?? ""
      message.name = entry.name ?? ""
      if let number = entry.payeeNumber { message.payeeNumber = try PrivateInput().value(number, "number") }
      if let until { message.expireTime = Google_Protobuf_Timestamp(seconds: Int64(until.seconds), nanos: 0) }
      message.reason = reason
      message.requestID = request.id(output)
      try output.print(await client.putListEntry(message))
    }
  }
}

struct ListsRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove an entry. For compliance.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var entry: ListEntryName

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_RemoveListEntryRequest()
      message.subject = entry.subject.value
      message.colour = entry.colour.value
      message.partner = entry.partner ?? ""
      message.name = entry.name ?? ""
      if let number = entry.payeeNumber { message.payeeNumber = try PrivateInput().value(number, "number") }
      message.reason = reason
      message.requestID = request.id(output)
      try output.print(await client.removeListEntry(message))
    }
  }
}

struct ListsShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the entries, page by page.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var page: PageOptions

  @Option(help: ArgumentHelp("Only these.", valueName: "subject"))
  var subject: NameArgument<Settlement_V1_ListSubject>?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListListEntriesRequest()
      message.subject = subject?.value ?? .unspecified
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listListEntries(message))
    }
  }
}

struct ListsExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print all entries in force as lines of JSON, which import reads.",
    discussion: """
      Payees are named by the keyed hash of their number, which only ledgers with the same search key understand. An \
      export that is cut off ends with another exit code than 0.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Only these.", valueName: "subject"))
  var subject: NameArgument<Settlement_V1_ListSubject>?

  func run() async throws {
    try await connection.withClient { client, _ in
      var message = Settlement_V1_ExportListEntriesRequest()
      message.subject = subject?.value ?? .unspecified
      var lines = BufferedLines()
      for try await entry in client.exportListEntries(message) { try lines.append(entry.json.line) }
      try lines.flush()
    }
  }
}
