import ArgumentParser
import SettlementClient
import SettlementProto

struct ReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Decide what the risk rules singled out.",
    subcommands: [
      ReviewList.self, ReviewShow.self, ReviewClaim.self, ReviewRelease.self, ReviewApprove.self, ReviewReject.self,
      ReviewAsk.self, ReviewEscalate.self, ReviewHold.self, ReviewLift.self,
    ])
}

struct ReviewList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what waits for a decision, oldest first.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var page: PageOptions

  @Option(help: "Only this partner's.")
  var partner: String?

  @Flag(help: "Only those that need compliance.")
  var escalated = false

  @Option(help: ArgumentHelp("Only those that this person is at.", valueName: "name"))
  var claimedBy: String?

  @Option(help: ArgumentHelp("Only amounts from here on.", valueName: "decimal"))
  var minimum: LimitAmount?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListReviewQueueRequest()
      message.partner = partner ?? ""
      message.escalatedOnly = escalated
      message.claimedBy = claimedBy ?? ""
      message.minimumMinorUnits = minimum?.minorUnits ?? 0
      message.pageSize = page.pageSize
      message.pageToken = page.pageToken ?? ""
      try output.print(await client.listReviewQueue(message))
    }
  }
}

struct ReviewShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a withdrawal with its review and the digest that an approval is bound to.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var withdrawal: WithdrawalName

  func run() async throws {
    try await connection.withClient { client, output in
      try output.print(await client.getWithdrawal(withdrawal.get))
    }
  }
}

struct ReviewApprove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approve a withdrawal; the last approval that is needed lets it go.",
    discussion: """
      Reads the withdrawal, shows what is approved, and approves exactly that. With --digest it approves only what was \
      seen before, with `settle review show`: if anything changed since then, the approval is refused.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: ArgumentHelp("Digest of the withdrawal as you saw it.", valueName: "hex"))
  var digest: DigestArgument?

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ApproveWithdrawalRequest()
      message.requestID = request.id(output)
      message.id = withdrawal.id
      if let digest {
        message.digest = digest.data
      } else {
        let seen = try await client.getWithdrawal(withdrawal.get)
        guard !seen.review.digest.isEmpty else {
          throw Failure(
            .refused, "\(shown(seen.id)) has nothing to approve: its state is \(seen.state.shortName)",
            advice: "`settle review list` shows what waits for a decision.")
        }
        for line in seen.approvalLines { output.note(line) }
        message.digest = seen.review.digest
      }
      try output.print(await client.approveWithdrawal(message))
    }
  }
}

extension Settlement_V1_Withdrawal {
  /// What somebody says yes to.
  var approvalLines: [String] {
    [
      "approving \(shown(id)): \(amount.text) (fee \(fee.decimal), net \(net.decimal)) of \(shown(partner))/\(shown(agent)) "
        + "to \(shown(payee))",
      "risk \(risk.text), rules version \(rulesVersion)",
      "digest \(hexadecimal(review.digest))",
    ]
  }
}

struct WithdrawalName: ParsableArguments {
  @Argument(help: ArgumentHelp("Id of the withdrawal.", valueName: "wd_..."))
  var id: String

  var get: Settlement_V1_GetWithdrawalRequest {
    var message = Settlement_V1_GetWithdrawalRequest()
    message.id = id
    return message
  }
}
