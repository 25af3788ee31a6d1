package import LedgerCore

/// One payout of the traffic: when it was asked for, what it is.
package struct SimulatedPayout: Sendable, Hashable {
  /// Since the traffic's first midnight.
  package var milliseconds: Int64
  /// Minor units of CNY.
  package var amount: Int64
  package var rail: Rail
  package var speed: Speed

  package init(milliseconds: Int64, amount: Int64, rail: Rail, speed: Speed) {
    self.milliseconds = milliseconds
    self.amount = amount
    self.rail = rail
    self.speed = speed
  }
}

/// Traffic of a platform of the field: many small payouts and few large ones, to cards and wallets.
package struct TrafficSettings: Sendable, Hashable {
  package var seed: UInt64
  package var payouts: Int
  /// On average; they come by chance.
  package var perSecond: Int64

  package init(seed: UInt64, payouts: Int, perSecond: Int64) {
    self.seed = seed
    self.payouts = payouts
    self.perSecond = perSecond
  }

  package func generate() -> [SimulatedPayout] {
    var numbers = SeededNumbers(seed: seed, of: 1)
    var microseconds: Int64 = 0
    return (0..<payouts).map { _ in
      // Twice the mean at most: bursts and gaps, without a logarithm.
      microseconds += numbers.pick(0...2_000_000 / perSecond)
      return SimulatedPayout(
        milliseconds: microseconds / 1_000, amount: Self.amount(&numbers), rail: Self.rail(&numbers),
        speed: Self.speed(&numbers))
    }
  }

  /// From the field's minimum of 50 yuan to its 50,000 of the green channel, each doubling less often than the one before.
  private static func amount(_ numbers: inout SeededNumbers) -> Int64 {
    var low: Int64 = 5_000
    while low < 2_560_000, numbers.chance(62, of: 100) { low *= 2 }
    return min(5_000_000, numbers.pick(low...2 * low))
  }

  private static func rail(_ numbers: inout SeededNumbers) -> Rail {
    switch numbers.pick(1...10) {
    case 1...5: .bankCard
    case 6...8: .alipay
    default: .weChat
    }
  }

  private static func speed(_ numbers: inout SeededNumbers) -> Speed {
    switch numbers.pick(1...10) {
    case 1...3: .express
    case 4...7: .sameDay
    default: .nextDay
    }
  }
}
