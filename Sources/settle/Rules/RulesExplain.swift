import ArgumentParser
import LedgerCore
import Rules
import SettlementClient
import SettlementProto

/// `settle rules explain`
struct RulesExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell in words, English and Chinese, why a withdrawal was decided as it was.",
    discussion: """
      Everything comes from what was recorded when it was decided, so it holds whatever rules are in force now. With \
      --rules times are told by that document's local clock, and whether its version is the one that decided.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: ArgumentHelp("A rules document: a file, standard or open.", valueName: "file"))
  var rules: RulesChoice?

  func run() async throws {
    try await connection.withClient { client, output in
      let document = try rules?.read().document
      let found = try await client.getWithdrawal(withdrawal.get)
      try output.print(Explanation(of: found, by: document))
    }
  }
}
