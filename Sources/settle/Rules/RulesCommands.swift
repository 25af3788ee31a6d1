import ArgumentParser
import Digests
import LedgerCore
import Rules
import RulesFile
import Services
import SettlementClient
import SettlementProto

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "The business rules: check a document, see what is in force, have a decision explained.",
    subcommands: [RulesCheck.self, RulesPrint.self, RulesShow.self, RulesReload.self, RulesExplain.self])
}

struct RulesCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read a rules document as the server would, and tell everything that is wrong with it.",
    discussion: "Changes nothing and needs no server. A document with defects ends with exit code 65.")

  @Argument(help: ArgumentHelp("A file, or one of the documents of the program: standard, open.", valueName: "file"))
  var rules: RulesChoice

  @Flag(help: "Print one line of JSON instead of text.")
  var json = false

  func run() throws {
    try Console.reportingFailures(json: json) {
      switch rules.tryRead() {
      case .success(let rules): try Output(style: json ? .json : .text).print(CheckedRules(document: rules.document))
      case .failure(.defects(let defects, let file)): throw Self.failure(defects, file: file)
      case .failure(let failure): throw failure.asFailure
      }
    }
  }

  private static func failure(_ defects: RulesDefects, file: String) -> Failure {
    let facts: [JSON] = defects.defects.map { defect in
      .object([
        "line": .integer(Int64(defect.line)), "path": .text(defect.path), "reason": .text(defect.reason),
      ])
    }
    return Failure(
      .badData, defects.lines(file: file).joined(separator: "\n"),
      advice: "`settle rules print standard` prints a whole document, with every key explained.",
      facts: [JSON.Member("file", .text(file)), JSON.Member("defects", .array(facts))])
  }
}

struct RulesPrint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print", abstract: "Print a document that comes with the program, with every key explained.")

  @Argument(help: "standard: strict, to begin your own from. open: takes everything, for load tests only.")
  var document: ShippedRules

  func run() throws {
    try Console.reportingFailures(json: false) { try Console.result(document.text) }
  }
}

extension ShippedRules: ExpressibleByArgument {}

struct RulesShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show which rules are in force.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Print the document itself, as the server read it, and nothing else.")
  var document = false

  func run() async throws {
    try await connection.withClient { client, output in
      let status = try await client.getRules(Settlement_V1_GetRulesRequest())
      if document { try Console.result(status.document) } else { try output.print(status) }
    }
  }
}

struct RulesReload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload", abstract: "Have the server read its rules file again. For operators.",
    discussion: "A bad file changes nothing and its defects are told, as `settle rules check` tells them.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var request: RequestOptions

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ReloadRulesRequest()
      message.requestID = request.id(output)
      try output.print(await client.reloadRules(message))
    }
  }
}

/// What there is to say of a sound document.
struct CheckedRules: Printable {
  let document: RulesDocument

  var json: JSON {
    .object([
      "name": .text(document.name), "version": .integer(Int64(document.version)),
      "digest": .text(document.digest.hexadecimal), "default_tier": document.defaultTier.json,
      "needs_verified_agent": .bool(document.admission.needsVerifiedAgent),
      "needs_payee_account": .bool(document.admission.needsPayeeAccount),
      "tiers": .array(
        document.tiers.tiers.map { tier in
          .object([
            "name": tier.name.json, "payout_minimum": .integer(tier.limits.payoutMinimum),
            "payout_maximum": .integer(tier.limits.payoutMaximum), "day_amount": .integer(tier.limits.dayAmount),
            "month_amount": .integer(tier.limits.monthAmount), "day_count": .integer(tier.limits.dayCount),
          ])
        }),
    ])
  }

  var lines: [String] {
    let needs = [
      document.admission.needsVerifiedAgent ? "verified agents" : nil,
      document.admission.needsPayeeAccount ? "verified payee accounts" : nil,
    ].compactMap { $0 }
    return table(
      [
        ("rules", "\(shown(document.name)), version \(document.version)"),
        ("digest", document.digest.hexadecimal),
        ("asks for", needs.isEmpty ? "neither verified agents nor payee accounts" : needs.joined(separator: " and ")),
      ]
        + document.tiers.tiers.map { tier in
          let mark = tier.name == document.defaultTier ? " (of all that have no other)" : ""
          let limits = tier.limits
          return (
            "tier",
            "\(shown("\(tier.name)"))\(mark): \(Self.text(limits.payoutMinimum)) to \(Self.text(limits.payoutMaximum)) a payout, "
              + "\(Self.text(limits.dayAmount)) and \(limits.dayCount) payouts a day, \(Self.text(limits.monthAmount)) a month"
          )
        })
  }

  /// All currencies of rules have two decimals.
  private static func text(_ minorUnits: Int64) -> String {
    minorUnits >= Amounts.maximum ? "unlimited" : DecimalAmount.text(minorUnits: minorUnits, decimals: 2)
  }
}
