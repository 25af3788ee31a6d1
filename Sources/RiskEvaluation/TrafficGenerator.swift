internal import LedgerCore

/// Makes labelled traffic. The same plan gives the same traffic.
///
/// Honest agents change their phone, add a payee, are on the mobile network of thousands, fail now and then, and take
/// round amounts; abusers look like them in all but what their kind must do.
package func generateTraffic(_ plan: TrafficPlan) -> [TrafficEvent] {
  var generator = TrafficGenerator(plan)
  generator.run()
  return generator.events
}

struct TrafficGenerator {
  /// 2026-01-05, a Monday, 00:00 in Shanghai; all days here are local.
  static let firstSecond: Int64 = 1_767_542_400
  /// The generator's local time against UTC.
  package static let utcOffsetSeconds: Int64 = 8 * 3_600

  let plan: TrafficPlan
  var random: TrafficRandom
  private(set) var events: [TrafficEvent] = []
  private var names = 0
  /// Addresses of a mobile carrier, shared by everybody.
  private var carrier: [Label] = []
  /// What was reported, for those who come back with it.
  var reported: [TrafficEvent] = []

  init(_ plan: TrafficPlan) {
    self.plan = plan
    random = TrafficRandom(seed: plan.seed)
    carrier = (0..<max(10, plan.agents / 12)).map { Self.label("10.64.\($0 / 250).\($0 % 250)") }
  }

  mutating func run() {
    var people = makePeople()
    assignIncidents(&people)
    for person in people { live(person) }
    addFreshAbusers()
    var measure = TrafficEvent(.measure, .none, at: Self.time(day: plan.firstMeasuredDay, second: 0))
    measure.agent = .none
    events.append(measure)
    // Stable: what one agent does within a second stays in its order.
    let order = events.indices.sorted { a, b in
      events[a].time != events[b].time ? events[a].time < events[b].time : a < b
    }
    events = order.map { events[$0] }
  }

  static func time(day: Int, second: Int) -> Timestamp {
    Timestamp(microseconds: (firstSecond + Int64(day) * 86_400 + Int64(second)) * 1_000_000)
  }

  /// All are short, and made here.
  static func label(_ text: String) -> Label { (try? Label(text)) ?? .none }

  /// A name that nothing else has.
  mutating func newName(_ what: String) -> Label {
    names += 1
    return Self.label("\(what)-\(names)")
  }

  mutating func newAddress() -> Label {
    names += 1
    return Self.label("172.\(names >> 16 & 0xFF).\(names >> 8 & 0xFF).\(names & 0xFF)")
  }

  mutating func carrierAddress() -> Label { carrier[random.pick(0...carrier.count - 1)] }

  mutating func register(_ agent: Label, day: Int, second: Int = 0) {
    events.append(TrafficEvent(.agent, agent, at: Self.time(day: day, second: second)))
  }

  mutating func deposit(_ agent: Label, _ amount: Int, day: Int, second: Int) {
    var event = TrafficEvent(.deposit, agent, at: Self.time(day: day, second: second))
    event.amount = Int64(max(1, amount))
    events.append(event)
  }

  mutating func fail(_ agent: Label, day: Int, second: Int) {
    events.append(TrafficEvent(.failure, agent, at: Self.time(day: day, second: second)))
  }

  mutating func submit(
    _ agent: Label, _ amount: Int, day: Int, second: Int, payee: Label, device: Label, address: Label,
    _ truth: TrafficTruth
  ) {
    var event = TrafficEvent(.submit, agent, at: Self.time(day: day, second: second))
    event.amount = Int64(max(1, amount))
    event.payee = payee
    event.device = device
    event.address = address
    event.truth = truth
    events.append(event)
  }

  /// Half of all abuse is found out and reported, one to four days later, with what was used for it.
  mutating func reportPerhaps(_ agent: Label, day: Int, payee: Label, device: Label, _ outcome: ReviewOutcome) {
    guard random.chance(50) else { return }
    let found = day + random.pick(1...4)
    guard found < plan.days else { return }
    var event = TrafficEvent(.outcome, agent, at: Self.time(day: found, second: random.pick(32_000...64_000)))
    event.payee = payee
    event.device = device
    event.outcome = outcome
    events.append(event)
    reported.append(event)
  }
}
