import Foundation
import JournalTesting
import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

struct DispatcherTests {
  private func simulated(
    _ folder: Folder, _ clock: HandClock? = nil, id: String = "sim",
    _ change: (inout SimulatedOptions) -> Void = { _ in }
  ) throws -> SimulatedChannel {
    var options = SimulatedOptions(seed: 7)
    change(&options)
    return try SimulatedChannel(
      manifest: SimulatedChannel.manifest(id: try Label(id)), options: options, bookPath: "\(folder.path)/\(id).book",
      clock: clock ?? HandClock())
  }

  private func moved(_ folder: Folder, id: String = "sim") throws -> [PayoutKey: Int] {
    var moved: [PayoutKey: Int] = [:]
    for entry in try SimulatedBook.read("\(folder.path)/\(id).book") where entry.kind == .moved {
      moved[entry.key, default: 0] += 1
    }
    return moved
  }

  @Test func approvedWithdrawalsArePaidOnce() async throws {
    let folder = try Folder()
    let house = try await House([try simulated(folder)])
    try await house.fund("sim", 1_000_000)
    try await house.deposit(1_000_000)
    var ids: [WithdrawalID] = []
    for _ in 0..<20 { ids.append(try await house.submit(1_000)) }
    for id in ids { try await house.until(id, .paid) }
    #expect(try moved(folder).count == 20)
    #expect(try moved(folder).values.allSatisfy { $0 == 1 })
    await house.stopAll()
  }

  /// The order of duties: when a channel hears of a payout, its attempt is on disk, also if the power went now.
  @Test func nothingIsSentBeforeItsAttemptIsDurable() async throws {
    let log = Mutex<[(PayoutKey, Int)]>([])
    let disk = Mutex<SimulatedDisk?>(nil)
    let folder = try Folder()
    let house = try await House([try simulated(folder)]) { request in
      // What a power cut at this moment would leave.
      guard let survivor = disk.withLock({ $0 })?.copy() else { return }
      let image = survivor.losePower(.nothing, seed: 1)
      log.withLock {
        $0.append((request.key, image.paths.reduce(0) { $0 + Self.attempts(in: image.contents($1) ?? []) }))
      }
    }
    disk.withLock { $0 = house.disk }
    try await house.fund("sim", 1_000_000)
    try await house.deposit(1_000_000)
    for _ in 0..<5 {
      let id = try await house.submit(1_000)
      try await house.until(id, .paid)
    }
    let seen = log.withLock { $0 }
    #expect(seen.count == 5)
    for (place, entry) in seen.enumerated() { #expect(entry.1 >= place + 1, "sent with \(entry.1) attempts on disk") }
    await house.stopAll()
  }

  /// Requests of the simulated channel begin with these words, and references are not sealed.
  private static func attempts(in bytes: [UInt8]) -> Int {
    let words = Array("simulated/1".utf8)
    var count = 0
    var place = 0
    while place + words.count <= bytes.count {
      if bytes[place] == words[0], bytes[place..<place + words.count].elementsEqual(words) { count += 1 }
      place += 1
    }
    return count
  }

  /// P01: the channel paid and its answer was lost.
  @Test func lostAnswersAreAskedForAndPaidOnce() async throws {
    let channel = try Scripted { call, before in
      switch call {
      case .send: .unknown(code: "HTTP_502", message: "")
      case .query: before < 2 ? .unknown(code: "HTTP_502", message: "") : Scripted.paid(1_000)
      case .cancel: .notFound
      }
    }
    let house = try await House([channel], health: Self.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .inDoubt)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    #expect(channel.calls.count { $0 == .send(key) } == 1)
    #expect(channel.calls.contains { if case .send(let other) = $0 { other != key } else { false } } == false)
    await house.stopAll()
  }

  /// "Not found" is no failure: the same request under the same key.
  @Test func whatIsNotFoundIsSentAgainUnderTheSameKey() async throws {
    let channel = try Scripted { call, before in
      switch call {
      case .send: before == 0 ? .unknown(code: "TIMEOUT", message: "") : Scripted.paid(1_000)
      case .query, .cancel: .notFound
      }
    }
    let house = try await House([channel], health: Self.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .paid)
    let key = PayoutKey(id, attempt: 1)
    #expect(channel.calls.count { $0 == .send(key) } == 2)
    #expect(channel.requests(of: key) == 1)
    #expect(try await house.withdrawal(id).payout?.facts.attempts.count == 1)
    await house.stopAll()
  }

  @Test func unknownCodesNeverBecomeFailures() async throws {
    let channel = try Scripted { call, _ in
      switch call {
      case .send, .query, .cancel: .unknown(code: "NEVER_SEEN", message: "")
      }
    }
    let house = try await House([channel], health: Self.tolerant)
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    for _ in 0..<50 {
      await house.settle()
      house.clock.advance(milliseconds: 3_600_000)
    }
    #expect(try await house.withdrawal(id).state == .inDoubt)
    await house.stopAll()
  }

  /// F35: the channel knows the next withdrawal already.
  @Test func aLedgerOlderThanItsChannelSendsNothing() async throws {
    let channel = try Scripted(knowsUnsent: true) { call, _ in
      switch call {
      case .query(let key): key.withdrawal.ordinal == 3 ? Scripted.paid(1) : .notFound
      case .send: Scripted.paid(1_000)
      case .cancel: .notFound
      }
    }
    let house = try await House([channel])
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    try await house.until("halted") { house.dispatcher.isHalted }
    let id = try await house.submit(1_000)
    for _ in 0..<20 {
      await house.settle()
      house.clock.advance(milliseconds: 60_000)
    }
    #expect(try await house.withdrawal(id).state == .approved)
    #expect(!channel.calls.contains { if case .send = $0 { true } else { false } })
    #expect(house.witness.events.contains { if case .ledgerOlderThanChannel = $0 { true } else { false } })
    await house.stopAll()
  }

  @Test func kindsOfFailuresLeadWhereTheTableSays() async throws {
    func end(_ kind: FailureKind, _ code: String) async throws -> (WithdrawalState, Int) {
      let channel = try Scripted { call, _ in
        switch call {
        case .send: .failed(.init(kind, .accountWrong, code: code))
        case .query, .cancel: .notFound
        }
      }
      let house = try await House([channel], health: Self.tolerant)
      try await house.fund("scripted", 1_000_000)
      try await house.deposit(1_000_000)
      let id = try await house.submit(1_000)
      try await house.until("an end") { [.failed, .actionRequired].contains(try await house.withdrawal(id).state) }
      let found = try await house.withdrawal(id)
      await house.stopAll()
      return (found.state, found.payout?.facts.attempts.count ?? 0)
    }
    #expect(try await end(.payee, "ACCOUNT_WRONG") == (.actionRequired, 1))
    #expect(try await end(.refused, "NOT_ALLOWED") == (.failed, 1))
    #expect(try await end(.tryAgain, "BUSY") == (.actionRequired, Int(PayoutLimits.attemptsMaximum)))
    #expect(try await end(.tryElsewhere, "DOWN") == (.actionRequired, Int(PayoutLimits.attemptsMaximum)))
  }

  /// The breaker moves traffic: the cheap channel fails, the other one pays.
  @Test func aFailingChannelIsLeft() async throws {
    let bad = try Scripted("bad") { call, _ in
      switch call {
      case .send: .failed(.init(.tryElsewhere, .channelUnavailable, code: "DOWN"))
      case .query, .cancel: .notFound
      }
    }
    let folder = try Folder()
    let good = try simulated(folder, id: "good")
    let house = try await House([bad, good])
    try await house.fund("bad", 10_000_000)
    try await house.fund("good", 10_000_000)
    try await house.deposit(10_000_000)
    var ids: [WithdrawalID] = []
    for _ in 0..<200 { ids.append(try await house.submit(1_000)) }
    try await house.until("all paid") { try await house.count(.paid) == 200 }
    let tried = bad.calls.count { if case .send = $0 { true } else { false } }
    #expect(tried < 100)
    #expect(try moved(folder, id: "good").count == 200)
    #expect(house.witness.events.contains { if case .breakerChanged = $0 { true } else { false } })
    await house.stopAll()
  }

  @Test func whatAwaitsItsPayeeCanBeCancelled() async throws {
    let channel = try Scripted { call, before in
      switch call {
      case .send: .waiting(reference: "W1", until: nil)
      case .query: before == 0 ? .notFound : .waiting(reference: "W1", until: nil)
      case .cancel: .failed(.init(.cancelled, .cancelledByUs, code: "CANCELLED"))
      }
    }
    let house = try await House([channel])
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .awaitingPayee)
    try await house.cancel(id)
    try await house.until(id, .cancelled)
    #expect(channel.calls.contains(.cancel(PayoutKey(id, attempt: 1))))
    await house.stopAll()
  }

  @Test func callsAtOnceAreBounded() async throws {
    let calls = Mutex((now: 0, most: 0))
    let gate = Mutex<[CheckedContinuation<Void, Never>]>([])
    let isOpen = Mutex(false)
    let channel = try Scripted(inFlight: 3) { call, _ in
      guard case .send = call else { return .notFound }
      calls.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      await withCheckedContinuation { continuation in
        if isOpen.withLock({ $0 }) { return continuation.resume() }
        gate.withLock { $0.append(continuation) }
      }
      calls.withLock { $0.now -= 1 }
      return Scripted.paid(1_000)
    }
    let house = try await House([channel])
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    for _ in 0..<20 { try await house.submit(1_000) }
    try await house.until("three calls") { calls.withLock { $0.now } == 3 }
    await house.settle()
    #expect(calls.withLock { $0.most } == 3)
    isOpen.withLock { $0 = true }
    try await house.until("all paid") {
      for continuation in gate.withLock({ waiting in
        defer { waiting = [] }
        return waiting
      }) { continuation.resume() }
      return try await house.count(.paid) == 20
    }
    #expect(calls.withLock { $0.most } == 3)
    await house.stopAll()
  }

  @Test func parkedPayoutsGoWhenTheChannelIsFunded() async throws {
    let folder = try Folder()
    let house = try await House([try simulated(folder)])
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    await house.settle()
    #expect(try await house.withdrawal(id).state == .approved)
    try await house.until("told") { house.witness.events.contains { if case .floatLow = $0 { true } else { false } } }
    try await house.fund("sim", 1_000_000)
    try await house.until(id, .paid)
    await house.stopAll()
  }

  /// P02 and P03: another amount is for people; a second word changes nothing.
  @Test func anotherAmountStaysInDoubt() async throws {
    let channel = try Scripted { call, _ in
      switch call {
      case .send: Scripted.paid(999)
      case .query: .notFound
      case .cancel: .notFound
      }
    }
    let house = try await House([channel])
    try await house.fund("scripted", 1_000_000)
    try await house.deposit(1_000_000)
    let id = try await house.submit(1_000)
    try await house.until(id, .inDoubt)
    for _ in 0..<10 {
      house.clock.advance(milliseconds: 3_600_000)
      await house.settle()
    }
    #expect(try await house.withdrawal(id).state == .inDoubt)
    #expect(try await house.withdrawal(id).payout?.facts.attempts.last?.state == .mismatch)
    #expect(channel.calls.count { $0 == .send(PayoutKey(id, attempt: 1)) } == 1)
    #expect(house.witness.events.contains { if case .mismatched = $0 { true } else { false } })
    await house.stopAll()
  }

  /// F31: the process stands still for an hour in the middle of its work.
  @Test func aLongPauseSendsNothingTwice() async throws {
    let folder = try Folder()
    let clock = HandClock()
    let house = try await House([try simulated(folder, clock) { $0.lostAnswerPermille = 500 }], health: Self.tolerant)
    try await house.fund("sim", 10_000_000)
    try await house.deposit(10_000_000)
    for round in 0..<100 {
      try await house.submit(1_000)
      if round == 50 { house.clock.advance(milliseconds: 3_600_000) }
    }
    try await house.until("all paid") { try await house.count(.paid) == 100 }
    #expect(try moved(folder).count == 100)
    #expect(try moved(folder).values.allSatisfy { $0 == 1 })
    await house.stopAll()
  }

  /// No breaker: for tests of what follows from single answers.
  static let tolerant = {
    var limits = HealthLimits()
    limits.consecutiveMaximum = 1_000
    limits.recentMaximum = 65
    limits.sampleMinimum = 1_000_000
    limits.silentCallsMinimum = 1_000_000
    return limits
  }()
}
