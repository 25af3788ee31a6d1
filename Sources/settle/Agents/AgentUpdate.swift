import ArgumentParser
import SettlementClient
import SettlementProto

/// `settle agent update`
struct AgentUpdate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change what an agent may do. For operators and compliance.",
    discussion: """
      What is not named stays as it is. Limits of the agent's own go together: naming one sets all four, and those that \
      are not named are the tier's again; --tier-limits takes all of them back.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var name: AgentName

  @Option(help: "Tier of the rules; empty for the one that they give to all.")
  var tier: String?

  @Flag(inversion: .prefixedNo, help: "Whether it may withdraw at all.")
  var frozen: Bool?

  @Option(help: ArgumentHelp("Credit of the agent.", valueName: "grade"))
  var creditGrade: NameArgument<Settlement_V1_CreditGrade>?

  @Option(help: ArgumentHelp("Violations that are not settled; one of them stops withdrawals.", valueName: "count"))
  var openViolations: UInt16?

  @Option(help: "The agent of the same partner above it; empty for none.")
  var parent: String?

  @Option(help: ArgumentHelp("Most in one payout.", valueName: "decimal"))
  var payoutMaximum: LimitAmount?

  @Option(help: ArgumentHelp("Most in one day.", valueName: "decimal"))
  var dayAmount: LimitAmount?

  @Option(help: ArgumentHelp("Most in one month.", valueName: "decimal"))
  var monthAmount: LimitAmount?

  @Option(help: ArgumentHelp("Most payouts in one day.", valueName: "count"))
  var dayCount: UInt32?

  @Flag(help: "All limits are the tier's again.")
  var tierLimits = false

  @Option(help: "Why, for the audit: 1 to 64 bytes.")
  var reason: String

  func validate() throws {
    if tierLimits && ownLimits != nil { throw ValidationError("--tier-limits takes back the limits that you name.") }
    if dayCount == 0 { throw ValidationError("--day-count is 0; freeze the agent instead.") }
  }

  private var ownLimits: Settlement_V1_LimitOverride? {
    guard payoutMaximum != nil || dayAmount != nil || monthAmount != nil || dayCount != nil else { return nil }
    var limits = Settlement_V1_LimitOverride()
    limits.payoutMaximum = payoutMaximum?.minorUnits ?? 0
    limits.dayAmount = dayAmount?.minorUnits ?? 0
    limits.monthAmount = monthAmount?.minorUnits ?? 0
    limits.dayCount = Int64(dayCount ?? 0)
    return limits
  }

  func message(requestID: String) -> Settlement_V1_UpdateAgentRequest {
    var message = Settlement_V1_UpdateAgentRequest()
    message.requestID = requestID
    message.partner = name.partner ?? ""
    message.agent = name.agent
    if let tier { message.tier = tier }
    if let frozen { message.frozen = frozen }
    message.creditGrade = creditGrade?.value ?? .unspecified
    if let openViolations { message.openViolations = UInt32(openViolations) }
    if let parent { message.parent = parent }
    if let limits = ownLimits { message.limits = limits }
    if tierLimits { message.limits = Settlement_V1_LimitOverride() }
    message.reason = reason
    return message
  }

  func run() async throws {
    try await connection.withClient { client, output in
      try output.print(await client.updateAgent(message(requestID: request.id(output))))
    }
  }
}

/// A limit in decimal digits with two decimals, more than zero.
struct LimitAmount: ExpressibleByArgument, Hashable, Sendable {
  let minorUnits: Int64

  init?(argument: String) {
    guard let minorUnits = try? DecimalAmount.minorUnits(argument, decimals: 2), minorUnits > 0 else { return nil }
    self.minorUnits = minorUnits
  }
}
