import ArgumentParser
import SettlementClient
import SettlementProto

struct ChannelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "channel", abstract: "The ways on which money goes out. For staff.",
    subcommands: [
      ChannelList.self, ChannelSet.self, ChannelFund.self, ChannelHealthCommand.self, ChannelAttempts.self,
      ChannelAlarms.self, ChannelExample.self,
    ])
}

struct ChannelList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the channels, with our money there.")

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.withClient { client, output in
      try output.print(await client.listChannels(Settlement_V1_ListChannelsRequest()))
    }
  }
}

struct ChannelSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Let a channel work, drain or rest. For operators.",
    discussion: "A channel that drains or rests gets no new payouts; what is under way goes on.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var channel: ChannelName

  @Option(help: ArgumentHelp("What it may do from now on.", valueName: "state"))
  var state: NameArgument<Settlement_V1_ChannelState>

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_SetChannelStateRequest()
      message.requestID = request.id(output)
      message.channel = channel.id
      message.state = state.value
      message.reason = reason
      try output.print(await client.setChannelState(message))
    }
  }
}

struct ChannelFund: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fund", abstract: "Tell that money of ours was moved to a channel. For finance and operators.",
    discussion: "Payouts that waited for money there are looked at again.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var channel: ChannelName
  @OptionGroup var money: AmountOptions

  @Flag(help: "The amount was moved back from the channel; without it, to the channel.")
  var back = false

  @Option(help: "Reference of the bank's transfer: 1 to 64 bytes.")
  var reference: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_FundChannelRequest()
      message.requestID = request.id(output)
      message.channel = channel.id
      message.amount = try money.money()
      if back { message.amount.minorUnits *= -1 }
      message.reference = reference
      try output.print(await client.fundChannel(message))
    }
  }
}

struct ChannelHealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Show how a channel is doing: its breaker, times, failures and calls.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var channel: ChannelName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetChannelHealthRequest()
      message.channel = channel.id
      try output.print(await client.getChannelHealth(message))
    }
  }
}

struct ChannelAttempts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attempts", abstract: "Show every attempt to pay a withdrawal, and why its channel was chosen.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var withdrawal: WithdrawalName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListAttemptsRequest()
      message.withdrawalID = withdrawal.id
      try output.print(await client.listAttempts(message))
    }
  }
}

struct ChannelAlarms: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alarms", abstract: "List what needs somebody's attention now, oldest first.")

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    try await connection.withClient { client, output in
      try output.print(await client.listAlarms(Settlement_V1_ListAlarmsRequest()))
    }
  }
}

struct ChannelName: ParsableArguments {
  @Argument(help: ArgumentHelp("Id of the channel, as in the server's file of channels.", valueName: "channel"))
  var id: String
}
