import ArgumentParser

@main
struct Settle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Pays out what a platform owes its agents: the server, its client, and its tools.",
    discussion: ExitReason.table,
    version: version,
    subcommands: [CertsCommand.self])

  static let version = "0.1.0"
}
