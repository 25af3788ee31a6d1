import ArgumentParser
import SettlementClient
import SettlementProto
import SwiftProtobuf

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Who did what, when, and from which certificate. For auditors and compliance.",
    subcommands: [AuditList.self, AuditVerify.self])
}

struct AuditList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print what happened, oldest first; with --json one object on each line.")

  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Begin with the record of this sequence.", valueName: "sequence"))
  var from: UInt64 = 1

  @Option(help: "Only what was about this partner's things.")
  var partner: String?

  @Option(help: ArgumentHelp("Only by this one: partner/<id>, staff/<role>/<name>, or house.", valueName: "actor"))
  var actor: String?

  @Option(help: ArgumentHelp("Only of this kind, such as REVIEW_ACTED.", valueName: "kind"))
  var kind: String?

  @Option(help: ArgumentHelp("Only about this withdrawal.", valueName: "wd_..."))
  var withdrawal: String?

  @Option(help: "Only about this agent.")
  var agent: String?

  @Option(help: ArgumentHelp("Only from this time on.", valueName: "2026-01-31T12:00:00Z"))
  var since: Instant?

  @Option(help: ArgumentHelp("Only before this time.", valueName: "2026-01-31T12:00:00Z"))
  var until: Instant?

  @Option(help: ArgumentHelp("End after so many events.", valueName: "count"))
  var count: Int?

  /// As many as one call gives.
  private static let eventsPerCall = 1000

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count is \(count); it must be at least 1.") }
  }

  func run() async throws {
    try await connection.withClient { client, output in
      var message = Settlement_V1_ListAuditEventsRequest()
      message.fromSequence = from
      message.partner = partner ?? ""
      message.actor = actor ?? ""
      message.kind = kind?.uppercased() ?? ""
      message.withdrawalID = withdrawal ?? ""
      message.agent = agent ?? ""
      if let since { message.fromTime = Google_Protobuf_Timestamp(seconds: Int64(since.seconds), nanos: 0) }
      if let until { message.toTime = Google_Protobuf_Timestamp(seconds: Int64(until.seconds), nanos: 0) }
      var left = count ?? .max
      var next = from
      while true {
        message.fromSequence = next
        message.pageSize = Int32(min(left, Self.eventsPerCall))
        let page = try await client.listAuditEvents(message)
        for event in page.events { try output.print(event) }
        left -= page.events.count
        next = page.nextSequence
        if next == 0 { return }
        if left <= 0 { return output.note("more: --from \(next)") }
      }
    }
  }
}

struct AuditVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Have the server read its journal again and check every seal against the chain.",
    discussion: "The seal at the end can be compared with one that was noted before, or with a receipt.")

  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Begin with the record of this sequence.", valueName: "sequence"))
  var from: UInt64 = 1

  @Option(help: ArgumentHelp("End with this record; without it with the last one.", valueName: "sequence"))
  var to: UInt64?

  func run() async throws {
    try await connection.withClient { client, output in
      let meter = ProgressMeter(what: "checking the chain")
      defer { meter.end() }
      var message = Settlement_V1_VerifyChainRequest()
      message.fromSequence = from
      message.toSequence = to ?? 0
      var whole = Settlement_V1_VerifyChainResponse()
      repeat {
        let part = try await client.verifyChain(message)
        if whole.frames == 0 { whole.fromSequence = part.fromSequence }
        whole.toSequence = part.toSequence
        whole.frames += part.frames
        whole.records += part.records
        whole.seal = part.seal
        message.fromSequence = part.nextSequence
        meter.show("\(whole.records) records")
      } while message.fromSequence != 0
      meter.end()
      try output.print(whole)
    }
  }
}
