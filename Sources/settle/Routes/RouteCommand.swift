import ArgumentParser

struct RouteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "How payouts find their channel.",
    subcommands: [RouteExplain.self, RouteSimulate.self])
}
