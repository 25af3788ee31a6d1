internal import LedgerCore

/// An honest agent, and what may happen to it.
struct Person {
  let name: Label
  let habit: HonestHabit
  /// Day of registration; may be before the first day.
  let joined: Int
  var payees: [Label]
  var device: Label
  /// A colleague's, used now and then.
  var otherDevice: Label?
  let address: Label
  /// Days without any activity.
  let away: Range<Int>
  /// Income of this agent against others of its habit, percent.
  let size: Int
  let weekday: Int
  /// At most one: who was robbed once is watched.
  var incident: Incident?
}

/// Abuse of an account that has been honest so far.
struct Incident {
  let kind: AbuseKind
  let day: Int
  let second: Int
}

/// Income and payouts of a habit. Amounts in fen, times in seconds of the local day.
private struct Rhythm {
  var deposits: ClosedRange<Int>
  var deposit: ClosedRange<Int>
  /// Percent of days with payouts.
  var payoutDays: Int
  var payouts: ClosedRange<Int> = 1...1
  var seconds: ClosedRange<Int> = 64_800...82_800
  /// Percent of the balance.
  var share: ClosedRange<Int> = 70...100
  /// Largest payout of the tier.
  var maximum = 500_000

  static func of(_ habit: HonestHabit) -> Rhythm {
    switch habit {
    case .dailySmall, .family, .seasonalBurst:
      Rhythm(deposits: 2...5, deposit: 5_000...30_000, payoutDays: 85)
    case .office: Rhythm(deposits: 2...6, deposit: 5_000...40_000, payoutDays: 80, seconds: 61_200...68_400)
    case .returning: Rhythm(deposits: 2...5, deposit: 6_000...40_000, payoutDays: 60)
    case .weeklyLarge:
      Rhythm(
        deposits: 2...6, deposit: 8_000...40_000, payoutDays: 100, seconds: 36_000...72_000, share: 85...100,
        maximum: 2_000_000)
    case .nightOwl:
      Rhythm(deposits: 2...6, deposit: 8_000...50_000, payoutDays: 75, seconds: 1_800...16_200, share: 80...100)
    case .newcomer: Rhythm(deposits: 1...4, deposit: 4_000...40_000, payoutDays: 55, share: 50...100)
    case .merchant:
      Rhythm(
        deposits: 10...25, deposit: 20_000...200_000, payoutDays: 100, payouts: 2...6, seconds: 32_400...79_200,
        share: 20...60, maximum: 5_000_000)
    case .instantSeller: Rhythm(deposits: 1...3, deposit: 20_000...90_000, payoutDays: 0)
    }
  }
}

extension TrafficGenerator {
  /// Of a hundred agents.
  private static func share(of habit: HonestHabit) -> Int {
    switch habit {
    case .dailySmall: 22
    case .weeklyLarge: 12
    case .seasonalBurst: 10
    case .nightOwl: 8
    case .newcomer: 10
    case .merchant: 5
    case .office: 12
    case .returning: 6
    case .family: 8
    case .instantSeller: 7
    }
  }

  mutating func makePeople() -> [Person] {
    var people: [Person] = []
    for habit in HonestHabit.allCases {
      var shared = (address: newAddress(), payee: newName("payee"), device: newName("device"))
      for place in 0..<max(1, Self.share(of: habit) * plan.agents / 100) {
        // Offices of nine, families of three.
        if place % (habit == .family ? 3 : 9) == 0 {
          shared = (newAddress(), newName("payee"), newName("device"))
        }
        let joined =
          habit == .newcomer ? random.pick(plan.firstMeasuredDay...plan.days - 3) : -random.pick(30...700)
        let awayStart = habit == .returning ? random.pick(10...plan.days / 2) : 0
        people.append(
          Person(
            name: newName("agent"), habit: habit, joined: joined,
            payees: habit == .family
              ? [shared.payee] : (0..<(habit == .merchant ? 3 : 1)).map { _ in newName("payee") },
            device: newName("device"), otherDevice: habit == .office && place % 3 == 0 ? shared.device : nil,
            address: habit == .office || habit == .family ? shared.address : newAddress(),
            away: habit == .returning ? awayStart..<awayStart + random.pick(20...35) : 0..<0,
            size: random.pickLow(50...220), weekday: random.pick(0...6)))
      }
    }
    return people
  }

  mutating func live(_ start: Person) {
    var person = start
    register(person.name, day: person.joined)
    let rhythm = Rhythm.of(person.habit)
    var balance = 0
    for day in max(0, person.joined)..<plan.days {
      if person.away.contains(day) && person.incident?.day != day { continue }
      var moments = depositMoments(person, rhythm, day: day)
      let isPayoutDay =
        person.habit == .weeklyLarge ? day % 7 == person.weekday : random.chance(rhythm.payoutDays)
      if isPayoutDay && !person.away.contains(day) {
        for _ in 0..<random.pick(rhythm.payouts) { moments.append((random.pick(rhythm.seconds), .payout)) }
      }
      if let incident = person.incident, incident.day == day { moments.append((incident.second, .incident)) }
      moments.sort { $0.second < $1.second }
      for (second, what) in moments {
        switch what {
        case .deposit(let amount):
          deposit(person.name, amount, day: day, second: second)
          balance += amount
          guard person.habit == .instantSeller else { continue }
          let later = second + random.pick(120...900)
          payOut(&person, rhythm, &balance, day: day, second: later)
        case .payout: payOut(&person, rhythm, &balance, day: day, second: second)
        case .incident:
          guard let incident = person.incident else { continue }
          if isWorth(incident, balance) {
            abuse(person, incident, &balance)
            person.incident = nil
          } else {
            person.incident = Incident(kind: incident.kind, day: day + 1, second: random.pick(3_600...80_000))
          }
        }
      }
    }
  }

  /// A thief waits for a day on which there is something to take.
  private func isWorth(_ incident: Incident, _ balance: Int) -> Bool {
    switch incident.kind {
    case .accountTakeover, .testThenDrain: balance >= 30_000
    case .scatteredIn, .splitting, .velocityBurst, .dormantWaking, .mulePayee, .deviceFarm, .addressFarm, .stolenCard,
      .newAgentCashOut, .blacklistedReturning:
      true
    }
  }

  private enum Happening {
    case deposit(Int)
    case payout
    case incident
  }

  private mutating func depositMoments(
    _ person: Person, _ rhythm: Rhythm, day: Int
  ) -> [(second: Int, what: Happening)] {
    guard !person.away.contains(day) else { return [] }
    // Two weeks before the spring festival, or what is the same for a plan of other weeks: the third quarter of the days.
    let festival = plan.days * 5 / 8
    let isFestival = person.habit == .seasonalBurst && (festival..<festival + 14).contains(day)
    let factor = (isFestival ? 4 : 1) * person.size
    return (0..<random.pick(rhythm.deposits)).map { _ in
      let amount = random.pickLow(rhythm.deposit) * factor / 100
      // Sellers at work hours; a sale every now and then at night.
      return (random.pick(28_800...84_000), .deposit(max(100, amount)))
    }
  }

  private mutating func payOut(
    _ person: inout Person, _ rhythm: Rhythm, _ balance: inout Int, day: Int, second: Int
  ) {
    var amount = min(balance * random.pick(rhythm.share) / 100, rhythm.maximum)
    if random.chance(30) { amount -= amount % 10_000 }
    guard amount >= 5_000 else { return }
    // One payout in 250 is the first with another phone, one in 250 the first to another account.
    if random.chance(1, of: 250) { person.device = newName("device") }
    if random.chance(1, of: 250) { person.payees.append(newName("payee")) }
    if random.chance(1) { fail(person.name, day: day, second: max(0, second - 60)) }
    let device = person.otherDevice.flatMap { random.chance(20) ? $0 : nil } ?? person.device
    submit(
      person.name, amount, day: day, second: second, payee: person.payees[random.pick(0...person.payees.count - 1)],
      device: device, address: random.chance(25) ? carrierAddress() : person.address, .honest(person.habit))
    balance -= amount
  }
}
