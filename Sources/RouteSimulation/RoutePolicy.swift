/// Ways to choose a channel that are compared. All see the same traffic and the same luck, ask only channels whose contract
/// allows the payout, and go elsewhere when a channel failed; they differ in whom they ask first.
package enum RoutePolicy: String, Sendable, CaseIterable {
  /// `Router`, with what it learnt of each channel.
  case routing
  /// The lowest fee.
  case cheapest
  /// The shortest time to arrival that a contract names.
  case fastest
  /// Each in turn.
  case roundRobin = "round_robin"
  /// Whichever turns out best: nobody can know it.
  case hindsight = "best_in_hindsight"
}
