internal import LedgerCore
internal import Routing

/// One policy's way through the traffic, in virtual time.
struct PolicyRun {
  private enum Event: Sendable {
    case route(payout: Int)
    case answer(payout: Int, place: Int, outcome: HealthOutcome, took: Int64)
    case arrival(place: Int, took: Int64)
  }

  /// One payout on its way.
  private struct Journey {
    var attempts: [AttemptBrief] = []
    var failures: Int64 = 0
  }

  /// As the ledger: after so many attempts a person has to look at it.
  private static let attemptsMaximum = 5
  /// When no channel can take a payout, it is looked at again.
  private static let waitMilliseconds: Int64 = 1_000
  /// Whoever waited so long for a channel is told that there is none.
  private static let patienceMilliseconds: Int64 = 4 * 3_600_000
  /// What a payout that nobody made costs besides its failed attempts: an hour of somebody's time to the agent.
  private static let givenUpMilliseconds: Int64 = 3_600_000

  private let policy: RoutePolicy
  private let weights: RoutingWeights
  private let world: ModelWorld
  private let traffic: [SimulatedPayout]
  private var health: [ChannelHealth]
  private var sentToday: [Int64]
  private var day: Int64 = 0
  private var turn = 0
  private var journeys: [Journey]
  private var events = EventQueue<Event>()
  private(set) var figures: PolicyFigures
  /// Every attempt in order: when, and where.
  private(set) var sent: [(time: Int64, place: Int)] = []

  init(_ policy: RoutePolicy, world: ModelWorld, traffic: [SimulatedPayout], weights: RoutingWeights) {
    self.policy = policy
    self.world = world
    self.traffic = traffic
    self.weights = weights
    health = world.channels.map {
      ChannelHealth(
        expectedArrivalMilliseconds: $0.manifest.expectedArrivalMilliseconds, limits: $0.manifest.breaker)
    }
    sentToday = Array(repeating: 0, count: world.channels.count)
    journeys = Array(repeating: Journey(), count: traffic.count)
    figures = PolicyFigures(policy: policy, payouts: traffic.count)
  }

  mutating func run() {
    for (payout, facts) in traffic.enumerated() { events.put(.route(payout: payout), at: facts.milliseconds) }
    while let (now, event) = events.takeNext() {
      switch event {
      case .route(let payout): route(payout, at: now)
      case .answer(let payout, let place, let outcome, let took):
        health[place].record(outcome, tookMilliseconds: took, at: now)
        if outcome == .technicalFailure { fail(payout, at: now) }
      case .arrival(let place, let took): health[place].recordArrival(milliseconds: took, at: now)
      }
    }
    figures.finish()
  }

  // MARK: Sending

  private mutating func route(_ payout: Int, at now: Int64) {
    startDay(at: now)
    guard let place = choice(for: payout, at: now) else {
      if now - traffic[payout].milliseconds < Self.patienceMilliseconds {
        events.put(.route(payout: payout), at: now + Self.waitMilliseconds)
      } else {
        giveUp(payout)
      }
      return
    }
    send(payout, to: place, at: now)
  }

  private mutating func send(_ payout: Int, to place: Int, at now: Int64) {
    // Whether it is a probe is the channel's to know.
    if policy == .routing { _ = health[place].takeProbe(at: now) }
    health[place].begin(at: now)
    sent.append((now, place))
    let attempt = journeys[payout].attempts.count
    // `tryElsewhere` is what its failure will mean; of one that does not fail nobody asks again.
    journeys[payout].attempts.append(
      AttemptBrief(channel: world.channels[place].manifest.id, state: .tryElsewhere))
    switch world.fate(of: payout, at: place, sentAt: now, attempt: attempt) {
    case .paid(let answer, let arrival):
      events.put(.answer(payout: payout, place: place, outcome: .success, took: answer), at: now + answer)
      arrive(payout, at: place, sentAt: now, took: arrival)
    case .technicalFailure(let answer):
      events.put(.answer(payout: payout, place: place, outcome: .technicalFailure, took: answer), at: now + answer)
    case .payeeFailure(let answer):
      events.put(.answer(payout: payout, place: place, outcome: .payeeFailure, took: answer), at: now + answer)
      figures.payeeFailures += 1
    case .silent(let found):
      let took = ModelWorld.timeOutMilliseconds
      events.put(.answer(payout: payout, place: place, outcome: .unknown, took: took), at: now + took)
      // It is paid in the end, but until then nobody can say so: as bad as an attempt that failed.
      figures.inDoubt += 1
      journeys[payout].failures += 1
      arrive(payout, at: place, sentAt: now, took: found)
    }
  }

  private mutating func arrive(_ payout: Int, at place: Int, sentAt now: Int64, took: Int64) {
    events.put(.arrival(place: place, took: took), at: now + took)
    let facts = traffic[payout]
    let fee = world.channels[place].manifest.fee.of(facts.amount) ?? 0
    sentToday[place] += facts.amount
    figures.paid += 1
    figures.feeMinorUnits += fee
    let since = now + took - facts.milliseconds
    figures.arrivalMilliseconds.append(since)
    if since > weights.prices(of: facts.speed).promiseMilliseconds { figures.late += 1 }
    figures.lossHundredths +=
      fee * 100 + weights.arrivalLoss(milliseconds: since, speed: facts.speed) + lossOfFailures(payout)
  }

  private mutating func fail(_ payout: Int, at now: Int64) {
    figures.failedAttempts += 1
    journeys[payout].failures += 1
    if journeys[payout].attempts.count < Self.attemptsMaximum {
      // Once everybody has failed, more haste only uses up the attempts.
      let wait = journeys[payout].attempts.count < world.channels.count ? 0 : 30_000 as Int64
      events.put(.route(payout: payout), at: now + wait)
    } else {
      giveUp(payout)
    }
  }

  private mutating func giveUp(_ payout: Int) {
    figures.givenUp += 1
    figures.lossHundredths +=
      weights.arrivalLoss(milliseconds: Self.givenUpMilliseconds, speed: traffic[payout].speed) + lossOfFailures(payout)
  }

  private func lossOfFailures(_ payout: Int) -> Int64 {
    journeys[payout].failures * weights.prices(of: traffic[payout].speed).failureMinorUnits * 100
  }

  private mutating func startDay(at now: Int64) {
    guard now / 86_400_000 != day else { return }
    day = now / 86_400_000
    sentToday = Array(repeating: 0, count: sentToday.count)
  }

  // MARK: Choosing

  private mutating func choice(for payout: Int, at now: Int64) -> Int? {
    let facts = traffic[payout]
    let question = RouteQuestion(
      amount: Money(minorUnits: facts.amount, currency: .cny), rail: facts.rail, speed: facts.speed,
      attempts: journeys[payout].attempts, minuteOfDay: Int(now / 60_000 % 1_440))
    let decision = Router.route(question, among: views(at: now), weights: weights)
    let able = decision.candidates.indices.filter {
      decision.candidates[$0].verdict == .chosen || decision.candidates[$0].verdict == .eligible
    }
    switch policy {
    case .routing: return decision.candidates.firstIndex { $0.verdict == .chosen }
    case .cheapest: return able.min { decision.candidates[$0].feeMinorUnits < decision.candidates[$1].feeMinorUnits }
    case .fastest:
      return able.min {
        world.channels[$0].manifest.expectedArrivalMilliseconds
          < world.channels[$1].manifest.expectedArrivalMilliseconds
      }
    case .roundRobin:
      let place = able.first { $0 >= turn } ?? able.first
      if let place { turn = (place + 1) % world.channels.count }
      return place
    case .hindsight: return best(of: able, for: payout, at: now)
    }
  }

  private mutating func views(at now: Int64) -> [ChannelView] {
    world.channels.indices.map { place in
      let manifest = world.channels[place].manifest
      // Others than ours ask whoever their rule names, however it has been doing.
      let report =
        policy == .routing
        ? health[place].report(at: now)
        : HealthReport(
          breaker: .closed, attempts: 0, technicalFailures: 0, successPermille: 1_000,
          arrivalP95Milliseconds: manifest.expectedArrivalMilliseconds)
      return ChannelView(
        manifest: manifest, state: .enabled, floatAvailable: .max, sentToday: sentToday[place], health: report)
    }
  }

  /// By what will be. A channel that is failing is never the best, even where the money would arrive in the end: a payout
  /// in doubt is what routing is to avoid. nil: all of them are failing, and whoever knows that waits.
  private func best(of able: [Int], for payout: Int, at now: Int64) -> Int? {
    let speed = traffic[payout].speed
    let able = able.filter { !world.isFailing($0, at: now) }
    let losses = able.map { place -> Int64 in
      let fee = (world.channels[place].manifest.fee.of(traffic[payout].amount) ?? 0) * 100
      switch world.fate(of: payout, at: place, sentAt: now, attempt: journeys[payout].attempts.count) {
      case .paid(_, let took), .silent(let took):
        return fee + weights.arrivalLoss(milliseconds: now + took - traffic[payout].milliseconds, speed: speed)
      case .payeeFailure: return fee
      case .technicalFailure: return .max
      }
    }
    return able.indices.min { losses[$0] < losses[$1] }.map { able[$0] }
  }
}
