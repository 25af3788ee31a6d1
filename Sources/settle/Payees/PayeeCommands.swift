import ArgumentParser
import SettlementClient
import SettlementProto

struct PayeeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payee", abstract: "Accounts that agents are paid to.",
    subcommands: [
      PayeeAdd.self, PayeeShow.self, PayeeList.self, PayeeFind.self, PayeeVerify.self, PayeeErase.self,
      PayeeReveal.self,
    ])
}

struct PayeeAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Register where an agent is paid; withdrawals then name the account by its id.",
    discussion: PrivateArgument.help(order: "number, then holder"))

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var name: AgentName

  @Option(help: ArgumentHelp("What kind of account it is.", valueName: "rail"))
  var rail: NameArgument<Settlement_V1_Rail>

  @Option(
    help: ArgumentHelp("Card number; Alipay phone number or e-mail; WeChat openid.", valueName: "text|-|@file"))
  var number: PrivateArgument = .standardInput

  @Option(help: ArgumentHelp("Name of the account's holder.", valueName: "text|-|@file"))
  var holder: PrivateArgument = .standardInput

  func run() async throws {
    try await connection.withClient { client, output in
      let input = PrivateInput()
      var message = Settlement_V1_CreatePayeeAccountRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.rail = rail.value
      message.number = try input.value(number, "number")
      message.holderName = try input.value(holder, "holder's name")
      message.requestID = request.id(output)
      try output.print(await client.createPayeeAccount(message))
    }
  }
}

struct PayeeShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an account, masked.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var payee: PayeeName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetPayeeAccountRequest()
      message.id = payee.id
      try output.print(await client.getPayeeAccount(message))
    }
  }
}

struct PayeeList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List an agent's accounts, masked, newest first.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var name: AgentName
  @OptionGroup var page: PageOptions

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListPayeeAccountsRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listPayeeAccounts(message))
    }
  }
}

struct PayeeFind: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find", abstract: "Find all accounts with a number. For compliance and finance.",
    discussion: PrivateArgument.help(order: "the number"))

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var page: PageOptions

  @Option(help: ArgumentHelp("The whole number.", valueName: "text|-|@file"))
  var number: PrivateArgument = .standardInput

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_FindPayeeAccountsRequest()
      message.number = try PrivateInput().value(number, "number")
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.findPayeeAccounts(message))
    }
  }
}

struct PayeeVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check again an account that could not be verified when it was added.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var payee: PayeeName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_VerifyPayeeAccountRequest()
      message.requestID = request.id(output)
      message.id = payee.id
      try output.print(await client.verifyPayeeAccount(message))
    }
  }
}

struct PayeeErase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Destroy an account's key: its number and name are gone for good.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var payee: PayeeName

  @Option(help: "Why, for the audit: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ErasePayeeAccountRequest()
      message.requestID = request.id(output)
      message.id = payee.id
      message.reason = reason
      try output.print(await client.erasePayeeAccount(message))
    }
  }
}

struct PayeeReveal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal", abstract: "Show an account's number and name, once two people of finance agreed.",
    discussion: "`settle proposal reveal` asks for it, another person confirms it. Every look is recorded.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: ArgumentHelp("Id of the confirmed proposal.", valueName: "pr_..."))
  var proposal: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_RevealPayeeAccountRequest()
      message.requestID = request.id(output)
      message.proposalID = proposal
      try output.print(await client.revealPayeeAccount(message))
    }
  }
}

struct PayeeName: ParsableArguments {
  @Argument(help: ArgumentHelp("Id of the account.", valueName: "pa_..."))
  var id: String
}
