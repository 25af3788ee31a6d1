import ArgumentParser
import Digests
import Foundation
import SettlementClient
import SettlementProto

struct ProposalDoubt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doubt", abstract: "Say what became of a payout whose channel does not say it. For finance.",
    discussion: """
      It takes effect when another person of finance confirms it with `settle proposal confirm`. Both must have seen the \
      evidence: its SHA-256 is part of what is confirmed. paid: it was paid, --paid says how much left. not_paid: it was \
      not and never will be, another attempt is made; a blocked withdrawal is let go. failed: it was not, the agent has \
      the money back. strayed: --paid left, but not to our payee; it goes to suspense, the agent has the money back.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var withdrawal: WithdrawalName

  @Option(help: ArgumentHelp("What became of it.", valueName: "verdict"))
  var verdict: NameArgument<Settlement_V1_DoubtVerdict>

  @Option(help: ArgumentHelp("What left our account at the channel, in decimal digits of CNY.", valueName: "decimal"))
  var paid: LimitAmount?

  @Option(help: ArgumentHelp("File of the evidence, such as the channel's statement.", valueName: "file"))
  var evidence: String

  func validate() throws {
    let isNeeded = verdict.value == .paid || verdict.value == .strayed
    guard isNeeded == (paid != nil) else {
      throw ValidationError(
        isNeeded
          ? "--paid is missing: say how much left our account at the channel."
          : "--paid goes with --verdict paid or strayed: with \(verdict.value.shortName) it tells nothing.")
    }
  }

  func run() async throws {
    try await connection.withClient { client, output in
      let digest = try Evidence.digest(ofFile: evidence)
      var message = Settlement_V1_ResolveInDoubtRequest()
      message.requestID = request.id(output)
      message.doubt.withdrawalID = withdrawal.id
      message.doubt.verdict = verdict.value
      if let paid { message.doubt.paid = Settlement_V1_Money(currency: "CNY", paid.minorUnits) }
      message.doubt.evidence = digest.withUnsafeBytes { Data($0) }
      try output.print(await client.resolveInDoubt(message))
    }
  }
}
