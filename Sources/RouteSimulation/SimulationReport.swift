/// What became of the traffic under one policy.
package struct PolicyFigures: Sendable, Hashable {
  package let policy: RoutePolicy
  package let payouts: Int
  package internal(set) var paid = 0
  /// The payee's data were wrong: no channel could have paid.
  package internal(set) var payeeFailures = 0
  /// Attempts used up, or no channel for hours.
  package internal(set) var givenUp = 0
  /// Attempts that failed for technical reasons.
  package internal(set) var failedAttempts = 0
  /// Attempts that were not answered; their payouts are paid once the channel speaks again.
  package internal(set) var inDoubt = 0
  /// Paid after the time that its speed promises.
  package internal(set) var late = 0
  package internal(set) var feeMinorUnits: Int64 = 0
  /// Hundredths of a minor unit: fees, time, failures and lateness at the prices of `RoutingWeights`.
  package internal(set) var lossHundredths: Int64 = 0
  package private(set) var arrivalP50Milliseconds: Int64 = 0
  package private(set) var arrivalP95Milliseconds: Int64 = 0
  /// From the submission, of all that were paid. Empty once it is finished.
  var arrivalMilliseconds: [Int64] = []

  init(policy: RoutePolicy, payouts: Int) {
    self.policy = policy
    self.payouts = payouts
  }

  mutating func finish() {
    arrivalMilliseconds.sort()
    arrivalP50Milliseconds = percentile(50)
    arrivalP95Milliseconds = percentile(95)
    arrivalMilliseconds = []
  }

  private func percentile(_ percent: Int) -> Int64 {
    guard !arrivalMilliseconds.isEmpty else { return 0 }
    return arrivalMilliseconds[max(0, (arrivalMilliseconds.count * percent + 99) / 100 - 1)]
  }
}

/// How routing left a channel that failed.
package struct Switching: Sendable, Hashable {
  package let disturbance: Disturbance
  /// Attempts at any channel, and milliseconds, from the first that it spoiled until the channel got under 5 % of the traffic
  /// for good: of every hundred attempts from then on to the end of the disturbance.
  package let attempts: Int
  package let milliseconds: Int64
  /// Attempts while it lasted: all, and those at the failing channel.
  package let attemptsMeanwhile: Int
  package let attemptsThere: Int

  package static let attemptsGoal = 100
  package static let millisecondsGoal: Int64 = 10_000

  package var meetsGoal: Bool { attempts <= Self.attemptsGoal || milliseconds <= Self.millisecondsGoal }
}

package struct SimulationReport: Sendable, Hashable {
  package let payouts: Int
  /// From the first payout to the last.
  package let spanMilliseconds: Int64
  package let disturbances: [Disturbance]
  /// In the order in which they were asked for.
  package let policies: [PolicyFigures]
  /// One for each disturbance in which a channel fails.
  package let switching: [Switching]

  /// Loss of a policy above that of the best in hindsight, in hundredths of a percent.
  package func lossAboveBest(of policy: RoutePolicy) -> Int64 {
    guard let best = figures(of: .hindsight), let it = figures(of: policy), best.lossHundredths > 0 else { return 0 }
    // Ten thousand times the loss: 64 bits hold that of any traffic that fits into memory, if not of any fee.
    let (parts, overflow) = (it.lossHundredths - best.lossHundredths).multipliedReportingOverflow(by: 10_000)
    return overflow ? .max : parts / best.lossHundredths
  }

  package func figures(of policy: RoutePolicy) -> PolicyFigures? { policies.first { $0.policy == policy } }

  package static let lossGoal: Int64 = 500

  package var meetsGoals: Bool {
    lossAboveBest(of: .routing) <= Self.lossGoal && switching.allSatisfy(\.meetsGoal)
  }
}
