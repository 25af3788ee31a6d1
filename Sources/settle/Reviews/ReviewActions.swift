import ArgumentParser
import SettlementClient
import SettlementProto

// What a person may do with a withdrawal besides approving it.

struct ReviewClaim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim", abstract: "Tell others for 15 minutes that you are at it.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ClaimReviewRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      try output.print(await client.claimReview(message))
    }
  }
}

struct ReviewRelease: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Tell others that you are not at it any more.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ClaimReviewRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      try output.print(await client.releaseReview(message))
    }
  }
}

struct ReviewReject: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject", abstract: "Reject a withdrawal; its money is available again.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: "Code that the agent may see: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_RejectWithdrawalRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      message.reason = reason
      try output.print(await client.rejectWithdrawal(message))
    }
  }
}

struct ReviewAsk: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Ask the partner for information; the clock stands and the payee may be amended.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: "What is asked: 1 to 64 bytes.")
  var note: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_RequestInformationRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      message.note = note
      try output.print(await client.requestInformation(message))
    }
  }
}

struct ReviewEscalate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "escalate", abstract: "Ask for compliance among the approvers.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_EscalateReviewRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      message.reason = reason
      try output.print(await client.escalateReview(message))
    }
  }
}

struct ReviewHold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Stop a withdrawal that is not final. For compliance.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_PlaceHoldRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      message.reason = reason
      try output.print(await client.placeHold(message))
    }
  }
}

struct ReviewLift: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lift", abstract: "Let a withdrawal go that was held. For compliance.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: "Why: 1 to 64 bytes.")
  var reason: String

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_LiftHoldRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      message.reason = reason
      try output.print(await client.liftHold(message))
    }
  }
}
