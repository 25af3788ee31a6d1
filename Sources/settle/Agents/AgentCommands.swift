import ArgumentParser
import SettlementClient
import SettlementProto

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Register agents, look them up, verify them, and say what they may do.",
    subcommands: [Create.self, Get.self, AgentUpdate.self, AgentVerify.self, AgentLimits.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Register an agent of a partner.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var request: RequestOptions
    @OptionGroup var name: AgentName

    @Option(help: "The agent of the same partner above it; without it, it is at the top.")
    var parent: String?

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_CreateAgentRequest()
        message.requestID = request.id(output)
        message.partner = name.partner ?? ""
        message.agent = name.agent
        message.parent = parent ?? ""
        try output.print(await client.createAgent(message))
      }
    }
  }

  struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show an agent.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var name: AgentName

    func run() async throws {
      try await connection.withClient { client, output in
        var message = Settlement_V1_GetAgentRequest()
        message.partner = name.partner ?? ""
        message.agent = name.agent
        try output.print(await client.getAgent(message))
      }
    }
  }
}

/// `settle agent limits`
struct AgentLimits: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limits", abstract: "Show an agent's limits and what is left of them.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var name: AgentName

  @Option(help: ArgumentHelp("ISO 4217 code.", valueName: "code"))
  var currency: String = "CNY"

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetLimitsRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.currencyCode = currency
      try output.print(await client.getLimits(message))
    }
  }
}

/// `settle agent verify`
struct AgentVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check an agent's name, ID number and bank card, as far as they fit together.",
    discussion: PrivateArgument.help(order: "name, ID number, card number"))

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var agent: AgentName

  @Option(help: ArgumentHelp("Name as on the ID card.", valueName: "text|-|@file"))
  var name: PrivateArgument = .standardInput

  @Option(help: ArgumentHelp("Number of the ID card, 18 symbols.", valueName: "text|-|@file"))
  var idNumber: PrivateArgument = .standardInput

  @Option(help: ArgumentHelp("Number of a bank card in the same name.", valueName: "text|-|@file"))
  var cardNumber: PrivateArgument = .standardInput

  func run() async throws {
    try await connection.withClient { client, output in
      let input = PrivateInput()
      var message = Settlement_V1_VerifyAgentRequest()
      message.partner = agent.partner ?? ""
      message.agent = agent.agent
      message.name = try input.value(name, "name")
      message.idNumber = try input.value(idNumber, "ID number")
      message.cardNumber = try input.value(cardNumber, "card number")
      message.requestID = request.id(output)
      let response = try await client.verifyAgent(message)
      try output.print(response)
      guard response.defects.isEmpty else {
        throw Failure(.refused, "not everything passed the check")
      }
    }
  }
}
