import ArgumentParser
import SettlementClient
import SettlementProto

struct DepositCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deposit", abstract: "Book money owed to an agent. For operators.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var name: AgentName
  @OptionGroup var money: AmountOptions

  @Option(help: "Voucher or bank reference behind it, unique per partner. Without it the request id stands for it.")
  var reference: String?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_DepositRequest()
      message.requestID = request.id(output)
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.amount = try money.money()
      message.externalReference = reference ?? ""
      try output.print(await client.deposit(message))
    }
  }
}

struct BalanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "balance", abstract: "Show an agent's balance.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var name: AgentName

  @Option(help: ArgumentHelp("ISO 4217 code.", valueName: "code"))
  var currency: String = "CNY"

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetBalanceRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.currencyCode = currency
      try output.print(await client.getBalance(message))
    }
  }
}

struct EntriesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entries", abstract: "List what moved an agent's available balance, newest first.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var name: AgentName
  @OptionGroup var page: PageOptions

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListEntriesRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listEntries(message))
    }
  }
}

struct AgentName: ParsableArguments {
  @Option(help: "Partner the agent belongs to; staff only, a partner names its own agents.")
  var partner: String?

  @Option(help: "The agent, as its partner calls it.")
  var agent: String
}
