internal import LedgerCore

// Abuse by agents that were registered for it.
extension TrafficGenerator {
  /// Incidents for each thousand honest agents in five weeks.
  mutating func addFreshAbusers() {
    func count(_ perThousand: Int) -> Int { max(1, perThousand * plan.agents / 1_000) }
    for _ in 0..<count(7) { mulePayee() }
    for _ in 0..<count(4) { deviceFarm() }
    for _ in 0..<count(4) { addressFarm() }
    for _ in 0..<count(27) { stolenCard() }
    for _ in 0..<count(27) { cashOut() }
    for _ in 0..<count(20) { comeBack() }
  }

  private mutating func measuredDay() -> Int { random.pick(plan.firstMeasuredDay...plan.days - 2) }

  /// Registered some days before, with a little honest-looking income and perhaps a first payout of its own.
  private mutating func newAbuser(day: Int, aged days: ClosedRange<Int>, device: Label, address: Label) -> Label {
    let agent = newName("agent")
    let joined = max(plan.firstMeasuredDay - 10, day - random.pick(days))
    register(agent, day: joined, second: random.pick(0...20_000))
    if day - joined >= 3 && random.chance(50) {
      deposit(agent, random.pick(10_000...30_000), day: joined + 1, second: random.pick(30_000...50_000))
    }
    return agent
  }

  /// One mule's account collects for several agents within days. Each comes from its own device and address.
  private mutating func mulePayee() {
    let day = min(measuredDay(), plan.days - 6)
    let payee = newName("payee")
    for _ in 0..<random.pick(5...8) {
      let when = day + random.pick(0...3)
      let device = newName("device")
      let agent = newAbuser(day: when, aged: 2...25, device: device, address: .none)
      let second = random.pick(30_000...80_000)
      let amount = random.pickLow(60_000...480_000)
      deposit(agent, amount, day: when, second: second - random.pick(1_000...20_000))
      submit(
        agent, amount * random.pick(85...100) / 100, day: when, second: second, payee: payee, device: device,
        address: newAddress(), .abuse(.mulePayee))
      reportPerhaps(agent, day: when, payee: payee, device: device, .laundering)
    }
  }

  /// Bonus hunters: one telephone, a dozen accounts, small sums, a payee for each.
  private mutating func deviceFarm() {
    let day = min(measuredDay(), plan.days - 5)
    let device = newName("device")
    for _ in 0..<random.pick(10...16) {
      let when = day + random.pick(0...2)
      let agent = newAbuser(day: when, aged: 0...6, device: device, address: .none)
      let second = random.pick(30_000...80_000)
      deposit(agent, 12_000, day: when, second: second - random.pick(600...9_000))
      submit(
        agent, random.pick(8_000...12_000), day: when, second: second, payee: newName("payee"), device: device,
        address: random.chance(50) ? carrierAddress() : newAddress(), .abuse(.deviceFarm))
    }
  }

  /// The same with emulators: every account has a device of its own, all behind one address, within some hours.
  private mutating func addressFarm() {
    let day = measuredDay()
    let address = newAddress()
    let start = random.pick(30_000...60_000)
    for _ in 0..<random.pick(12...20) {
      let device = newName("device")
      let agent = newAbuser(day: day, aged: 0...6, device: device, address: address)
      let second = start + random.pick(0...14_000)
      deposit(agent, 15_000, day: day, second: second - random.pick(600...9_000))
      submit(
        agent, random.pick(8_000...15_000), day: day, second: second, payee: newName("payee"), device: device,
        address: address, .abuse(.addressFarm))
    }
  }

  /// Goods "sold" to a stolen card: the money must be out before the holder complains. One or two rounds.
  private mutating func stolenCard() {
    let day = measuredDay()
    let device = newName("device")
    let payee = newName("payee")
    let agent = newAbuser(day: day, aged: 0...9, device: device, address: .none)
    let address = random.chance(40) ? carrierAddress() : newAddress()
    var second = random.pick(20_000...80_000)
    for _ in 0..<random.pick(1...2) {
      let amount = random.pickLow(70_000...490_000)
      deposit(agent, amount, day: day, second: second)
      second += random.pick(120...1_080)
      submit(
        agent, amount * random.pick(90...100) / 100, day: day, second: min(second, 86_300), payee: payee,
        device: device, address: address, .abuse(.stolenCard))
      second += random.pick(600...2_000)
    }
    reportPerhaps(agent, day: day, payee: payee, device: device, .stolenCard)
  }

  /// An account opened to take out, in its first three days, what a fraud elsewhere brought in.
  private mutating func cashOut() {
    let day = measuredDay()
    let device = newName("device")
    let payee = newName("payee")
    let agent = newAbuser(day: day, aged: 0...2, device: device, address: .none)
    let second = random.pick(30_000...80_000)
    let amount = random.pickLow(180_000...499_000)
    deposit(agent, amount, day: day, second: second - random.pick(900...9_000))
    submit(
      agent, amount * random.pick(90...100) / 100, day: day, second: second, payee: payee, device: device,
      address: newAddress(), .abuse(.newAgentCashOut))
    reportPerhaps(agent, day: day, payee: payee, device: device, .fraud)
  }

  /// Somebody reported comes back under a new name with the old device or payee; three of ten changed both.
  private mutating func comeBack() {
    guard !reported.isEmpty else { return }
    let old = reported[random.pick(0...reported.count - 1)]
    let oldDay = Int((old.time.microseconds / 1_000_000 - Self.firstSecond) / 86_400)
    let day = min(oldDay + random.pick(1...10), plan.days - 1)
    guard day > oldDay else { return }
    let isChanged = random.chance(30)
    let device = isChanged || old.device.isNone ? newName("device") : old.device
    let payee = isChanged || old.payee.isNone || random.chance(30) ? newName("payee") : old.payee
    let agent = newAbuser(day: day, aged: 0...8, device: device, address: .none)
    let second = random.pick(30_000...80_000)
    let amount = random.pickLow(60_000...400_000)
    deposit(agent, amount, day: day, second: second - random.pick(300...9_000))
    submit(
      agent, amount * random.pick(90...100) / 100, day: day, second: second, payee: payee, device: device,
      address: newAddress(), .abuse(.blacklistedReturning))
  }
}
