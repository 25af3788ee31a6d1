package import LedgerCore

/// Recorded traffic as comma-separated text, in order of time. Lines that start with `#`, empty lines and the heading say
/// nothing.
///
///     time_ms     milliseconds since a midnight of the recording
///     amount_fen  minor units of CNY, above 0
///     rail        BANK_CARD, ALIPAY or WECHAT
///     speed       EXPRESS, SAME_DAY or NEXT_DAY
package enum TrafficTable {
  package static let heading = "time_ms,amount_fen,rail,speed"

  package static let railNames: KeyValuePairs<String, Rail> = [
    "BANK_CARD": .bankCard, "ALIPAY": .alipay, "WECHAT": .weChat,
  ]
  package static let speedNames: KeyValuePairs<String, Speed> = [
    "EXPRESS": .express, "SAME_DAY": .sameDay, "NEXT_DAY": .nextDay,
  ]

  /// A hundred years: what is more is another unit.
  private static let millisecondsMaximum: Int64 = 100 * 366 * 86_400_000

  /// A hundred million yuan: the sums of a day stay far inside 64 bits.
  private static let amountMaximum: Int64 = 10_000_000_000

  package struct Defect: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String
    package var description: String { "line \(line): \(reason)" }
  }

  package static func line(_ payout: SimulatedPayout) -> String {
    let rail = railNames.first { $0.value == payout.rail }?.key ?? ""
    let speed = speedNames.first { $0.value == payout.speed }?.key ?? ""
    return "\(payout.milliseconds),\(payout.amount),\(rail),\(speed)\n"
  }

  /// - Throws: `Defect`, naming the first line that is wrong.
  package static func parse(_ text: String) throws(Defect) -> [SimulatedPayout] {
    var payouts: [SimulatedPayout] = []
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      guard !line.isEmpty, line.first != "#", line != heading else { continue }
      let payout = try payout(line, number)
      if let last = payouts.last, last.milliseconds > payout.milliseconds {
        throw Defect(line: number, reason: "its time is before that of the line above; sort the file by time_ms")
      }
      payouts.append(payout)
    }
    guard !payouts.isEmpty else { throw Defect(line: max(1, number), reason: "there is no payout in the file") }
    return payouts
  }

  private static func payout(_ line: Substring, _ number: Int) throws(Defect) -> SimulatedPayout {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 4 else {
      throw Defect(line: number, reason: "\(fields.count) fields where there must be four: \(heading)")
    }
    guard let time = Int64(fields[0]), (0...millisecondsMaximum).contains(time) else {
      throw Defect(line: number, reason: "time_ms must be a whole number from 0 to \(millisecondsMaximum)")
    }
    guard let amount = Int64(fields[1]), (1...amountMaximum).contains(amount) else {
      throw Defect(line: number, reason: "amount_fen must be a whole number from 1 to \(amountMaximum)")
    }
    guard let rail = railNames.first(where: { $0.key == fields[2] })?.value else {
      throw Defect(line: number, reason: "rail must be \(railNames.map(\.key).joined(separator: ", "))")
    }
    guard let speed = speedNames.first(where: { $0.key == fields[3] })?.value else {
      throw Defect(line: number, reason: "speed must be \(speedNames.map(\.key).joined(separator: ", "))")
    }
    return SimulatedPayout(milliseconds: time, amount: amount, rail: rail, speed: speed)
  }
}
