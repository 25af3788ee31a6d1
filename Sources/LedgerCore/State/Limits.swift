/// What an account has used of its agent's limits in the newest day and the newest month that anything was submitted in.
/// Minor units of the account's currency; what was released is not counted.
struct LimitUsage: BitwiseCopyable, Hashable {
  private(set) var newest = LimitDay(day: 0, month: 0)
  private var dayAmount: Int64 = 0
  private var dayCount: Int64 = 0
  private var monthAmount: Int64 = 0

  init() {}

  struct Used: Hashable {
    var dayAmount: Int64 = 0
    var dayCount: Int64 = 0
    var monthAmount: Int64 = 0
  }

  /// Of the buckets of `day`: nothing when others are newer or older.
  func used(on day: LimitDay) -> Used {
    Used(
      dayAmount: day.day == newest.day ? dayAmount : 0, dayCount: day.day == newest.day ? dayCount : 0,
      monthAmount: day.month == newest.month ? monthAmount : 0)
  }

  /// Where a submission on `day` is counted. Buckets never go back, whatever new rules say of the day's boundary: so what
  /// is released is in the newest bucket or in one that is gone.
  func bucket(for day: LimitDay) -> LimitDay {
    LimitDay(day: max(day.day, newest.day), month: max(day.month, newest.month))
  }

  /// Whether `reserve` may follow. All that is counted is held or paid from one account, so sums stay in 64 bits.
  func canReserve(_ amount: Int64, on day: LimitDay) -> Bool {
    let used = used(on: day)
    return bucket(for: day) == day && !used.dayAmount.addingReportingOverflow(amount).overflow
      && !used.monthAmount.addingReportingOverflow(amount).overflow
  }

  mutating func reserve(_ amount: Int64, on day: LimitDay) {
    let used = used(on: day)
    newest = day
    dayAmount = used.dayAmount &+ amount
    dayCount = used.dayCount &+ 1
    monthAmount = used.monthAmount &+ amount
  }

  /// What was reserved once, on `day`.
  mutating func release(_ amount: Int64, on day: LimitDay) {
    if day.day == newest.day {
      dayAmount &-= amount
      dayCount &-= 1
    }
    if day.month == newest.month { monthAmount &-= amount }
  }
}

extension LedgerState {
  /// The agent's own limits; nil when the rules do not know its tier.
  func limits(of agent: UInt64, tier: Label, _ policy: any Policy) -> Limits? {
    policy.limits(tier: tier).map { standings[agent].limits.applied(to: $0) }
  }

  /// The agent's tier, or the one that the rules give to all.
  @inline(__always)
  func tier(of agent: UInt64, _ policy: any Policy) -> Label {
    let tier = standings[agent].tier
    return tier.isNone ? policy.defaultTier : labels.label(tier)
  }

  /// The buckets that a submission at `time` is counted in.
  @inline(__always)
  func limitDay(_ place: MoneyPlace, _ policy: any Policy, _ time: Timestamp) -> LimitDay {
    let day = policy.day(at: time)
    return place.account == 0 ? day : accounts[place.account].usage.bucket(for: day)
  }

  func limitsUsed(_ place: MoneyPlace, on day: LimitDay) -> LimitUsage.Used {
    place.account == 0 ? LimitUsage.Used() : accounts[place.account].usage.used(on: day)
  }

  /// - Parameter amount: minor units, above 0.
  @inline(__always)
  func requireWithin(
    _ limits: Limits, _ amount: Int64, _ place: MoneyPlace, on day: LimitDay
  ) throws(Denial) {
    guard amount >= limits.payoutMinimum, amount <= limits.payoutMaximum else {
      throw .refused(
        .amountOutOfBounds(minimum: limits.payoutMinimum, maximum: limits.payoutMaximum, requested: amount))
    }
    let used = limitsUsed(place, on: day)
    try Self.require(.dayAmount, bound: limits.dayAmount, used: used.dayAmount, amount)
    try Self.require(.monthAmount, bound: limits.monthAmount, used: used.monthAmount, amount)
    try Self.require(.dayCount, bound: limits.dayCount, used: used.dayCount, 1)
  }

  @inline(__always)
  private static func require(_ kind: LimitKind, bound: Int64, used: Int64, _ more: Int64) throws(Denial) {
    // The largest number there is means no limit: what is not there is told by the account then.
    guard bound < .max else { return }
    let (sum, overflow) = used.addingReportingOverflow(more)
    guard !overflow, sum <= bound else {
      throw .refused(.limitExceeded(kind, bound: bound, used: used, requested: more))
    }
  }

  /// As it stands at `time`; without a tier that the rules know, nothing is allowed.
  func limitStanding(_ agent: UInt64, _ currency: Currency, _ policy: any Policy, _ time: Timestamp) -> LimitStanding {
    let place = findMoney(agent: agent, currency)
    let day = limitDay(place, policy, time)
    let used = limitsUsed(place, on: day)
    let none = Limits(payoutMinimum: 0, payoutMaximum: 0, dayAmount: 0, monthAmount: 0, dayCount: 0)
    return LimitStanding(
      limits: limits(of: agent, tier: tier(of: agent, policy), policy) ?? none, day: day, dayUsed: used.dayAmount,
      dayCountUsed: used.dayCount, monthUsed: used.monthAmount,
      lastSequence: max(
        standings[agent].lastSequence, place.account == 0 ? 0 : accounts[place.account].lastSequence))
  }
}
