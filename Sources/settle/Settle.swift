import ArgumentParser
import COpenSSL

@main
enum Program {
  static func main() async {
    StandardDescriptors.ensureOpen()
    // Without its exit handler: that frees what the loops' threads may be using while the process ends.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    await Settle.main()
  }
}

struct Settle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Pays out what a platform owes its agents: the server, its client, and its tools.",
    discussion: ExitReason.table,
    version: version,
    groupedSubcommands: [
      CommandGroup(name: "Server", subcommands: [ServeCommand.self, DemoCommand.self, CertsCommand.self]),
      CommandGroup(
        name: "Withdrawals",
        subcommands: [
          QuoteCommand.self, SubmitCommand.self, GetCommand.self, CancelCommand.self, AmendCommand.self,
          RetryCommand.self, ListCommand.self, WatchCommand.self,
        ]),
      CommandGroup(name: "Channels", subcommands: [ChannelCommand.self, RouteCommand.self, WebhookCommand.self]),
      CommandGroup(
        name: "Accounts",
        subcommands: [
          AgentCommand.self, PayeeCommand.self, DepositCommand.self, BalanceCommand.self, EntriesCommand.self,
        ]),
      CommandGroup(
        name: "Control",
        subcommands: [
          ReviewCommand.self, AppealCommand.self, ProposalCommand.self, ListsCommand.self, RiskCommand.self,
          RulesCommand.self,
          AuditCommand.self,
        ]),
      CommandGroup(name: "Tools", subcommands: [JournalCommand.self, KeysCommand.self, BenchCommand.self]),
    ])

  static let version = "0.1.0"
}
