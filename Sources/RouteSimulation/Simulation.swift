package import Routing

/// Traffic over channels of which some fail, under every policy. The same input gives the same report.
package struct Simulation: Sendable {
  package var seed: UInt64
  package var channels: [ModelChannel]
  /// In order of time.
  package var traffic: [SimulatedPayout]
  package var disturbances: [Disturbance]
  package var weights: RoutingWeights

  package init(
    seed: UInt64, channels: [ModelChannel] = ModelChannel.typical, traffic: [SimulatedPayout],
    disturbances: [Disturbance], weights: RoutingWeights = .standard
  ) {
    self.seed = seed
    self.channels = channels
    self.traffic = traffic
    self.disturbances = disturbances
    self.weights = weights
  }

  package static func span(of traffic: [SimulatedPayout]) -> Int64 {
    guard let first = traffic.first, let last = traffic.last else { return 0 }
    return last.milliseconds - first.milliseconds
  }

  /// - Parameter begin: called before each policy.
  package func run(
    _ policies: [RoutePolicy] = RoutePolicy.allCases, _ begin: (RoutePolicy) -> Void = { _ in }
  ) -> SimulationReport {
    let start = traffic.first?.milliseconds ?? 0
    let world = ModelWorld(seed: seed, channels: channels, disturbances: disturbances, start: start)
    var figures: [PolicyFigures] = []
    var switching: [Switching] = []
    for policy in policies {
      begin(policy)
      var run = PolicyRun(policy, world: world, traffic: traffic, weights: weights)
      run.run()
      figures.append(run.figures)
      if policy == .routing {
        switching = disturbances.filter(\.isFailure).map { Self.switching(run.sent, $0, channels, start: start) }
      }
    }
    return SimulationReport(
      payouts: traffic.count, spanMilliseconds: Self.span(of: traffic), disturbances: disturbances, policies: figures,
      switching: switching)
  }

  /// The goal speaks of a channel's share of a hundred attempts.
  private static let block = 100
  private static let blockMaximum = 4

  static func switching(
    _ sent: [(time: Int64, place: Int)], _ disturbance: Disturbance, _ channels: [ModelChannel], start: Int64
  ) -> Switching {
    let place = channels.firstIndex { $0.manifest.id == disturbance.channel }
    let meanwhile = sent.filter { disturbance.milliseconds.contains($0.time - start) }
    let isThere = meanwhile.map { $0.place == place }
    // Nobody can know that a channel fails before one attempt went there.
    let first = isThere.firstIndex(of: true) ?? isThere.count
    // Backwards, with a count of the block that begins at each attempt: the last bad block's begin is where it was not yet left.
    var inBlock = 0
    var left = first
    for index in isThere[first...].indices.reversed() {
      if isThere[index] { inBlock += 1 }
      if index + block < isThere.count, isThere[index + block] { inBlock -= 1 }
      if inBlock > blockMaximum {
        left = index + 1
        break
      }
    }
    let end = left < meanwhile.count ? meanwhile[left].time - start : disturbance.milliseconds.upperBound
    return Switching(
      disturbance: disturbance, attempts: left - first,
      milliseconds: left == first ? 0 : end - (meanwhile[first].time - start), attemptsMeanwhile: meanwhile.count,
      attemptsThere: isThere.count { $0 })
  }
}
