internal import LedgerCore

// Abuse of accounts that have a history: somebody else got in, or the owner turned.
extension TrafficGenerator {
  /// Incidents for each hundred honest agents in five weeks; kept so that all abuse is below two in a hundred payouts.
  private static let rates: [(kind: AbuseKind, tenths: Int)] = [
    (.accountTakeover, 30), (.scatteredIn, 25), (.splitting, 12), (.velocityBurst, 6), (.dormantWaking, 20),
    (.testThenDrain, 15),
  ]

  mutating func assignIncidents(_ people: inout [Person]) {
    for (kind, tenths) in Self.rates {
      for _ in 0..<max(1, tenths * plan.agents / 1_000) {
        // Those of a kind that have something to take, and a history.
        for _ in 0..<50 {
          let place = random.pick(0...people.count - 1)
          guard people[place].incident == nil, people[place].habit != .newcomer else { continue }
          guard kind != .dormantWaking || people[place].habit == .returning else { continue }
          guard kind == .dormantWaking || people[place].habit != .returning else { continue }
          let away = people[place].away
          let day =
            kind == .dormantWaking
            ? max(plan.firstMeasuredDay, away.upperBound) : random.pick(plan.firstMeasuredDay...plan.days - 2)
          guard day < plan.days - 1 else { continue }
          // Thieves come at night in seven of ten cases.
          let isNight = (kind == .accountTakeover || kind == .testThenDrain) && random.chance(70)
          let second = isNight ? random.pick(3_600...18_000) : random.pick(30_000...80_000)
          people[place].incident = Incident(kind: kind, day: day, second: second)
          break
        }
      }
    }
  }

  mutating func abuse(_ person: Person, _ incident: Incident, _ balance: inout Int) {
    switch incident.kind {
    case .accountTakeover: takeOver(person, incident, &balance)
    case .scatteredIn: gather(person, incident)
    case .splitting: split(person, incident)
    case .velocityBurst: burst(person, incident)
    case .dormantWaking: wake(person, incident)
    case .testThenDrain: testThenDrain(person, incident, &balance)
    case .mulePayee, .deviceFarm, .addressFarm, .stolenCard, .newAgentCashOut, .blacklistedReturning: break
    }
  }

  /// Phished credentials: another device and address, the thief's payee, the whole balance in one to three payouts. In a
  /// quarter of the cases the thief has the victim's own phone (malware), so that only payee and amount are new.
  private mutating func takeOver(_ person: Person, _ incident: Incident, _ balance: inout Int) {
    let device = random.chance(25) ? person.device : newName("device")
    let address = random.chance(30) ? carrierAddress() : newAddress()
    let payee = newName("payee")
    let parts = random.pick(1...3)
    var second = incident.second
    if random.chance(30) { fail(person.name, day: incident.day, second: max(0, second - 90)) }
    for part in 0..<parts {
      let amount = min(500_000, max(balance * random.pick(88...100) / 100 / (parts - part), 12_000))
      submit(
        person.name, amount, day: incident.day, second: second, payee: payee, device: device, address: address,
        .abuse(.accountTakeover))
      balance = max(0, balance - amount)
      second += random.pick(30...900)
    }
    reportPerhaps(
      person.name, day: incident.day, payee: payee, device: device == person.device ? .none : device, .fraud)
  }

  /// As a take-over, but patient: a small payout shows whether anybody notices, the rest follows hours later.
  private mutating func testThenDrain(_ person: Person, _ incident: Incident, _ balance: inout Int) {
    let device = random.chance(25) ? person.device : newName("device")
    let payee = newName("payee")
    let address = newAddress()
    submit(
      person.name, random.pick(5_000...10_000), day: incident.day, second: incident.second, payee: payee,
      device: device, address: address, .abuse(.testThenDrain))
    let second = min(86_000, incident.second + random.pick(1_800...20_000))
    let amount = min(500_000, max(balance * random.pick(85...100) / 100, 30_000))
    balance = max(0, balance - amount)
    submit(
      person.name, amount, day: incident.day, second: second, payee: payee, device: device, address: address,
      .abuse(.testThenDrain))
    reportPerhaps(person.name, day: incident.day, payee: payee, device: .none, .fraud)
  }

  /// Laundering: many small sums from all over gather in the account of a seller who lends it, and leave as one. Payee and
  /// device are the seller's own in half of the cases.
  private mutating func gather(_ person: Person, _ incident: Incident) {
    let count = random.pick(18...50)
    var sum = 0
    for _ in 0..<count {
      let amount = random.pickLow(10_000...60_000)
      sum += amount
      deposit(person.name, amount, day: incident.day, second: max(1, incident.second - random.pick(300...26_000)))
    }
    let payee = random.chance(50) ? person.payees[0] : newName("payee")
    submit(
      person.name, min(sum * random.pick(80...100) / 100, 2_000_000), day: incident.day, second: incident.second,
      payee: payee, device: person.device, address: person.address, .abuse(.scatteredIn))
    reportPerhaps(
      person.name, day: incident.day, payee: payee == person.payees[0] ? .none : payee, device: .none, .laundering)
  }

  /// A large sum leaves in parts that each stay a little below the limit of a payout.
  private mutating func split(_ person: Person, _ incident: Incident) {
    let threshold = random.chance(70) ? 500_000 : 2_000_000
    let count = random.pick(3...6)
    deposit(person.name, threshold * count, day: incident.day, second: max(1, incident.second - 20_000))
    var second = incident.second
    let payee = random.chance(60) ? person.payees[0] : newName("payee")
    for _ in 0..<count {
      submit(
        person.name, threshold * random.pick(915...998) / 1_000, day: incident.day, second: min(second, 86_300),
        payee: payee, device: person.device, address: person.address, .abuse(.splitting))
      second += random.pick(300...5_000)
    }
    reportPerhaps(person.name, day: incident.day, payee: .none, device: .none, .laundering)
  }

  /// A script empties promotion money in small payouts, one a minute or two, from the agent's own device.
  private mutating func burst(_ person: Person, _ incident: Incident) {
    deposit(person.name, 200_000, day: incident.day, second: max(1, incident.second - 9_000))
    var second = incident.second
    for _ in 0..<random.pick(7...14) {
      submit(
        person.name, random.pick(6_000...20_000), day: incident.day, second: min(second, 86_300),
        payee: person.payees[0], device: person.device, address: person.address, .abuse(.velocityBurst))
      second += random.pick(40...140)
    }
  }

  /// A forgotten account was sold: after weeks of silence money comes in and leaves to a new payee, mostly from a new
  /// device.
  private mutating func wake(_ person: Person, _ incident: Incident) {
    let amount = random.pickLow(80_000...490_000)
    deposit(person.name, amount, day: incident.day, second: max(1, incident.second - random.pick(300...9_000)))
    let payee = newName("payee")
    let device = random.chance(80) ? newName("device") : person.device
    submit(
      person.name, amount * random.pick(90...100) / 100, day: incident.day, second: incident.second, payee: payee,
      device: device, address: newAddress(), .abuse(.dormantWaking))
    reportPerhaps(person.name, day: incident.day, payee: payee, device: .none, .fraud)
  }
}
