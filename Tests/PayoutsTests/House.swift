import Digests
import Foundation
import Journal
import JournalTesting
import Ledger
import LedgerCore
import Routing
import Synchronization
import Testing

@testable import Payouts

/// A directory that goes away with its owner.
final class Folder {
  let path = NSTemporaryDirectory() + "settle-payouts-" + UUID().uuidString
  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Remembers everything it is told.
final class Witness: PayoutObserver {
  private let seen = Mutex<[PayoutEvent]>([])
  private let other = Mutex<(any PayoutObserver)?>(nil)
  func observe(_ event: PayoutEvent) {
    seen.withLock { $0.append(event) }
    other.withLock { $0 }?.observe(event)
  }
  /// Told of everything that follows, too.
  func tell(_ observer: any PayoutObserver) { other.withLock { $0 = observer } }
  var events: [PayoutEvent] { seen.withLock { $0 } }
}

/// A channel whose process is another one than ours: when ours dies, it hears nothing more from it.
struct Wire: PayoutChannel {
  let channel: any PayoutChannel
  var breaker = HealthLimits.standard
  let isCut = Flag()
  /// Told before each send.
  var beforeSend: @Sendable (SentRequest) -> Void = { _ in }

  final class Flag: Sendable {
    private let value = Atomic(false)
    func set() { value.store(true, ordering: .sequentiallyConsistent) }
    var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }
  }

  var manifest: ChannelManifest {
    var manifest = channel.manifest
    manifest.breaker = breaker
    return manifest
  }
  private static let silence = ChannelAnswer.unknown(code: "CUT", message: "")

  func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] { try channel.prepare(order) }
  func send(_ request: SentRequest) async -> ChannelAnswer {
    if isCut.isSet { return Self.silence }
    beforeSend(request)
    let answer = await channel.send(request)
    return isCut.isSet ? Self.silence : answer
  }
  func query(_ request: SentRequest) async -> ChannelAnswer {
    isCut.isSet ? Self.silence : await channel.query(request)
  }
  func cancel(_ request: SentRequest) async -> ChannelAnswer {
    isCut.isSet ? Self.silence : await channel.cancel(request)
  }
  func parseNotification(_ notification: RawNotification) throws(NotificationDefect) -> ChannelNotification {
    throw .notSupported
  }
  func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] {
    try await channel.statement(day: day)
  }
}

/// A channel that answers by a script, and keeps what it was asked.
final class Scripted: PayoutChannel {
  enum Asked: Hashable {
    case send(PayoutKey)
    case query(PayoutKey)
    case cancel(PayoutKey)
  }
  typealias Statement = @Sendable (CivilDate) async -> Result<[StatementLine], StatementFailure>
  let manifest: ChannelManifest
  private let knowsUnsent: Bool
  private let onPrepare: @Sendable (PayoutKey) -> Void
  private let statements: Statement
  private let asked = Mutex<[Asked]>([])
  private let bodies = Mutex<[PayoutKey: Set<[UInt8]>]>([:])
  private let repeats = Mutex<[PayoutKey: [Bool]]>([:])
  private let answer: @Sendable (Asked, Int) async -> ChannelAnswer

  /// - Parameter answer: to a call, of which so many of the same kind and key were made before.
  init(
    _ id: String = "scripted", capabilities: ChannelManifest.Capabilities = [.query, .cancel], inFlight: Int = 64,
    dailyMaximum: Int64 = .max, speeds: Set<Speed> = Set(Speed.allCases), queryDays: Int? = nil,
    knowsUnsent: Bool = false,
    statements: @escaping Statement = { _ in .failure(.notSupported) },
    onPrepare: @escaping @Sendable (PayoutKey) -> Void = { _ in },
    answer: @escaping @Sendable (Asked, Int) async -> ChannelAnswer
  ) throws {
    manifest = ChannelManifest(
      id: try Label(id), rails: [.bankCard, .alipay, .weChat], paysReferences: true, dailyMaximum: dailyMaximum,
      speeds: speeds, capabilities: capabilities, inFlightMaximum: inFlight, queryDaysMaximum: queryDays)
    self.knowsUnsent = knowsUnsent
    self.statements = statements
    self.onPrepare = onPrepare
    self.answer = answer
  }

  var calls: [Asked] { asked.withLock { $0 } }
  /// Requests that were told for a key.
  func requests(of key: PayoutKey) -> Int { bodies.withLock { $0[key]?.count ?? 0 } }
  /// Of each send of a key: whether it was said that it may not be the first.
  func repeats(of key: PayoutKey) -> [Bool] { repeats.withLock { $0[key] ?? [] } }

  private func answer(_ call: Asked) async -> ChannelAnswer {
    // A channel knows nothing of what it was never sent.
    if case .query(let key) = call, !knowsUnsent, !asked.withLock({ $0.contains(.send(key)) }) { return .notFound }
    let before = asked.withLock { asked in
      defer { asked.append(call) }
      return asked.count { $0 == call }
    }
    return await answer(call, before)
  }

  func prepare(_ order: PayoutOrder) throws(PrepareDefect) -> [UInt8] {
    onPrepare(order.key)
    return Array("\(order.key.text) \(order.amount.minorUnits)".utf8)
  }
  func send(_ request: SentRequest) async -> ChannelAnswer {
    bodies.withLock { _ = $0[request.key, default: []].insert(request.body) }
    repeats.withLock { $0[request.key, default: []].append(request.isRepeated) }
    return await answer(.send(request.key))
  }
  func query(_ request: SentRequest) async -> ChannelAnswer { await answer(.query(request.key)) }
  func cancel(_ request: SentRequest) async -> ChannelAnswer { await answer(.cancel(request.key)) }
  func parseNotification(_ notification: RawNotification) throws(NotificationDefect) -> ChannelNotification {
    throw .notSupported
  }
  func statement(day: CivilDate) async throws(StatementFailure) -> [StatementLine] {
    try await statements(day).get()
  }

  static func paid(_ minorUnits: Int64) -> ChannelAnswer {
    .paid(.init(amount: Money(minorUnits: minorUnits, currency: .cny), reference: "R1", feeMinorUnits: 0))
  }
}

/// The dispatcher of the present life.
final class Present: Sendable {
  private let dispatcher = Mutex<Dispatcher?>(nil)
  func set(_ new: Dispatcher?) { dispatcher.withLock { $0 = new } }
  var current: Dispatcher? { dispatcher.withLock { $0 } }
}

/// A ledger with a dispatcher over it, which can be killed and opened again.
final class House {
  let clock = HandClock()
  var disk: SimulatedDisk
  private(set) var ledger: Ledger
  private(set) var dispatcher: Dispatcher
  let witness = Witness()
  let present = Present()
  private var wires: [Wire]
  private var channels: [any PayoutChannel]
  private let limits: DispatcherLimits
  private let health: HealthLimits
  private let policy: any Policy
  private var serial = 0

  init(
    _ channels: [any PayoutChannel], limits: DispatcherLimits = .standard, health: HealthLimits = .standard,
    policy: any Policy = OpenPolicy(), isStarted: Bool = true,
    beforeSend: @escaping @Sendable (SentRequest) -> Void = { _ in }
  ) async throws {
    self.channels = channels
    self.limits = limits
    self.health = health
    self.policy = policy
    disk = SimulatedDisk()
    try disk.makeDirectory("/data")
    ledger = try Self.open(disk, clock, policy)
    wires = Self.wires(channels, health, beforeSend)
    dispatcher = Dispatcher(
      ledger: ledger, keys: nil, channels: Self.ends(channels, wires), observer: witness, clock: clock, limits: limits,
      dayOffsetMinutes: 0)
    present.set(dispatcher)
    // What channels are funded with.
    try await deposit(1_000_000_000_000, agent: "house")
    if isStarted { dispatcher.start() }
  }

  deinit { for wire in wires { wire.isCut.set() } }

  /// Batch channels have no wire: what is in their open batch dies with our process anyway.
  private static func wires(
    _ channels: [any PayoutChannel], _ health: HealthLimits,
    _ beforeSend: @escaping @Sendable (SentRequest) -> Void = { _ in }
  ) -> [Wire] {
    channels.filter { !($0 is any BatchChannel) }.map { Wire(channel: $0, breaker: health, beforeSend: beforeSend) }
  }

  private static func ends(_ channels: [any PayoutChannel], _ wires: [Wire]) -> [any PayoutChannel] {
    channels.map { channel in wires.first { $0.manifest.id == channel.manifest.id } ?? channel }
  }

  private static func open(_ disk: SimulatedDisk, _ clock: HandClock, _ policy: any Policy) throws -> Ledger {
    var configuration = LedgerConfiguration(directory: "/data")
    configuration.policy = policy
    configuration.journal.segmentBytes = 8 << 20
    configuration.journal.frameBodyBytes = 1 << 20
    return try Ledger.open(
      configuration, disk: disk, clock: clock,
      seeds: LedgerSeeds(newLedgerID: Fingerprint128(first: 1, second: 2), hash: HashSeed(first: 3, second: 4)),
      failed: { _ in }
    ).0
  }

  func start() { dispatcher.start() }

  /// As SIGKILL would: what the disk had stays, answers on their way are lost, and the channels hear nothing more of this life.
  func kill() async {
    for wire in wires { wire.isCut.set() }
    present.set(nil)
    disk = disk.killProcess()
    await stopAll()
  }

  func stopAll() async {
    let stopping = Task { [dispatcher] in await dispatcher.stop() }
    // Its waits go by the hand.
    let hand = Task { [clock] in
      while !Task.isCancelled {
        clock.advance(milliseconds: 1_000)
        await Task.yield()
      }
    }
    await stopping.value
    hand.cancel()
    await ledger.stop()
  }

  /// - Parameter others: the channels of the next life; nil for the same ones.
  func reopen(isStarted: Bool = true, with others: [any PayoutChannel]? = nil) throws {
    channels = others ?? channels
    ledger = try Self.open(disk, clock, policy)
    wires = Self.wires(channels, health)
    dispatcher = Dispatcher(
      ledger: ledger, keys: nil, channels: Self.ends(channels, wires), observer: witness, clock: clock, limits: limits,
      dayOffsetMinutes: 0)
    present.set(dispatcher)
    if isStarted { dispatcher.start() }
  }

  // MARK: - Commands

  func key(_ isStaff: Bool = false) throws -> RequestKey {
    serial += 1
    return RequestKey(
      namespace: isStaff ? .staff : .partner(try Label("demo")), id: try Label("r\(serial)"),
      content: Fingerprint128(first: UInt64(serial), second: 0),
      caller: isStaff ? Caller(person: Person(name: try Label("fay"), role: .finance), certificate: 1) : .unknown)
  }

  func fund(_ channel: String, _ minorUnits: Int64) async throws {
    let reply = await ledger.perform(
      .command(
        .fundChannel(
          FundChannel(
            key: try key(true), channel: try Label(channel), amount: Money(minorUnits: minorUnits, currency: .cny),
            reference: try Label("fund-\(serial)")))))
    guard case .answered(.channel) = reply.outcome else { throw Surprise("\(reply.outcome)") }
    dispatcher.channelsChanged()
  }

  func deposit(_ minorUnits: Int64, agent: String = "agent") async throws {
    let create = await ledger.perform(
      .command(.createAgent(CreateAgent(key: try key(), partner: try Label("demo"), agent: try Label(agent)))))
    guard case .answered(.agent) = create.outcome else { throw Surprise("\(create.outcome)") }
    let reply = await ledger.perform(
      .command(
        .deposit(
          Deposit(
            key: try key(true), partner: try Label("demo"), agent: try Label(agent),
            amount: Money(minorUnits: minorUnits, currency: .cny), externalReference: try Label("deposit-\(serial)")))))
    guard !reply.isNoAnswer || reply.isPage else { throw Surprise("\(reply.outcome)") }
  }

  @discardableResult
  func submit(_ minorUnits: Int64, agent: String = "agent", speed: Speed? = nil) async throws -> WithdrawalID {
    let reply = await ledger.perform(.command(.submitWithdrawal(try item(minorUnits, agent: agent, speed: speed))))
    guard case .answered(.withdrawal(let withdrawal)) = reply.outcome else { throw Surprise("\(reply.outcome)") }
    return withdrawal.id
  }

  func item(_ minorUnits: Int64, agent: String = "agent", speed: Speed? = nil) throws -> SubmitWithdrawal {
    SubmitWithdrawal(
      key: try key(), partner: try Label("demo"), agent: try Label(agent),
      amount: Money(minorUnits: minorUnits, currency: .cny), payee: try Label("payee-\(serial)"),
      speed: speed)
  }

  @discardableResult
  func cancel(_ id: WithdrawalID) async throws -> LedgerReply { await ledger.perform(try cancelling(id)) }

  func cancelling(_ id: WithdrawalID) throws -> LedgerOperation {
    .command(
      .cancelWithdrawal(
        CancelWithdrawal(key: try key(), scope: .partner(try Label("demo")), id: id, expectedSequence: nil)))
  }

  /// What the agent may still take out.
  func available(_ agent: String = "agent") async throws -> Int64 {
    let reply = await ledger.perform(.query(.balance(partner: try Label("demo"), agent: try Label(agent), .cny)))
    guard let balance = reply.agentBalance else { throw Surprise("\(reply.outcome)") }
    return balance.available
  }

  /// Our money at a channel.
  func float(_ channel: String) async throws -> FloatStanding {
    let reply = await ledger.perform(.query(.channels))
    guard case .answered(.channels(let channels)) = reply.outcome,
      let float = channels.first(where: { "\($0.channel)" == channel })?.floats.first
    else { throw Surprise("\(reply.outcome)") }
    return float
  }

  /// Of the last record there is: nothing was written while it stays the same.
  var lastSequence: UInt64 { ledger.feed.lastSequence }

  func withdrawal(_ id: WithdrawalID) async throws -> Withdrawal {
    let reply = await ledger.perform(.query(.withdrawal(id, .all)))
    guard case .answered(.withdrawal(let withdrawal)) = reply.outcome else { throw Surprise("\(reply.outcome)") }
    return withdrawal
  }

  func figures() async throws -> PayoutFigures {
    let reply = await ledger.perform(.query(.payoutFigures))
    guard case .answered(.payoutFigures(let figures)) = reply.outcome else { throw Surprise("\(reply.outcome)") }
    return figures
  }

  func count(_ state: WithdrawalState) async throws -> UInt64 { try await figures().counts[Int(state.rawValue)] }

  /// Lets time pass until something is so, for at most a year of the clock's.
  func until(
    step milliseconds: Int64 = 500, steps: Int = 20_000, _ what: String = "it", _ isSo: () async throws -> Bool
  ) async throws {
    for round in 0..<steps {
      if try await isSo() { return }
      // Tasks run between two steps: the clock waits for nobody.
      for _ in 0..<20 { await Task.yield() }
      if round % 4 == 3 { clock.advance(milliseconds: milliseconds) }
    }
    throw Surprise("\(what) never happened; states \(try await figures().counts)")
  }

  func until(_ id: WithdrawalID, _ state: WithdrawalState) async throws {
    try await until("\(id) \(state)") { try await withdrawal(id).state == state }
  }

  /// Lets everything that is under way happen, without time passing.
  func settle() async {
    for _ in 0..<400 {
      _ = await ledger.perform(.query(.payoutFigures))
      await Task.yield()
    }
  }
}

struct Surprise: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension LedgerReply {
  fileprivate var isPage: Bool { if case .page = outcome { true } else { false } }

  var agentBalance: Balance? {
    switch outcome {
    case .answered(.balance(let balance)), .page(.balance(let balance), _): balance
    case .answered, .page, .batch, .deadlineExceeded, .cancelled, .overloaded, .stopping, .outcomeUnknown: nil
    }
  }
}
