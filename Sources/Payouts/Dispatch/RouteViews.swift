internal import LedgerCore
internal import Routing
internal import Synchronization

/// The channels as routing looks at them, for one page of payouts; what the page takes is taken off.
struct RouteViews {
  private let lanes: [ChannelLane]
  private var views: [ChannelView] = []
  private var currency: Currency?
  private var floats: [[Currency: Int64]]
  private var sent: [[Currency: Int64]]

  init(_ lanes: [ChannelLane], _ standings: [ChannelStanding], clock: any PayoutClock, dayOffsetMinutes: Int) {
    self.lanes = lanes
    let now = clock.monotonicMilliseconds()
    let day = Self.day(clock.now(), dayOffsetMinutes)
    floats = []
    sent = []
    for lane in lanes {
      let standing = standings.first { $0.channel == lane.manifest.id }
      var money: [Currency: Int64] = [:]
      for float in standing?.floats ?? [] { money[float.currency] = float.available }
      floats.append(money)
      let (health, today, isProbed, isCollecting) = lane.state.withLock { state in
        if state.sentDay != day {
          state.sentDay = day
          state.sentToday = [:]
        }
        return (state.health.report(at: now), state.sentToday, state.isProbed, state.isCollecting)
      }
      sent.append(today)
      var manifest = lane.manifest
      // Files are only filled at their cut-off.
      if lane.batch != nil, !isCollecting { (manifest.opensAtMinute, manifest.closesAtMinute) = (0, 0) }
      views.append(
        ChannelView(
          manifest: manifest, state: isProbed ? standing?.state ?? .enabled : .draining, floatAvailable: 0,
          sentToday: 0,
          health: health))
    }
  }

  static func day(_ time: Timestamp, _ offsetMinutes: Int) -> Int32 {
    let minutes = time.microseconds / 60_000_000 + Int64(offsetMinutes)
    return Int32(clamping: minutes >= 0 ? minutes / 1_440 : (minutes - 1_439) / 1_440)
  }

  func all(in currency: Currency) -> [ChannelView] {
    var copy = self
    copy.turn(to: currency)
    return copy.views
  }

  mutating func route(_ question: RouteQuestion, _ weights: RoutingWeights) -> RouteDecision {
    turn(to: question.amount.currency)
    return Router.route(question, among: views, weights: weights)
  }

  mutating func take(_ lane: ChannelLane, _ money: Money, fee: Int64, nowMilliseconds: Int64) {
    let i = lane.index
    floats[i][money.currency, default: 0] -= money.minorUnits + fee
    views[i].floatAvailable = floats[i][money.currency, default: 0]
    // Sums of what one channel pays in a day stay far below 64 bits; were it not so, the limit is met.
    sent[i][money.currency] = Self.added(sent[i][money.currency, default: 0], money.minorUnits)
    views[i].sentToday = sent[i][money.currency, default: 0]
    lane.state.withLock { state in
      state.sentToday[money.currency] = sent[i][money.currency, default: 0]
      guard views[i].health.breaker.isHalfOpen else { return }
      _ = state.health.takeProbe(at: nowMilliseconds)
      views[i].health = state.health.report(at: nowMilliseconds)
    }
  }

  /// As `take`, undone: its attempt did not begin.
  static func giveBack(_ lane: ChannelLane, _ money: Money) {
    lane.state.withLock { state in state.sentToday[money.currency, default: 0] -= money.minorUnits }
  }

  private static func added(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  private mutating func turn(to currency: Currency) {
    guard self.currency != currency else { return }
    self.currency = currency
    for i in views.indices {
      views[i].floatAvailable = floats[i][currency, default: 0]
      views[i].sentToday = sent[i][currency, default: 0]
    }
  }
}
