import ArgumentParser
import SettlementClient
import SettlementProto

struct RouteExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show how a payout was routed, or would be now. For staff.",
    discussion: """
      Of a withdrawal: its last attempt, as it was decided then; one that was never sent is asked about as things are \
      now. Of an amount: how a payout like that would be routed now.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: ArgumentHelp("Id of a withdrawal.", valueName: "wd_..."))
  var id: String?

  @Option(help: ArgumentHelp("Amount of a payout that might be, in decimal digits of CNY.", valueName: "decimal"))
  var amount: LimitAmount?

  @Option(help: ArgumentHelp("How it would be paid; a platform's own reference without it.", valueName: "rail"))
  var rail: NameArgument<Settlement_V1_Rail>?

  @Option(help: ArgumentHelp("How soon it should arrive.", valueName: "speed"))
  var speed: NameArgument<Settlement_V1_Speed> = NameArgument(.express)

  func validate() throws {
    guard (id == nil) != (amount == nil) else {
      throw ValidationError("Ask about one payout: a withdrawal by its id, or one that might be by --amount.")
    }
    if id != nil, rail != nil { throw ValidationError("--rail goes with --amount: a withdrawal has its own.") }
  }

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ExplainRoutingRequest()
      if let amount {
        message.question.amount = Settlement_V1_Money(currency: "CNY", amount.minorUnits)
        message.question.rail = rail.map { "RAIL_\($0.value.shortName)" } ?? ""
        message.question.speed = speed.value
      } else {
        message.withdrawalID = id ?? ""
      }
      try output.print(await client.explainRouting(message))
    }
  }
}
