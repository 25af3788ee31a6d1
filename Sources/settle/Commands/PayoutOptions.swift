import ArgumentParser
import SettlementClient
import SettlementProto

/// What a quote and a submission have in common besides agent and amount.
struct PayoutOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How soon it should arrive; the rules choose without it.", valueName: "speed"))
  var speed: NameArgument<Settlement_V1_Speed>?

  @Flag(help: "Pay for the speed with points instead of a fee.")
  var points = false

  @Option(help: ArgumentHelp("Fingerprint of the agent's device, for the risk rules.", valueName: "id"))
  var device: String?

  @Option(help: ArgumentHelp("Network address of the agent as you see it, for the risk rules.", valueName: "ip"))
  var address: String?

  var acceleration: Settlement_V1_Acceleration { points ? .points : .fee }
}

struct QuoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote",
    abstract: "Show what a withdrawal would cost now, when it would arrive, and what stands in its way.",
    discussion: "Holds nothing. The fee is promised until the time shown: pass the quote to `settle submit --quote`.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var name: AgentName
  @OptionGroup var money: AmountOptions
  @OptionGroup var payout: PayoutOptions

  @Option(help: "Whom to pay, if it is chosen already.")
  var payee: String?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_QuoteWithdrawalRequest()
      message.partner = name.partner ?? ""
      message.agent = name.agent
      message.amount = try money.money()
      message.payee = payee ?? ""
      message.speed = payout.speed?.value ?? .unspecified
      message.acceleration = payout.acceleration
      message.device = payout.device ?? ""
      message.address = payout.address ?? ""
      try output.print(await client.quoteWithdrawal(message))
    }
  }
}
