import ArgumentParser
import Payouts

struct ChannelExample: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "example",
    abstract: "Print a list of channels with every field explained, for `settle serve --channels`.")

  func run() {
    // The text ends with the line break that a printed line brings itself.
    Console.line(String(Payouts.ChannelList.example.dropLast()))
  }
}
