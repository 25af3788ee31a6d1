import ArgumentParser
import SettlementClient
import SettlementProto

struct ProposalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proposal",
    abstract: "What two people must agree on: seeing an account, adjusting a balance, a payout in doubt.",
    subcommands: [
      ProposalReveal.self, ProposalAdjust.self, ProposalDoubt.self, ProposalConfirm.self, ProposalShow.self,
      ProposalList.self,
    ])
}

struct ProposalReveal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal", abstract: "Ask for a look at an account's number and name. For finance.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var payee: PayeeName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_CreateProposalRequest()
      message.requestID = request.id(output)
      message.reveal.payeeID = payee.id
      try output.print(await client.createProposal(message))
    }
  }
}

struct ProposalAdjust: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjust", abstract: "Ask for a correction of an agent's balance. For finance.",
    discussion: "It is posted when another person confirms it.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var name: AgentName
  @OptionGroup var money: AmountOptions

  @Flag(help: "Take the amount from the agent; without it the agent gets it.")
  var debit = false

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_CreateProposalRequest()
      message.requestID = request.id(output)
      message.adjustment.partner = name.partner ?? ""
      message.adjustment.agent = name.agent
      message.adjustment.amount = try money.money()
      if debit { message.adjustment.amount.minorUnits *= -1 }
      message.adjustment.reason = reason
      try output.print(await client.createProposal(message))
    }
  }
}

struct ProposalConfirm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm", abstract: "Agree to what somebody else proposed. For finance.",
    discussion: """
      Reads the proposal, shows it, and confirms exactly that. With --digest it confirms only what was seen before.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var proposal: ProposalName

  @Option(help: ArgumentHelp("Digest of the proposal as you saw it.", valueName: "hex"))
  var digest: DigestArgument?

  func run() async throws {
    try await connection.withClient { client, output in
      let requestID = request.id(output)
      var message = Settlement_V1_ConfirmProposalRequest()
      message.requestID = requestID
      message.id = proposal.id
      if let digest {
        message.digest = digest.data
      } else {
        var get = Settlement_V1_GetProposalRequest()
        get.id = proposal.id
        let seen = try await client.getProposal(get)
        output.note("confirming: \(seen.text), proposed by \(shown(seen.proposer))")
        message.digest = seen.digest
      }
      try output.print(await client.confirmProposal(message))
    }
  }
}

struct ProposalShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a proposal.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var proposal: ProposalName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetProposalRequest()
      message.id = proposal.id
      try output.print(await client.getProposal(message))
    }
  }
}

struct ProposalList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List proposals, newest first.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var page: PageOptions

  @Flag(help: "Only those that wait for a confirmation.")
  var open = false

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListProposalsRequest()
      message.openOnly = open
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listProposals(message))
    }
  }
}

struct ProposalName: ParsableArguments {
  @Argument(help: ArgumentHelp("Id of the proposal.", valueName: "pr_..."))
  var id: String
}
