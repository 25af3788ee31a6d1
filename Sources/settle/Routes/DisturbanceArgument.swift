import ArgumentParser
import LedgerCore
import RouteSimulation

/// `alipay@300-600`: a channel, and the seconds from the first payout between which it fails.
struct OutageArgument: ExpressibleByArgument, Hashable, Sendable {
  let channel: Label
  let milliseconds: Range<Int64>

  /// A year: what is more is another unit.
  private static let secondsMaximum: Int64 = 366 * 86_400

  init?(argument: String) {
    guard let at = argument.lastIndex(of: "@"), let channel = try? Label(String(argument[..<at])) else { return nil }
    let ends = argument[argument.index(after: at)...].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let from = Self.seconds(ends[0]), let to = Self.seconds(ends[1]), from < to else {
      return nil
    }
    self.channel = channel
    milliseconds = from * 1_000..<to * 1_000
  }

  private static func seconds(_ text: Substring) -> Int64? {
    guard let seconds = Int64(text), (0...secondsMaximum).contains(seconds) else { return nil }
    return seconds
  }
}

/// `wechat@300-600x10`: the same, and how many times as long money takes.
struct SlowArgument: ExpressibleByArgument, Hashable, Sendable {
  let outage: OutageArgument
  let factor: Int64

  /// Of half a minute a day.
  private static let factorMaximum: Int64 = 2_880

  init?(argument: String) {
    guard let times = argument.lastIndex(of: "x"), let outage = OutageArgument(argument: String(argument[..<times])),
      let factor = Int64(argument[argument.index(after: times)...]), (2...Self.factorMaximum).contains(factor)
    else { return nil }
    self.outage = outage
    self.factor = factor
  }
}

extension Disturbance {
  init(_ argument: OutageArgument, _ kind: Kind) {
    self.init(channel: argument.channel, kind: kind, milliseconds: argument.milliseconds)
  }
}
