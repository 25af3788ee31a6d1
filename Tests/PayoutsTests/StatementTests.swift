import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// What channels booked, read through the dispatcher. Days in these tests are those of UTC; the clock begins at 14:13.
struct StatementTests {
  /// What a channel would say of each day, and which days it was asked for.
  private final class Books: Sendable {
    struct State {
      var lines: [Int32: [StatementLine]] = [:]
      var unavailable: Set<Int32> = []
      var asked: [Int32] = []
    }
    let state = Mutex(State())

    var asked: [Int32] { state.withLock { $0.asked } }
    func put(_ day: Int32, _ lines: StatementLine...) { state.withLock { $0.lines[day, default: []] += lines } }

    func statement(_ day: CivilDate) -> Result<[StatementLine], StatementFailure> {
      state.withLock { state in
        state.asked.append(day.daysSince1970)
        if state.unavailable.contains(day.daysSince1970) { return .failure(.unavailable("not yet")) }
        return .success(state.lines[day.daysSince1970] ?? [])
      }
    }
  }

  private func channel(_ books: Books, _ id: String = "scripted", send: ChannelAnswer? = nil) throws -> Scripted {
    try Scripted(
      id, capabilities: [.query, .statement], statements: { books.statement($0) },
      answer: { call, _ in
        if case .send = call, let send { return send }
        return Scripted.paid(1_000)
      })
  }

  private func house(_ channels: any PayoutChannel..., limits: DispatcherLimits = .standard) async throws -> House {
    let house = try await House(channels, limits: limits, health: DispatcherTests.tolerant)
    for channel in channels { try await house.fund("\(channel.manifest.id)", 1_000_000) }
    try await house.deposit(1_000_000)
    return house
  }

  private func line(_ key: PayoutKey, _ kind: StatementLine.Kind = .paid, _ minorUnits: Int64 = 1_000) -> StatementLine
  {
    StatementLine(key: key, kind: kind, amount: Money(minorUnits: minorUnits, currency: .cny), reference: "L1")
  }

  private func today(_ house: House) -> Int32 { house.dispatcher.localDay(house.clock.now()) }

  @Test func aDayLaterItIsConfirmedAndALateReturnCreditsTheAgentAgain() async throws {
    let books = Books()
    let house = try await house(try channel(books))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    let paid = today(house)
    books.put(paid, line(key))
    try await house.until(step: 600_000, "confirmed") { try await house.withdrawal(id).state == .confirmed }
    #expect(today(house) == paid + 1)
    #expect(try await house.available() == 999_000)
    // The bank gives it back two days later, in the statement of that day.
    books.put(paid + 2, line(key, .returned(code: "AC04")))
    try await house.until(step: 600_000, "returned") { try await house.withdrawal(id).state == .returned }
    #expect(today(house) == paid + 3)
    #expect(try await house.available() == 1_000_000)
    #expect(try await house.float("scripted").available == 1_000_000)
    #expect(house.witness.events.contains(.returned(key, channel: try Label("scripted"))))
    // Reading them again changes nothing, and asks nobody.
    let sequence = house.lastSequence
    for day in paid...paid + 2 { await house.dispatcher.readStatements(of: CivilDate(daysSince1970: day)) }
    await house.settle()
    #expect(house.lastSequence == sequence)
    #expect(house.witness.events.count { if case .returned = $0 { true } else { false } } == 1)
    await house.stopAll()
  }

  @Test func paidAndReturnedOnOneDay() async throws {
    let books = Books()
    let house = try await house(try channel(books))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    await house.dispatcher.readStatements(of: CivilDate(daysSince1970: today(house)))
    #expect(try await house.withdrawal(id).state == .paid)
    books.put(today(house), line(key), line(key, .returned(code: "AC04")))
    await house.dispatcher.readStatements(of: CivilDate(daysSince1970: today(house)))
    #expect(try await house.withdrawal(id).state == .returned)
    #expect(try await house.available() == 1_000_000)
    await house.stopAll()
  }

  @Test func aReturnOfAnotherAmountIsForPeople() async throws {
    let books = Books()
    let house = try await house(try channel(books))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    books.put(today(house), line(key, .returned(code: "AC04"), 400))
    await house.dispatcher.readStatements(of: CivilDate(daysSince1970: today(house)))
    #expect(try await house.withdrawal(id).state == .paid)
    #expect(
      house.witness.events.contains(.returnDiffered(key, channel: try Label("scripted"), returnedMinorUnits: 400)))
    await house.stopAll()
  }

  @Test func aPaymentOfAnotherAmountIsForPeopleAndConfirmsNothing() async throws {
    let books = Books()
    let house = try await house(try channel(books))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    books.put(today(house), line(key, .paid, 900))
    for _ in 0..<2 { await house.dispatcher.readStatements(of: CivilDate(daysSince1970: today(house))) }
    #expect(try await house.withdrawal(id).state == .paid)
    let told = PayoutEvent.paymentDiffered(key, channel: try Label("scripted"), bookedMinorUnits: 900)
    #expect(house.witness.events.count { $0 == told } == 1)
    await house.stopAll()
  }

  /// The statement shows money that left for what counts as failed: the channel is asked, and then it is known.
  @Test func aPaymentThatCountsAsFailedIsAskedAboutAndStrays() async throws {
    let books = Books()
    let refusing = try channel(books, send: .failed(.init(.refused, .regulatory, code: "NO")))
    let house = try await house(refusing)
    let id = try await house.submit(1_000)
    try await house.until(id, .failed)
    let key = PayoutKey(id, attempt: 1)
    let stranger = PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 77), attempt: 1)
    books.put(today(house), line(key), line(stranger))
    await house.dispatcher.readStatements(of: CivilDate(daysSince1970: today(house)))
    try await house.until("strayed") {
      house.witness.events.contains(.strayed(key, channel: try Label("scripted"), minorUnits: 1_000))
    }
    #expect(house.witness.events.contains(.unknownPayout(stranger, channel: try Label("scripted"))))
    #expect(!refusing.calls.contains(.query(stranger)))
    await house.stopAll()
  }

  @Test func missedDaysAreReadAfterAStart() async throws {
    let books = Books()
    let house = try await house(try channel(books))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let paid = today(house)
    await house.kill()
    // Five days down; the statements of those days wait.
    house.clock.advance(milliseconds: 5 * 86_400_000)
    books.put(paid + 1, line(PayoutKey(id, attempt: 1), .returned(code: "AC04")))
    let before = books.asked.count
    try house.reopen()
    try await house.until("returned") { try await house.withdrawal(id).state == .returned }
    try await house.until("all days") { books.asked.dropFirst(before).last == paid + 4 }
    let days = Int(house.dispatcher.limits.statementDaysMaximum)
    #expect(Array(books.asked.dropFirst(before)) == Array(paid + 5 - Int32(days)...paid + 4))
    // An hour later the young ones again, and a day later all.
    let known = books.asked.count
    try await house.until(step: 600_000, "an hour later") { books.asked.count == known + 2 }
    #expect(Array(books.asked.dropFirst(known)) == [paid + 3, paid + 4])
    try await house.until(step: 600_000, "the next day") { books.asked.last == paid + 5 }
    #expect(Array(books.asked.suffix(days)) == Array(paid + 6 - Int32(days)...paid + 5))
    await house.stopAll()
  }

  @Test func aDayThatIsNotThereIsAskedForAgainAndKeepsNoOtherBack() async throws {
    let books = Books()
    var limits = DispatcherLimits.standard
    limits.statementDaysMaximum = 5
    let yesterday = Int32(1_790_000_000 / 86_400) - 1
    books.state.withLock { $0.unavailable = [yesterday - 3] }
    let house = try await house(try channel(books), limits: limits)
    try await house.until("read") { books.asked.count == 5 }
    #expect(books.asked == Array(yesterday - 4...yesterday))
    try await house.until(step: 600_000, "asked again") { books.asked.count == 8 }
    #expect(Array(books.asked.suffix(3)) == [yesterday - 3, yesterday - 1, yesterday], "an hour later")
    books.state.withLock { $0.unavailable = [] }
    try await house.until(step: 600_000, "found") { books.asked.count == 11 }
    try await house.until(step: 600_000, "done") { books.asked.count == 13 }
    #expect(Array(books.asked.suffix(2)) == [yesterday - 1, yesterday], "what was read waits for the next day")
    await house.stopAll()
  }

  /// F21: the first notices of a day came at noon, so the day counted as read; the return in the bank's night file was never
  /// booked, and the agent never had the money back.
  @Test(arguments: [1, 9] as [Int32])
  func aLineThatIsToldLaterIsBooked(daysLater: Int32) async throws {
    let books = Books()
    let house = try await house(try channel(books))
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    let paid = today(house)
    books.put(paid, line(key))
    try await house.until(step: 600_000, "confirmed") { try await house.withdrawal(id).state == .confirmed }
    try await house.until(step: 600_000, "days later") { books.asked.contains(paid + daysLater - 1) }
    books.put(paid, line(key, .returned(code: "AC04")))
    let told = house.clock.monotonicMilliseconds()
    try await house.until(step: 600_000, "returned") { try await house.withdrawal(id).state == .returned }
    let hours = (house.clock.monotonicMilliseconds() - told) / 3_600_000
    #expect(hours <= (daysLater == 1 ? 2 : 25))
    await house.stopAll()
  }

  /// A line that comes before the payment is known here is booked when it is; meanwhile its channel is asked once, and people
  /// are told once of what will never be ours.
  @Test func aLineThatCouldNotBeBookedIsTriedAgain() async throws {
    let (books, knows) = (Books(), Shared(false))
    let slow = try Scripted(
      "slow", capabilities: [.query, .statement], statements: { books.statement($0) },
      answer: { call, _ in
        if case .query = call, knows.value { return Scripted.paid(1_000) }
        return .failed(.init(.refused, .regulatory, code: "NO"))
      })
    let house = try await house(slow)
    let id = try await house.submit(1_000)
    try await house.until(id, .failed)
    let key = PayoutKey(id, attempt: 1)
    let stranger = PayoutKey(WithdrawalID(epoch: 0, shard: 0, ordinal: 77), attempt: 1)
    let day = today(house) - 6
    books.put(day, line(key), line(key, .returned(code: "AC04")), line(stranger))
    func readings() -> Int { books.asked.count { $0 == day } }
    try await house.until(step: 600_000, "hours") { readings() >= 6 }
    #expect(slow.calls.count { $0 == .query(key) } == 1)
    #expect(house.witness.events.count { if case .unknownPayout = $0 { true } else { false } } == 1)
    // A callback tells at last that the money left; the next hour books that it came back.
    knows.value = true
    house.dispatcher.notified(key, by: try Label("slow"))
    try await house.until("strayed") {
      house.witness.events.contains(.strayed(key, channel: try Label("slow"), minorUnits: 1_000))
    }
    let known = readings()
    try await house.until(step: 600_000, "came back") {
      house.witness.events.contains(.returned(key, channel: try Label("slow")))
    }
    #expect(readings() <= known + 2)
    await house.stopAll()
  }

  /// Its channel may hang for ever: the statements of others are read.
  @Test func aStatementThatNeverComesKeepsNoOtherBack() async throws {
    let (gate, books) = (Gate(), Books())
    let hanging = try Scripted(
      "hanging", capabilities: [.query, .statement],
      statements: { _ in
        await gate.pass()
        return .success([])
      }, answer: { _, _ in Scripted.paid(1_000) })
    var limits = DispatcherLimits.standard
    limits.statementDaysMaximum = 2
    let house = try await house(hanging, try channel(books, "steady"), limits: limits)
    try await house.until(step: 60_000, "read") { books.asked.count == 2 }
    #expect(gate.waiting == 2)
    let activity = await house.dispatcher.activity(of: try Label("hanging"))
    #expect(activity?.lastError == "STATEMENT")
    gate.open()
    await house.stopAll()
  }
}
