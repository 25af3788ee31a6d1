import ArgumentParser
import SettlementClient
import SettlementProto

struct SubmitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Apply for a payout of an agent's balance. For partners.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var money: AmountOptions

  @Option(help: "Agent whose balance is paid out.")
  var agent: String

  @Option(help: "Id of a payee account, or your own reference where the rules ask for no account.")
  var payee: String

  @OptionGroup var payout: PayoutOptions

  @Option(help: "From `settle quote`: exactly its fee, or a refusal when it is over.")
  var quote: String?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_SubmitWithdrawalRequest()
      message.requestID = request.id(output)
      message.agent = agent
      message.amount = try money.money()
      message.payee = payee
      message.speed = payout.speed?.value ?? .unspecified
      message.acceleration = payout.acceleration
      message.quote = quote ?? ""
      message.device = payout.device ?? ""
      message.address = payout.address ?? ""
      try output.print(await client.submitWithdrawal(message))
    }
  }
}

struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a withdrawal, by its id or by the request id that submitted it.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: ArgumentHelp("Id of the withdrawal.", valueName: "wd_..."))
  var id: String?

  @Option(help: ArgumentHelp("Request id of the submit, instead of the withdrawal's id.", valueName: "id"))
  var requestID: String?

  func validate() throws {
    guard (id == nil) != (requestID == nil) else {
      throw ValidationError("Name one withdrawal: by its id, or by --request-id.")
    }
  }

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_GetWithdrawalRequest()
      message.id = id ?? ""
      message.requestID = requestID ?? ""
      try output.print(await client.getWithdrawal(message))
    }
  }
}

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel a withdrawal that no channel has, or that waits for its payee.",
    discussion: "One that waits for its payee is CANCELLING until its channel has taken it back.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: ArgumentHelp("Id of the withdrawal.", valueName: "wd_..."))
  var id: String

  @Option(help: "Cancel only if it still has this etag.")
  var etag: String?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_CancelWithdrawalRequest()
      message.requestID = request.id(output)
      message.id = id
      message.etag = etag ?? ""
      try output.print(await client.cancelWithdrawal(message))
    }
  }
}

struct AmendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "amend",
    abstract: "Give a withdrawal another payee, when a reviewer asked for it or a payout failed (ACTION_REQUIRED).",
    discussion: "It is screened again and approvals given before are void; the fee stays.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: ArgumentHelp("Id of the withdrawal.", valueName: "wd_..."))
  var id: String

  @Option(help: "The new payee: id of an account, or your own reference where the rules ask for no account.")
  var payee: String

  @Option(help: "Amend only if it still has this etag.")
  var etag: String?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_AmendWithdrawalRequest()
      message.requestID = request.id(output)
      message.id = id
      message.payee = payee
      message.etag = etag ?? ""
      try output.print(await client.amendWithdrawal(message))
    }
  }
}

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Go on with a withdrawal in ACTION_REQUIRED as it is.",
    discussion: "It is screened again; give it another payee with `settle amend` where the payee was wrong.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  @Argument(help: ArgumentHelp("Id of the withdrawal.", valueName: "wd_..."))
  var id: String

  @Option(help: "Retry only if it still has this etag.")
  var etag: String?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_RetryWithdrawalRequest()
      message.requestID = request.id(output)
      message.id = id
      message.etag = etag ?? ""
      try output.print(await client.retryWithdrawal(message))
    }
  }
}

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List withdrawals, newest first.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var page: PageOptions

  @Option(help: "Partner to list; staff only, a partner lists its own.")
  var partner: String?

  @Option(help: "Only this agent's.")
  var agent: String?

  @Option(help: ArgumentHelp("Only those in this state, such as APPROVED.", valueName: "state"))
  var state: NameArgument<Settlement_V1_WithdrawalState>?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListWithdrawalsRequest()
      message.partner = partner ?? ""
      message.agent = agent ?? ""
      message.state = state?.value ?? .unspecified
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listWithdrawals(message))
    }
  }
}

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show every change of a withdrawal as it is committed.",
    discussion: "Goes on over lost connections and restarts of the server, and misses nothing.")

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Partner to watch; staff only, a partner watches its own.")
  var partner: String?

  @Option(help: "Go on from the cursor of an earlier event or list. Without it: from now on.")
  var cursor: String?

  @Option(help: ArgumentHelp("Only this withdrawal's changes.", valueName: "wd_..."))
  var id: String?

  @Option(help: ArgumentHelp("End after so many changes.", valueName: "count"))
  var changes: Int?

  func validate() throws {
    if let changes, changes < 1 { throw ValidationError("--changes is \(changes); it must be at least 1.") }
  }

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_WatchWithdrawalsRequest()
      message.partner = partner ?? ""
      message.cursor = cursor ?? ""
      message.id = id ?? ""
      var seen = 0
      for try await event in client.watchWithdrawals(message) {
        try output.print(event)
        guard case .change = event.event else { continue }
        seen += 1
        if seen == changes { return }
      }
    }
  }
}

struct PageOptions: ParsableArguments {
  @Option(help: "How many at most, up to 1000.")
  var pageSize: Int32 = 50

  @Option(help: ArgumentHelp("Go on where an earlier page ended.", valueName: "token"))
  var pageToken: String?

  func validate() throws {
    guard (1...1000).contains(pageSize) else {
      throw ValidationError("--page-size is \(pageSize); it must be 1 to 1000.")
    }
  }
}
