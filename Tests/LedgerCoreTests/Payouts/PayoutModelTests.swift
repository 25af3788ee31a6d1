import Digests
import LedgerCore
import Testing

/// Random interleavings of everything that happens to payouts, with channels that lie, repeat themselves and answer late,
/// against a plain reference: the same states, the same money, each withdrawal's money out of its agent's account once at
/// most; and a state that a replay and a snapshot both bring back, with the same queues in the same order.
@Suite struct PayoutModelTests {
  static let agents = ["a", "b", "c"]
  static let channels = ["alpha", "beta", "gamma"]
  static let currencies = [Currency.cny, usd]
  static let reviewedPayee = "odd"
  static let rejectedPayee = "bad"

  final class World {
    let ledger = Ledger()
    var plain = PlainPayouts()
    var random: SeededRandom
    var tally: [String: Int] = [:]
    var proposals: [Proposal] = []
    let seed: UInt64

    init(seed: UInt64) throws {
      self.seed = seed
      random = SeededRandom(seed: seed)
      ledger.policy.currencies = PayoutModelTests.currencies
      ledger.policy.fee = 3
      ledger.policy.points = 2
      ledger.policy.arrivalMicroseconds = 5 * minute
      ledger.policy.reviewMicroseconds = 500 * hour
      // What is odd goes to people; what is bad is listed after its submission, so it is met in a rework only.
      ledger.policy.assessment = { facts in
        facts.payeeListing == .white
          ? SubmissionTests.judge(.review)
          : facts.payeeListing == .black
            ? SubmissionTests.judge(.reject)
            : facts.amount.minorUnits % 10 == 0 ? SubmissionTests.judge(.review) : .approved
      }
      try ledger.changeList(.put(until: nil, reason: label("r")), .payee, PayoutModelTests.rejectedPayee)
      try ledger.changeList(
        .put(until: nil, reason: label("r")), .payee, PayoutModelTests.reviewedPayee, colour: .white)
      for agent in PayoutModelTests.agents {
        try ledger.createAgent(agent)
        for currency in PayoutModelTests.currencies + [.points] { try deposit(agent, currency, 40_000) }
      }
      for channel in PayoutModelTests.channels {
        for currency in PayoutModelTests.currencies { #expect(try fund(channel, currency, 12_000)) }
      }
    }

    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }

    func id(_ index: Int) -> WithdrawalID { WithdrawalID(epoch: 1, shard: 0, ordinal: UInt64(index) + 1) }

    func deposit(_ agent: String, _ currency: Currency, _ amount: Int64) throws {
      try ledger.deposit(fen(amount, currency), to: agent, reference: "v\(ledger.state.requestCount)")
      plain.agents[.init(name: agent, currency: currency), default: .init()].posted += amount
      plain.custody[currency, default: 0] += amount
    }

    func fund(_ channel: String, _ currency: Currency, _ amount: Int64) throws -> Bool {
      let answer = try ledger.fund(channel, amount, currency)
      let expected = plain.fund(channel, currency, amount)
      return (answer.channel != nil) == expected
    }
  }

  @Test(arguments: [1, 20_261_121, 0xC0FFEE, 77] as [UInt64])
  func agreesWithThePlainOne(seed: UInt64) throws {
    print("payout model test, seed \(seed)")
    let world = try World(seed: seed)
    for step in 1...4_000 {
      let place = "seed \(seed) step \(step)"
      world.plain.step = step
      world.ledger.later(Int64.random(in: 0...(world.chance(3) ? 30 * hour : 2 * minute), using: &world.random))
      world.plain.now = world.ledger.now.microseconds
      let index = try act(world, place)
      try world.ledger.requireSound(place)
      if let index { try compare(world, index, place) }
      if step % 100 == 0 { try compareMoney(world, place) }
      if step % 500 == 0 { try compareAll(world, place) }
    }
    let words = world.tally.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    // The walk met everything there is to meet.
    #expect(world.tally.count >= 55, "seed \(seed) \(world.tally.count) \(words)")
  }

  /// Returns the withdrawal that it was about.
  private func act(_ world: World, _ place: String) throws -> Int? {
    let (ledger, count) = (world.ledger, world.plain.payouts.count)
    let kind = Int.random(in: 0..<100, using: &world.random)
    if count == 0 || kind < 16 { return try submit(world, place) }
    if kind < 22 { return try actForTheHouse(world, place) }
    // Mostly the newest, which are still on their way.
    let index = max(0, count - 1 - Int.random(in: 0..<(world.chance(85) ? 10 : 80), using: &world.random))
    let id = world.id(index)
    let known = world.plain.payouts[index]
    let number =
      world.chance(85)
      ? max(1, known.attempts.count) : Int.random(in: 1...max(2, known.attempts.count), using: &world.random)
    let due = ledger.now.microseconds + ledger.policy.reviewMicroseconds
    func note(_ word: String, _ expected: Bool, _ answer: Answer) throws {
      let isDone = answer.isDone || answer.withdrawal != nil || answer.proposal != nil
      try #require(isDone == expected, "\(place) \(word) \(index) \(known) \(answer)")
      world.tally["\(word) \(expected) from \(known.state)", default: 0] += expected ? 1 : 0
    }
    switch kind {
    case 22..<42:
      let channel = world.pick(Self.channels)
      let fee = Int64.random(in: 0...6, using: &world.random)
      let attempt = world.chance(92) ? known.attempts.count + 1 : known.attempts.count + 2
      let payee = world.chance(95) ? known.payee : "other"
      let answer = try ledger.begin(id, on: channel, fee: fee, payee: payee, attempt: attempt)
      let begun = world.plain.begin(index, channel, fee: fee, attempt: attempt, payee: payee, reviewDue: due)
      try note("\(begun)", begun != .turnedAway, answer)
    case 42..<72:
      let result = world.pick(AttemptState.allCases)
      let isPaid = result == .paid || result == .mismatch
      let paid =
        isPaid ? max(0, known.net + (world.chance(85) ? 0 : Int64.random(in: -5...50, using: &world.random))) : 0
      let fee = isPaid ? Int64.random(in: 0...8, using: &world.random) : 0
      let isNew = world.chance(10)
      let answer = try ledger.tell(
        id, result, attempt: number, paid: paid, fee: fee, reference: isNew ? "ref-\(world.plain.step)" : nil)
      let expected = world.plain.tell(index, attempt: number, result, paid: paid, fee: fee, isNew: isNew)
      try note("\(result)", expected, answer)
    case 72..<74:
      let paid = known.attempts.indices.contains(number - 1) ? known.attempts[number - 1].paid : 0
      let amount = world.chance(80) ? paid : world.chance(50) ? known.net : known.net + 1
      let answer = try ledger.giveBack(id, amount, attempt: number)
      try note("return", world.plain.giveBack(index, attempt: number, amount), answer)
    case 74..<76:
      let answer = try ledger.confirmArrival(id, attempt: number)
      try note("arrival", world.plain.confirmArrival(index, attempt: number), answer)
    case 76..<79:
      let verdict = world.pick([.paid, .notPaid, .failed, .strayed] as [DoubtVerdict])
      let tells = verdict == .paid || verdict == .strayed
      let paid = tells ? max(1, known.net + (world.chance(70) ? 0 : Int64.random(in: -9...9, using: &world.random))) : 0
      let answer = try ledger.doubt(id, verdict, paid: paid)
      let expected = world.plain.isDoubtful(index, verdict)
      try note("propose", expected, answer)
      if let proposal = answer.proposal {
        world.proposals.append(proposal)
        world.plain.proposals.append(.init(payout: index, verdict: verdict, paid: paid, made: world.plain.step))
      }
    case 79..<84:
      guard !world.proposals.isEmpty else { return nil }
      let chosen = max(0, world.proposals.count - 1 - Int.random(in: 0..<4, using: &world.random))
      let answer = try ledger.confirm(world.proposals[chosen], by: cai)
      let hasExpired = ledger.now > world.proposals[chosen].validUntil
      let before = world.plain.proposals[chosen]
      let expected = !hasExpired && world.plain.confirm(chosen)
      try #require((answer.proposal != nil) == expected, "\(place) confirm \(before) \(answer)")
      world.tally["confirm \(before.verdict) \(expected)", default: 0] += 1
      return before.payout
    case 84..<88:
      let answer = try ledger.cancel(id, request: "c\(ledger.state.requestCount)")
      try note("cancel", world.plain.cancel(index), answer)
    case 88..<91:
      let isHeld = world.chance(35)
      let answer = try ledger.hold(id, isHeld, by: cai)
      try note(isHeld ? "hold" : "lift", world.plain.hold(index, isHeld), answer)
    case 91..<95:
      let payee =
        world.chance(40) ? known.payee : world.pick(["payee", "third", Self.reviewedPayee, Self.rejectedPayee])
      let isRetry = payee == known.payee
      guard isRetry || known.state == .actionRequired else { return nil }
      let answer = try isRetry ? ledger.retry(id) : ledger.amend(id, to: payee)
      let state: WithdrawalState =
        payee == Self.rejectedPayee
        ? .rejected : payee == Self.reviewedPayee || known.amount % 10 == 0 ? .pendingReview : .approved
      try note("rework to \(state)", world.plain.rework(index, payee: payee, becomes: state, reviewDue: due), answer)
    default:
      let answer = try ledger.approve(id, by: world.pick([ann, bob]))
      try note("approve", world.plain.approve(index), answer)
    }
    return index
  }

  private func submit(_ world: World, _ place: String) throws -> Int? {
    let ledger = world.ledger
    let (agent, currency) = (world.pick(Self.agents), world.pick(Self.currencies))
    let amount = Int64.random(in: 4...1_500, using: &world.random)
    let speed = world.pick([Speed.express, .sameDay, .nextDay])
    let takesPoints = world.chance(30)
    let state: WithdrawalState = amount % 10 == 0 ? .pendingReview : .approved
    let answer = try ledger.submit(
      fen(amount, currency), of: agent, request: "w\(ledger.state.requestCount)", speed: speed,
      acceleration: takesPoints ? .points : .fee)
    let expected = world.plain.submit(
      agent, currency, amount, fee: takesPoints ? 0 : 3, points: takesPoints ? 2 : 0, speed: speed,
      arrival: ledger.now.microseconds + ledger.policy.arrivalMicroseconds, state: state,
      reviewDue: ledger.now.microseconds + ledger.policy.reviewMicroseconds)
    try #require(answer.withdrawal?.state == expected, "\(place) submit \(answer)")
    world.tally["submit \(String(describing: expected))", default: 0] += 1
    return expected == nil ? nil : world.plain.payouts.count - 1
  }

  private func actForTheHouse(_ world: World, _ place: String) throws -> Int? {
    let ledger = world.ledger
    let channel = world.pick(Self.channels)
    switch Int.random(in: 0..<6, using: &world.random) {
    case 0:
      try world.deposit(
        world.pick(Self.agents), world.pick(Self.currencies + [.points]),
        Int64.random(in: 1...9_000, using: &world.random))
    case 1:
      let amount = Int64.random(in: -2_000...4_000, using: &world.random)
      guard amount != 0 else { return nil }
      let isSame = try world.fund(channel, world.pick(Self.currencies), amount)
      try #require(isSame, "\(place) fund \(amount)")
    case 2:
      let isResting = world.chance(30)
      let changes = isResting != world.plain.resting.contains(channel)
      let answer = try ledger.set(channel, isResting ? .disabled : .enabled)
      try #require((answer.channel != nil) == changes, "\(place) \(answer)")
      if isResting { world.plain.resting.insert(channel) } else { world.plain.resting.remove(channel) }
    case 3:
      let (agent, isFrozen) = (world.pick(Self.agents), world.chance(25))
      try ledger.update(agent, frozen: isFrozen)
      if isFrozen { world.plain.frozen.insert(agent) } else { world.plain.frozen.remove(agent) }
    default:
      let order = world.plain.payouts.indices.filter { world.plain.payouts[$0].state == .actionRequired }
      let waiting = order.sorted { a, b in
        let (first, second) = (world.plain.payouts[a].entered, world.plain.payouts[b].entered)
        return first != second ? first < second : world.plain.payouts[a].changed < world.plain.payouts[b].changed
      }
      let answer = try ledger.perform(.lapseAction)
      let expected = world.plain.lapse(waiting)
      try #require(answer.isDone == expected, "\(place) lapse \(answer)")
      world.tally["lapse \(expected)", default: 0] += 1
    }
    return nil
  }

  private func compare(_ world: World, _ index: Int, _ place: String) throws {
    let expected = world.plain.payouts[index]
    let found = try #require(world.ledger.withdrawal(world.id(index)), "\(place)")
    try #require(found.state == expected.state, "\(place) \(index)")
    try #require(found.payee == label(expected.payee), "\(place) \(index)")
    let facts = found.payout?.facts ?? PayoutStanding.Facts()
    try #require(facts.attempts.map(\.state) == expected.attempts.map(\.state), "\(place) \(index)")
    try #require(facts.attempts.map(\.isStray) == expected.attempts.map(\.isStray), "\(place) \(index)")
    try #require(facts.isBlocked == expected.isBlocked, "\(place) \(index)")
    try #require(facts.feeRefundedMinorUnits == expected.refunded, "\(place) \(index)")
    try #require(expected.refunded <= expected.fee, "\(place) \(index)")
    if found.state == .actionRequired {
      try #require(facts.deadline.microseconds == expected.deadline, "\(place) \(index)")
    }
    // One at most is open, and one at most was paid.
    try #require(
      facts.attempts.count { $0.state.isOpen } <= 1 && facts.attempts.count { $0.state == .paid } <= 1, "\(place)")
    let isPaid = [.paid, .confirmed, .returned].contains(found.state)
    try #require(isPaid == (facts.attempts.last?.state == .paid), "\(place) \(index)")
  }

  private func compareMoney(_ world: World, _ place: String) throws {
    let plain = world.plain
    for currency in Self.currencies + [.points] {
      for agent in Self.agents {
        let expected = plain.agents[.init(name: agent, currency: currency)] ?? .init()
        let found = try #require(world.ledger.balance(agent, currency))
        try #require(found.creditsPosted - found.debitsPosted == expected.posted, "\(place) \(agent) \(currency)")
        try #require(found.debitsPending == expected.pending, "\(place) \(agent) \(currency)")
        // Out of the account went what was paid, once for each withdrawal.
        let paid = plain.payouts.filter { payout in
          payout.agent == agent && payout.attempts.last?.state == .paid
        }
        let left = paid.reduce(0) { $0 + (currency == .points ? $1.points : $1.currency == currency ? $1.amount : 0) }
        try #require(found.debitsPosted == left, "\(place) \(agent) \(currency)")
      }
      for channel in Self.channels {
        let expected = plain.floats[.init(name: channel, currency: currency)] ?? .init()
        let float = world.ledger.channel(channel)?.floats.first { $0.currency == currency }
        try #require((float?.creditsPending ?? 0) == expected.pending, "\(place) \(channel) \(currency)")
        try #require((float?.available ?? 0) == expected.available, "\(place) \(channel) \(currency)")
      }
      let books = world.ledger.books(agent: "a", channel: "alpha", currency)
      try #require(books[.suspense].map { $0.debits - $0.credits } == plain.suspense[currency] ?? 0, "\(place)")
      try #require(books[.custody].map { $0.debits - $0.credits } == plain.custody[currency] ?? 0, "\(place)")
      let fees = ledgerFees(world, currency)
      try #require(fees == plain.channelFees[currency] ?? 0, "\(place) \(currency)")
      try #require(books[.feeIncome].map { $0.credits - $0.debits } == plain.fees[currency] ?? 0, "\(place)")
    }
    let counts = try #require(world.ledger.figures).counts
    for state in WithdrawalState.allCases {
      try #require(
        counts[Int(state.rawValue)] == UInt64(plain.payouts.count { $0.state == state }), "\(place) \(state)")
    }
  }

  private func ledgerFees(_ world: World, _ currency: Currency) -> Int64 {
    Self.channels.reduce(0) { sum, channel in
      let float = world.ledger.channel(channel)?.floats.first { $0.currency == currency }
      return sum + (float?.feesPosted ?? 0)
    }
  }

  private func compareAll(_ world: World, _ place: String) throws {
    let ledger = world.ledger
    for index in world.plain.payouts.indices { try compare(world, index, place) }
    let (open, due) = (ledger.open().map(\.id), ledger.due())
    try #require(
      Set(open) == Set(world.plain.payouts.indices.filter { world.plain.payouts[$0].isOpen }.map(world.id)), "\(place)")
    let waiting = world.plain.payouts.indices.filter {
      let payout = world.plain.payouts[$0]
      return payout.state == .approved && !payout.isHeld && !payout.isBlocked
    }
    try #require(Set(due.map(\.id)) == Set(waiting.map(world.id)), "\(place)")
    try #require(due.map(\.speed.rawValue) == due.map(\.speed.rawValue).sorted(), "\(place)")
    try ledger.requireWhole(place)

    // What comes after a snapshot is the same as without it, also in the queues.
    let (bytes, hash) = snapshot(ledger.state)
    let loaded = Ledger()
    loaded.state = try load(bytes, expecting: hash)
    loaded.policy = ledger.policy
    loaded.now = ledger.now
    try #require(loaded.due() == due && loaded.open() == ledger.open(), "\(place)")
    try #require(loaded.figures == ledger.figures, "\(place)")
    for index in world.plain.payouts.indices {
      try #require(loaded.withdrawal(world.id(index)) == ledger.withdrawal(world.id(index)), "\(place) \(index)")
    }
    try lapseAll(loaded, and: bytes, ledger, place)
  }

  /// Whoever waits for a mend lapses in the same order.
  private func lapseAll(_ loaded: Ledger, and bytes: [UInt8], _ ledger: Ledger, _ place: String) throws {
    var replayed = LedgerState(epoch: 1, shard: 0, hashSeed: HashSeed(first: 5, second: 6))
    for (bytes, sequence, time) in ledger.journal { try replayed.evolve(decode(bytes), sequence: sequence, time: time) }
    let other = Ledger()
    other.state = replayed
    other.policy = ledger.policy
    other.now = ledger.now
    for each in [loaded, other] {
      each.later(1_000 * hour)
      while try each.perform(.lapseAction).isDone {}
      for payout in each.due(limit: 50) { try each.begin(payout.id, on: "beta", fee: 1) }
    }
    try #require(loaded.state.stateHash() == other.state.stateHash(), "\(place)")
    try #require(loaded.open() == other.open() && loaded.due() == other.due(), "\(place)")
  }
}
