import LedgerCore
import Routing

/// Questions, channels and chance for tests.
enum RoutingWorld {
  static func label(_ text: String) -> Label { (try? Label(text)) ?? .none }

  static let healthy = HealthReport(
    breaker: .closed, attempts: 100, technicalFailures: 0, successPermille: 990, arrivalP95Milliseconds: 5_000)

  /// A channel that takes everything for one yuan.
  static func view(_ id: String = "one", _ change: (inout ChannelView) -> Void = { _ in }) -> ChannelView {
    var view = ChannelView(
      manifest: ChannelManifest(id: label(id), rails: Set(Rail.allCases), fee: ChannelFee(fixed: 100)),
      state: .enabled, floatAvailable: 100_000_000, sentToday: 0, health: healthy)
    change(&view)
    return view
  }

  /// A card payout of 100 yuan at noon.
  static func question(_ change: (inout RouteQuestion) -> Void = { _ in }) -> RouteQuestion {
    var question = RouteQuestion(
      amount: Money(minorUnits: 10_000, currency: .cny), rail: .bankCard, speed: .sameDay, attempts: [],
      minuteOfDay: 720)
    change(&question)
    return question
  }

  static func attempts(_ states: [(String, AttemptState)]) -> [AttemptBrief] {
    states.map { AttemptBrief(channel: label($0.0), state: $0.1) }
  }
}

/// splitmix64, so that a printed seed gives the same cases everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
