package import LedgerCore

/// What waiting and failing cost us, in the same unit as fees, so that one sum ranks channels.
///
/// The figures are for CNY. Their order matters more than their size: whoever chose EXPRESS paid for seconds, whoever chose
/// NEXT_DAY paid nothing and waits gladly while we save the fee.
package struct RoutingWeights: Sendable, Hashable {
  /// Prices of one speed.
  package struct Prices: Sendable, Hashable {
    /// Hundredths of a minor unit for each second until the money is there.
    package var secondHundredths: Int64
    /// Minor units when it arrives after the promise.
    package var lateMinorUnits: Int64
    /// Milliseconds from sending within which the speed promises arrival.
    package var promiseMilliseconds: Int64
    /// Minor units of a try that fails for technical reasons: the next try, and an agent who asks where the money is.
    package var failureMinorUnits: Int64

    package init(
      secondHundredths: Int64, lateMinorUnits: Int64, promiseMilliseconds: Int64, failureMinorUnits: Int64
    ) {
      self.secondHundredths = secondHundredths
      self.lateMinorUnits = lateMinorUnits
      self.promiseMilliseconds = promiseMilliseconds
      self.failureMinorUnits = failureMinorUnits
    }
  }

  package var express: Prices
  package var sameDay: Prices
  package var nextDay: Prices

  package init(express: Prices, sameDay: Prices, nextDay: Prices) {
    self.express = express
    self.sameDay = sameDay
    self.nextDay = nextDay
  }

  package static let standard = RoutingWeights(
    // A minute for 1.20 yuan, what platforms ask for acceleration; late means that this fee and some goodwill are given back.
    express: Prices(
      secondHundredths: 200, lateMinorUnits: 500, promiseMilliseconds: 60_000, failureMinorUnits: 300),
    // Ten minutes for 0.60 yuan, so that a channel of a minute may take what it does for less.
    sameDay: Prices(
      secondHundredths: 10, lateMinorUnits: 300, promiseMilliseconds: 600_000, failureMinorUnits: 150),
    // Time costs nothing before the next day; a failure only the next try.
    nextDay: Prices(
      secondHundredths: 0, lateMinorUnits: 200, promiseMilliseconds: 86_400_000, failureMinorUnits: 100))

  package func prices(of speed: Speed) -> Prices {
    switch speed {
    case .express: express
    case .sameDay: sameDay
    case .nextDay: nextDay
    }
  }

  /// Hundredths of a minor unit that a payout is expected to cost: its fee, its time, and the chance that it fails.
  package func expectedLoss(
    fee: Int64, arrivalMilliseconds: UInt32, successPermille: UInt16, speed: Speed
  ) -> Int64 {
    let prices = prices(of: speed)
    let failurePermille = Int64(1_000 - min(successPermille, 1_000))
    let failure = Self.saturated(prices.failureMinorUnits, times: 100, plus: 0)
    let risk = Self.saturated(failure / 1_000, times: failurePermille, plus: failure % 1_000 * failurePermille / 1_000)
    return Self.saturated(
      fee, times: 100, plus: Self.sum(risk, arrivalLoss(milliseconds: Int64(arrivalMilliseconds), speed: speed)))
  }

  /// Hundredths of a minor unit for money that arrived after so long.
  package func arrivalLoss(milliseconds: Int64, speed: Speed) -> Int64 {
    let prices = prices(of: speed)
    let (seconds, rest) = max(0, milliseconds).quotientAndRemainder(dividingBy: 1_000)
    let time = Self.saturated(
      seconds, times: prices.secondHundredths,
      plus: Self.saturated(prices.secondHundredths, times: rest, plus: 0) / 1_000)
    return milliseconds > prices.promiseMilliseconds
      ? Self.saturated(prices.lateMinorUnits, times: 100, plus: time) : time
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 { saturated(a, times: 1, plus: b) }

  /// Fees come from a configuration and times from a network: what leaves 64 bits counts as the worst.
  private static func saturated(_ a: Int64, times factor: Int64, plus b: Int64) -> Int64 {
    let (product, overflowOfProduct) = a.multipliedReportingOverflow(by: factor)
    let (sum, overflowOfSum) = product.addingReportingOverflow(b)
    return overflowOfProduct || overflowOfSum ? .max : sum
  }
}
